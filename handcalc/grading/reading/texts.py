"""From the keys and texts of a sheet to the numbers of a scheme: which step each text answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import prod
from typing import Any

from handcalc.errors import did_you_mean, printable, times
from handcalc.fields import Shape
from handcalc.grading.answer import is_blank
from handcalc.grading.reading import lists
from handcalc.grading.reading.decimal_signs import habit
from handcalc.grading.reading.sheet import MAX_DEPTH, Sheet
from handcalc.grading.scheme import Asked, Scheme
from handcalc.network import Ref

MAX_CELLS = 100_000
MAX_TEXT = 8_000
"""Characters of an answer; formulas are the longest."""
MOST_SAID = 10


@dataclass(slots=True)
class Texts:
    """What one sheet says: a text a step, a text a figure, and what could not be placed."""

    numbers: dict[Ref, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    missized: dict[str, str] = field(default_factory=dict)
    """What was written for answers with another number of cells: "1 number where 2 × 2 are asked for"."""
    sizes: dict[str, Shape] = field(default_factory=dict)
    """The sizes of those, as typed."""
    others: list[Ref] = field(default_factory=list)
    """Steps that are answered without being asked for."""
    remarks: list[str] = field(default_factory=list)
    comma: bool | None = None
    """Is the decimal point a comma?"""


def placed(scheme: Scheme, sheet: Sheet) -> Texts:
    """Every answer of a sheet under the step that it answers; unknown keys cost nothing."""
    texts, unknown = Texts(remarks=list(sheet.remarks)), []
    own = scheme.problem.origin.name
    if sheet.problem and sheet.problem != own:
        texts.remarks.append(f"the sheet is for {printable(sheet.problem)[:60]}, not for {own}")
    for key, value in sheet.answers.items():
        if key in scheme.figures:
            texts.figures[key] = _bounded(_joined(value))
        elif key in scheme.answers:
            _place(texts, scheme.answers[key], value)
        elif not _is_empty(value) and not _place_other(texts, scheme, key, value):
            unknown.append(key)
    known = [*scheme.answers, *scheme.figures]
    for key in unknown[:MOST_SAID]:
        said = f"there is no answer '{printable(key)[:60]}'{did_you_mean(key, known)}"
        texts.remarks.append(said)
    if len(unknown) > MOST_SAID:
        texts.remarks.append(f"{len(unknown) - MOST_SAID} more keys are no answers")
    texts.comma = sheet.comma
    if sheet.comma is None and habit(texts.numbers.values()):
        texts.comma = True
        texts.remarks.append("decimal commas are read")
    return texts


def _place(texts: Texts, asked: Asked, value: Any) -> None:
    """An answer that is asked for: as many numbers as it has, in its rows or one after the other."""
    refs = [step.ref for step in asked.steps]
    value = _opened(value, len(refs))
    cells = _cells_of(value, len(refs))
    if len(refs) > 1 and all(map(is_blank, cells)):
        return
    shape = asked.shape or (len(refs),)
    given = _shape(value)
    if len(cells) != len(refs) or (len(given) > 1 and given != shape):
        texts.missized[asked.key], texts.sizes[asked.key] = _size(value, shape), given
        return
    _write(texts, asked.key, refs, cells)


def _place_other(texts: Texts, scheme: Scheme, key: str, value: Any) -> bool:
    """Another key: a shorter form of one that is asked for, or a step on the way. Is there such a step?"""
    is_text = isinstance(value, str)
    many = lists.most_in(value) if is_text else sum(1 for _ in islice(_cells(value), MAX_CELLS))
    refs = scheme.found(key, many + 1)
    value = _opened(value, len(refs))
    many = sum(1 for _ in islice(_cells(value), MAX_CELLS))
    asked = scheme.by_first.get(refs[0]) if refs else None
    if asked is not None and (len(refs) > 1) == (len(asked.steps) > 1):
        _place(texts, asked, value)
        return True
    if len(refs) == 1 or (refs and len(refs) == many):
        texts.others += [ref for ref in refs if ref not in scheme.on_sheet]
        _write(texts, key, refs, _cells_of(value, len(refs)))
        return True
    shape, figure = scheme.steps.keys.shape(key), f"{key}_shape"
    if shape and (refs or figure in scheme.figures):
        # The first numbers alone were listed: there can be millions.
        one = scheme.steps.key(refs[0]) if refs else ""
        instead = (
            f"its size write {figure}" if figure in scheme.figures else f"one of them write {one}"
        )
        said = f"{printable(key)[:60]} has {times(shape)} numbers; for {instead}"
        texts.remarks.append(said)
        return True
    return bool(refs)


def _opened(value: Any, many: int) -> Any:
    """A text that writes out a list is that list."""
    return lists.numbers_of(value, many) if isinstance(value, str) else value


def _cells_of(value: Any, many: int) -> list[str]:
    """The cells of an answer, one more than there should be at most; a list for one number is one text."""
    if many == 1:
        cells = list(islice(_cells(value), 2))
        return cells if len(cells) == 1 else [_joined(value)]
    return list(islice(_cells(value), many + 1))


def _write(texts: Texts, key: str, refs: Sequence[Ref], cells: Sequence[str]) -> None:
    for ref, cell in zip(refs, cells, strict=True):
        if not is_blank(texts.numbers.get(ref, "")) and not is_blank(cell):
            said = f"{printable(key)[:60]} is answered twice; the later answer counts"
            texts.remarks.append(said)
        texts.numbers[ref] = _bounded(cell)


def _size(value: Any, asked: Shape) -> str:
    """1 × 3 numbers where 2 × 2 are asked for."""
    given = _shape(value) or (1,)
    if prod(given) != sum(1 for _ in islice(_cells(value), MAX_CELLS)):
        return f"rows of unequal length, not {times(asked)} numbers"
    size = "1 number" if given == (1,) else f"{times(given)} numbers"
    return f"{size} where {times(asked)} are asked for"


def _bounded(text: str) -> str:
    """A text that is longer than any answer is no answer; its end is left out."""
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


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
