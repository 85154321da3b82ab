"""What flows from layer to layer: their names, the shapes they receive and give, what does not fit."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from handcalc.errors import did_you_mean, listed, times
from handcalc.fields import Shape
from handcalc.layers._layer import Layer, Misfit
from handcalc.problem import uses
from handcalc.problem.blocks import number_of
from handcalc.problem.ends import INPUT, Entry, entries
from handcalc.problem.ends import beside as beside_inputs
from handcalc.problem.exact_yaml import Path
from handcalc.problem.model import Problem, Unknown


def layer_names(layers: Sequence[Layer | None]) -> list[str]:
    """The name of each layer: its own, or its family counted from one."""
    naming = uses.Naming()
    return [naming.of(layer) for layer in layers]


def misfits(problem: Problem, present: set[str]) -> Iterator[tuple[Path, str]]:
    """What does not fit from layer to layer; `present` names the fields that the file has."""
    if not present & {"input", "inputs", "samples", "learned", "gradients"}:
        yield (), f"there is no input; write input: {_some_input(problem)}"
    layers = _layers_of(problem)
    names = layer_names(layers)
    given = entries(problem)
    beside = beside_inputs(problem)
    shapes: dict[str, Shape | None] = {entry.name: entry.shape for entry in given}
    shapes |= beside
    patterns = {entry.name: f"{entry.letter}{{}}" for entry in given}
    patterns |= {name: f"{name}{{}}" for name in beside}
    taken_shapes: dict[str, Shape] = {}
    seen_names: set[str] = set()
    before = given[0].name if len(given) == 1 else INPUT
    if not given:
        shapes[INPUT], patterns[INPUT] = None, "x{}"
    for i, (layer, name) in enumerate(zip(layers, names, strict=True)):
        if layer is None:
            shapes[name or f"#{i}"] = None
            before = name or f"#{i}"
            continue
        taken = _taken(problem, layer, name, given, seen_names)
        seen_names.add(name)
        if taken:
            yield ("layers", i, layer.word, "name"), taken
        sources = sources_of(layer, names) or (before,)
        if not layer.is_clear:
            # What is wrong with it has been said.
            shapes[name], before = None, name
            continue
        for at, source in enumerate(sources):
            if source not in shapes:
                place = layer.sources.words[at : at + 1]
                said = _no_source(source, names[i:], list(shapes))
                yield ("layers", i, layer.word, "from", *place), said
        received = _all_of(shapes, sources)
        wrong: list[Misfit] = []
        if received is not None:
            values = _values(patterns[sources[0]], received[0])
            called = f"layer {i + 1} '{name}'"
            wrong = list(layer.misfits_of(received, problem.conventions, called, values))
            more = _larger(problem) if any(m.too_small for m in wrong) else ""
            for m in wrong:
                yield ("layers", i, layer.word, *m.field), m.what + more * m.too_small
            if not wrong:
                taken_shapes[name] = received[0]
        # Behind a layer that does not fit nothing can be said of what the next one receives.
        seen = received or ((1,),)
        gives = None if _unclear(wrong) else layer.shape_of(seen, problem.conventions)
        gives = None if gives and min(gives) < 1 else gives
        shapes[name], patterns[name] = gives, _pattern(problem, i + 1, name, layer, gives)
        for word, shape in _more(layer, wrong, seen, problem, name):
            shapes[word], patterns[word] = shape, f"{word}[{{}}]"
        before = name
    yield from uses.misfits(layers, taken_shapes, problem.conventions, names)


def _some_input(problem: Problem) -> str:
    """An input as it could stand in the file: of formulas by its name, else a list."""
    if problem.values:
        return "{x: 2}, and a formula with x in it"
    return "[0.2, 0.1], or input: {shape: [2]} without numbers"


def sources_of(layer: Layer, names: Sequence[str]) -> tuple[str, ...]:
    """The layers that `from:` names; `start` in a repeated block is the one before its copy."""
    found = []
    for source in layer.sources:
        number = number_of(source)
        found.append(source if number is None else names[number - 1] if number else INPUT)
    return tuple(found)


def _taken(
    problem: Problem, layer: Layer, name: str, inputs: Sequence[Entry], before: Collection[str]
) -> str:
    """What is said of a name that another thing has, so that answers would be mixed up."""
    if name in before:
        return f"two layers are named '{name}'; give each its own name"
    own = {entry.letter for entry in inputs} or {"x"}
    if problem.values and name in problem.values:
        other = name in own or name in beside_inputs(problem)
        said = f"'{name}' is an input, a target or a learned number"
        return f"{said}; give the value another name" if other else ""
    if name == INPUT or name in {entry.name for entry in inputs}:
        return "the input has that name; give the layer another"
    letters = {*own, problem.notation.target, problem.notation.loss}
    if not layer.by_unit and (name in letters or re.fullmatch(r"[KBWkbw][0-9]*", name)):
        return f"'{name}' stands for something else in formulas; give the layer another name"
    return ""


def _more(
    layer: Layer, wrong: list[Misfit], seen: tuple[Shape, ...], problem: Problem, name: str
) -> Iterator[tuple[str, Shape]]:
    """What a layer gives on beside its output, as lstm1.h."""
    if not _unclear(wrong):
        for word, shape in layer.results_of(seen, problem.conventions).items():
            yield f"{name}.{word}", shape


MOST_TRIED = 4096


def _larger(problem: Problem) -> str:
    """The smallest input that would do, all axes but the channels being made larger alike."""
    shape = input_shape(problem)
    if not isinstance(problem.input, Unknown) or shape is None or None in problem.layers:
        return ""
    rank = next((layer.rank for layer in problem.layers if hasattr(layer, "rank")), len(shape))
    channel = -1 if len(shape) == rank else 0 if problem.notation.channels == "first" else rank
    grow = [axis != channel for axis in range(len(shape))]

    def fits(more: int) -> bool:
        sizes = tuple(n + more * wider for n, wider in zip(shape, grow, strict=True))
        larger = problem.input.model_copy(update={"shape": sizes})  # type: ignore[union-attr]
        return output_shape(problem.model_copy(update={"input": larger})) is not None

    if not fits(MOST_TRIED):
        return ""
    low, high = 0, MOST_TRIED
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    sizes = (n + high * wider for n, wider in zip(shape, grow, strict=True))
    return f", or an input of at least {times(sizes)}"


def _all_of(shapes: Mapping[str, Shape | None], sources: Sequence[str]) -> tuple[Shape, ...] | None:
    """The shapes of several layers, if all of them are known."""
    found = tuple(shape for shape in map(shapes.get, sources) if shape is not None)
    return found if len(found) == len(sources) else None


def _no_source(source: str, later: Sequence[str], known: Sequence[str]) -> str:
    if source == INPUT:
        return f"there are several inputs; write from: and one of {listed(list(known), 6)}"
    owner, dot, word = source.partition(".")
    if dot and owner in known:
        return f"'{owner}' does not give '{word}' on; write return_state: true in it, or name the layer"
    if source in later:
        return f"layer '{source}' comes later; name an earlier one"
    return f"there is no layer '{source}'{did_you_mean(source, [k for k in known if k[:1] != '#'])}"


def _unclear(misfits_of_layer: Iterable[Misfit]) -> bool:
    """Is it open what a layer gives on? Only a bias that does not fit leaves its shape as it is."""
    return any(misfit.field[:1] != ("bias",) for misfit in misfits_of_layer)


def _values(pattern: str, shape: Shape) -> str:
    if not shape:
        return pattern.format("")
    return listed([pattern.format(j + 1) for j in range(min(shape[-1], 100))], 6)


def _pattern(problem: Problem, number: int, name: str, layer: Layer, gives: Shape | None) -> str:
    """How the outputs of a layer are written, with {} for the place of the neuron."""
    if not layer.by_unit or len(gives or (1,)) > 1:
        return f"{name}[{{}}]"
    if problem.notation.values == "z_a":
        return f"a{number}[{{}}]"
    return f"{name}{'_' if name[-1].isdigit() else ''}{{}}_out"


def input_shape(problem: Problem) -> Shape | None:
    """The shape of the input, if there is one and the file tells it."""
    given = entries(problem)
    return given[0].shape if given else None


def output_shape(problem: Problem) -> Shape | None:
    """The shape that the last layer gives, if all layers fit and tell theirs."""
    found = layer_shapes(problem)
    return found[layer_names(_layers_of(problem))[-1]] if problem.layers else None


def layer_shapes(problem: Problem) -> dict[str, Shape | None]:
    """The shapes of the inputs and of what each layer gives, as far as they can be told."""
    layers = _layers_of(problem)
    names = layer_names(layers)
    shapes: dict[str, Shape | None] = {entry.name: entry.shape for entry in entries(problem)}
    before = next(iter(shapes)) if len(shapes) == 1 else INPUT
    shapes |= beside_inputs(problem)
    for layer, name in zip(layers, names, strict=True):
        sources = () if layer is None else sources_of(layer, names) or (before,)
        received = None if layer is None else _all_of(shapes, sources)
        before = name
        shapes[name] = None
        if layer is None or received is None:
            continue
        wrong = list(layer.misfits_of(received, problem.conventions, "", ""))
        if not _unclear(wrong):
            shapes[name] = layer.shape_of(received, problem.conventions)
        shapes |= _more(layer, wrong, received, problem, name)
    return shapes


def _layers_of(problem: Problem) -> Sequence[Layer | None]:
    return problem.layers


def readable(problem: Problem) -> list[Layer]:
    """The layers that could be read."""
    return [layer for layer in _layers_of(problem) if layer is not None]


def all_readable(problem: Problem) -> bool:
    """Is there no layer that could not be read?"""
    return None not in _layers_of(problem)
