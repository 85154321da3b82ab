"""Repeated blocks: `- repeat: {times: 3, layers: […]}` becomes the layers themselves.

In the i-th copy a layer named `a` is called `a_i`, and `from: a` means that of the same copy; `start`
is what the copy begins with. Each layer remembers its place in the file.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from handcalc.fields import Between, Strict, below, mistake
from handcalc.problem.exact_yaml import Path

WORD, START = "repeat", "start"
MOST_LAYERS = 20_000


def _some(value: object) -> object:
    if not isinstance(value, list | tuple) or not value:
        raise mistake("expects a list with at least one layer; begin each with a dash")
    return value


class Repeat(Strict):
    """A block: how often, and its layers."""

    times: Annotated[int, Between(1, 1000)]
    layers: Annotated[tuple[Any, ...], BeforeValidator(_some)]


def expanded(
    data: dict[str, Any],
) -> tuple[dict[str, Any], tuple[Path, ...], list[tuple[Path, str]]]:
    """The file with its blocks written out, the place of each layer, and what is wrong with blocks."""
    items = data.get("layers")
    if not isinstance(items, list) or not any(map(_is_block, items)):
        return data, (), []
    writer = _Writer()
    writer.write(items, ("layers",), "", {})
    return {**data, "layers": writer.layers}, tuple(writer.places), writer.wrong


def number_of(source: str) -> int | None:
    """The number of the layer behind `start`, 0 for the input; None for other names."""
    return int(source[1:]) if source.startswith("#") else None


def _is_block(item: object) -> bool:
    return isinstance(item, dict) and list(item) == [WORD]


class _Writer:
    """Writes layers out, one copy of a block after the other."""

    def __init__(self) -> None:
        self.layers: list[Any] = []
        self.places: list[Path] = []
        self.wrong: list[tuple[Path, str]] = []

    def write(self, items: Iterable[Any], place: Path, copy: str, names: dict[str, str]) -> None:
        """Layers in order; `names` are those of the block, in this copy."""
        for i, item in enumerate(items):
            here = (*place, i)
            if _is_block(item):
                self._block(item[WORD], (*here, WORD), copy, names)
            elif len(self.layers) >= MOST_LAYERS:
                self.wrong.append((place, f"there are more than {MOST_LAYERS} layers; write fewer"))
                return
            else:
                self.layers.append(_renamed(item, names))
                self.places.append(here)

    def _block(self, options: Any, place: Path, copy: str, outer: dict[str, str]) -> None:
        try:
            block = below(WORD, lambda: Repeat.model_validate(options))
        except ValidationError as error:
            self.wrong += [((*place, *e["loc"][1:]), e["ctx"]["what"]) for e in error.errors()]
            return
        for number in range(1, block.times + 1):
            inner = f"{copy}_{number}"
            names = outer | {name: f"{name}{inner}" for name in _names(block.layers)}
            names[START] = f"#{len(self.layers)}"
            self.write(block.layers, (*place, "layers"), inner, names)


def _options(item: Any) -> dict[str, Any] | None:
    if isinstance(item, dict) and len(item) == 1:
        options = next(iter(item.values()))
        return options if isinstance(options, dict) else None
    return None


def _names(items: Iterable[Any]) -> list[str]:
    named = (options.get("name") for options in map(_options, items) if options)
    return [name for name in named if isinstance(name, str)]


def _source(source: Any, names: dict[str, str]) -> Any:
    """The name of a layer in its copy, also in lstm1.h."""
    if not isinstance(source, str):
        return source
    owner, dot, word = source.partition(".")
    return names.get(owner, owner) + dot + word


def _renamed(item: Any, names: dict[str, str]) -> Any:
    """A layer with the names of its copy."""
    options = _options(item)
    if not options or not names:
        return item
    found = dict(options)
    if isinstance(found.get("name"), str):
        found["name"] = names.get(found["name"], found["name"])
    if "use" in item and isinstance(found.get("layer"), str):
        found["layer"] = names.get(found["layer"], found["layer"])
    sources = found.get("from")
    if isinstance(sources, str):
        found["from"] = _source(sources, names)
    elif isinstance(sources, list):
        found["from"] = [_source(s, names) for s in sources]
    elif isinstance(sources, dict):
        found["from"] = {word: _source(s, names) for word, s in sources.items()}
    return {next(iter(item)): found}
