"""What does not fit together in a problem file, although each field for itself is sound."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from handcalc import questions
from handcalc.errors import count, did_you_mean, listed
from handcalc.fields import Array, Random, Shape
from handcalc.layers._layer import Layer, Misfit
from handcalc.number import parse
from handcalc.problem.exact_yaml import Path
from handcalc.problem.model import Problem, Unknown

Wrong = tuple[Path, str]
INPUT = "input"  # what `from:` calls the input

# A line that gives what is missing.
_LINES = {
    "loss": "loss: {mean_squared_error: {factor: half_sum}}",
    "optimizer": "optimizer: {sgd: {learning_rate: 0.1}}",
    "output_gradient": "output_gradient: [[1, 0], [0, 1]]",
}


def layer_names(layers: Sequence[Layer | None]) -> list[str]:
    """The name of each layer: its own, or its family counted from one."""
    counts: dict[str, int] = {}
    names = []
    for layer in layers:
        if layer is None:
            names.append("")
            continue
        counts[layer.family] = counts.get(layer.family, 0) + 1
        names.append(layer.name or f"{layer.family}{counts[layer.family]}")
    return names


def misfits(problem: Problem, present: set[str]) -> list[Wrong]:
    """Every pair of fields that contradict each other.

    `present` names the fields the file has, sound or not; what is not sound is passed over, and
    layers that could not be read are None.
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
    shapes = [_shape(sample.input) for sample in problem.samples]
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


def _layers(problem: Problem, present: set[str]) -> Iterator[Wrong]:
    if not present & {"input", "samples"}:
        yield (
            (),
            "there is no input; write input: [0.2, 0.1], or input: {shape: [2]} without numbers",
        )
    layers = _layers_of(problem)
    names = layer_names(layers)
    letter = problem.input.symbol if isinstance(problem.input, Unknown) else "x"
    shapes, patterns = {INPUT: input_shape(problem)}, {INPUT: f"{letter}{{}}"}
    before = INPUT
    for i, (layer, name) in enumerate(zip(layers, names, strict=True)):
        if layer is None:
            shapes[name or f"#{i}"] = None
            before = name or f"#{i}"
            continue
        if name in names[:i] or name == INPUT:
            place = ("layers", i, layer.word, "name")
            taken = "the input has that name" if name == INPUT else f"two layers are named '{name}'"
            yield place, f"{taken}; give each its own name"
        source = layer.from_ or before
        if source not in shapes:
            yield ("layers", i, layer.word, "from"), _no_source(source, names[i:], list(shapes))
        received = shapes.get(source)
        wrong: list[Misfit] = []
        if received is not None:
            values = _values(patterns[source], received)
            called = f"layer {i + 1} '{name}'"
            wrong = list(layer.misfits(received, problem.notation, called, values))
            yield from ((("layers", i, layer.word, *m.field), m.what) for m in wrong)
        # Behind a layer that does not fit nothing can be said of what the next one receives.
        given = None if _unclear(wrong) else layer.output_shape(received or (1,), problem.notation)
        shapes[name], patterns[name] = given, _pattern(problem, i + 1, name, layer)
        before = name
    if "loss" in present or "output_gradient" in present:
        yield from _dead_ends(problem, names)


def _no_source(source: str, later: Sequence[str], known: Sequence[str]) -> str:
    if source in later:
        return f"layer '{source}' comes later; name an earlier one"
    return f"there is no layer '{source}'{did_you_mean(source, [k for k in known if k[:1] != '#'])}"


def _dead_ends(problem: Problem, names: list[str]) -> Iterator[Wrong]:
    """Layers whose values do not reach the output, so that the loss knows nothing of them."""
    layers = _layers_of(problem)
    if None in layers:
        return
    sources = {}
    for i, (layer, name) in enumerate(zip(layers, names, strict=True)):
        assert layer is not None
        sources[name] = layer.from_ or (names[i - 1] if i else INPUT)
    reached, at = set(), names[-1] if names else INPUT
    while at in sources and at not in reached:
        reached.add(at)
        at = sources[at]
    for i, (layer, name) in enumerate(zip(layers, names, strict=True)):
        if name not in reached and layer is not None:
            said = f"layer '{name}' does not lead to the output, which the loss is about"
            yield ("layers", i, layer.word), f"{said}; leave it out, or let others follow it"


def _unclear(misfits_of_layer: Iterable[Misfit]) -> bool:
    """Is it open what a layer gives on? Only a bias that does not fit leaves its shape as it is."""
    return any(misfit.field[:1] != ("bias",) for misfit in misfits_of_layer)


def _values(pattern: str, shape: Shape) -> str:
    return listed([pattern.format(j + 1) for j in range(min(shape[-1], 100))], 6)


def _pattern(problem: Problem, number: int, name: str, layer: Layer) -> str:
    """How the outputs of a layer are written, with {} for the place of the neuron."""
    if not layer.by_unit:
        return f"{name}[{{}}]"
    if problem.notation.values == "z_a":
        return f"a{number}[{{}}]"
    return f"{name}{'_' if name[-1].isdigit() else ''}{{}}_out"


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
    elif isinstance(given, Array) and output is not None and given.shape != output:
        said = f"this has {_say(given.shape)}, but the network gives {_say(output)}"
        yield ("output_gradient",), f"{said}; write one number for each"


def _target(problem: Problem, place: Path, target: Array, output: Shape | None) -> Iterator[Wrong]:
    single = target.shape == () and output == (1,)
    if output is not None and target.shape != output and not single:
        flat = "a flat list of " if len(target.shape) > 1 else ""
        said = f"the target has {_say(target.shape)}, but the network gives {_say(output)}"
        yield place, f"{said}; write {flat}{count(output[0], 'number')}"
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


def _layers_of(problem: Problem) -> Sequence[Layer | None]:
    return problem.layers


def input_shape(problem: Problem) -> Shape | None:
    """The shape of one input, if the file tells it."""
    if problem.samples:
        return Counter(_shape(sample.input) for sample in problem.samples).most_common(1)[0][0]
    return None if problem.input is None else _shape(problem.input)


def output_shape(problem: Problem) -> Shape | None:
    """The shape that the last layer gives, if all layers fit and tell theirs."""
    layers = _layers_of(problem)
    names = layer_names(layers)
    shapes, before = {INPUT: input_shape(problem)}, INPUT
    for layer, name in zip(layers, names, strict=True):
        received = None if layer is None else shapes.get(layer.from_ or before)
        before = name
        shapes[name] = None
        if layer is None or received is None:
            continue
        if not _unclear(layer.misfits(received, problem.notation, "", "")):
            shapes[name] = layer.output_shape(received, problem.notation)
    return shapes[before]


def without_numbers(problem: Problem) -> bool:
    """Is the input a shape alone?"""
    return isinstance(problem.input, Unknown) and problem.input.random is None


def _shape(given: Array | Random | Unknown) -> Shape | None:
    return None if isinstance(given, Random) else tuple(given.shape) or (1,)


def _say(shape: Shape | None) -> str:
    if shape is None or len(shape) <= 1:
        return count(shape[0] if shape else 1, "value")
    return " × ".join(map(str, shape)) + " values"
