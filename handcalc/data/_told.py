"""Which data: those of the command line, which stand above `data:` in the file of a problem."""

from dataclasses import dataclass
from pathlib import Path

from handcalc.data._examples import Wanted
from handcalc.errors import UsageError, listed
from handcalc.fields import Shape
from handcalc.problem import Problem, ends


@dataclass(frozen=True)
class Source:
    """Where samples are, what of them the targets are, and what divides their inputs."""

    path: Path
    target: str = ""
    labels: Path | None = None
    divide: float = 1.0
    channels_first: bool = False
    in_file: bool = False

    @property
    def files(self) -> list[Path]:
        """What is read."""
        return [self.path, *([self.labels] if self.labels else [])]

    def wanted(self, shape: Shape, sample: int = 0) -> Wanted:
        """What a network takes that has inputs of a shape, one sample of it as typed."""
        return Wanted(
            shape, self.channels_first, self.target, self.labels, self.in_file, sample=sample
        )


def source(
    problem: Problem,
    path: Path | None = None,
    *,
    target: str = "",
    labels: Path | None = None,
    divide: float | None = None,
) -> Source:
    """What is said, else what the problem says; another file has nothing to do with what that says of its own."""
    first, own = problem.notation.channels == "first", problem.data
    if path is not None:
        return Source(path, target, labels, divide or 1.0, first)
    if own is None:
        said = f"{problem.origin.path}: there are no data to train on"
        raise UsageError(f"{said}; add --data FILE, or write data: {{file: digits.csv}}")
    file, beside = own.places(problem.origin)
    divide = divide or float(own.divide.value)
    return Source(file, target or own.target, labels or beside, divide, first, in_file=True)


def entry(problem: Problem) -> ends.Entry:
    """The one input that data have numbers for."""
    path, found = problem.origin.path, ends.entries(problem)
    if problem.origin.letters:
        said = f"its sizes are letters, {listed(problem.origin.letters)}; write numbers for them"
        raise UsageError(f"{path}: {said}")
    if len(found) != 1:
        said = "data have one input, and this problem has several or none"
        raise UsageError(f"{path}: {said}; write input: {{shape: [28, 28]}}")
    if found[0].shape is None:
        said = "its input has no size that is known"
        raise UsageError(f"{path}: {said}; write input: {{shape: [28, 28]}}")
    return found[0]
