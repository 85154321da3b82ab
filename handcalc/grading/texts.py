"""From the keys and texts of a sheet to the numbers of a scheme: which step each text answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import prod
from typing import Any

from handcalc.errors import did_you_mean, printable, times
from handcalc.fields import Shape
from handcalc.grading.answer import UnreadableError, is_blank, number
from handcalc.grading.scheme import Scheme
from handcalc.grading.sheet import MAX_DEPTH, Sheet
from handcalc.grading.verdict import Column
from handcalc.network import Ref

MAX_CELLS = 100_000
MAX_TEXT = 700
"""Characters of an answer; formulas are the longest."""
MOST_SAID = 10


@dataclass(slots=True)
class Texts:
    """What one sheet says: a text a step, a text a figure, and what could not be placed."""

    numbers: dict[Ref, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    others: list[Ref] = field(default_factory=list)
    """Steps that are answered without being asked for."""
    remarks: list[str] = field(default_factory=list)


def placed(scheme: Scheme, sheet: Sheet) -> Texts:
    """Every answer of a sheet under the step that it answers; unknown keys cost nothing."""
    found, unknown = Texts(), []
    own = scheme.problem.origin.name
    if sheet.problem and sheet.problem != own:
        found.remarks.append(f"the sheet is for {printable(sheet.problem)[:60]}, not for {own}")
    for key, value in sheet.answers.items():
        if key in scheme.figures:
            found.figures[key] = _bounded(_joined(value))
            continue
        asked = scheme.answers.get(key)
        refs = [step.ref for step in asked.steps] if asked else scheme.found(key)
        if not refs and not _is_empty(value):
            unknown.append(key)
        elif refs:
            _place(found, key, value, refs, asked.shape if asked else ())
            found.others += [ref for ref in refs if ref not in scheme.on_sheet]
    known = [*scheme.answers, *scheme.figures]
    for key in unknown[:MOST_SAID]:
        said = f"there is no answer '{printable(key)[:60]}'{did_you_mean(key, known)}"
        found.remarks.append(said)
    if len(unknown) > MOST_SAID:
        found.remarks.append(f"{len(unknown) - MOST_SAID} more keys are no answers")
    return found


def _place(found: Texts, key: str, value: Any, refs: Sequence[Ref], shape: Shape) -> None:
    cells = list(islice(_cells(value), len(refs) + 1 if len(refs) > 1 else MAX_CELLS))
    if len(refs) == 1:
        cells = cells if len(cells) == 1 else [_joined(value)]
    elif all(is_blank(cell) for cell in cells):
        return
    given, asked = _shape(value), shape or (len(refs),)
    if len(cells) != len(refs) or (len(given) > 1 and given != asked):
        whole = prod(given) == sum(1 for _ in islice(_cells(value), MAX_CELLS))
        size = times(given) if given and whole else "rows of unequal length, not"
        if size[0].isdigit():
            found.remarks.append(f"{key} has {size} numbers where {times(asked)} are asked for")
        else:
            found.remarks.append(f"{key} has {size} {times(asked)} numbers")
        return
    for ref, cell in zip(refs, cells, strict=True):
        if not is_blank(found.numbers.get(ref, "")) and not is_blank(cell):
            found.remarks.append(f"{key} is answered twice; the later answer counts")
        found.numbers[ref] = _bounded(cell)


def _bounded(text: str) -> str:
    """A text that is longer than any answer is no answer, and nothing is kept of it."""
    return text if len(text) <= MAX_TEXT else "(too long)"


def column(texts: Sequence[str], commas: Sequence[bool]) -> Column:
    """One step's numbers from the texts of all students; who writes a decimal comma is said for each."""
    import numpy as np

    n = len(texts)
    made = Column(
        np.full(n, np.nan), np.zeros(n, np.int32), np.zeros(n), np.zeros(n, bool), np.zeros(n, bool)
    )
    for i, (text, comma) in enumerate(zip(texts, commas, strict=True)):
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
