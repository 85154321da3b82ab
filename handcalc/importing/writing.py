"""The problem file of an imported model, a line a layer."""

from collections.abc import Iterator, Sequence
from typing import Any

from handcalc.errors import printable
from handcalc.importing.graph import INPUT, Found, Model, Sizes
from handcalc.problem.writing import flow, item

_LETTERS = {1: "N", 2: "T", 3: "HW", 4: "DHW"}


def problem_file(title: str, model: Model) -> str:
    """The file; sizes that the model leaves open are letters."""
    lines = [
        f"title: {flow(printable(title))}",
        f"input: {flow({'shape': with_letters(model.input)})}",
        "layers:",
    ]
    before = INPUT
    for layer in model.layers:
        lines.append(f"  - {item(_item(layer, before))}")
        before = layer.name
    lines.append("ask: [shapes, parameters]")
    if model.channels_first:
        lines.append("notation: {channels: first}")
    lines += list(_comments(model))
    return "\n".join(lines) + "\n"


def with_letters(sizes: Sizes) -> list[int | str]:
    """Sizes with a letter for each that is open: [None, 64] is [T, 64]."""
    letters = iter(_LETTERS.get(len(sizes), "ABCDEFGH"))
    return [next(letters, "Z") if n is None else n for n in sizes]


def _item(layer: Found, before: str) -> dict[str, Any]:
    options: dict[str, Any] = {"name": layer.name}
    if layer.sources != (before,):
        single = len(layer.sources) == 1
        options["from"] = layer.sources[0] if single else list(layer.sources)
    options |= layer.made.options
    if layer.frozen:
        options["trainable"] = False
    return {layer.made.word: options}


def _comments(model: Model) -> Iterator[str]:
    """What the file does not say, as comments below it."""
    remarks: Sequence[str] = [
        *model.remarks,
        *(f"left out: {skipped}" for skipped in model.skipped),
    ]
    if remarks:
        yield ""
        yield "# Not translated:"
    for remark in remarks:
        yield f"# - {remark}"
