"""The weights of a layer as products of named sizes, so that their count can be shown."""

from dataclasses import dataclass
from math import prod


@dataclass(frozen=True, slots=True)
class Weights:
    """One array of weights: what it is called, and its sizes by name; `said` is a remark beside it."""

    name: str
    sizes: tuple[tuple[str, int], ...]
    trained: bool = True
    said: str = ""

    @property
    def is_bias(self) -> bool:
        """Are they biases: bias, query_bias?"""
        return self.name.endswith("bias")

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes alone."""
        return tuple(n for _, n in self.sizes)

    @property
    def count(self) -> int:
        """The product of the sizes."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Part:
    """What belongs together across the arrays of a layer: one gate, the queries."""

    name: str
    weights: tuple[Weights, ...]

    @property
    def count(self) -> int:
        """The weights of the part."""
        return sum(weights.count for weights in self.weights)
