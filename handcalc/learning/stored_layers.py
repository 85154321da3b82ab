"""Layers as a problem file has them, with `{from: trained.npz}` for every array that is learned."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from handcalc.layers._layer import Layer
from handcalc.problem import Problem, blocks, uses
from handcalc.problem.ends import INPUT
from handcalc.problem.flow import layer_names

_RECURRENT = {"W": "weights", "U": "recurrent_weights", "b": "bias", "d": "recurrent_bias"}
_ATTENTION = {"Q": "query", "K": "key", "V": "value", "S": "score", "O": "output"}
_LETTERS = re.compile(r"(?:(forward|backward)_)?([WUbd])(?:_([A-Za-z]+))?")
"""What arrays are called that textbooks know by letters: W_f, forward_U, b_Q."""


def of(problem: Problem, items: Sequence[Any], arrays: Sequence[str], file: str) -> Iterator[Any]:
    """The items of `layers:`, repeated blocks written out; of each layer the arrays of the file that are its own."""
    names = layer_names(problem.layers)
    for own, layer, name in zip(items, problem.layers, names, strict=False):
        word, options = next(iter(own.items())) if isinstance(own, dict) else (own, None)
        found = dict(options or {})
        if word != uses.WORD:
            of_layer = [array for array in arrays if array.rpartition(".")[0] == name]
            for array in of_layer:
                _put(found, _place(layer, found, array.removeprefix(f"{name}.")), array, file)
            _put_in_use(found, layer)
        if "from" in found:
            found["from"] = _sources(found["from"], names)
        yield {word: found} if found else own


def _place(layer: Layer, options: dict[str, Any], array: str) -> tuple[str, ...]:
    """Where an array stands among the options of its layer, the word of a layer inside of it between.

    LookupError if no field has it, as weights that are given head by head.
    """
    letters = _LETTERS.fullmatch(array)
    which, letter, index = letters.groups() if letters else (None, "", None)
    field: tuple[str, ...] = (array,)
    if letter and index in _ATTENTION:
        field = (f"{_ATTENTION[index]}_{'bias' if letter == 'b' else 'weights'}",)
    elif letter:
        field = (_RECURRENT[letter], *([index] if index else []))
    inner = "backward_layer" if which == "backward" else "layer"
    if field[0] in type(layer).model_fields:
        return field
    if not isinstance(options.get(inner), dict):
        raise LookupError(array)  # noqa: TRY004  # no type is wrong, a place is missing
    return inner, next(iter(options[inner])), *field


def _put(options: dict[str, Any], place: tuple[str, ...], array: str, file: str) -> None:
    """Name an array at its place; what stands there, and is no mapping by gates, goes."""
    *outer, last = place
    rest = array.rpartition(".")[2]
    own = place[2:] if place[0].endswith("layer") else place
    named = {} if rest == ".".join(own) else {"array": array}
    for word in outer:
        if word in _RECURRENT.values():
            # What is given gate by gate needs no order.
            options.pop("gate_order", None)
        inside = options.get(word)
        kept = dict(inside) if isinstance(inside, dict) and set(inside) != {"random"} else {}
        options[word] = kept
        options = kept
    options[last] = {"from": file, **named}


def _put_in_use(options: dict[str, Any], layer: Layer) -> None:
    """What changes when nothing is learned any more: nothing is dropped, and running values are used."""
    used = layer.in_use()
    for field in type(layer).model_fields:
        value = getattr(used, field)
        if value is None and getattr(layer, field) is not None:
            options.pop(field, None)
        elif value is not getattr(layer, field):
            options[field] = str(value).lower()


def _sources(given: Any, names: Sequence[str]) -> Any:
    """The start of a block by its name: `start` means nothing where the block is written out."""
    if isinstance(given, list):
        return [_sources(source, names) for source in given]
    if isinstance(given, dict):
        return {word: _sources(source, names) for word, source in given.items()}
    number = blocks.number_of(given)
    return given if number is None else names[number - 1] if number else INPUT
