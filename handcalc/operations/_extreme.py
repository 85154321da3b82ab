"""The largest or the smallest of several inputs, cell by cell; of equal ones the first counts."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.formula import Case, Cases, Formula, number
from handcalc.operations._tensor import Index, Tensor
from handcalc.operations._together import Together, at

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Extreme(Together):
    """∂y/∂a = 1 where a is the one that counts, else 0."""

    beyond: ClassVar[str]
    """How what counts stands to those after it: >= for the largest."""
    several: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        *Together.examples,
        {"shapes": ((2,), (2,), (2,))},
    )

    @abstractmethod
    def best(self, stacked: "Array") -> "Any":
        """The place of the one that counts along the first axis."""

    def values(self, *arrays: "Array") -> "Array":
        import numpy as np

        stacked = np.stack(np.broadcast_arrays(*arrays))
        return np.take_along_axis(stacked, self.best(stacked)[None], axis=0)[0]

    def slopes(self, *arrays: "Array") -> "tuple[Array, ...]":
        import numpy as np

        winner = self.best(np.stack(arrays))
        return tuple((winner == slot).astype(float) for slot in range(len(arrays)))

    def at_corner(self, *arrays: "Array") -> bool:
        import numpy as np

        stacked = np.sort(np.stack(np.broadcast_arrays(*arrays)), axis=0)
        ends = self.values(*arrays)
        near = 8 * np.finfo(float).eps * np.abs(ends)
        return bool(((np.abs(stacked - ends) <= near).sum(axis=0) > 1).any())

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        """1 if it is beyond all before it and not short of any after it."""
        terms = [tensor[at(index, tensor.shape)] for tensor in tensors]
        won: Formula = number(1)
        for relation, rivals in (
            (self.beyond, terms[slot + 1 :]),
            (self.beyond.rstrip("="), terms[:slot]),
        ):
            if rivals:
                best = rivals[0] if len(rivals) == 1 else self.of(*rivals)
                won = Cases((Case(won, terms[slot], relation, best),), number(0))
        return won
