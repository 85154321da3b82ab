"""The written file against the model: what every layer receives has the shape that the model says."""

from handcalc.errors import ProblemError, times
from handcalc.formula.open_size import OpenSize
from handcalc.importing.graph import Model, Untranslatable
from handcalc.network import build
from handcalc.network.plan import plan
from handcalc.problem import parse


def check(text: str, model: Model) -> int:
    """How many layers agree; Untranslatable where one does not."""
    try:
        planned = plan(build(parse(text)))
    except ProblemError as error:
        raise Untranslatable([mistake.what for mistake in error.mistakes]) from None
    agreed = 0
    for layer, found in zip(planned, model.layers, strict=True):
        if not found.received:
            continue
        pairs = list(zip(layer.receives, found.received, strict=False))
        alike = len(layer.receives) == len(found.received) and all(
            theirs is None or isinstance(ours, OpenSize) or ours == theirs for ours, theirs in pairs
        )
        if not alike and not model.skipped:
            theirs = " × ".join("?" if n is None else str(n) for n in found.received)
            said = f"{layer.name} receives {theirs} in the model, but {times(layer.receives)}"
            raise Untranslatable([f"{said} as it is written"])
        agreed += alike
    return agreed
