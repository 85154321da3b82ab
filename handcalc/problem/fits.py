"""What does not fit together in a problem file, although each field for itself is sound."""

from collections import Counter
from collections.abc import Iterator
from math import prod

from handcalc import questions
from handcalc.errors import count, did_you_mean, times
from handcalc.fields import Array, Random, Shape
from handcalc.number import parse
from handcalc.problem import flow
from handcalc.problem.exact_yaml import Path
from handcalc.problem.flow import output_shape, shape_of
from handcalc.problem.model import Problem, Unknown

Wrong = tuple[Path, str]

# A line that gives what is missing.
_LINES = {
    "loss": "loss: {mean_squared_error: {factor: half_sum}}",
    "optimizer": "optimizer: {sgd: {learning_rate: 0.1}}",
    "output_gradient": "output_gradient: [[1, 0], [0, 1]]",
}


def misfits(problem: Problem, present: set[str]) -> list[Wrong]:
    """Every pair of fields that contradict each other.

    `present` names the fields the file has, sound or not; what is not sound is passed over, and
    layers that could not be read are None.
    """
    return [
        *_inputs(problem),
        *flow.misfits(problem, present),
        *_targets(problem, present),
        *_questions(problem, present),
    ]


def _inputs(problem: Problem) -> Iterator[Wrong]:
    if problem.samples is None:
        return
    for field in ("input", "target"):
        if getattr(problem, field) is not None:
            yield (field,), f"{field} stands beside samples; write it inside each sample"
    shapes = [shape_of(sample.input) for sample in problem.samples]
    usual = Counter(shapes).most_common(1)[0][0]
    aimed = [sample.target is not None for sample in problem.samples]
    most_aimed = aimed.count(True) * 2 >= len(aimed)
    for i, sample in enumerate(problem.samples):
        if shapes[i] is None:
            said = "random numbers for a sample have no size; write the numbers"
            yield ("samples", i, "input"), said
        elif shapes[i] != usual and usual is not None:
            said = f"this sample has {_say(shapes[i])}, others {_say(usual)}; give all the same"
            yield ("samples", i, "input"), said
        if aimed[i] != most_aimed or (len(set(aimed)) == 2 and not aimed[i]):
            word = "no target" if sample.target is None else "a target"
            yield (
                ("samples", i),
                f"this sample has {word}, unlike others; give each sample a target",
            )


def _targets(problem: Problem, present: set[str]) -> Iterator[Wrong]:
    output = output_shape(problem)
    targets: list[tuple[Path, Array | Random]] = []
    if problem.target is not None:
        targets.append((("target",), problem.target))
    for i, sample in enumerate(problem.samples or ()):
        if sample.target is not None:
            targets.append((("samples", i, "target"), sample.target))
    for place, target in targets:
        if isinstance(target, Array):
            yield from _target(problem, place, target, output)
    if problem.output_gradient is not None:
        yield from _output_gradient(problem, present, output)
    given = problem.samples or not without_numbers(problem)
    aims = targets or "target" in present or (problem.samples is None and "samples" in present)
    if "loss" in present and not aims and given:
        yield ("loss",), "there is a loss but no target; write target: [0.09, 0.01]"
    if targets and "loss" not in present:
        yield targets[0][0], f"there is a target but no loss; write {_LINES['loss']}"
    gradient = present & {"loss", "output_gradient"} or (
        without_numbers(problem) and "gradients" in (problem.ask or ())
    )
    if "optimizer" in present and not gradient and not targets:
        yield ("optimizer",), f"there is an optimizer but no loss; write {_LINES['loss']}"


def _output_gradient(problem: Problem, present: set[str], output: Shape | None) -> Iterator[Wrong]:
    given = problem.output_gradient
    if "loss" in present:
        said = "the loss gives the gradient of the output already; leave one of them out"
        yield ("output_gradient",), said
    elif isinstance(given, Array) and not _as_large(given, output):
        said = f"this has {_say(given.shape)}, but the network gives {_say(output)}"
        yield ("output_gradient",), f"{said}; write one number for each"


def _as_large(numbers: Array, output: Shape | None) -> bool:
    """Is there a number for each output, a single one without brackets included?"""
    return output is None or numbers.shape == output or (numbers.shape == () and output == (1,))


def _target(problem: Problem, place: Path, target: Array, output: Shape | None) -> Iterator[Wrong]:
    if not _as_large(target, output):
        assert output is not None
        flat = "a flat list of " if len(target.shape) > 1 else ""
        said = f"the target has {_say(target.shape)}, but the network gives {_say(output)}"
        yield (
            place,
            f"{said}; write {flat}{count(prod(output), 'number')}"
            + (f" in {output[0]} rows" if len(output) > 1 else ""),
        )
    if problem.loss is not None and len(target.shape) <= 1:
        for i, text in enumerate(target.flat()):
            said = problem.loss.target_misfit(float(parse(text)))
            if said:
                yield (*place, i) if target.shape else place, said


def _questions(problem: Problem, present: set[str]) -> Iterator[Wrong]:
    if problem.ask == ():
        yield ("ask",), "nothing is asked; write forward, or leave the line out"
    told: set[str] = set()
    for i, word in enumerate(problem.ask or ()):
        if word in questions.QUESTIONS:
            needs = questions.QUESTIONS[word].needs
            missing = [fields for fields in needs if not present & set(fields)]
            if without_numbers(problem):
                # ∂E/∂output is a symbol like the others, whatever E is.
                missing = [fields for fields in missing if "output_gradient" not in fields]
            if missing and missing[0][0] not in told:
                told.add(missing[0][0])
                names = [f"{'an' if f[0] in 'aeiou' else 'a'} {f}" for f in missing[0]]
                lines = " or ".join(_LINES[field] for field in missing[0])
                yield ("ask", i), f"'{word}' needs {' or '.join(names)}; write {lines}"
        elif word.isalpha() and len(word) > 1:
            known = questions.QUESTIONS
            yield ("ask", i), f"there is no question '{word}'{did_you_mean(word, known)}"


def without_numbers(problem: Problem) -> bool:
    """Is the input a shape alone?"""
    return isinstance(problem.input, Unknown) and problem.input.random is None


def _say(shape: Shape | None) -> str:
    if shape is None or len(shape) <= 1:
        return count(shape[0] if shape else 1, "value")
    return times(shape) + " values"
