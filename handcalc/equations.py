"""key = formula for every number of a solution, each behind those that it is made of."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from math import prod

from handcalc.document import Equation, Program
from handcalc.formula import (
    Call,
    Case,
    Cases,
    Formula,
    Leaf,
    Number,
    Partial,
    Product,
    Symbol,
    absolute,
    evaluate,
    is_long,
    leaves,
    number,
    substitute,
)
from handcalc.formula.walk import parts, rebuilt
from handcalc.network import After, Element, Gradient, Local, Ref, Stage
from handcalc.network.rounding import Policy, Written
from handcalc.number import tidy
from handcalc.questions._page import Page, elements

MOST_NAMES = 1000
"""Names and numbers of a formula up to which it is written out."""
MOST_WRITTEN = 60_000
"""The same of all formulas together; the numbers behind them stand there as values."""
LOGARITHMS = ("ln", "log2", "log10")
MOST_GIVEN = 20_000
"""Cells of a given matrix up to which it is there as a whole, wherever it is used."""


def equations(pages: Sequence[Page], policy: Policy) -> Program:
    """What is given and what each step finds, as far as the pages show it, with what that stands on."""
    steps: dict[str, list[Equation]] = {"": []}
    before: _Equations | None = None
    for page in pages:
        if not page.network.symbolic:
            before = _Equations(page, before)
            before.collect(steps)
    rounds = policy.rounding.mode if policy.carries else None
    return Program({number: tuple(own) for number, own in steps.items()}, rounds)


class _Equations:
    """Those of one page, which may be about one of several steps of training."""

    def __init__(self, page: Page, before: "_Equations | None") -> None:
        self.page, self.steps, self.before = page, page.steps, before
        self.carries = self.steps.policy.carries
        self.done: set[Ref] = set()
        self.written: int = before.written if before else 0

    def collect(self, steps: dict[str, list[Equation]]) -> None:
        """Add what this page shows, step by step; what is given is put under ""."""
        for ref, at in self.page.shown.items():
            for equation in self.behind(self.steps.same(ref)):
                steps.setdefault("" if equation.given else at, []).append(equation)

    def behind(self, wanted: Ref) -> Iterator[Equation]:
        """A number, after the ones that it is made of and that are not there yet."""
        waiting: list[tuple[Ref, Equation | None]] = [(wanted, None)]
        while waiting:
            ref, made = waiting.pop()
            if made is not None:
                yield made
            elif ref not in self.done:
                self.done.add(ref)
                if self._is_data(ref):
                    yield from self._given(ref)
                    continue
                equation = self._equation(ref)
                waiting.append((ref, equation))
                if equation.formula is not None:
                    behind = [self.steps.ref(leaf) for leaf in self._leaves(ref)]
                    waiting += [(other, None) for other in reversed(behind)]

    # --- what is given -------------------------------------------------------------------------

    def _is_data(self, ref: Ref) -> bool:
        return self.steps.formula(ref) is None

    def _given(self, ref: Ref) -> Iterator[Equation]:
        """A given number, with the whole matrix that it is from; or what the step before has left."""
        left = self._left_before(ref)
        if left is not None:
            yield from left
            return
        whole = [ref]
        if isinstance(ref, Element) and "[" in self.steps.key(ref):
            shape = self.steps.network.quantities[ref.quantity].shape
            if prod(shape) <= MOST_GIVEN:
                whole = list(elements(shape, ref.quantity, ref.sample))
        for other in whole:
            self.done.add(other)
            written = self.steps.written(other)
            yield Equation(self._key(other), float(written.value), written.text, given=True)

    def _left_before(self, ref: Ref) -> list[Equation] | None:
        """Of a later step of training what it begins with: known already, or a value of no page."""
        if self.page.training_step < 2 or not self._is_carried(ref):
            return None
        of = After(ref.of) if isinstance(ref, Stage) else After(ref)  # type: ignore[arg-type]
        earlier = replace(ref, old=False) if isinstance(ref, Stage) else of
        if self.before and self.before.page.training_step == self.page.training_step - 1:
            known = self.before.steps.same(earlier)
            return [] if known in self.before.done else list(self.before.behind(known))
        written = self.steps.written(ref)
        value = float(written.value) if self.carries else tidy(self.steps.exact(ref))
        return [Equation(self._key(ref), value, written.text)]

    def _is_carried(self, ref: Ref) -> bool:
        if isinstance(ref, Stage):
            return ref.old
        return isinstance(ref, Element) and ref.quantity in self.steps.network.learned_names

    def _key(self, ref: Ref) -> str:
        """The key, with the step of training; what a step begins with is what the one before has left."""
        step, key = self.page.training_step, self.steps.key(ref)
        if step and self._is_carried(ref):
            if isinstance(ref, Stage) and step > 1:
                key = self.steps.key(replace(ref, old=False))
            return f"{key}@step{step - 1}" if step > 1 else key
        return self.page.key_of(key)

    # --- what is found -------------------------------------------------------------------------

    def _equation(self, ref: Ref) -> Equation:
        written = self.steps.written(ref)
        value = float(written.value) if self.carries else tidy(self.steps.exact(ref))
        bare = Equation(self._key(ref), value, written.text)
        room = min(MOST_NAMES, MOST_WRITTEN - self.written)
        formula = self._formula(ref)
        size = _size(formula, room) if room > 0 else 1
        if size > room:
            return bare
        self.written += size
        places = None
        if self.carries and not isinstance(formula, Symbol | Partial):
            places = self._places(ref, written)
        return replace(bare, formula=substitute(formula, self._put_in), places=places)

    def _places(self, ref: Ref, written: Written) -> int:
        """The decimals to which a number is written; of one that ends before they do, those of the file."""
        policy = self.steps.policy
        own = policy.places(self.steps.key(ref))
        there = -int(Decimal(written.text).as_tuple().exponent)
        usual = policy.rounding.decimals if own is None else own
        return max(there, usual) if written.exact else there

    def _leaves(self, ref: Ref) -> Iterator[Leaf]:
        """What a number is made of, where factors without a name of their own are followed back."""
        for leaf in leaves(self._formula(ref)):
            other = self.steps.ref(leaf)
            if self._is_inside(other):
                yield from self._leaves(other)
            else:
                yield leaf

    def _put_in(self, leaf: Leaf) -> Formula:
        """A name; of a factor that has none the formula."""
        ref = self.steps.ref(leaf)
        if self._is_inside(ref):
            return substitute(self._formula(ref), self._put_in)
        return Symbol("", self._key(ref))

    def _is_inside(self, ref: Ref) -> bool:
        """Is it a factor or a path of one cell of many, or one that no page shows?"""
        if not (isinstance(ref, Local) or (isinstance(ref, Gradient) and ref.via is not None)):
            return False
        if ref in self.page.shown and "[" not in self.steps.key(ref):
            return False
        formula = self._formula(ref)
        if self.carries and not isinstance(formula, Symbol | Partial | Number):
            return False
        return not is_long(formula)

    def _formula(self, ref: Ref) -> Formula:
        formula = self.steps.formula(ref)
        assert formula is not None
        return rebuilt(formula, self._guarded) if _has_logarithm(formula) else formula

    def _guarded(self, node: Formula) -> Formula:
        """0·ln 0 is 0: behind a factor of 0 nothing is looked at, which a program must be told."""
        if not isinstance(node, Product) or not _has_logarithm(node):
            return node
        value_of = self.steps.written_leaf if self.carries else self.steps.exact_leaf
        for at, factor in enumerate(node.factors[1:], 1):
            try:
                evaluate(factor, value_of)
            except (ArithmeticError, ValueError):
                before = absolute(Product(node.factors[:at]) if at > 1 else node.factors[0])
                return Cases((Case(number(0), before, "<=", number(0)),), node)
        return node


def _has_logarithm(formula: Formula) -> bool:
    if is_long(formula):
        return False
    own = isinstance(formula, Call) and formula.name in LOGARITHMS
    return own or any(map(_has_logarithm, parts(formula)))


def _size(formula: Formula, most: int) -> int:
    """How many names and numbers a formula has, counted no further than there is room."""
    found, waiting = 0, [formula]
    while waiting and found <= most:
        inside = parts(waiting.pop())
        if not inside:
            found += 1
        elif len(inside) > most:
            return most + 1
        waiting.extend(inside)
    return found
