"""Why a mistake is not seen: the numbers in its formula that hide it.

Each number that the right formula and the wrong one name is moved by itself; those that set the two apart
most are the reason: a bias that is 0, an input that is 1, a sum so near 0 that tanh z = z.
"""

from typing import TYPE_CHECKING, Any

from handcalc.errors import HandcalcError
from handcalc.formula import Formula, Leaf, Number, Partial, Symbol, is_long, leaves, substitute
from handcalc.grading.carrying import evaluated
from handcalc.grading.lint.findings import Cause
from handcalc.grading.step import Step
from handcalc.network import After, Element, Gradient, Steps
from handcalc.number import plain, scientific

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

MOST_CAUSES = 12
"""Numbers of one formula that are named."""
MOST_MOVED = 200
"""Numbers of one formula that are moved."""
MOST_DEEP = 2
"""Steps behind each other that are put in for one that only the right formula names."""
MOST_ZEROS = 8
"""Zeros behind each other that are followed back."""
FAR = 0.5
"""How far a number is moved: so much, and that much of its own size."""


def because(step: Step, wrong: Formula, visible: float) -> tuple[Cause, ...]:
    """The numbers that hide a mistake in an answer, if there are some that tell by themselves."""
    import numpy as np

    if is_long(wrong) or not step.routes:
        return ()
    wrong = _before_update(step, wrong)
    used = list(dict.fromkeys(leaves(wrong)))
    # The way to the step that shares most numbers with the wrong one: the others differ in more than the mistake.
    routes = [
        # What names nothing but what the right formula names differs from it in the mistake alone.
        route if set(used) <= set(leaves(route)) else _in_terms_of(step, route, frozenset(used))
        for route in step.routes
    ]
    right = min(routes, key=lambda route: len(set(leaves(route)) ^ set(used)))
    moved = list(dict.fromkeys([*used, *leaves(right)]))
    if len(moved) > MOST_MOVED:
        return ()
    steps = step.steps
    values = np.array([steps.exact(steps.ref(leaf)) for leaf in moved])
    nudges = _nudges(values)
    row = {leaf: nudges[i] for i, leaf in enumerate(moved)}
    with np.errstate(all="ignore"):
        apart = np.abs(evaluated(wrong, row.__getitem__) - evaluated(right, row.__getitem__))
    apart = np.where(np.isfinite(apart), apart, 0.0)
    effect = apart.reshape(len(moved), -1).max(axis=1) if apart.ndim else np.zeros(len(moved))
    telling = effect >= max(float(effect.max()) / 2, visible)
    found = [leaf for leaf, tells in zip(moved, telling, strict=True) if tells]
    named = [leaf for leaf in found if _can_be_another(steps, leaf)]
    roots = dict.fromkeys(_root(steps, leaf) for leaf in named[:MOST_CAUSES])
    return tuple(_cause(step, leaf) for leaf in roots)


def _in_terms_of(step: Step, right: Formula, used: frozenset[Leaf]) -> Formula:
    """The right formula in the numbers that the wrong one names, as far as they lead to its own."""

    def expanded(leaf: Leaf, depth: int) -> Formula | None:
        """What stands for a number that the wrong formula does not name; None if it names nothing behind it."""
        formula = None if leaf in used else step.steps.formula(step.steps.ref(leaf))
        if formula is None or depth > MOST_DEEP or is_long(formula):
            return leaf if leaf in used else None
        parts = {part: expanded(part, depth + 1) for part in dict.fromkeys(leaves(formula))}
        if all(part is None for part in parts.values()):
            return None
        return substitute(formula, lambda part: parts[part] or part)

    return substitute(right, lambda leaf: expanded(leaf, 0) or leaf)


def _before_update(step: Step, wrong: Formula) -> Formula:
    """With w - η·∂E/∂w in place of w_new."""
    steps = step.steps

    def old(leaf: Leaf) -> Formula:
        ref = steps.ref(leaf)
        is_new = isinstance(ref, After) and ref.of.quantity in steps.network.learned_names
        return (steps.formula(ref) if is_new else None) or leaf

    return substitute(wrong, old)


def _can_be_another(steps: Steps, leaf: Leaf) -> bool:
    """Is it no constant, such as ∂z/∂b = 1, and has it a name that can be read alone?"""
    along_a_path = isinstance(leaf, Partial) and leaf.via is not None
    return not along_a_path and not isinstance(steps.formula(steps.ref(leaf)), Number)


def _root(steps: Steps, leaf: Leaf) -> Leaf:
    """Of a number that is 0 the one that makes it 0: h2_out, where ∂E/∂w6 = ∂E/∂f1·h2_out."""
    for _ in range(MOST_ZEROS):
        formula = steps.formula(steps.ref(leaf))
        if isinstance(formula, Symbol | Partial):
            # ∂o1_in/∂h1_out is w5.
            leaf = formula
            continue
        if formula is None or is_long(formula) or steps.exact(steps.ref(leaf)) != 0:
            break
        values = {part: steps.exact(steps.ref(part)) for part in dict.fromkeys(leaves(formula))}
        zeros = [part for part in values if values[part] == 0 and _tells(formula, values, part)]
        if len(zeros) != 1:
            break
        leaf = zeros[0]
    return leaf


def _tells(formula: Formula, values: dict[Leaf, float], leaf: Leaf) -> bool:
    """Is a formula that gives 0 another number with another one in it?"""
    return any(
        float(evaluated(formula, {**values, leaf: other}.__getitem__)) != 0 for other in (FAR, -FAR)
    )


def _nudges(values: "Array") -> "Array":
    """Column by column one number moved, in a few ways; the others as they are."""
    import numpy as np

    far = FAR * np.maximum(1.0, np.abs(values))
    ways = [values + far, values - far, -values - far * np.sign(values + (values == 0)), 2 * values]
    found = np.repeat(values[:, None], len(values) * len(ways), axis=1)
    for number, way in enumerate(np.array(ways).T):
        found[number, number * len(ways) : (number + 1) * len(ways)] = way
    return found


def _cause(step: Step, leaf: Leaf) -> Cause:
    steps = step.steps
    ref = steps.ref(leaf)
    value = steps.exact(ref)
    try:
        text = steps.written(ref).text
    except HandcalcError:
        text = plain(value, step.decimals)
    if value and not text.strip("-0."):
        text = scientific(value, 2)
    return Cause(leaf, text, _whole(step, leaf))


def _whole(step: Step, leaf: Leaf) -> Leaf | None:
    """What a number belongs to: x, W, ∂E/∂h_out."""
    ref = step.steps.ref(leaf)
    notation, quantities = step.steps.notation, step.steps.network.quantities
    if isinstance(ref, Element):
        return notation.whole_leaf(quantities[ref.quantity], ref.sample)
    if isinstance(ref, Gradient):
        return notation.whole_gradient(quantities[ref.by.quantity], ref.by.sample)
    return None
