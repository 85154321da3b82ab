"""What does not fit together in a problem file, although each field for itself is sound."""

from collections.abc import Iterator, Sequence
from math import prod

from handcalc import questions
from handcalc.errors import count, did_you_mean, printable, times
from handcalc.fields import KEY, Array, Random, Shape
from handcalc.layers._layer import Layer
from handcalc.losses._loss import Loss
from handcalc.operations._tensor import indices
from handcalc.problem import ends, flow, given_gradients, minimized, trained
from handcalc.problem.ends import without_numbers
from handcalc.problem.exact_yaml import Path
from handcalc.problem.flow import layer_names, layer_shapes, output_shape
from handcalc.problem.model import Problem

Wrong = tuple[Path, str]

# A line that gives what is missing.
_LINES = {
    "finite_difference": "finite_difference: {h: 0.1}",
    "loss": "loss: {mean_squared_error: {factor: half_sum}}",
    "optimizer": "optimizer: {sgd: {learning_rate: 0.1}}",
    "output_gradient": "output_gradient: [[1, 0], [0, 1]]",
}


def misfits(problem: Problem, present: set[str], *, on_data: bool = False) -> list[Wrong]:
    """Every pair of fields that contradict each other.

    `present` names the fields the file has, sound or not; what is not sound is passed over, and
    layers that could not be read are None. Of what is trained `on_data` the samples are elsewhere.
    """
    return [
        *_inputs(problem),
        *flow.misfits(problem, present),
        *_order(problem),
        *trained.misfits(problem, present, on_data=on_data),
        *(
            given_gradients.misfits(problem, present)
            if "gradients" in present
            else _of_network(problem, present, on_data=on_data)
        ),
    ]


def _of_network(problem: Problem, present: set[str], *, on_data: bool) -> Iterator[Wrong]:
    """What is held against outputs, and what is asked of them."""
    yield from _targets(problem, present, on_data=on_data)
    yield from _questions(problem, present)
    yield from _penalty(problem)
    yield from minimized.misfits(problem)


def _inputs(problem: Problem) -> Iterator[Wrong]:
    if problem.samples is None:
        if problem.input is not None and problem.inputs is not None:
            yield ("inputs",), "there is an input beside inputs; write it among them, with a name"
        return
    for field in ("input", "inputs", "target"):
        if getattr(problem, field) is not None:
            yield (field,), f"{field} stands beside samples; write it inside each sample"
    if problem.data is not None:
        yield ("data",), "data stands beside samples; leave one of them out"
    for i, sample in enumerate(problem.samples):
        if sample.inputs and sample.input is not None:
            said = "this sample has an input beside inputs; write it among them, with a name"
            yield ("samples", i, "input"), said
        if problem.outputs and sample.target is not None:
            name = next(iter(problem.outputs))
            said = f"target stands beside outputs; write targets: {{{printable(name)[:60]}: [1]}}"
            yield ("samples", i, "target"), said
    for name, output in (problem.outputs or {}).items():
        if output.target is not None:
            said = "this target stands beside samples; write targets: inside each sample"
            yield ("outputs", name, "target"), said
    for entry in ends.entries(problem):
        for place, given in zip(entry.places, entry.given, strict=True):
            shape, usual = ends.shape_of(given, scalar=entry.scalar), entry.shape
            if given is None and entry.name == ends.INPUT:
                yield place[:2], "input is missing; write input: and its value"
            elif given is None:
                said = f"this sample has no input '{entry.name}', unlike others"
                yield place[:2], f"{said}; give each sample one"
            elif shape is None:
                yield place, "random numbers for a sample have no size; write the numbers"
            elif shape != usual and usual is not None:
                said = f"this sample has {_say(shape)}, others {_say(usual)}; give all the same"
                yield place, said
    for aim in ends.aims(problem):
        yield from _same_aims(aim.targets)
    if not problem.outputs and problem.loss is None:
        yield from _same_aims([sample.target for sample in problem.samples])


def _same_aims(targets: Sequence[Array | Random | None]) -> Iterator[Wrong]:
    """Samples with a target, and samples without one."""
    aimed = [target is not None for target in targets]
    most_aimed = aimed.count(True) * 2 >= len(aimed)
    for i, target in enumerate(targets):
        if aimed[i] != most_aimed or (len(set(aimed)) == 2 and not aimed[i]):
            word = "no target" if target is None else "a target"
            said = f"this sample has {word}, unlike others; give each sample a target"
            yield ("samples", i), said


def _targets(problem: Problem, present: set[str], *, on_data: bool) -> Iterator[Wrong]:
    output = output_shape(problem)
    lonely: list[tuple[Path, Array | Random]] = []
    if not ends.has_loss(problem):
        every: list[tuple[Path, Array | Random | None]] = [(("target",), problem.target)]
        every += [(("samples", i, "target"), s.target) for i, s in enumerate(problem.samples or ())]
        lonely = [(place, target) for place, target in every if target is not None]
        for place, alone in lonely:
            if isinstance(alone, Array):
                yield from _target(None, place, alone, output) if problem.values is None else ()
    for aim in ends.aims(problem):
        shape = layer_shapes(problem).get(aim.output) if aim.output else output
        said = aim.loss.shape_misfit(shape) if shape is not None else ""
        if said:
            yield (
                (("outputs", aim.output, "loss") if aim.output else ("loss",)),
                f"this loss {said}",
            )
            continue
        for place, target in zip(aim.places, aim.targets, strict=True):
            if isinstance(target, Array):
                yield from _target(aim.loss, place, target, shape)
    yield from _outputs(problem, present)
    if problem.output_gradient is not None:
        yield from _output_gradient(problem, present, output)
    given = problem.samples or not without_numbers(problem)
    aims = lonely or any(t is not None for aim in ends.aims(problem) for t in aim.targets)
    aims = aims or "target" in present or (problem.samples is None and "samples" in present)
    if "loss" in present and not aims and given and not problem.outputs:
        yield ("loss",), "there is a loss but no target; write target: [0.09, 0.01]"
    if problem.rule is not None:
        yield from trained.by_rule(problem, has_target=bool(lonely) or on_data)
        return
    if lonely and not present & {"loss", "outputs"} and problem.values is None:
        yield lonely[0][0], f"there is a target but no loss; write {_LINES['loss']}"
    gradient = present & {"loss", "outputs", "output_gradient"} or (
        without_numbers(problem) and "gradients" in (problem.ask or ())
    )
    gradient = gradient or problem.values is not None
    if "optimizer" in present and not gradient and not lonely:
        yield ("optimizer",), f"there is an optimizer but no loss; write {_LINES['loss']}"


def _outputs(problem: Problem, present: set[str]) -> Iterator[Wrong]:
    """Several outputs: layers that there are, each with a target, and nothing beside them."""
    if problem.outputs is None:
        return
    for field in sorted(present & {"loss", "target", "output_gradient"}):
        yield (field,), f"{field} stands beside outputs; write it below the name of one of them"
    names = layer_names(problem.layers)
    for aim in ends.aims(problem):
        if aim.output not in names:
            said = f"there is no layer '{printable(aim.output)[:60]}'"
            yield ("outputs", aim.output, KEY), f"{said}{did_you_mean(aim.output, names)}"
        elif not without_numbers(problem) and None in aim.targets and not problem.samples:
            said = f"output '{aim.output}' has a loss but no target; write target: [1, 0]"
            yield ("outputs", aim.output), said
    for i, sample in enumerate(problem.samples or ()):
        for name in sample.targets or ():
            if name not in problem.outputs:
                said = f"there is no output '{printable(name)[:60]}'"
                more = did_you_mean(name, problem.outputs)
                yield ("samples", i, "targets", name, KEY), said + more


def _penalty(problem: Problem) -> Iterator[Wrong]:
    """A penalty is a term of a loss."""
    if problem.penalty is None or ends.has_loss(problem) or problem.minimize is not None:
        return
    if problem.values:
        said = "there is nothing minimized to add the penalty to"
        yield ("penalty",), f"{said}; put it into a formula, or leave it out"
    else:
        said = "there is no loss to add the penalty to"
        yield ("penalty",), f"{said}; write loss: mean_squared_error, or leave it out"


def _output_gradient(problem: Problem, present: set[str], output: Shape | None) -> Iterator[Wrong]:
    given = problem.output_gradient
    if "loss" in present:
        said = "the loss gives the gradient of the output already; leave one of them out"
        yield ("output_gradient",), said
    elif isinstance(given, Array) and not _as_large(given, output):
        samples = len(problem.samples or ())
        if samples and output is not None and given.shape == (samples, *output):
            return
        said = f"this has {_say(given.shape)}, but the network gives {_say(output)}"
        each = ", or a list of them, one for each sample" if samples else ""
        yield ("output_gradient",), f"{said}; write one number for each{each}"


def _as_large(numbers: Array, output: Shape | None) -> bool:
    """Is there a number for each output, a single one without brackets included?"""
    return output is None or numbers.shape == output or {numbers.shape, output} == {(), (1,)}


def _target(loss: Loss | None, place: Path, target: Array, output: Shape | None) -> Iterator[Wrong]:
    wanted = output if loss is None or output is None else loss.target_shape(output)
    if not _as_large(target, wanted):
        assert output is not None
        assert wanted is not None
        flat = "a flat list of " if len(target.shape) > 1 and len(wanted) == 1 else ""
        said = f"the target has {_say(target.shape)}, but the network gives {_say(output)}"
        if wanted != output:
            said += f", for which this loss takes {_say(wanted)}{loss.target_words if loss else ''}"
        yield (
            place,
            f"{said}; write {flat}{count(prod(wanted), 'number')}"
            + (f" in {wanted[0]} rows" if len(wanted) > 1 else ""),
        )
    elif loss is not None and output is not None:
        yield from _numbers(loss, place, target, output)


def _numbers(loss: Loss, place: Path, target: Array, output: Shape) -> Iterator[Wrong]:
    """Targets that a loss is not made for, one by one; then row by row."""
    wrong = False
    for index in indices(target.shape):
        said = loss.target_misfit(float(target.exact(index)), output)
        if said:
            wrong = True
            yield (*place, *index), said
    for first in indices(target.shape[:-1]) if target.shape and not wrong else ():
        said = loss.row_misfit([target.exact((*first, i)) for i in range(target.shape[-1])])
        if said:
            yield (*place, *first), said


def _questions(problem: Problem, present: set[str]) -> Iterator[Wrong]:
    if problem.ask == ():
        yield ("ask",), "nothing is asked; write forward, or leave the line out"
    told: set[str] = set()
    found = present | ({"loss"} if "outputs" in present else set())
    found |= {"minimize"} if problem.minimize else set()
    for i, word in enumerate(problem.ask or ()):
        if word in questions.QUESTIONS:
            needs = questions.QUESTIONS[word].needs
            missing = [fields for fields in needs if not found & set(fields)]
            if problem.values is not None:
                # What is wrong with the value that is differentiated is said there.
                missing = [fields for fields in missing if "minimize" not in fields]
            missing = [tuple(f for f in fields if f in _LINES) for fields in missing]
            if without_numbers(problem):
                # ∂E/∂output is a symbol like the others, whatever E is.
                missing = [fields for fields in missing if "output_gradient" not in fields]
            if missing and "minimize" in missing[0] and problem.values:
                continue  # said where the values are looked at
            if missing and missing[0][0] not in told:
                told.add(missing[0][0])
                fields = [field for field in missing[0] if field in _LINES]
                names = [f"{'an' if f[0] in 'aeiou' else 'a'} {f}" for f in fields]
                lines = " or ".join(_LINES[field] for field in fields)
                yield ("ask", i), f"'{word}' needs {' or '.join(names)}; write {lines}"
        elif word.isalpha() and len(word) > 1:
            known = questions.QUESTIONS
            yield ("ask", i), f"there is no question '{word}'{did_you_mean(word, known)}"


def _order(problem: Problem) -> Iterator[Wrong]:
    """Layer by layer there is no one moment at which a weight that is used twice is updated."""
    if problem.update == "sequential" and problem.penalty is not None:
        said = "a penalty is of all weights at once, so that they are not updated one layer after the other"
        yield ("update",), f"{said}; write update: simultaneous"
    if problem.update == "sequential" and any(
        layer is not None and layer.is_used_again for layer in _layers(problem)
    ):
        said = "a layer that is used again, or at every time, has no one place in a sequence of updates"
        yield ("update",), f"{said}; write update: simultaneous"


def _layers(problem: Problem) -> Sequence[Layer | None]:
    return problem.layers


def _say(shape: Shape | None) -> str:
    if shape is None or len(shape) <= 1:
        return count(shape[0] if shape else 1, "value")
    return times(shape) + " values"
