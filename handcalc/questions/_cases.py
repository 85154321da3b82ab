"""Formulas with cases, in numbers: the branch that holds, and the comparison that says so."""

from collections.abc import Callable
from dataclasses import dataclass

from handcalc.document import Inlines, words
from handcalc.formula import Call, Cases, Formula, Number, Product, evaluate, is_long, number
from handcalc.formula.functions import TYPED
from handcalc.formula.text import text
from handcalc.formula.walk import parts, with_parts

ONE = number(1)
_NAMED = ("sign", "step")
"""Functions with a name that are cases."""
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
        name = _which(case.left, text(left), text(right))
        if holds and isinstance(case.value, Cases):
            return holding(case.value, numbers)
        if holds:
            return case.value, words(f"as {name} is {how}")
        compared.setdefault(name, []).append(how)
        if {f"not above {text(right)}", f"at least {text(right)}"} <= set(compared[name]):
            # Neither above nor below: then its name says it.
            compared[name] = []
    reasons = (
        f"{left} is {' and '.join(hows)}" if hows else left for left, hows in compared.items()
    )
    return formula.otherwise, words(f"as {' and '.join(reasons)}")


def _which(compared: Formula, left: str, right: str) -> str:
    """What is compared: its number; where that is the other number too, 0 with 0, with its name."""
    named = left == right and not isinstance(compared, Number)
    return f"{text(compared)} = {left}" if named else left


@dataclass(frozen=True, slots=True)
class Held:
    """A formula with the branches of its cases that hold, and why they do.

    `called` is the same with the functions that have a name, sign(s), and `branches` what they are worth.
    """

    called: Formula
    branches: Formula
    reasons: Inlines = ()


def held(formula: Formula, numbers: Callable[[Formula], Formula], *, by_name: bool) -> Held:
    """Which branches hold; `by_name` says whether sign and step are called so."""
    if is_long(formula):
        return Held(formula, formula)
    reasons: list[Inlines] = []
    branches = _with_branches(formula, numbers, reasons)
    if not reasons:
        return Held(formula, formula)
    told = tuple(part for reason in dict.fromkeys(reasons) for part in (*words("; "), *reason))[1:]
    called = _with_names(formula, numbers) if by_name else branches
    if not _has_names(called):
        plain = _without_ones(branches)
        return Held(plain, plain, told)
    return Held(called, branches, told)


def named(formula: Cases) -> Formula | None:
    """sign(s) or step(c), where the cases are those of a function with a name."""
    u = formula.cases[0].left
    return next((Call(name, (u,)) for name in _NAMED if TYPED[name].of(u) == formula), None)


def by_names(node: Formula) -> Formula:
    """A formula with sign(s) and step(c) in place of their cases."""
    own = named(node) if isinstance(node, Cases) else None
    return own or (node if is_long(node) else with_parts(node, by_names))


def _with_branches(
    node: Formula, numbers: Callable[[Formula], Formula], reasons: list[Inlines]
) -> Formula:
    def walk(node: Formula) -> Formula:
        if not isinstance(node, Cases):
            return with_parts(node, walk)
        branch, reason = holding(node, numbers)
        reasons.append(reason)
        return walk(branch)

    return walk(node)


def _with_names(node: Formula, numbers: Callable[[Formula], Formula]) -> Formula:
    """Functions with a name by it, of other cases the branch that holds."""

    def walk(node: Formula) -> Formula:
        if not isinstance(node, Cases):
            return with_parts(node, walk)
        return named(node) or walk(holding(node, numbers)[0])

    return walk(node)


def _has_names(node: Formula) -> bool:
    return (isinstance(node, Call) and node.name in _NAMED) or any(map(_has_names, parts(node)))


def _without_ones(node: Formula) -> Formula:
    """What a case leaves as a factor of 1 is not written."""
    found = with_parts(node, _without_ones)
    if not isinstance(found, Product):
        return found
    kept = [f for f in found.factors if f != ONE] or [ONE]
    return kept[0] if len(kept) == 1 else Product(tuple(kept))


def _holds(relation: str, left: Formula, right: Formula) -> bool:
    a, b = (evaluate(side, lambda _: 0) for side in (left, right))
    return bool({">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b}[relation])
