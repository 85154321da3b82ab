"""y = max over the window. Ties send the gradient to the first maximum in reading order."""

from typing import TYPE_CHECKING

from handcalc.formula import Case, Cases, Formula, maximum, number
from handcalc.operations._operation import Index, Tensor
from handcalc.operations._pool import Pool

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class MaxPool(Pool):
    """y_ij = max of the x under the window; ∂y/∂x = 1 for the cell that won, 0 for the others."""

    def forward(self, *arrays: "Array") -> "Array":
        import numpy as np

        view = self.windows.view(self.order.stacked(arrays[0]), fill=-np.inf)
        axes = tuple(range(view.ndim - len(self.size), view.ndim))
        return self.given_back(view.max(axis=axes))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        x, dy = self.order.stacked(arrays[0]), self.slopes(gradient)
        view = self.windows.view(x, fill=-np.inf)
        flat = view.reshape(*view.shape[: view.ndim - len(self.size)], -1)
        winner = flat.argmax(axis=-1)
        onto = np.zeros_like(self.windows.padded(x))
        for number_of_tap, tap in enumerate(self.windows.taps()):
            self.windows.scatter(tap, dy * (winner == number_of_tap), onto)
        return (self.order.given_back(self.windows.unpadded(onto)),)

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        x = tensors[0]
        cells = [x[cell] for cell in self.cells(index, x.shape)]
        return cells[0] if len(cells) == 1 else maximum(*cells)

    def partial(
        self, index: Index, slot: int, by: Index, output: Tensor, *tensors: Tensor
    ) -> Formula:
        """1 if the cell is above all before it and not below any after it in reading order."""
        x = tensors[0]
        cells = self.cells(index, x.shape)
        at = cells.index(by)
        won: Formula = number(1)
        for relation, rivals in ((">=", cells[at + 1 :]), (">", cells[:at])):
            if rivals:
                largest = x[rivals[0]] if len(rivals) == 1 else maximum(*(x[r] for r in rivals))
                won = Cases((Case(won, x[by], relation, largest),), number(0))
        return won

    def rule(self) -> str:
        return "only the cell that won its window moves the maximum; of equal ones the first in reading order"
