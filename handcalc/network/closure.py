"""What leads to an answer: the steps its formula needs, and theirs."""

from collections.abc import Iterable

from handcalc.formula import is_long, leaves
from handcalc.network.refs import Ref
from handcalc.network.steps import Steps

MOST_FOLLOWED = 12
"""Computed values in one formula up to which each of them is explained too."""
MOST_TARGETS = 1000
"""Answers that are followed back; of more, as of an image, not every one is shown."""


def closure(steps: Steps, targets: Iterable[Ref]) -> set[Ref]:
    """The steps that lead to some answers.

    A formula with very many computed values is not followed further: they are the forward pass.
    """
    asked = [steps.same(ref) for ref in targets]
    waiting, found = asked[:MOST_TARGETS], set(asked[MOST_TARGETS:])
    while waiting:
        ref = waiting.pop()
        if ref in found:
            continue
        found.add(ref)
        formula = steps.formula(ref)
        if formula is None or is_long(formula):
            continue
        before = {steps.ref(leaf) for leaf in leaves(formula)}
        given = {other for other in before if steps.is_given(other)}
        found |= given
        if len(before - given) <= MOST_FOLLOWED:
            waiting += before - given
    return found
