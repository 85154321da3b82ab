"""The problem file: read it, and say all that is wrong with it at once."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from handcalc import library
from handcalc.errors import FileError, ProblemError
from handcalc.fields import letters
from handcalc.fields.synonyms import field_meant
from handcalc.layers._layer import Layer
from handcalc.problem import (
    blocks,
    exact_yaml,
    given_gradients,
    given_names,
    minimized,
    names,
    picture,
    stored,
    uses,
    values,
)
from handcalc.problem.fits import misfits
from handcalc.problem.model import Problem
from handcalc.problem.origin import Origin
from handcalc.problem.stored import Arrays
from handcalc.problem.taken import Taken, untrained

__all__ = ["Origin", "Problem", "Taken", "load", "parse", "read_text", "with_numbers"]


def load(problem: str | Path, *, on_data: bool = False) -> Problem:
    """The problem in a file, or the one that ships under a name; `-` reads standard input.

    What is trained `on_data` has its samples elsewhere.
    """
    path = library.resolve(problem)
    return parse(read_text(path), str(path), name=path.stem, on_data=on_data)


def with_numbers(problem: Problem, numbers: Mapping[str, int]) -> Problem:
    """The same file with numbers for some of the letters that stand for sizes in it."""
    origin = problem.origin
    return parse(origin.text, origin.path, origin.name, numbers)


def parse(
    text: str,
    path: str = "problem",
    name: str = "",
    numbers: Mapping[str, int] | None = None,
    *,
    on_data: bool = False,
    sample: Taken | None = None,
    arrays: Arrays | None = None,
) -> Problem:
    """The problem in a text; ProblemError with all its mistakes and their places.

    `numbers` stand for letters that the file has for sizes, one `sample` for all that there are, and `arrays` for
    files of learned numbers that are not written yet.
    """
    with letters(numbers or {}) as found:
        problem = _parsed(text, path, name, on_data, sample, arrays or {})
    seen = sorted(found.seen)
    windows = tuple(letter for letter in seen if found.seen[letter])
    return problem.from_origin(replace(problem.origin, letters=tuple(seen), windows=windows))


def _parsed(
    text: str, path: str, name: str, on_data: bool, sample: Taken | None, arrays: Arrays
) -> Problem:
    origin = Origin(name or path, path, text, sample=sample.said if sample else "")
    data = exact_yaml.read(path, text)
    if not isinstance(data, dict):
        what = "is empty" if data is None else "is not a mapping of fields"
        raise ProblemError(
            path, [exact_yaml.at(text, 0, 0, f"the problem {what}; write input: and layers:")]
        )
    # A field that is there under a misspelt name is not missing.
    present = {field_meant(str(key), Problem.model_fields) for key in data}
    if isinstance(data.get("loss"), str) and data["loss"] in (data.get("values") or ()):
        present = present - {"loss"} | {"minimize"}
    data = uses.in_full(data)
    data, places, torn = blocks.expanded(data)
    doubled = [*given_names.misfits(data), *values.misfits(data)]
    given = given_names.of(data)
    try:
        data, places = values.written_out(data, places, present)
    except values.TornFormulaError as torn_formulas:
        raise ProblemError(path, [origin.mistake(*one) for one in torn_formulas.wrong]) from None
    origin = replace(origin, layers=places)
    if sample is not None:
        data = sample.into(data)
        present = present - {"samples"} | (set(data) & {"input", "inputs", "target"})
    data = given_gradients.without_layers(data)
    data, wrong = picture.into_numbers(data, Path(path).parent)
    data, astray = stored.into_numbers(data, Path(path).parent, arrays)
    wrong += [*astray, *doubled]
    try:
        problem = Problem.model_validate(data)
    except ValidationError as error:
        fields = [(e["loc"], e["ctx"]["what"]) for e in error.errors()]
        problem = _without(data, [place for place, _ in fields])
        said = {place[:-1] for place, _ in astray} | {place for place, _ in astray}
        wrong += [(place, what) for place, what in fields if place not in said]
    meant, astray = uses.put_in(problem.layers)
    problem = problem.model_copy(update={"layers": meant})
    wrong += astray
    # Of numbers that cannot be read it has been said where they stand.
    unread = given if wrong else frozenset[str]()
    unread |= {problem.notation.target} if wrong and "target" in data else set()
    problem, unknown = names.bound(problem, unread)
    wrong += unknown
    wrong += minimized.unused_letter(problem)
    problem = minimized.settled(problem)
    elsewhere = on_data or problem.data is not None
    wrong += misfits(problem, present, on_data=elsewhere)
    found = [origin.mistake(place, what) for place, what in wrong]
    if places:
        # What is wrong in a block is said once, not for each copy.
        found = list({(mistake.line, mistake.column): mistake for mistake in found[::-1]}.values())
    found += [replace(origin, layers=()).mistake(place, what) for place, what in torn]
    if found:
        raise ProblemError(path, found)
    whole = problem if on_data or problem.data is None else untrained(problem)
    return whole.from_origin(origin)


def read_text(path: Path) -> str:
    """The text of a file, within bounds."""
    try:
        stream = sys.stdin.buffer if str(path) == "-" else path.open("rb")
        with stream:
            content = stream.read(exact_yaml.MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise FileError(f"{path}: cannot be read: {reason}; check the name") from None
    if len(content) > exact_yaml.MAX_BYTES:
        raise FileError(
            f"{path}: is larger than {exact_yaml.MAX_BYTES // 2**20} MB; a problem is smaller"
        )
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileError(f"{path}:{line}: is not UTF-8 text; save the file as UTF-8") from None


_SOME_LAYER = {"dense": {"units": "1"}}


def _without(data: dict[str, Any], places: list[exact_yaml.Path]) -> Problem:
    """What can be read of a broken file, so that the rest of it is checked too."""
    broken = {place[0] for place in places if place}
    sound = {k: v for k, v in data.items() if k in Problem.model_fields and k not in broken}
    whole = Problem.model_validate({**sound, "layers": [_SOME_LAYER]})
    return whole.model_copy(update={"layers": _sound_layers(data.get("layers"), places)})


def _sound_layers(items: object, places: list[exact_yaml.Path]) -> tuple[Any, ...]:
    """The layers of a broken file, with None for those that are broken themselves."""
    if not isinstance(items, list):
        return ()
    broken = {place[1] for place in places if len(place) > 1 and place[0] == "layers"}
    # Without the notation nothing can be said of how weights are kept.
    broken |= (
        set(range(len(items))) if any(place[:1] == ("notation",) for place in places) else set()
    )
    sound: list[Layer | None] = []
    for i, item in enumerate(items):
        try:
            sound.append(
                None if i in broken else Problem.model_validate({"layers": [item]}).layers[0]
            )
        except ValidationError:
            sound.append(None)
    return tuple(sound)
