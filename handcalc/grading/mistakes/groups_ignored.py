"""The groups of channels ignored: every filter counted with a kernel for all channels."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _windows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer
from handcalc.layers._weights import Weights


class GroupsIgnored(Mistake):
    """k·k·channels·filters in place of k·k·(channels/groups)·filters."""

    said: ClassVar[str] = (
        "the groups were ignored: every filter was given a kernel for all channels"
    )

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        axis = _windows.channel_axis(received, layer, conventions)
        if axis is not None:
            yield from _all(layer.counts(received, conventions), received[axis])

    def products(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        axis = _windows.channel_axis(received, layer, conventions)
        if axis is not None:
            yield from _all(layer.products(received, conventions), received[axis])


def _all(weights: Iterable[Weights], channels: int) -> Iterator[int]:
    """With all channels where those of a group are counted."""
    listed = list(weights)
    if any(name == "channels_a_group" for w in listed for name, _ in w.sizes):
        whole = {"channels_a_group": channels}
        yield sum(
            replace(w, sizes=tuple((name, whole.get(name, n)) for name, n in w.sizes)).count
            for w in listed
        )
