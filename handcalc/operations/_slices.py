"""Parts of tensors seen as tensors: one channel, one kernel, cells spread apart."""

from dataclasses import dataclass

from handcalc.formula import Formula, number
from handcalc.operations._channels import Channels
from handcalc.operations._tensor import Index, Shape, Tensor


@dataclass(frozen=True, slots=True)
class _Channel:
    whole: Tensor
    order: Channels
    channel: int

    @property
    def shape(self) -> Shape:
        return self.order.spatial(self.whole.shape)

    def __getitem__(self, index: int | Index) -> Formula:
        place = (index,) if isinstance(index, int) else index
        return self.whole[self.order.joined(self.channel, place)]


@dataclass(frozen=True, slots=True)
class _Kernel:
    whole: Tensor
    order: Channels
    f: int
    c: int

    @property
    def shape(self) -> Shape:
        return self.order.taps_of(self.whole.shape)

    def __getitem__(self, index: int | Index) -> Formula:
        tap = (index,) if isinstance(index, int) else index
        return self.whole[self.order.kernel_joined(self.f, self.c, tap)]


def of_channel(tensor: Tensor, order: Channels, channel: int) -> Tensor:
    """One channel of a tensor."""
    return _Channel(tensor, order, channel)


def of_kernel(tensor: Tensor, order: Channels, f: int, c: int) -> Tensor:
    """The kernel of one filter and channel."""
    return _Kernel(tensor, order, f, c)


@dataclass(frozen=True, slots=True)
class Spread:
    """A tensor with zeros between its cells, so that they stand `steps` apart."""

    whole: Tensor
    steps: Shape

    @property
    def shape(self) -> Shape:
        """(m - 1)·s + 1 along each axis."""
        return tuple((m - 1) * s + 1 for m, s in zip(self.whole.shape, self.steps, strict=True))

    def __getitem__(self, index: int | Index) -> Formula:
        place = (index,) if isinstance(index, int) else index
        if any(i % s for i, s in zip(place, self.steps, strict=True)):
            return number(0)
        return self.whole[tuple(i // s for i, s in zip(place, self.steps, strict=True))]
