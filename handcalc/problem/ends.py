"""Both ends of a network: what goes in, and what its outputs are held against, sample by sample."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from handcalc.fields import Array, Given, Random, Shape
from handcalc.losses._loss import Loss
from handcalc.problem.exact_yaml import Path
from handcalc.problem.model import Problem, Unknown

INPUT = "input"
"""What `from:` calls the input where there is but one."""

Numbers = Array | Random | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One input: its name, its letter in formulas, and its numbers for each sample."""

    name: str
    letter: str
    given: tuple[Array | Random | Unknown | None, ...]
    places: tuple[Path, ...]
    """Where they stand in the file."""
    scalar: bool = False
    """Is a number without brackets a single number, as in formulas, and not a list of one?"""

    @property
    def numbers(self) -> list[Numbers]:
        """The numbers; None where the file has but a shape."""
        return [g.random if isinstance(g, Unknown) else g for g in self.given]

    @property
    def shape(self) -> Shape | None:
        """The shape that most samples have, if the file tells it."""
        shapes = Counter(shape_of(g, scalar=self.scalar) for g in self.given)
        return shapes.most_common(1)[0][0]


@dataclass(frozen=True, slots=True)
class Aim:
    """What one output is held against: its targets and its loss, with the weight of that loss."""

    output: str
    """The layer; "" is the last one."""
    loss: Loss
    targets: tuple[Numbers, ...]
    places: tuple[Path, ...]
    weight: Given


def entries(problem: Problem) -> list[Entry]:
    """The inputs in order."""
    samples, scalar = problem.samples or (), problem.values is not None
    if samples and not any(sample.inputs for sample in samples):
        places: tuple[Path, ...] = tuple(("samples", i, "input") for i in range(len(samples)))
        return [Entry(INPUT, "x", tuple(s.input for s in samples), places, scalar)]
    if samples:
        names = dict.fromkeys(name for s in samples for name in s.inputs or ())
        return [
            Entry(
                name,
                name,
                tuple((s.inputs or {}).get(name) for s in samples),
                tuple(("samples", i, "inputs", name) for i in range(len(samples))),
                scalar,
            )
            for name in names
        ]
    if problem.inputs:
        return [
            Entry(name, _letter(given, name), (given,), (("inputs", name),), scalar)
            for name, given in problem.inputs.items()
        ]
    if problem.input is None:
        return []
    return [Entry(INPUT, _letter(problem.input, "x"), (problem.input,), (("input",),), scalar)]


def aims(problem: Problem) -> list[Aim]:
    """The losses in order; one for the last layer, or one for each of the outputs named."""
    samples = problem.samples or ()
    if problem.outputs:
        return [
            Aim(
                name,
                output.loss,
                tuple((s.targets or {}).get(name) for s in samples) or (output.target,),
                tuple(("samples", i, "targets", name) for i in range(len(samples)))
                or (("outputs", name, "target"),),
                output.weight,
            )
            for name, output in problem.outputs.items()
        ]
    if problem.loss is None:
        return []
    if samples:
        places: tuple[Path, ...] = tuple(("samples", i, "target") for i in range(len(samples)))
        return [Aim("", problem.loss, tuple(s.target for s in samples), places, Given.of(1))]
    return [Aim("", problem.loss, (problem.target,), (("target",),), Given.of(1))]


def targets(problem: Problem) -> list[Numbers]:
    """What the last layer is held against, sample by sample; None where the file has no numbers."""
    return [sample.target for sample in problem.samples or ()] or [problem.target]


def has_loss(problem: Problem) -> bool:
    """Is there a loss, of one output or of several?"""
    return problem.loss is not None or bool(problem.outputs)


def shape_of(given: Array | Random | Unknown | None, *, scalar: bool = False) -> Shape | None:
    """The shape of an input, if it has one: a single number is a list of one, unless it is a scalar."""
    if given is None or isinstance(given, Random):
        return None
    return tuple(given.shape) or (() if scalar else (1,))


def beside(problem: Problem) -> dict[str, Shape]:
    """What formulas can name beside inputs and layers: learned numbers, and the target."""
    learned = (problem.learned or {}).items()
    found = {name: shape_of(own, scalar=True) or () for name, own in learned}
    target = target_of_values(problem)
    if target is not None:
        found[problem.notation.target] = target
    return found


def target_of_values(problem: Problem) -> Shape | None:
    """The shape of the target that formulas can name, if there is one and no loss has it."""
    if problem.values is None or has_loss(problem):
        return None
    given = [problem.target, *(sample.target for sample in problem.samples or ())]
    return next((shape_of(g, scalar=True) for g in given if g is not None), None)


def without_numbers(problem: Problem) -> bool:
    """Is an input a shape alone?"""
    found: Sequence[Entry] = entries(problem)
    given = [*(g for e in found for g in e.given), *(problem.learned or {}).values()]
    return any(isinstance(g, Unknown) and g.random is None for g in given)


def _letter(given: Array | Random | Unknown | None, otherwise: str) -> str:
    said = isinstance(given, Unknown) and "symbol" in given.model_fields_set
    return given.symbol if isinstance(given, Unknown) and said else otherwise
