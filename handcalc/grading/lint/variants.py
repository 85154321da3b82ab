"""Every step of a network under many choices of its given numbers at once: a row a choice.

Formulas do not depend on the numbers, so that each is gone through once for all choices.
"""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from handcalc.formula import Formula, Leaf, leaves
from handcalc.grading.carrying import evaluated
from handcalc.network import Element, Ref, Steps

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

ROWS = 24
"""Draws of all numbers in which a mistake is looked for."""
DUST = 1e-9
"""Of a value: what binary arithmetic leaves of 0."""
SMALL = 1e-3
"""What counts as the size of smaller values."""


class Variants:
    """The values of steps, worked out when they are first asked for."""

    def __init__(self, steps: Steps, rows: int, given: "Callable[[Element], Any]") -> None:
        self.steps, self.rows, self._given = steps, rows, given
        self._known: dict[Ref, Array] = {}
        self._by_leaf: dict[Leaf, Array] = {}

    def value(self, ref: Ref) -> "Array":
        """A step under each choice; one behind the other, however deep the network is."""
        import numpy as np

        waiting = [self.steps.same(ref)]
        while waiting:
            at = waiting[-1]
            if at in self._known:
                waiting.pop()
                continue
            formula = self.steps.formula(at)
            if formula is None:
                assert isinstance(at, Element)
                self._known[at] = np.broadcast_to(np.asarray(self._given(at), float), self.rows)
                continue
            behind = {leaf: self.steps.ref(leaf) for leaf in leaves(formula)}
            missing = [other for other in behind.values() if other not in self._known]
            if missing:
                waiting += missing
            else:
                self._by_leaf.update((leaf, self._known[other]) for leaf, other in behind.items())
                self._known[at] = self._evaluated(formula)
        return self._known[self.steps.same(ref)]

    def of(self, formula: Formula) -> "Array":
        """A formula under each choice."""
        for leaf in leaves(formula):
            if leaf not in self._by_leaf:
                self._by_leaf[leaf] = self.value(self.steps.ref(leaf))
        return self._evaluated(formula)

    def _evaluated(self, formula: Formula) -> "Array":
        import numpy as np

        with np.errstate(all="ignore"):
            found = evaluated(formula, self._by_leaf.__getitem__)
            return np.broadcast_to(np.asarray(found, float), self.rows)


def drawn(steps: Steps, *, settings: bool = True) -> Variants:
    """Random numbers in place of those given: mild ones in every other row, in the others of both signs.

    What decides the formulas stays: numbers that are looked up, masks, statistics; so do settings such as η
    if they are not to be drawn.
    """
    network = steps.network
    looked_up = network.read_by_value

    def given(element: Element) -> Any:
        quantity = network.quantities[element.quantity]
        beside = quantity.kind == "input" and bool(quantity.layer)
        stays = quantity.kind == "state" or (quantity.kind == "setting" and not settings)
        if stays or beside or element.quantity in looked_up:
            return steps.exact(element)
        # Python promises the same numbers for a seed in every version.
        number = random.Random(f"{element.quantity}{element.index}{element.sample}").uniform  # noqa: S311  # not for secrets
        mild = quantity.kind in ("target", "setting")
        return [
            number(0.05, 0.95) if mild or row % 2 == 0 else number(-2, 2) for row in range(ROWS)
        ]

    return Variants(steps, ROWS, given)


def differ(a: "Array", b: "Array") -> "Array":
    """In which rows two values are two, where both are numbers."""
    import numpy as np

    with np.errstate(all="ignore"):
        size = np.maximum(np.maximum(np.abs(a), np.abs(b)), SMALL)
        found: Array = np.isfinite(a) & np.isfinite(b) & (np.abs(a - b) > DUST * size)
    return found
