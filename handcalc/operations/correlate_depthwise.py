"""y_f = x_c ⋆ K_cm with f = c·M + m, counted from 0: M kernels for each channel, which sees no other.

K is kh × kw × channels × M, as Keras has it. With the channels first a kernel is filters × 1 × kh × kw, as
PyTorch has it, which is a correlation in as many groups as channels.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.operations._channels import Channels, Order
from handcalc.operations._tensor import Index, Shape
from handcalc.operations.correlate import Correlate

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


@dataclass(frozen=True, slots=True)
class ByChannel(Channels):
    """Channels last, and the filters of a kernel told by the channel they see and their number."""

    multiplier: int

    def kernels_of(self, shape: Shape) -> tuple[int, int]:
        return shape[-2] * shape[-1], 1

    def kernel_joined(self, f: int, c: int, tap: Index) -> Index:
        return (*tap, *divmod(f, self.multiplier))

    def kernel_split(self, index: Index) -> tuple[int, int, Index]:
        return index[-2] * self.multiplier + index[-1], 0, index[:-2]

    def kernels(self, K: "Array") -> "Array":
        import numpy as np

        return np.moveaxis(K.reshape(*K.shape[:-2], -1), -1, 0)[:, None]

    def kernels_back(self, dK: "Array") -> "Array":
        import numpy as np

        back = np.moveaxis(dK[:, :, 0], 1, -1)
        return back.reshape(*back.shape[:-1], -1, self.multiplier)


class CorrelateDepthwise(Correlate):
    """A correlation in as many groups as channels, whose kernel is told channel by channel."""

    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"size": (2, 1), "groups": 3, "multiplier": 2, "shapes": ((3, 2, 3), (2, 1, 3, 2))},
        {"size": (2,), "groups": 2, "strides": (2,), "shapes": ((5, 2), (2, 2, 1))},
    )

    channels: Order = "last"
    multiplier: int = 1

    @property
    def order(self) -> Channels:
        return ByChannel("last", self.multiplier)
