"""The optimizer alone: `gradients: {w: 0.2}` in place of a network, for all steps or step by step."""

from collections.abc import Iterator
from typing import Any

from handcalc.errors import count, did_you_mean, listed, numbers_in, times
from handcalc.fields import KEY, Array, Shape
from handcalc.problem.exact_yaml import Path
from handcalc.problem.model import Problem
from handcalc.questions import QUESTIONS

NOT_BESIDE = (
    "input", "inputs", "samples", "values", "target", "loss", "outputs", "output_gradient", "minimize",
    "finite_difference", "penalty", "epochs", "batch_size", "order", "gates",
)  # fmt: skip
"""Fields of networks and of their samples."""


def without_layers(data: dict[str, Any]) -> dict[str, Any]:
    """The file with no layers where it has gradients in their place."""
    alone = "gradients" in data and not {"layers", "values"} & set(data)
    return {**data, "layers": ()} if alone else data


def misfits(problem: Problem, present: set[str]) -> Iterator[tuple[Path, str]]:
    """Gradients by what is not learned, of other shapes, for other steps; and what a network has beside them."""
    beside = [field for field in NOT_BESIDE if field in present]
    beside += ["layers"] if "layers" in present else []
    for field in beside:
        said = f"{field} stands beside gradients, which are given in place of a network"
        yield (field,), f"{said}; leave one of them out"
    if "optimizer" not in present:
        said = "there are gradients, and no optimizer that takes them"
        yield ("gradients",), f"{said}; write optimizer: {{adam: {{learning_rate: 0.001}}}}"
    if problem.rule is not None:
        said = "this rule knows no gradients, but outputs and targets"
        yield ("optimizer",), f"{said}; write sgd, or samples: and a dense layer"
    for i, word in enumerate(problem.ask or ()):
        if word in QUESTIONS and word != "update":
            said = f"'{word}' is not asked where gradients are given in place of a network"
            yield ("ask", i), f"{said}; write update"
    if problem.gradients is None:
        return
    learned = problem.learned or {}
    some = f"{next(iter(problem.gradients))}: 0.5"
    instead = f"write learned: {{{some}}}, or 0 where only the change is asked"
    shapes = {name: own.shape for name, own in learned.items() if isinstance(own, Array)}
    for name in learned:
        if name not in shapes:
            said = f"{name} has no numbers, and its gradient has"
            yield ("learned", name), f"{said}; {instead}"
    for name, given in problem.gradients.items():
        place = ("gradients", name)
        if name not in learned:
            near = did_you_mean(name, learned) if learned else ""
            yield (*place, KEY), f"'{name}' is not learned{near or f'; {instead}'}"
        elif not isinstance(given, Array):
            yield place, "gradients from a seed are no gradients of anything; write their numbers"
        elif name in shapes and shapes[name] not in (given.shape, given.shape[1:]):
            yield place, _other_shape(given.shape, shapes[name])
    for name in learned if not beside else ():
        if name not in problem.gradients:
            yield ("learned", name), f"{name} has no gradient; write gradients: {{{name}: 0.2}}"
    yield from _steps(problem)


def _other_shape(given: Shape, wanted: Shape) -> str:
    said = f"this has {numbers_in(given)}, and one gradient has {numbers_in(wanted)}"
    several = f"a list of {times(wanted)}" if wanted else "a list"
    return f"{said}; write {numbers_in(wanted)}, or {several}, one for each step"


def _steps(problem: Problem) -> Iterator[tuple[Path, str]]:
    """Gradients for other numbers of steps."""
    lengths = {name: n for name, n in problem.gradient_steps.items() if n is not None}
    several = dict.fromkeys(lengths.values())
    if problem.steps is not None:
        for name, length in lengths.items():
            if length != problem.steps:
                said = f"there are {count(length, 'gradient')} and {count(problem.steps, 'step')}"
                yield ("gradients", name), f"{said}; write one for each step, or leave steps out"
    elif len(several) > 1:
        all_of = listed([f"{length} for {name}" for name, length in lengths.items()])
        yield (
            ("gradients",),
            f"there are gradients for other numbers of steps, {all_of}; write as many",
        )
