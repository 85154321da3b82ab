"""The value that is differentiated: which it is, and what does not fit it."""

from collections.abc import Iterator
from math import prod

from handcalc.errors import did_you_mean
from handcalc.fields import Shape
from handcalc.layers.formula import Formula
from handcalc.problem import ends, flow
from handcalc.problem.exact_yaml import Path
from handcalc.problem.model import Problem


def settled(problem: Problem) -> Problem:
    """The file with what is minimized: the last value, where it is one number and nothing else is said.

    Its name is the letter of the loss.
    """
    if not problem.values:
        return problem
    name = problem.minimize
    if name is None and not (problem.loss or problem.outputs or problem.output_gradient):
        shape = flow.output_shape(problem) if flow.all_readable(problem) else None
        name = list(problem.values)[-1] if shape is not None and prod(shape) == 1 else None
    if name is None:
        return problem
    notation = problem.notation.model_copy(update={"loss": name})
    return problem.model_copy(update={"minimize": name, "notation": notation})


def unused_letter(problem: Problem) -> Iterator[tuple[Path, str]]:
    """A letter for the loss, where a value is minimized, which has a name."""
    letter, name = problem.notation.loss, settled(problem).minimize
    if name is not None and "loss" in problem.notation.model_fields_set and letter != name:
        said = f"the value that is minimized is called {name}, and there is no other loss"
        yield ("notation", "loss"), f"{said}; leave loss out, or name the value {letter}"


def misfits(problem: Problem) -> Iterator[tuple[Path, str]]:
    """What is minimized is one number; what is learned stands in a formula."""
    if not problem.values:
        for field in ("learned", "minimize", "finite_difference", "gates"):
            if getattr(problem, field):
                yield (field,), f"{field} belongs to formulas; write values: {{f: x^2}}"
        return
    shapes = flow.layer_shapes(problem)
    name = problem.minimize
    for field in ("loss", "outputs", "output_gradient", "penalty") if name is not None else ():
        if getattr(problem, field) is not None:
            said = f"{field} stands beside a value that is minimized, {name}"
            yield (field,), f"{said}; leave one of them out, or put it into a formula"
    if name is not None and name not in problem.values:
        yield ("minimize",), f"there is no value '{name}'{did_you_mean(name, problem.values)}"
    elif name is not None and (shape := shapes.get(name)) is not None and prod(shape) != 1:
        said = f"{name} has {prod(shape)} numbers, and one is minimized"
        yield ("minimize",), f"{said}; write sum({name}) as a value, or name another"
    elif name is None and not problem.loss:
        yield from _no_single_number(problem, shapes.get(list(problem.values)[-1]))
    if any(not layer.is_clear for layer in flow.readable(problem)):
        return
    if "e" in {
        *(problem.values or {}),
        *(problem.learned or {}),
        *(e.name for e in ends.entries(problem)),
    }:
        yield from _euler(problem)
    used = {source for layer in flow.readable(problem) for source in layer.from_}
    for learned in problem.learned or {}:
        if learned not in used and flow.all_readable(problem):
            yield ("learned", learned), f"{learned} stands in no formula; leave it out"
    target = problem.notation.target
    if ends.target_of_values(problem) is not None and target not in used:
        place = ("samples", 0, "target") if problem.samples else ("target",)
        yield place, f"the target stands in no formula; write {target} in one, or leave it out"
    layers = [layer for layer in flow.readable(problem) if not isinstance(layer, Formula)]
    if problem.optimizer is not None and not problem.learned and not layers:
        said = "there is an optimizer, but nothing is learned"
        yield ("optimizer",), f"{said}; write learned: {{x: 5}} in place of an input"


def _euler(problem: Problem) -> Iterator[tuple[Path, str]]:
    """A value named e beside e^x, which is written with Euler's number."""
    for i, layer in enumerate(problem.layers):
        if isinstance(layer, Formula) and layer.has_powers_of_e:
            said = "e is 2.718… in e^(…) here, and the name of a value"
            yield ("layers", i, "formula", "formula"), f"{said}; give the value another name"
            return


def _no_single_number(problem: Problem, shape: Shape | None) -> Iterator[tuple[Path, str]]:
    """The last value is an array, where a single number is wanted."""
    wanted = {"gradients", "update", "finite_differences"} & set(problem.ask or ())
    if shape is None or not (wanted or problem.optimizer or problem.finite_difference):
        return
    last = list(problem.values or {})[-1]
    said = f"the last value, {last}, has {prod(shape)} numbers, and gradients are of one"
    instead = f"write sum({last}) as a value, or minimize: and the name of one"
    yield ("values", last), f"{said}; {instead}"
