"""Formulas with cases, in numbers: the branch that holds, and the comparison that says so."""

from collections.abc import Callable

from handcalc.document import Inlines, words
from handcalc.formula import Cases, Formula, Product, evaluate, is_long, number
from handcalc.formula.text import text
from handcalc.formula.walk import with_parts

ONE = number(1)
_RELATIONS = {
    ">": ("above", "not above"),
    ">=": ("at least", "below"),
    "<": ("below", "at least"),
    "<=": ("at most", "above"),
}


def holding(formula: Cases, numbers: Callable[[Formula], Formula]) -> tuple[Formula, Inlines]:
    """The value of the case that holds, with the comparison as its reason.

    Where none of several holds, -1 < z < 1 of a cut-off line, the reason is all of them.
    """
    compared: dict[str, list[str]] = {}
    for case in formula.cases:
        left, right = numbers(case.left), numbers(case.right)
        holds = _holds(case.relation, left, right)
        how = f"{_RELATIONS[case.relation][not holds]} {text(right)}"
        if holds and isinstance(case.value, Cases):
            return holding(case.value, numbers)
        if holds:
            return case.value, words(f"as {text(left)} is {how}")
        compared.setdefault(text(left), []).append(how)
        if {f"not above {text(right)}", f"at least {text(right)}"} <= set(compared[text(left)]):
            # Neither above nor below.
            compared[text(left)] = [text(right)]
    reasons = (f"{left} is {' and '.join(hows)}" for left, hows in compared.items())
    return formula.otherwise, words(f"as {' and '.join(reasons)}")


def held(formula: Formula, numbers: Callable[[Formula], Formula]) -> tuple[Formula, Inlines]:
    """A formula with the branches of its cases that hold, and why they do."""
    reasons: list[Inlines] = []

    def without_cases(node: Formula) -> Formula:
        if isinstance(node, Cases):
            branch, reason = holding(node, numbers)
            reasons.append(reason)
            return without_cases(branch)
        found = with_parts(node, without_cases)
        if isinstance(found, Product) and reasons:
            # What a case leaves as a factor of 1 is not written.
            kept = [f for f in found.factors if f != ONE] or [ONE]
            return kept[0] if len(kept) == 1 else Product(tuple(kept))
        return found

    if is_long(formula):
        return formula, ()
    branches = without_cases(formula)
    told = [part for reason in dict.fromkeys(reasons) for part in (*words("; "), *reason)]
    return (branches, tuple(told[1:])) if reasons else (formula, ())


def _holds(relation: str, left: Formula, right: Formula) -> bool:
    a, b = (evaluate(side, lambda _: 0) for side in (left, right))
    return bool({">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b}[relation])
