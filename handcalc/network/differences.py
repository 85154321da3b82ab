"""Finite differences: f(x + h) as one formula of what is given, and (f(x + h) - f(x))/h."""

from dataclasses import replace
from typing import TYPE_CHECKING

from handcalc.formula import Formula, Negative, Quotient, Sum, leaves, number, substitute
from handcalc.network.graph import LOSS, STEP
from handcalc.network.refs import Element, Part

if TYPE_CHECKING:
    from handcalc.formula import Leaf
    from handcalc.network.formulas import Formulas

MOST_LEAVES = 80
"""Names and numbers in f(x + h) up to which it is written as one formula."""


class Differences:
    """The formulas of one network, for one element moved at a time."""

    def __init__(self, formulas: "Formulas") -> None:
        self.formulas, self.network = formulas, formulas.network
        self._sizes: dict[Element, int] = {}

    @property
    def are_asked(self) -> bool:
        """Does the file say how far a value is moved, and is there one that can be written down?"""
        if STEP not in self.network.quantities or len(self.network.nodes) > MOST_LEAVES:
            return False
        return self._size(Element(LOSS)) <= MOST_LEAVES

    def of(self, part: Part) -> Formula:
        """f(x + h), f(x - h), or the difference over the step."""
        x, sample = part.of, part.of.sample
        h, f = self.formulas.leaf(Element(STEP)), Element(LOSS, (), sample)
        if part.word == "moved":
            return self._moved(f, x, h)
        if part.word == "moved_back":
            return self._moved(f, x, Negative(h))
        forward = self.formulas.leaf(Part("moved", x))
        if self.network.central:
            back = self.formulas.leaf(Part("moved_back", x))
            return Quotient(forward - back, 2 * h)
        return Quotient(forward - self.formulas.leaf(f), h)

    def _moved(self, f: Element, x: Element, by: Formula) -> Formula:
        """F with what it is made of put in, and x + h in place of x."""
        moved = self.formulas.leaf(self.formulas.same(replace(x, sample=f.sample)))

        def put_in(leaf: "Leaf") -> Formula:
            if leaf == moved:
                return Sum((leaf, by))
            ref = self.formulas.ref(leaf)
            inner = self.formulas.formula(ref) if isinstance(ref, Element) else None
            return leaf if inner is None else substitute(inner, put_in)

        whole = self.formulas.formula(f)
        return number(0) if whole is None else substitute(whole, put_in)

    def _size(self, element: Element) -> int:
        """How many names f has with everything put in."""
        if element not in self._sizes:
            formula = self.formulas.formula(element)
            refs = [] if formula is None else [self.formulas.ref(leaf) for leaf in leaves(formula)]
            inner = (self._size(ref) for ref in refs if isinstance(ref, Element))
            self._sizes[element] = sum(inner) or 1
        return self._sizes[element]
