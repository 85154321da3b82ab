"""Which data: those of the command line, which stand above `data:` in the file of a problem."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handcalc.data._examples import Wanted
from handcalc.data._form import Form, Output
from handcalc.errors import UsageError, listed
from handcalc.problem import Problem, ends
from handcalc.problem.flow import layer_shapes, output_shape


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

    def wanted(self, form: Form, sample: int = 0) -> Wanted:
        """What a network takes, one sample of it as typed."""
        return Wanted(
            form.shape,
            channels_first=self.channels_first,
            target=self.target,
            labels=self.labels,
            in_file=self.in_file,
            sample=sample,
            inputs=form.inputs if len(form.inputs) > 1 else {},
            outputs=tuple(form.outputs) if len(form.outputs) > 1 else (),
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


def form(problem: Problem) -> Form:
    """What a network takes: its inputs by name, and what its outputs are held against."""
    path, found = problem.origin.path, ends.entries(problem)
    if problem.origin.letters:
        said = f"its sizes are letters, {listed(problem.origin.letters)}; write numbers for them"
        raise UsageError(f"{path}: {said}")
    if not found or any(entry.shape is None for entry in found):
        said = "its input has no size that is known" if found else "there is no input"
        raise UsageError(f"{path}: {said}; write input: {{shape: [28, 28]}}")
    inputs = {entry.name: entry.shape or () for entry in found}
    return Form(inputs, dict(_outputs(problem)))


def _outputs(problem: Problem) -> Iterator[tuple[str, Output]]:
    """Each output with a target; "" is the last layer."""
    shapes = layer_shapes(problem)
    for aim in ends.aims(problem):
        shape = shapes.get(aim.output) if aim.output else output_shape(problem)
        yield aim.output, Output(aim.loss, shape or ())
    if not ends.has_loss(problem) and problem.rule is not None:
        yield "", Output(None, output_shape(problem) or ())
    elif not ends.has_loss(problem) and problem.target is not None:
        # A letter of formulas.
        yield "", Output(None, ends.target_of_values(problem) or ())
