"""ε under the root where it stands beside it, or beside it where it stands under it."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _rows
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class EpsilonUnderTheRoot(Mistake):
    """√(v + ε) in place of √v + ε, or the other way round."""

    said: ClassVar[str] = "ε was put on the other side of the root"

    def formulas(self, step: Step) -> Iterator[Formula]:
        optimizer = _rows.optimizer_of(step)
        if optimizer is None:
            return
        inside = getattr(optimizer, "epsilon_inside", None)
        if inside is not None:
            form: dict[str, object] = {"epsilon_inside": not inside}
        elif getattr(optimizer, "epsilon_form", "hat") != "hat":
            under = getattr(optimizer, "epsilon_form", "") == "inside"
            form = {"epsilon_form": "outside" if under else "inside"}
        else:
            return
        yield from _rows.with_others(step, optimizer=optimizer.model_copy(update=form))
