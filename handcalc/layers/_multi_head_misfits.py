"""What does not fit a multi-head attention: heads, projections, the output and the biases."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from handcalc.errors import count, numbers_in
from handcalc.fields import Array, Shape
from handcalc.layers._attending import LETTERS
from handcalc.layers._layer import Misfit

if TYPE_CHECKING:
    from handcalc.layers.multi_head import MultiHeadAttention


def of(
    layer: "MultiHeadAttention", query: Shape, key: Shape, value: Shape, called: str
) -> Iterator[Misfit]:
    """Everything that does not fit for what gives queries, keys and values."""
    for word, shape in zip(LETTERS, (query, key, value), strict=True):
        wrong = list(_of_projection(layer, word, shape[-1], called))
        if wrong:
            yield from wrong
            return
    q, k = layer.dim("query", query[-1]), layer.dim("key", key[-1])
    if q != k:
        said = f"{called} has queries of {q} numbers and keys of {k}"
        yield Misfit((), f"{said}; give both the same")
        return
    if layer.key_dim is not None and layer.query_weights is not None and q != layer.key_dim:
        said = f"{called} says key_dim: {layer.key_dim} but has weights for heads of {q} numbers"
        yield Misfit(("key_dim",), f"{said}; leave key_dim out")
    missing = [w for w in (*LETTERS, "output") if getattr(layer, f"{w}_weights") is None]
    if 0 < len(missing) < 4 and missing != ["output"]:
        said = f"{called} has no {missing[0]}_weights, but numbers for the others"
        yield Misfit((), f"{said}; write them too")
    yield from _of_output(layer, layer.dim("value", value[-1]), called)
    yield from _of_biases(layer, query, key, value, called)


def _of_projection(
    layer: "MultiHeadAttention", word: str, features: int, called: str
) -> Iterator[Misfit]:
    """Features that cannot be shared, and weights of another size."""
    heads, own = layer.num_heads, getattr(layer, f"{word}_weights")
    shares = own is None and (layer.key_dim is None or not layer.projections)
    if shares and features % heads:
        said = f"{called} has {features} features, not to be shared among {heads} heads"
        yield Misfit(("num_heads",), f"{said}; write a number that divides them, or key_dim:")
    elif own is not None and not layer.projections:
        said = f"{called} has {word}_weights and says projections: false"
        yield Misfit((f"{word}_weights",), f"{said}; leave one out")
    elif isinstance(own, Array) and not _is_projection(own.shape, heads, features):
        has = numbers_in(own.shape)
        said = f"{called} has {heads} heads over {features} features, but {has} for {word}_weights"
        rows = f"write {features} rows with a multiple of {heads} numbers"
        yield Misfit((f"{word}_weights",), f"{said}; {rows}, or a matrix for each head")


def _is_projection(shape: Shape, heads: int, features: int) -> bool:
    """A matrix for each head, or one with a run of columns for each."""
    if len(shape) == 3:
        return shape[:2] == (heads, features)
    return len(shape) == 2 and shape[0] == features and shape[1] % heads == 0


def _of_output(layer: "MultiHeadAttention", v: int, called: str) -> Iterator[Misfit]:
    """An output projection for other heads."""
    own, heads = layer.output_weights, layer.num_heads
    if isinstance(own, Array) and (len(own.shape) != 2 or own.shape[0] != heads * v):
        has = numbers_in(own.shape)
        said = f"{called} has {heads} heads of {v} numbers, but output_weights has {has}"
        yield Misfit(("output_weights",), f"{said}; write a matrix with {heads * v} rows")


def _of_biases(
    layer: "MultiHeadAttention", query: Shape, key: Shape, value: Shape, called: str
) -> Iterator[Misfit]:
    """Biases that are not used, or of another size."""
    shapes: dict[str, tuple[Shape, Shape]] = {}
    for word, shape in zip(LETTERS, (query, key, value), strict=True):
        d = layer.dim(word, shape[-1])
        shapes[word] = (layer.num_heads * d,), (layer.num_heads, d)
    shapes["output"] = ((layer.output_features(query, value),),) * 2
    for word, (flat, by_head) in shapes.items():
        bias = getattr(layer, f"{word}_bias")
        if bias is None:
            continue
        if not layer.use_bias:
            said = f"{called} has a {word}_bias and says use_bias: false; leave one out"
            yield Misfit((f"{word}_bias",), said)
        elif not (layer.projections if word != "output" else layer.projects_back()):
            said = f"{called} has a {word}_bias, but no {word}_weights that it is added to"
            yield Misfit((f"{word}_bias",), f"{said}; leave it out")
        elif isinstance(bias, Array) and bias.shape not in (flat, by_head):
            has = numbers_in(bias.shape)
            said = f"{called} has {has} for {word}_bias, but {count(flat[0], 'column')}"
            instead = f"write a list of {flat[0]}"
            yield Misfit((f"{word}_bias",), f"{said} of {word}_weights; {instead}")
