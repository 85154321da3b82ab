"""Figures of a network that need no numbers: conv1_shape, conv1_params, total_params."""

from collections.abc import Iterator

from handcalc.document import Answer
from handcalc.network import Network
from handcalc.questions._plan import Planned

TOTAL_WORK = "total_multiply_adds"
TOTALS = ("total_params", "trainable_params", "non_trainable_params")


def known(network: Network) -> dict[str, str]:
    """The key of each figure, with the question that answers it."""
    layers = dict.fromkeys(q.layer for q in network.quantities.values() if q.layer)
    found = {f"{name}_shape": "shapes" for name in layers}
    found |= {f"{name}_params": "parameters" for name in layers}
    found |= {f"{name}_multiply_adds": "multiply_adds" for name in layers}
    return found | dict.fromkeys(TOTALS, "parameters") | {TOTAL_WORK: "multiply_adds"}


def totals(layers: list[Planned]) -> tuple[int, int, int]:
    """All weights, those that are trained, and those that are not."""
    whole = sum(layer.parameters for layer in layers)
    trained = sum(layer.trained for layer in layers)
    return whole, trained, whole - trained


def answers(layers: list[Planned], word: str) -> Iterator[tuple[str, Answer]]:
    """The figures that a question asks for, in order."""
    if word == "shapes":
        for layer in layers:
            sizes = layer.gives
            yield f"{layer.name}_shape", Answer(list(sizes), list(map(str, sizes)), (len(sizes),))
    if word == "parameters":
        for layer in layers:
            yield f"{layer.name}_params", Answer(layer.parameters, str(layer.parameters))
        for key, value in zip(TOTALS, totals(layers), strict=True):
            yield key, Answer(value, str(value))
    if word == "multiply_adds":
        for layer in layers:
            yield (
                f"{layer.name}_multiply_adds",
                Answer(layer.multiply_adds, str(layer.multiply_adds)),
            )
        whole = sum(layer.multiply_adds for layer in layers)
        yield TOTAL_WORK, Answer(whole, str(whole))
