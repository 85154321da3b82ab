"""Multi-head attention of a sequence on itself: queries, keys and values, head by head."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from handcalc.fields import Extent, Shape, Truth
from handcalc.layers._counted import Counted, no_sequence
from handcalc.layers._layer import Conventions, Misfit
from handcalc.layers._weights import Part, Weights


class MultiHeadAttention(Counted):
    """Projections to queries, keys and values of each head, and back to the features."""

    example: ClassVar[dict[str, Any]] = {"num_heads": "2", "key_dim": "3"}
    example_input: ClassVar[Shape] = (4, 6)

    num_heads: Extent
    key_dim: Extent
    value_dim: Extent | None = None
    use_bias: Truth = True

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        yield from no_sequence(received, called)

    def counts(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        features, value_dim = received[-1], self.value_dim or self.key_dim
        heads = ("heads", self.num_heads)
        for name, size in (("query", self.key_dim), ("key", self.key_dim), ("value", value_dim)):
            yield Weights(f"{name}_kernel", (("features", features), heads, (f"{name}_dim", size)))
            if self.use_bias:
                yield Weights(f"{name}_bias", (heads, (f"{name}_dim", size)))
        yield Weights("output_kernel", (heads, ("value_dim", value_dim), ("features", features)))
        if self.use_bias:
            yield Weights("output_bias", (("features", features),))

    def roles(self, received: Shape, conventions: Conventions) -> Iterable[Part]:
        arrays = list(self.counts(received, conventions))
        for name in ("query", "key", "value", "output") if self.use_bias else ():
            yield Part(name, tuple(w for w in arrays if w.name.startswith(name)))

    def products(self, received: Shape, conventions: Conventions) -> Iterable[Weights]:
        steps, heads = ("steps", received[0]), ("heads", self.num_heads)
        for weights in self.counts(received, conventions):
            if weights.name.endswith("kernel"):
                yield Weights(weights.name.replace("kernel", "products"), (steps, *weights.sizes))
        yield Weights("scores", (heads, steps, steps, ("key_dim", self.key_dim)))
        yield Weights(
            "mixing", (heads, steps, steps, ("value_dim", self.value_dim or self.key_dim))
        )
