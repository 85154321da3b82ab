"""Q·K in place of Q·Kᵀ: a query times a column of the keys."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.formula import Formula, Product, Sum, total
from handcalc.grading.mistakes import _scores
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref


class KeysNotTurned(Mistake):
    """s_ij = Σ_k Q_ik·K_kj in place of Σ_k Q_ik·K_jk, where there are as many tokens as numbers in a key."""

    said: ClassVar[str] = "the keys were not transposed"

    def formulas(self, step: Step) -> Iterator[Formula]:
        if not _scores.attends(step):
            return

        def other(ref: Ref, _: Ref) -> Formula | None:
            if not _scores.is_called(step, ref, "scores"):
                return None
            formula = step.steps.formula(ref)
            terms = formula.terms if isinstance(formula, Sum) else ()
            turned = [self._turned(step, term) for term in terms]
            kept = [term for term in turned if term is not None]
            return total(kept) if kept and len(kept) == len(terms) else None

        yield from step.rewritten(other)

    def _turned(self, step: Step, term: Formula) -> Formula | None:
        """q·k with the place of the key transposed."""
        if not isinstance(term, Product) or len(term.factors) != 2:
            return None
        query, key = (step.reference(factor) for factor in term.factors)
        if not isinstance(query, Element) or not isinstance(key, Element):
            return None
        shape = step.steps.network.quantities[key.quantity].shape
        if len(shape) != 2 or shape[0] != shape[1]:
            return None
        return term.factors[0] * step.steps.leaf(replace(key, index=key.index[::-1]))
