"""A layer used again with the same weights: `- use: conv1` becomes that layer, with other inputs."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel

from handcalc import layers
from handcalc.errors import did_you_mean
from handcalc.fields import Name, Shape
from handcalc.layers._layer import Builder, Conventions, Layer
from handcalc.problem.exact_yaml import Path

WORD = "use"


class Naming:
    """Names of layers in order: their own, or their family counted from one."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def of(self, layer: Layer | None) -> str:
        """The name of the next layer; "" of one that could not be read."""
        if layer is None:
            return ""
        self._counts[layer.family] = self._counts.get(layer.family, 0) + 1
        return layer.name or f"{layer.family}{self._counts[layer.family]}"


class Use(Layer):
    """The layer that is named, applied once more; `use: conv1` is short for `use: {layer: conv1}`.

    Each of its weights then has a gradient through every use, and they add up.
    """

    example: ClassVar[dict[str, Any]] = {"layer": "conv1"}

    layer: Name

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return None

    def build(self, builder: Builder) -> None:
        """Whoever builds meets the layer that is meant."""
        raise AssertionError(self.layer)


def load(word: str) -> type[BaseModel]:
    """The class behind a word of `layers:`."""
    return Use if word == WORD else layers.load(word)


def in_full(data: dict[str, Any]) -> dict[str, Any]:
    """The file with `use: conv1` written as `use: {layer: conv1}`, in blocks too."""
    items = data.get("layers")
    return {**data, "layers": _in_full(items)} if isinstance(items, list) else data


def _in_full(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        options = item.get(WORD) if isinstance(item, dict) and len(item) == 1 else None
        block = item.get("repeat") if isinstance(item, dict) and len(item) == 1 else None
        if isinstance(options, str):
            found.append({WORD: {"layer": options}})
        elif isinstance(block, dict) and isinstance(block.get("layers"), list):
            found.append({"repeat": {**block, "layers": _in_full(block["layers"])}})
        else:
            found.append(item)
    return found


def put_in(
    found: Sequence[Layer | None],
) -> tuple[tuple[Layer | None, ...], list[tuple[Path, str]]]:
    """Every use replaced by the layer that is meant, and what is wrong with the others."""
    naming, known = Naming(), dict[str, Layer]()
    made: list[Layer | None] = []
    wrong: list[tuple[Path, str]] = []
    for i, layer in enumerate(found):
        meant = layer
        if isinstance(layer, Use):
            if "trainable" in layer.model_fields_set:
                said = f"the weights are those of '{layer.layer}'; write trainable: there"
                wrong.append((("layers", i, WORD, "trainable"), said))
            first = known.get(layer.layer)
            meant = first.again(layer.layer, layer.name, layer.from_) if first else None
            if meant is None:
                later = [other.name for other in found[i:] if other is not None and other.name]
                said = _none(layer.layer, later, known)
                wrong.append((("layers", i, WORD, "layer"), said))
        made.append(meant)
        name = naming.of(meant)
        if meant is not None:
            known[name] = meant
    return tuple(made), wrong


def _none(name: str, later: Sequence[str], known: dict[str, Layer]) -> str:
    if name in later:
        return f"layer '{name}' does not come before; name an earlier one"
    return f"there is no layer '{name}'{did_you_mean(name, known)}"


def misfits(
    found: Sequence[Layer | None],
    shapes: dict[str, Shape],
    conventions: Conventions,
    names: Sequence[str],
) -> Iterator[tuple[Path, str]]:
    """Layers that are used again on values of another size; `shapes` are what each layer receives."""
    for i, (layer, name) in enumerate(zip(found, names, strict=True)):
        if layer is None or not layer.shares or name not in shapes or layer.shares not in shapes:
            continue
        first, here = shapes[layer.shares], shapes[name]
        weights = [[w.shape for w in layer.counts(shape, conventions)] for shape in (first, here)]
        if weights[0] != weights[1]:
            sizes = [" × ".join(map(str, shape)) for shape in (first, here)]
            said = f"layer {i + 1} '{name}' has the weights of '{layer.shares}', which are for {sizes[0]} values"
            yield ("layers", i, WORD), f"{said}, but receives {sizes[1]}; give it as many"
