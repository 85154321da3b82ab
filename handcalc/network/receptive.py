"""Receptive fields: how many cells of the input, along each axis, one cell of a layer depends on.

With a window of k cells, d apart, moved by s: field + d(k - 1)·jump, then the jump becomes jump·s. The
jump is how far apart, in cells of the input, neighbouring cells of a layer stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from handcalc.network.graph import Network, Node
from handcalc.operations._opaque import Opaque
from handcalc.operations._pool import Pool
from handcalc.operations._windows import Windows
from handcalc.operations.correlate import Correlate
from handcalc.operations.local_correlate import LocalCorrelate


@dataclass(frozen=True, slots=True)
class Seen:
    """The field and the jump of a layer's cells along one axis."""

    field: int = 1
    jump: int = 1


@dataclass(frozen=True, slots=True)
class Widened:
    """One window along one axis, and what a cell saw before it."""

    before: Seen
    k: int
    d: int
    s: int

    @property
    def after(self) -> Seen:
        """What a cell sees behind the window."""
        reach = self.before.field + self.d * (self.k - 1) * self.before.jump
        return Seen(reach, self.before.jump * self.s)


Field: TypeAlias = tuple[Seen, ...] | None
"""What a cell sees along each axis; () before the first window, None where cells see all or are none."""


def fields(network: Network) -> tuple[dict[str, Field], dict[str, tuple[Widened, ...]]]:
    """The field of each layer, and the windows that make it wider, axis by axis."""
    seen: dict[str, Field] = {quantity.name: () for quantity in network.inputs}
    of_layer: dict[str, Field] = {}
    windows: dict[str, tuple[Widened, ...]] = {}
    for node in network.nodes:
        if not network.quantities[node.output].layer:
            continue
        before = _together([seen[name] for name in node.inputs if name in seen])
        window, layer = _window(node), network.quantities[node.output].layer
        if window is None:
            found = before if _cell_by_cell(node) else None
        elif before is None or len(before) not in (0, len(window.size)):
            found = None
        else:
            windows[layer] = tuple(_widened(before or tuple(Seen() for _ in window.size), window))
            found = tuple(wider.after for wider in windows[layer])
        seen[node.output] = of_layer[layer] = found
    return of_layer, windows


def _widened(before: Sequence[Seen], window: Windows) -> list[Widened]:
    axes = zip(before, window.size, window.dilation, window.strides, strict=True)
    return [Widened(seen, k, d, s) for seen, k, d, s in axes]


def _together(fields: Sequence[Field]) -> Field:
    """What a cell made of several sees: the widest of them, if they stand equally far apart."""
    known = [field for field in fields if field is not None]
    if len(known) < len(fields):
        return None
    known = [field for field in known if field] or known[:1]
    if len({tuple(seen.jump for seen in field) for field in known}) > 1:
        return None
    return tuple(
        replace(axis[0], field=max(s.field for s in axis)) for axis in zip(*known, strict=True)
    )


def _window(node: Node) -> Windows | None:
    operation = node.operation
    if operation.by_cell or not isinstance(operation, Opaque | Correlate | LocalCorrelate | Pool):
        return None
    return operation.windows


def _cell_by_cell(node: Node) -> bool:
    operation = node.operation
    return operation.local if isinstance(operation, Opaque) else operation.by_cell
