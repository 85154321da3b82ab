"""From the keys and texts of a sheet to the numbers of a scheme: which step each text answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handcalc.errors import did_you_mean, printable, times
from handcalc.fields import Shape
from handcalc.grading.answer import UnreadableError, is_blank, number
from handcalc.grading.scheme import Asked, Scheme
from handcalc.grading.sheet import MAX_DEPTH, Sheet
from handcalc.grading.verdict import Column
from handcalc.network import Ref

MAX_CELLS = 100_000


@dataclass(slots=True)
class Texts:
    """What one sheet says: a text a step, a text a figure, and what could not be placed."""

    numbers: dict[Ref, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    others: dict[str, Asked] = field(default_factory=dict)
    """Answers that are not asked for, and that there are."""
    remarks: list[str] = field(default_factory=list)
    misshapen: dict[str, Shape] = field(default_factory=dict)


def placed(scheme: Scheme, sheet: Sheet) -> Texts:
    """Every answer of a sheet under the step that it answers; unknown keys cost nothing."""
    found = Texts()
    for key, value in sheet.answers.items():
        if key in scheme.figures:
            found.figures[key] = _joined(value)
            continue
        asked = scheme.answers.get(key) or scheme.found(key)
        if asked is None:
            if not _is_empty(value):
                known = [*scheme.answers, *scheme.figures]
                said = f"there is no answer '{printable(key)[:60]}'{did_you_mean(key, known)}"
                found.remarks.append(said)
            continue
        if key not in scheme.answers and asked.steps[0].group not in scheme.answers:
            found.others[key] = asked
        _place(found, key, asked, value)
    return found


def _place(found: Texts, key: str, asked: Asked, value: Any) -> None:
    cells = list(_cells(value))
    if len(cells) > MAX_CELLS:
        found.remarks.append(f"{key} has more than {MAX_CELLS} numbers and is left out")
        return
    if asked.shape == () or (len(cells) == 1 and len(asked.steps) == 1):
        found.numbers[asked.steps[0].ref] = cells[0] if len(cells) == 1 else _joined(value)
        return
    shape = _shape(value)
    if not any(not is_blank(cell) for cell in cells):
        return
    if len(cells) != len(asked.steps) or (len(shape) > 1 and shape != asked.shape):
        found.misshapen[key] = shape
        said = f"{key} has {times(shape)} numbers where {times(asked.shape)} are asked for"
        found.remarks.append(said)
        return
    for step, cell in zip(asked.steps, cells, strict=True):
        found.numbers[step.ref] = cell


def columns(
    refs: Sequence[Ref], rows: Sequence[Mapping[Ref, str]], *, comma: bool = False
) -> dict[Ref, Column]:
    """For each step the numbers of all students, read from their texts."""
    return {ref: column([row.get(ref, "") for row in rows], comma=comma) for ref in refs}


def column(texts: Sequence[str], *, comma: bool = False) -> Column:
    """One step's numbers from the texts of all students."""
    import numpy as np

    n = len(texts)
    made = Column(
        np.full(n, np.nan), np.zeros(n, np.int32), np.zeros(n), np.zeros(n, bool), np.zeros(n, bool)
    )
    for i, text in enumerate(texts):
        if is_blank(text):
            continue
        made.given[i] = True
        try:
            typed = number(text, comma)
        except UnreadableError:
            made.unreadable[i] = True
            continue
        made.value[i], made.decimals[i], made.unit[i] = typed.value, typed.decimals, typed.unit
    return made


def _cells(value: Any, depth: int = 0) -> Iterator[str]:
    """All texts of nested lists in reading order."""
    if isinstance(value, list | tuple) and depth <= MAX_DEPTH:
        for part in value:
            yield from _cells(part, depth + 1)
    elif value is None:
        yield ""
    else:
        yield str(value) if not isinstance(value, dict) else "a mapping"


def _shape(value: Any) -> Shape:
    shape: list[int] = []
    while isinstance(value, list | tuple) and len(shape) <= MAX_DEPTH:
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape)


def _joined(value: Any) -> str:
    """A list as it would be typed on one line."""
    return ", ".join(_cells(value)) if isinstance(value, list | tuple) else "".join(_cells(value))


def _is_empty(value: Any) -> bool:
    return all(is_blank(cell) for cell in _cells(value))
