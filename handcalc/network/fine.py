"""A slope with 80 digits, where the 16 of the floats do not suffice.

Near probability 1 the loss takes the logarithm of 1 - y, of which floats keep few digits; at a
corner a sum must be exactly 0 to be seen as 0. Given numbers enter as the fractions they are.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from handcalc.errors import HandcalcError
from handcalc.formula import algebra
from handcalc.network.graph import LOSS
from handcalc.network.refs import Element, Ref
from handcalc.network.steps import Steps
from handcalc.operations._tensor import indices

STEP = Fraction(1, 10**35)
Value = Any  # sympy ships no types


def slopes(
    steps: Steps, moves: Mapping[Element, float], sample: int | None, *, from_floats: bool
) -> tuple[float, float, float]:
    """The slope of the loss along `moves`: the central one, and those to either side.

    It is measured where the formulas lead, so that a tie is one, or from the floats that the gradient
    was found at: near probability 1 the two are far apart for the logarithm of 1 - y.
    """
    here, above, below = (
        _loss(steps, moves, sample, h, from_floats) for h in (Fraction(), STEP, -STEP)
    )
    central, left, right = (
        (above - below) / algebra.exactly(2 * STEP),
        (here - below) / algebra.exactly(STEP),
        (above - here) / algebra.exactly(STEP),
    )
    if not all(side.is_real for side in (central, left, right)):
        path = steps.network.problem.origin.path
        raise HandcalcError(
            f"{path}: a slope of {steps.notation.loss} has no value with these numbers; write other numbers"
        )
    return float(central), float(left), float(right)


def _loss(
    steps: Steps,
    moves: Mapping[Element, float],
    sample: int | None,
    h: Fraction,
    from_floats: bool,
) -> Value:
    """The loss from the formulas alone, with some elements moved by h times their direction."""
    network = steps.network
    moved = {steps.same(element): along for element, along in moves.items()}
    values: dict[Ref, Value] = {}

    def of(ref: Ref) -> Value:
        ref = steps.same(ref)
        if ref not in values:
            formula = steps.formula(ref)
            if steps.is_given(ref):
                values[ref] = algebra.exactly(steps.by_hand(ref).value)
            elif ref in moved and from_floats:
                values[ref] = algebra.exactly(steps.exact(ref))
            else:
                assert formula is not None
                values[ref] = algebra.precise(formula, lambda leaf: of(steps.ref(leaf)))
            if ref in moved:
                values[ref] += algebra.exactly(h * Fraction(moved[ref]))
        return values[ref]

    for node in network.nodes:
        for index in indices(network.quantities[node.output].shape):
            for s in steps.samples or (None,):
                of(Element(node.output, index, s))
    return of(Element(LOSS, (), sample))
