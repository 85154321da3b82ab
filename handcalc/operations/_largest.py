"""The largest of the cells under a window, as a formula, and the slope by one of them."""

from collections.abc import Sequence

from handcalc.formula import Case, Cases, Formula, number
from handcalc.formula import largest as largest_of
from handcalc.operations._tensor import Index, Tensor

RULE = (
    "only the cell that won its window moves the maximum; of equal ones the first in reading order"
)


def largest(x: Tensor, cells: Sequence[Index]) -> Formula:
    """Max of the cells; of a single one the cell itself."""
    return largest_of(len(cells), lambda i: x[cells[i]])


def won(x: Tensor, cells: Sequence[Index], by: Index) -> Formula:
    """1 if a cell is above all before it and not below any after it in reading order, else 0."""
    at = cells.index(by)
    slope: Formula = number(1)
    for relation, rivals in ((">=", cells[at + 1 :]), (">", cells[:at])):
        if rivals:
            slope = Cases((Case(slope, x[by], relation, largest(x, rivals)),), number(0))
    return slope
