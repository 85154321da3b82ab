"""What each column of a class's file is: a number, a figure, or about the student."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from handcalc.errors import FileError, count, did_you_mean, listed, nearest
from handcalc.grading.reading import headings
from handcalc.grading.scheme import Scheme
from handcalc.grading.step import Step
from handcalc.network import Ref

MOST_SAID = 10


@dataclass
class Columns:
    """The columns by their places; two that are the same answer are refused, and so is a file without any."""

    scheme: Scheme
    names: Sequence[str]
    path: str = "the class"
    between: str = ","
    """What stands between cells."""
    numbers: dict[int, Step] = field(default_factory=dict)
    figures: dict[int, str] = field(default_factory=dict)
    about: list[int] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        known = keys(self.scheme)
        by_key = {s.key: s.ref for a in self.scheme.answers.values() for s in a.steps}
        meant, assumed = headings.meant(self.names, known)
        refs: dict[int, Ref] = {}
        places: dict[Ref | str, int] = {}
        for place, name in enumerate(self.names):
            key = meant.get(place, name)
            other = [] if key in by_key or not key else self.scheme.found(key)
            answer: Ref | str
            if key in self.scheme.figures:
                answer = self.figures[place] = key
            elif key in by_key or len(other) == 1:
                answer = refs[place] = by_key[key] if key in by_key else other[0]
            else:
                self.about.append(place)
                continue
            if places.setdefault(answer, place) != place:
                raise headings.twice(self.path, self.names, places[answer], place)
        if not places:
            raise FileError(
                f"{self.path}: {headings.refused(self.names, known, assumed, self.between)}"
            )
        self.remarks += assumed
        for place in self.about[:MOST_SAID]:
            if nearest(self.names[place], known):
                column = f"column {place + 1}, {headings.shown(self.names[place])}, is no answer"
                self.remarks.append(f"{column}{did_you_mean(self.names[place], known)}")
        there = {self.scheme.steps.key(ref) for ref in refs.values()} | set(self.figures.values())
        missing = [key for key in known if key not in there]
        if missing:
            remark = f"no column for {count(len(missing), 'answer')}, not marked"
            self.remarks.append(f"{remark}: {listed(missing, 8)}")
        self.scheme = self.scheme.seeing(refs.values(), there)
        steps = {step.ref: step for answer in self.scheme.every for step in answer.steps}
        self.numbers = {place: steps[ref] for place, ref in refs.items()}


def keys(scheme: Scheme) -> list[str]:
    """The keys of all answers, cells of matrices by their own, in the order of the sheet."""
    return [*scheme.figures, *(s.key for a in scheme.answers.values() for s in a.steps)]
