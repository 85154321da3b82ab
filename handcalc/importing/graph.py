"""The layers of a Keras model in order, and where each takes its input from.

`Sequential` models are chains; functional ones name for each layer the layers before it. A model used
as a layer is written out in its place.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from handcalc.errors import UNUSABLE, HandcalcError, count, listed, printable
from handcalc.importing.words import NoWordError, Translated, passing, translated

MOST_LAYERS = 20_000
MAX_DEPTH = 20
INPUT = "input"
_MODELS = ("Sequential", "Functional", "Model")
_WITH_NUMBERS = ("Add", "Subtract", "Multiply", "Divide", "TrueDivide", "Maximum", "Minimum")
"""Operations that with one input do something with a number: x + 3."""
_TAKEN = {"in": "input", "out": "output", "new": "newer", "via": "through", "net": "network"}

Sizes = tuple[int | None, ...]
Taken = tuple[tuple[str, int, int], Sizes]
"""A value that a layer takes: layer, call, place, and its shape."""


class Untranslatable(HandcalcError):  # noqa: N818  # it says what the model is
    """A model that cannot be written as a problem file, with all the reasons."""

    exit_code = UNUSABLE

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(dict.fromkeys(reasons))
        lines = "\n".join(f"  {reason}" for reason in self.reasons[:40])
        more = f"\n  … and {len(self.reasons) - 40} more" if len(self.reasons) > 40 else ""
        tail = "\nWith --skip such layers are left out, where a chain allows it."
        super().__init__(f"the model cannot be translated:\n{lines}{more}{tail}")


@dataclass(slots=True)
class Found:
    """One layer of the problem file: its name, its word, what it follows, the shape it receives."""

    name: str
    made: Translated
    sources: tuple[str, ...]
    received: Sizes
    frozen: bool = False


@dataclass(slots=True)
class Model:
    """What a model amounts to."""

    input: Sizes = ()
    layers: list[Found] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    """What could not be written, with the layers in which it stands."""
    skipped: list[str] = field(default_factory=list)
    channels_first: bool = False


def of(config: dict[str, Any], *, skip: bool = False) -> Model:
    """All layers of a model's configuration; Untranslatable with every layer that has no word."""
    reader = _Reader()
    kind = config.get("class_name")
    if kind not in _MODELS:
        own = f"its class is {printable(str(kind))[:40]}" if kind else "it is no Keras model"
        said = f"{own}; Sequential and Functional models are read"
        raise Untranslatable([said])
    reader.model(config, [INPUT], frozen=False, depth=0)
    if reader.wrong and not skip:
        raise Untranslatable(reader.wrong)
    found = reader.found
    if not found.input:
        raise Untranslatable(
            ["the shape of its input is not told; build the model before saving it"]
        )
    found.skipped = reader.wrong
    found.remarks += [f"{listed(names, 3)}: {remark}" for remark, names in found.said.items()]
    renamed = [f"{old} → {new}" for old, new in reader.renamed.items() if old != new]
    if renamed:
        shown = ", ".join(renamed[:6]) + (", …" if len(renamed) > 6 else "")
        found.remarks.append(f"{count(len(renamed), 'name')} had to be changed: {shown}")
    return found


class _Reader:
    """Walks through models and collects their layers; `renamed` tells what a name of Keras became."""

    def __init__(self) -> None:
        self.found, self.wrong = Model(), list[str]()
        self.names: set[str] = {INPUT}
        self.again: dict[str, int] = {}
        self.renamed: dict[str, str] = {}
        self.seen: set[int] = set()
        """The layers that have been written, by their place in memory."""

    def model(
        self, layer: dict[str, Any], sources: Sequence[str], *, frozen: bool, depth: int
    ) -> list[str]:
        """The layers of a model whose inputs are given; the names of its outputs."""
        config = _dict(layer.get("config"))
        if depth > MAX_DEPTH:
            raise Untranslatable(["its models are nested too deeply"])
        frozen = frozen or config.get("trainable") is False
        if layer.get("class_name") == "Sequential":
            return [self._chain(config, sources, frozen=frozen, depth=depth)]
        return self._graph(config, sources, frozen=frozen, depth=depth)

    # --- chains ----------------------------------------------------------------------------------

    def _chain(
        self, config: dict[str, Any], sources: Sequence[str], *, frozen: bool, depth: int
    ) -> str:
        self._one(sources, "a Sequential model")
        last = sources[0]
        for item in _list(config.get("layers")):
            layer = _dict(item)
            inner = _dict(layer.get("config"))
            shape = inner.get("batch_shape", inner.get("batch_input_shape"))
            if depth == 0 and not self.found.input and shape:
                self.found.input = _shape(shape)
            if layer.get("class_name") != "InputLayer":
                built = _dict(layer.get("build_config")).get("input_shape")
                outputs = self._layer(layer, [last], [_shape(built)], frozen=frozen, depth=depth)
                last = outputs[0]
        shape = config.get("build_input_shape")
        if depth == 0 and not self.found.input and shape:
            self.found.input = _shape(shape)
        return last

    # --- graphs ----------------------------------------------------------------------------------

    def _graph(
        self, config: dict[str, Any], sources: Sequence[str], *, frozen: bool, depth: int
    ) -> list[str]:
        layers = {str(_dict(item).get("name")): _dict(item) for item in _list(config.get("layers"))}
        inputs = [ref[0] for ref in _references(config.get("input_layers"))]
        if len(inputs) != len(sources):
            said = f"it has {count(len(inputs), 'input')}: {', '.join(map(printable, inputs))[:60]}"
            raise Untranslatable([f"{said}; a problem file has one"])
        outputs: dict[tuple[str, int], list[str]] = {}
        for name, source in zip(inputs, sources, strict=True):
            outputs[name, 0] = [source]
            shape = _dict(_dict(layers.get(name)).get("config"))
            if depth == 0 and not self.found.input:
                self.found.input = _shape(shape.get("batch_shape", shape.get("batch_input_shape")))
        for name, call, tensors in _in_order(layers, set(inputs)):
            if not tensors:
                raise Untranslatable([f"{printable(name)[:60]} takes nothing from any layer"])
            self._of_one_kind(layers[name], tensors, name)
            before = [self._output(outputs, ref, name) for ref, _ in tensors]
            shapes = [shape for _, shape in tensors]
            outputs[name, call] = self._layer(
                layers[name], before, shapes, frozen=frozen, depth=depth
            )
        ends = _references(config.get("output_layers"))
        if not ends:
            raise Untranslatable(["one of its models has no output"])
        if depth == 0 and len(ends) > 1:
            self.found.remarks.append(f"it has {len(ends)} outputs; all of its layers are counted")
        return [self._output(outputs, ref, "the output") for ref in ends]

    def _output(
        self, outputs: dict[tuple[str, int], list[str]], ref: tuple[str, int, int], name: str
    ) -> str:
        found = outputs.get(ref[:2], [])
        if ref[2] < len(found):
            return found[ref[2]]
        said = f"{printable(name)} takes result {ref[2] + 1} of {printable(ref[0])}"
        self.wrong.append(f"{said}, which has no name here")
        return found[0] if found else INPUT

    def _of_one_kind(self, layer: dict[str, Any], tensors: Sequence[Taken], name: str) -> None:
        """Attention to itself is written; attention to another sequence has no word."""
        if layer.get("class_name") == "MultiHeadAttention" and len({t[0] for t in tensors}) > 1:
            self.wrong.append(
                f"{printable(name)} attends to another sequence; there is no word for it"
            )

    # --- layers ----------------------------------------------------------------------------------

    def _layer(
        self,
        layer: dict[str, Any],
        sources: Sequence[str],
        shapes: Sequence[Sizes],
        *,
        frozen: bool,
        depth: int,
    ) -> list[str]:
        """One layer, or the layers of a model in its place; the names of what it gives."""
        kind, config = str(layer.get("class_name")), _dict(layer.get("config"))
        if kind in _MODELS:
            return self.model(layer, sources, frozen=frozen, depth=depth + 1)
        if len(self.found.layers) >= MOST_LAYERS:
            raise Untranslatable([f"it has more than {MOST_LAYERS} layers"])
        given = str(config.get("name", kind))
        received = shapes[0] if shapes else ()
        try:
            number_added = ".ops." in str(layer.get("module")) and len(sources) == 1
            number_added &= kind in _WITH_NUMBERS
            made = passing(kind) if number_added else translated(kind, config, received)
        except NoWordError as why:
            self.wrong.append(f"{printable(given)[:60]}: {why}")
            return [sources[0]]
        except (TypeError, KeyError, AttributeError, RecursionError):
            self.wrong.append(f"{printable(given)[:60]}: its options are not those of {kind[:40]}")
            return [sources[0]]
        name = self._name(given)
        for remark in made.remarks:
            self.found.said.setdefault(remark, []).append(name)
        self.found.channels_first |= config.get("data_format") == "channels_first"
        if kind == "MultiHeadAttention":
            sources = sources[:1]
        if id(layer) in self.seen:
            self.wrong.append(
                f"{name}: is used again with the same weights; there is no word for that"
            )
        self.seen.add(id(layer))
        own = frozen or config.get("trainable") is False
        self.found.layers.append(Found(name, made, tuple(sources), received, own))
        return [name]

    def _one(self, sources: Sequence[str], what: str) -> None:
        if len(sources) != 1:
            raise Untranslatable(
                [f"{what} has {count(len(sources), 'input')}; a problem file has one"]
            )

    def _name(self, given: str) -> str:
        """A name that answers can be called after: its own, as far as that goes."""
        words = [word for word in re.split(r"[^A-Za-z0-9]+", given) if word]
        name = (
            "_".join([words[0], *(_TAKEN.get(word, word) for word in words[1:])])
            if words
            else "layer"
        )
        if not name[0].isalpha() or len(name) == 1 or re.fullmatch(r"[KBWkbw][0-9]*", name):
            name = f"layer_{name}"
        name = name[:52]
        free = name
        while free in self.names:
            self.again[name] = self.again.get(name, 1) + 1
            free = f"{name}_{self.again[name]}"
        self.names.add(free)
        self.renamed.setdefault(given, free)
        return free


def _in_order(
    layers: dict[str, dict[str, Any]], inputs: set[str]
) -> Iterator[tuple[str, int, list[Taken]]]:
    """Each call of a layer with what it takes, after the calls that it takes it from."""
    taken = {
        (name, call): list(_tensors(node))
        for name, layer in layers.items()
        if name not in inputs
        for call, node in enumerate(_list(layer.get("inbound_nodes")))
    }
    order = TopologicalSorter({at: [ref[:2] for ref, _ in taken[at]] for at in taken})
    try:
        for at in order.static_order():
            if at in taken:
                yield (*at, taken[at])
    except CycleError:
        raise Untranslatable(["its graph goes round in a circle"]) from None


def _tensors(node: Any) -> Iterator[Taken]:
    """The values that one call of a layer takes."""
    if isinstance(node, dict) and "args" in node:  # Keras 3
        waiting: list[Any] = [_dict(node.get("kwargs")), node["args"]]
        while waiting:
            part = waiting.pop()
            if isinstance(part, dict) and part.get("class_name") == "__keras_tensor__":
                config = _dict(part.get("config"))
                yield _reference(config.get("keras_history")), _shape(config.get("shape"))
            elif isinstance(part, dict | list):
                inner = list(part.values()) if isinstance(part, dict) else part
                waiting.extend(reversed(inner))
        return
    # Before that: [[name, call, place, kwargs], …], or one of them alone.
    parts = _list(node)
    for part in [parts] if parts and isinstance(parts[0], str) else parts:
        yield _reference(part), ()


def _references(value: Any) -> list[tuple[str, int, int]]:
    parts = _list(value)
    return [
        _reference(part) for part in ([parts] if parts and isinstance(parts[0], str) else parts)
    ]


def _reference(value: Any) -> tuple[str, int, int]:
    numbers = value[1:3] if isinstance(value, list) else []
    if len(numbers) == 2 and all(isinstance(n, int) and n >= 0 for n in numbers):
        return str(value[0]), value[1], value[2]
    raise Untranslatable(["its graph is not written as Keras writes it"])


def _shape(value: Any) -> Sizes:
    """The sizes without the axis of the samples."""
    if not isinstance(value, list) or not all(n is None or isinstance(n, int) for n in value):
        return ()
    return tuple(value[1:])


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
