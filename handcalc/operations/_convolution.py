"""What correlation and transposed correlation share: a window, channels in groups, and a bias.

The bias is one number, one a filter, or one a cell of the result.
"""

from typing import TYPE_CHECKING, ClassVar

from handcalc.fields import AsIs
from handcalc.formula import Formula
from handcalc.operations._channels import Channels, Order
from handcalc.operations._operation import Operation, without_noise
from handcalc.operations._tensor import Index, Shape, Tensor
from handcalc.operations._windows import Windows

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


class Convolution(Operation):
    """A sum of products under a window; slots x, K and, if there is one, b."""

    slots: ClassVar[tuple[str, ...]] = ("x", "K", "b")
    parameters: ClassVar[tuple[str, ...]] = ("K", "b")
    windowed: ClassVar[bool] = True
    linear_in: ClassVar[tuple[str, ...]] = ("K", "b")

    size: tuple[AsIs, ...]
    strides: tuple[AsIs, ...] | None = None
    dilation: tuple[AsIs, ...] | None = None
    padding: tuple[tuple[AsIs, AsIs], ...] | None = None
    groups: int = 1
    channels: Order = "none"

    @property
    def windows(self) -> Windows:
        """The kernel as a window."""
        return Windows.of(self.size, self.strides, self.dilation, self.padding)

    @property
    def order(self) -> Channels:
        """Where the channels stand."""
        return Channels(self.channels)

    def bias_for(self, *bias: "Array") -> "Array | float":
        """The bias in a shape that can be added to (N, F, …)."""
        if not bias or not bias[0].ndim:
            return float(bias[0]) if bias else 0.0
        b = bias[0]
        by_filter = b.ndim == 1 and self.channels != "none"
        return b.reshape(-1, *(1 for _ in self.size)) if by_filter else self.order.stacked(b[None])

    def bias_gradient(self, gradient: "Array", b: "Array") -> "Array":
        """∂E/∂b: the gradient of the result, summed over the cells that share a bias."""
        if b.ndim == gradient.ndim - 1:
            return gradient
        axes = set(range(1, gradient.ndim))
        if b.ndim == 1:
            axes.discard(1 if self.channels == "first" else gradient.ndim - 1)
        over = tuple(axes)
        return without_noise(gradient.sum(axis=over), abs(gradient).sum(axis=over))

    def bias_of(self, b: Tensor, index: Index) -> Formula:
        """The bias of one cell."""
        if len(b.shape) == len(index):
            return b[index]
        return b[(self.order.split(index)[0],)] if b.shape else b[()]

    def biased(self, index: Index, output: Shape, places: list[Index]) -> tuple[Index, ...]:
        """The cells of the result that one bias is added to."""
        if len(index) == len(output):
            return (index,)
        filters = index or range(self.order.count(output))
        return tuple(self.order.joined(f, place) for f in filters for place in places)
