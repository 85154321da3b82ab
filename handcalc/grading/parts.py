"""The parts of a sheet, as `marking.parts` of the file names them; what is in none of them is `other`."""

from collections.abc import Iterable, Iterator

from handcalc.errors import Mistake, did_you_mean, printable
from handcalc.fields.pattern import fits
from handcalc.problem import Problem

OTHER = "other"


def of(problem: Problem, keys: Iterable[str]) -> dict[str, list[str]]:
    """The answers of each part, in the order of the file; nothing where the file names no parts."""
    parts = problem.marking.parts
    found: dict[str, list[str]] = {printable(name): [] for name in parts}
    for key in keys if parts else ():
        name = next((name for name, own in parts.items() if any(fits(p, key) for p in own)), OTHER)
        found.setdefault(printable(name), []).append(key)
    return {name: own for name, own in found.items() if own}


def misfits(problem: Problem, keys: Iterable[str]) -> Iterator[Mistake]:
    """Patterns that fit no answer, and answers that are in two parts."""
    known = list(keys) if problem.marking.parts else []
    before: dict[str, str] = {}
    for name, patterns in problem.marking.parts.items():
        for i, pattern in enumerate(patterns):
            place = ("marking", "parts", name, i)
            own = [key for key in known if fits(pattern, key)]
            twice = next((key for key in own if before.get(key, name) != name), None)
            if not own:
                said = f"there is no answer '{printable(pattern)[:60]}' on the sheet"
                yield problem.origin.mistake(place, said + did_you_mean(pattern, known))
            elif twice:
                said = f"{twice} is in the part '{printable(before[twice])[:60]}' already"
                yield problem.origin.mistake(place, f"{said}; write it in one of them")
            before |= dict.fromkeys(own, name)
