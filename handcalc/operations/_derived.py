"""What follows from a definition: which elements reach which, and their slopes.

The elements of the inputs are opaque symbols here, one for each slot and index, so that a quantity that
fills two slots is still two things.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from handcalc.formula import Formula, Leaf, Symbol, leaves, substitute
from handcalc.formula.calculus import derivative
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Operation


@dataclass(frozen=True, slots=True)
class Opaque:
    """An input as symbols that know their slot and their index."""

    slot: int
    shape: Shape

    def __getitem__(self, index: int | Index) -> Formula:
        at = (index,) if isinstance(index, int) else tuple(index)
        return Symbol(str(self.slot), f"{self.slot}:{','.join(map(str, at))}")


def place(leaf: Leaf) -> tuple[int, Index]:
    """The slot and the index of an opaque symbol."""
    slot, _, index = leaf.key.partition(":")
    return int(slot), tuple(map(int, index.split(","))) if index else ()


Reached = tuple[dict[Index, tuple[Index, ...]], ...]


@lru_cache(maxsize=64)
def reached(operation: "Operation", shapes: tuple[Shape, ...]) -> Reached:
    """For each slot and element the elements of the result in whose definition it stands."""
    met: tuple[dict[Index, list[Index]], ...] = tuple({} for _ in shapes)
    tensors = [Opaque(slot, shape) for slot, shape in enumerate(shapes)]
    for index in operation.results(*shapes):
        for leaf in dict.fromkeys(leaves(operation.definition(index, *tensors))):
            slot, at = place(leaf)
            met[slot].setdefault(at, []).append(index)
    return tuple({at: tuple(found) for at, found in slot.items()} for slot in met)


def partial(
    operation: "Operation", index: Index, slot: int, by: Index, tensors: tuple[Tensor, ...]
) -> Formula:
    """∂result[index]/∂input[by], rule by rule, with its zeros and ones put in."""
    opaque: list[Tensor] = [Opaque(i, tensor.shape) for i, tensor in enumerate(tensors)]
    by_symbol = opaque[slot][by]
    assert isinstance(by_symbol, Symbol)
    slope = derivative(operation.definition(index, *opaque), by_symbol)

    def back(leaf: Leaf) -> Formula:
        own, at = place(leaf)
        return tensors[own][at]

    return substitute(slope, back)
