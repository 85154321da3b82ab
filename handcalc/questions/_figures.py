"""Figures of a network that need no numbers: conv1_shape, conv1_params, conv1_field, total_params."""

from collections.abc import Collection, Iterator, Sequence

from handcalc.document import Answer
from handcalc.formula.open_size import OpenSize
from handcalc.formula.text import text
from handcalc.network import Network
from handcalc.network.plan import Planned
from handcalc.number import tidy
from handcalc.questions import _places

TOTAL_WORK = "total_multiply_adds"
TOTALS = ("total_params", "trainable_params", "non_trainable_params")


def known(network: Network) -> dict[str, str]:
    """The key of each figure, with the question that answers it."""
    layers = dict.fromkeys(q.layer for q in network.quantities.values() if q.layer)
    found = {f"{name}_shape": "shapes" for name in layers}
    found |= {f"{name}_params": "parameters" for name in layers}
    found |= {f"{name}_multiply_adds": "multiply_adds" for name in layers}
    found |= {f"{name}_field": "receptive_field" for name in layers}
    found |= dict.fromkeys(on_the_way(network), "shapes")
    return found | dict.fromkeys(TOTALS, "parameters") | {TOTAL_WORK: "multiply_adds"}


def on_the_way(network: Network) -> set[str]:
    """The figures that are answered only where they are asked for by their key."""
    layers = {q.layer for q in network.quantities.values() if q.layer}
    return {f"{name}_{figure}" for name in layers for figure in ON_THE_WAY}


ON_THE_WAY = ("padding", "unfloored", "jump")
"""Figures on the way to a size."""


def totals(layers: list[Planned]) -> tuple[int, int, int]:
    """All weights, those that are trained, and those that are not."""
    whole = sum(layer.parameters for layer in layers)
    trained = sum(layer.trained for layer in layers)
    return whole, trained, whole - trained


def answers(
    layers: list[Planned], word: str, asked: Collection[str] = ()
) -> Iterator[tuple[str, Answer]]:
    """The figures that a question asks for, in order; those on the way if their keys are asked."""
    if word == "shapes":
        for layer in layers:
            yield f"{layer.name}_shape", _sizes(layer.gives)
    if word == "parameters":
        for layer in layers:
            yield f"{layer.name}_params", _count(layer.parameters)
        for key, value in zip(TOTALS, totals(layers), strict=True):
            yield key, _count(value)
    if word == "multiply_adds":
        for layer in layers:
            yield f"{layer.name}_multiply_adds", _count(layer.multiply_adds)
        yield TOTAL_WORK, _count(sum(layer.multiply_adds for layer in layers))
    if word == "receptive_field":
        for layer in layers:
            if layer.windows:
                yield f"{layer.name}_field", _sizes([axis.after.field for axis in layer.windows])
    for layer in layers if asked else ():
        yield from _on_the_way(layer, word, asked)


def _on_the_way(layer: Planned, word: str, asked: Collection[str]) -> Iterator[tuple[str, Answer]]:
    if word != "shapes":
        return
    if (key := f"{layer.name}_padding") in asked:
        yield key, _sizes(_places.padding(layer))
    if (key := f"{layer.name}_unfloored") in asked:
        yield key, _numbers(layer)
    if (key := f"{layer.name}_jump") in asked:
        yield key, _sizes([axis.after.jump for axis in layer.windows])


def _numbers(layer: Planned) -> Answer:
    found = [n for n in map(_places.unfloored, layer.sizes) if n is not None]
    return Answer([tidy(float(n)) for n in found], list(map(_places.written, found)), (len(found),))


def _sizes(sizes: Sequence[int]) -> Answer:
    return Answer([_value(n) for n in sizes], list(map(str, sizes)), (len(sizes),))


def _count(value: int) -> Answer:
    return Answer(_value(value), str(value))


def _value(size: int) -> int | str:
    """A number; with letters in it a formula in characters that every program knows."""
    return text(size.formula, ascii_only=True) if isinstance(size, OpenSize) else size
