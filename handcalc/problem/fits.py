"""What does not fit together in a problem file, although each field for itself is sound."""

from collections.abc import Iterator, Sequence

from handcalc import questions
from handcalc.errors import did_you_mean, listed
from handcalc.fields import Array, Random, Shape
from handcalc.layers._layer import Layer
from handcalc.number import parse
from handcalc.problem.exact_yaml import Path
from handcalc.problem.model import Problem, Unknown

Wrong = tuple[Path, str]


def layer_names(problem: Problem) -> list[str]:
    """The name of each layer: its own, or its family counted from one."""
    counts: dict[str, int] = {}
    names = []
    for layer in _layers_of(problem):
        family = layer.family if layer is not None else "layer"
        counts[family] = counts.get(family, 0) + 1
        own = layer.name if layer is not None else None
        names.append(own or f"{family}{counts[family]}")
    return names


def _layers_of(problem: Problem) -> Sequence[Layer | None]:
    """The layers; None stands for one that could not be read."""
    return problem.layers


def misfits(problem: Problem, present: set[str]) -> list[Wrong]:
    """Every pair of fields that contradict each other.

    `present` names the fields the file has, sound or not; what is not sound is passed over.
    """
    return [
        *_inputs(problem),
        *_layers(problem, present),
        *_targets(problem, present),
        *_questions(problem, present),
    ]


def _inputs(problem: Problem) -> Iterator[Wrong]:
    if problem.samples is None:
        return
    for field in ("input", "target"):
        if getattr(problem, field) is not None:
            yield (field,), f"{field} stands beside samples; write it inside each sample"
    first = problem.samples[0].input
    for i, sample in enumerate(problem.samples):
        if _shape(sample.input) != _shape(first):
            said = f"this sample has {_say(_shape(sample.input))}, the first {_say(_shape(first))}; give all the same"
            yield ("samples", i, "input"), said
        if (sample.target is None) != (problem.samples[0].target is None):
            yield (
                ("samples", i),
                "some samples have a target and some have none; give each one a target",
            )


def _layers(problem: Problem, present: set[str]) -> Iterator[Wrong]:
    received, values = input_shape(problem), ""
    if not present & {"input", "samples"}:
        yield (
            (),
            "there is no input; write input: [0.2, 0.1], or input: {shape: [2]} without numbers",
        )
    names, layout = layer_names(problem), problem.notation.product
    for i, name in enumerate(names):
        if name in names[:i]:
            yield ("layers", i), f"two layers are named '{name}'; give each its own name"
    if received is not None:
        values = listed(
            [f"x{j + 1}" for j in range(min(received[0], 100) if len(received) == 1 else 1)], 6
        )
    for i, (layer, name) in enumerate(zip(_layers_of(problem), names, strict=True)):
        if layer is None:
            received = None
            continue
        if received is not None:
            word = next(iter(k for k in _words(layer)))
            for misfit in layer.misfits(received, layout, f"layer {i + 1} '{name}'", values):
                yield ("layers", i, word, *misfit.field), misfit.what
        received = layer.output_shape(received or (1,), layout)
        if received is not None:
            out = {"in_out": "_out", "net_out": "_out", "z_a": "_a"}[problem.notation.values]
            gap = "_" if name[-1].isdigit() else ""
            values = listed([f"{name}{gap}{j + 1}{out}" for j in range(min(received[-1], 100))], 6)


def _words(layer: object) -> Iterator[str]:
    yield type(layer).__module__.rpartition(".")[2]


def _targets(problem: Problem, present: set[str]) -> Iterator[Wrong]:
    output = output_shape(problem)
    targets: list[tuple[Path, Array | Random]] = []
    if problem.target is not None:
        targets.append((("target",), problem.target))
    for i, sample in enumerate(problem.samples or ()):
        if sample.target is not None:
            targets.append((("samples", i, "target"), sample.target))
    for place, target in targets:
        if isinstance(target, Random):
            continue
        if (
            output is not None
            and target.shape != output
            and not (target.shape == () and output == (1,))
        ):
            said = f"the target has {_say(target.shape)}, but the network gives {_say(output)}; write as many"
            yield place, said
        if problem.loss is not None:
            said = problem.loss.target_misfit([float(parse(t)) for t in target.flat()])
            if said:
                yield place, said
    unknown = isinstance(problem.input, Unknown) and problem.input.random is None
    if "loss" in present and not present & {"target", "samples"} and not unknown:
        yield ("loss",), "there is a loss but no target; write target: [0.09, 0.01]"
    if targets and "loss" not in present:
        yield targets[0][0], "there is a target but no loss; write loss: mean_squared_error"
    if "optimizer" in present and "loss" not in present and not targets:
        yield ("optimizer",), "there is an optimizer but no loss; write loss: and target:"


def _questions(problem: Problem, present: set[str]) -> Iterator[Wrong]:
    needs = {"loss": ("loss",), "gradients": ("loss",), "update": ("loss", "optimizer")}
    for i, word in enumerate(problem.ask or ()):
        place: Path = ("ask", i)
        if word in questions.QUESTIONS:
            missing = [f for f in needs.get(word, ()) if f not in present]
            if missing:
                yield (
                    place,
                    f"'{word}' needs {' and '.join(missing)}; write {missing[0]}: and its options",
                )
        elif word.isalpha() and len(word) > 1:
            yield place, f"there is no question '{word}'{did_you_mean(word, questions.QUESTIONS)}"


def input_shape(problem: Problem) -> Shape | None:
    """The shape of one input, if the file tells it."""
    given = problem.samples[0].input if problem.samples else problem.input
    return None if given is None else _shape(given)


def output_shape(problem: Problem) -> Shape | None:
    """The shape that the last layer gives, if all layers tell theirs."""
    shape = input_shape(problem)
    for layer in _layers_of(problem):
        if shape is None or layer is None:
            return None
        shape = layer.output_shape(shape, problem.notation.product)
    return shape


def _shape(given: Array | Random | Unknown) -> Shape | None:
    return None if isinstance(given, Random) else tuple(given.shape) or (1,)


def _say(shape: Shape | None) -> str:
    if shape is None:
        return "no shape"
    if len(shape) <= 1:
        n = shape[0] if shape else 1
        return f"{n} value{'s' * (n != 1)}"
    return " × ".join(map(str, shape)) + " values"
