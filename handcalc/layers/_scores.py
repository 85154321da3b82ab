"""Attention as its textbook has it: A = softmax(Q·Kᵀ/√d), Z = A·V, head by head."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handcalc.fields import Given
from handcalc.layers._label import Label
from handcalc.layers._layer import Builder
from handcalc.operations._handle import Handle
from handcalc.operations._operation import Operation
from handcalc.operations.masked_softmax import MaskedSoftmax
from handcalc.operations.over_root import OverRoot
from handcalc.operations.scale import Scale
from handcalc.operations.softmax import Softmax

SCORES = Label("scores", "scores", "S", own=True)
SCALED = Label("scaled", "scaled scores", "S′", own=True)
WEIGHTS = Label("weights", "attention weights", "A", own=True)


@dataclass(frozen=True, slots=True)
class Scores:
    """How scores become weights: over √d, times a number or not at all; the mask; which way tokens run."""

    scale: bool | Given
    mask: tuple[str, ...]
    columns: bool = False


def weights_of(
    builder: Builder, scores: Handle, d: int, how: Scores, head: int | None = None
) -> Handle:
    """softmax(S/√d), the scores and the scaled scores with names of their own.

    A row for each query; where tokens are columns, a column for each.
    """
    s = builder.name(scores, replace(SCORES, at=head, counts="head"))
    scaled = _scaled(how.scale, d)
    if scaled is not None:
        s = builder.name(scaled(s), replace(SCALED, at=head, counts="head"))
    axis = 1 if how.columns else 2
    softmax: Operation = Softmax(axis=axis)
    if how.mask:
        rows = how.mask if not how.columns else _turned(how.mask)
        softmax = MaskedSoftmax(axis=axis, mask=rows)
    return builder.name(softmax(s), replace(WEIGHTS, at=head, counts="head"))


def _scaled(scale: bool | Given, d: int) -> Operation | None:
    if scale is True:
        return OverRoot(d=d)
    return None if scale is False else Scale(by=scale)


def _turned(rows: Sequence[str]) -> tuple[str, ...]:
    return tuple("".join(digits) for digits in zip(*rows, strict=True))
