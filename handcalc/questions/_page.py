"""A worked solution while it is being written: its blocks, its step numbers, what is shown."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal

from handcalc.document import (
    Block,
    Code,
    Heading,
    Inlines,
    Ledger,
    Line,
    Lines,
    Note,
    Paragraph,
    Step,
    Way,
    words,
)
from handcalc.errors import count, listed
from handcalc.fields import Shape
from handcalc.formula import (
    Cases,
    Formula,
    Leaf,
    Number,
    Partial,
    Product,
    Sum,
    Symbol,
    elide,
    evaluate,
    is_long,
    leaves,
    substitute,
    total,
)
from handcalc.formula.text import text
from handcalc.network import After, Element, Gradient, Local, Part, Quantity, Ref, Stage, Steps
from handcalc.network.closure import closure
from handcalc.network.parts import DIFFERENCES
from handcalc.network.plan import Planned, plan
from handcalc.network.unrolled import key_at
from handcalc.operations._tensor import indices
from handcalc.optimizers._optimizer import Optimizer
from handcalc.questions import _as_steps, _cases, _order

Level = Literal["brief", "normal", "full"]
View = Literal["elements", "matrices", "both"]

MOST_TERMS = 8
"""Terms of a sum on one line; longer sums are cut in the middle."""
MOST_SYMBOLS = 24
"""Terms of a sum where there are no numbers: the equation is what is asked for."""


class Page:
    """Blocks in order. `wanted` holds the steps that lead to some targets, or None for all steps."""

    def __init__(
        self,
        steps: Steps,
        level: Level,
        questions: tuple[str, ...],
        targets: list[Ref] | None = None,
        figures: Collection[str] | None = None,
        more: Iterable[Ref] = (),
        step: int = 0,
        behind: int = 0,
        view: View = "both",
    ) -> None:
        self.steps, self.level, self.questions = steps, level, questions
        self.view = view
        """Are dense layers shown element by element, as matrices, or in both ways?"""
        self.training_step = step
        """The step of training that the page is about; 0 where there is but one."""
        self.targets = dict.fromkeys(map(steps.same, more if targets is None else targets))
        """The single steps asked for, in the order in which they are asked for."""
        self.wanted = closure(steps, self.targets) if targets is not None else None
        self.figures = figures
        self.updates = "update" in questions
        self.name = steps.network.problem.origin.name
        self.claims: list[tuple[Ref, Formula]] = []
        """Further formulas that are said to give a step's value."""
        self.network, self.problem = steps.network, steps.network.problem
        self.blocks: list[Block] = []
        self.shown: dict[Ref, str] = {}
        """Every step shown, with the number of the heading under which it was found."""
        self._wanted_elements: dict[tuple[str, int | None], set[Element]] = {}
        self._said: set[str] = set()
        self._major, self._minor = behind, 0
        self.number = ""
        self.opening: list[Block] = []
        """What stands below the first heading."""
        self.beside: dict[str, tuple[Steps, Ref]] = {}
        """Values of other steps of training that are shown, by their keys."""

    # --- structure -----------------------------------------------------------------------------

    def add(self, *blocks: Block) -> None:
        """Append blocks."""
        self.blocks.extend(blocks)

    def section(self, title: str, *, of_step: bool = True) -> None:
        """A numbered part of the solution; with the step of training that it is about."""
        self._major, self._minor = self._major + 1, 0
        self.number = str(self._major)
        if self.training_step and of_step:
            title = f"Step {self.training_step}: {title[0].lower()}{title[1:]}"
        self.add(Heading(2, words(title), self.number), *self.opening)
        self.opening.clear()

    @property
    def sections(self) -> int:
        """How many there are, with those of pages before this one."""
        return self._major

    def key_of(self, key: str) -> str:
        """What to type for a value of this page: with its step of training, where there are several."""
        return key_at(self.steps, key, self.training_step) if key and self.training_step else key

    def step(self, *title: str | Formula, key: str = "") -> None:
        """A numbered step."""
        self._minor += 1
        self.number = f"{self._major}.{self._minor}"
        self.add(Heading(3, words(*title), self.number, self.key_of(key)))

    def say(self, *parts: str | Formula | Code | Way) -> None:
        """A sentence."""
        self.add(Paragraph(words(*parts)))

    def note(
        self, kind: Literal["convention", "difference", "remark", "checked"], *parts: str | Formula
    ) -> None:
        """A note beside the calculation."""
        self.add(Note(kind, words(*parts)))

    def as_steps(self) -> tuple[Step, ...]:
        """The blocks step by step, each with what it finds and what it stands on."""
        return _as_steps.of(self)

    @cached_property
    def backward(self) -> dict[str, list[Quantity]]:
        """The layers from the output back, each with its values and parameters; the inputs under ""."""
        return dict(_order.backward(self.network))

    @cached_property
    def times(self) -> dict[tuple[str, str], dict[int, list[Quantity]]]:
        """The values of each time of a layer, for each way in which it is read."""
        found: dict[tuple[str, str], dict[int, list[Quantity]]] = {}
        for quantity in self.network.values:
            label = quantity.label
            if label.at is not None and label.counts == "time":
                way = found.setdefault((quantity.layer, label.way), {})
                way.setdefault(label.at, []).append(quantity)
        return found

    @cached_property
    def layers(self) -> list[Planned]:
        """The layers as they are counted."""
        return plan(self.network)

    def first_time(self, what: str) -> bool:
        """Has this not been said yet?"""
        new = what not in self._said
        self._said.add(what)
        return new

    @property
    def loss_titles(self) -> list[str]:
        """Each loss and its convention, in the letters of the file."""
        loss, penalty = self.problem.notation.loss, self.problem.penalty
        single = f"{loss}_data" if penalty else loss
        titles = [
            aim.loss.title(f"{loss}_{aim.output}" if aim.output else single, *self.loss_letters)
            for aim in self.network.aims
        ]
        return [*titles, penalty.title(loss)] if penalty else titles

    @property
    def loss_letters(self) -> tuple[str, str]:
        """What outputs and targets are called where a loss is spoken of."""
        words_of_file = self.problem.notation
        return "a" if words_of_file.values == "z_a" else "o", words_of_file.target

    @property
    def optimizer(self) -> Optimizer:
        """The optimizer of the file."""
        assert self.problem.optimizer is not None
        return self.problem.optimizer

    def wants(self, ref: Ref) -> bool:
        """Is this step to be shown?"""
        return self.wanted is None or self.steps.same(ref) in self.wanted

    def wants_figure(self, key: str) -> bool:
        """Is this size or count to be shown?"""
        return self.figures is None or key in self.figures

    def of(self, kind: Callable[[Element], Ref], name: str, sample: int | None) -> list[Any]:
        """The steps of one kind about a quantity that are to be shown, in order.

        With targets only the wanted steps are looked at, not all elements of a large network.
        """
        shape = self.network.quantities[name].shape
        if self.wanted is None:
            return [kind(element) for element in elements(shape, name, sample)]
        if not self._wanted_elements:
            for ref in self.wanted:
                element = _about(ref)
                if element is not None:
                    place = (element.quantity, element.sample)
                    self._wanted_elements.setdefault(place, set()).add(element)
        found = sorted(self._wanted_elements.get((name, sample), ()), key=lambda e: e.index)
        return [ref for ref in map(kind, found) if self.wants(ref)]

    # --- lines ---------------------------------------------------------------------------------

    def lines(self, refs: Iterable[Ref], because: Inlines = ()) -> None:
        """Each step as symbols = numbers = value, under each other."""
        made = tuple(self.line(ref, because) for ref in refs)
        if made:
            self.add(Lines(made))

    def line(self, ref: Ref, because: Inlines = ()) -> Line:
        """A step as symbols = numbers = value; a step that only names another says which.

        Of a brief solution only the result; without numbers that is the formula.
        """
        line = self._line(self.steps.same(ref), because)
        if self.level != "brief" or self.network.symbolic:
            return line
        return replace(line, symbols=None, numbers=None, because=())

    def _line(self, ref: Ref, because: Inlines) -> Line:
        self.shown.setdefault(ref, self.number)
        left, formula = self.steps.leaf(ref), self.steps.formula(ref)
        value = self.value(ref)
        if formula is None:
            return Line(left, value=value, because=because)
        if isinstance(ref, Part) and ref.word not in DIFFERENCES:
            # A number on the way has no symbol of its own: its formula is what it is called.
            called = elide(formula, MOST_TERMS)
            exact = self.steps.is_exact(ref)
            numbers = None if self.network.symbolic else self.numbers(called)
            return Line(called, None, numbers, value, exact, because)
        if not any(leaves(formula)):
            if value and not self.steps.is_exact(ref):
                # 1/3 and 1/√2 are not 0.3333 and 0.7071.
                return Line(left, formula, None, value, False, because)
            return Line(left, value=value or _as_number(formula), because=because)
        if isinstance(formula, Symbol | Partial):
            return Line(left, formula, None, value, because=because or self.found(formula))
        if isinstance(formula, Cases) and is_long(formula):
            return Line(left, value=value, because=because)
        if isinstance(formula, Cases) and not self.network.symbolic:
            branch, reason = _cases.holding(formula, self.numbers)
            own = _cases.named(formula) if self._by_name(ref) else None
            if own is not None:
                exact, reason = self.steps.is_exact(ref), because or reason
                return Line(left, own, self.numbers(own), value, exact, reason)
            constant, bare = not any(leaves(branch)), isinstance(branch, Symbol | Partial)
            worked = None if bare else self.numbers(branch)
            shown = Line(left) if constant else Line(left, branch, worked)
            return replace(
                shown, value=value, exact=self.steps.is_exact(ref), because=because or reason
            )
        if self.network.symbolic:
            return Line(left, elide(self._along_paths(formula), MOST_SYMBOLS), because=because)
        held = _cases.held(formula, self.numbers, by_name=self._by_name(ref))
        formula, because = held.branches, because or held.reasons
        kept, zeros = self._without_zeros(self._along_paths(formula))
        symbols = elide(kept, MOST_TERMS)
        if zeros and not because:
            because = words(f"{count(zeros, 'more term')} {'is' if zeros == 1 else 'are'} 0")
        written = self.steps.written(ref)
        exact = self.steps.gives_exactly(kept, written)
        with_numbers = self.numbers(symbols)
        if held.called != held.branches and not zeros:
            symbols = elide(held.called, MOST_TERMS)
        if exact and value is not None and text(with_numbers) == text(value):
            return Line(left, symbols, None, value, exact, because)  # not -1 = -1
        if text(with_numbers) == text(symbols):
            return Line(left, symbols, None, value, exact, because)  # not 1/4 + 1 = 1/4 + 1
        return Line(left, symbols, with_numbers, value, exact, because)

    def _by_name(self, ref: Ref) -> bool:
        """Are sign and step called so, because it is the value in which they have been typed?"""
        return self.network.of_values and isinstance(ref, Element | After)

    def _along_paths(self, formula: Formula) -> Formula:
        """A sum over paths with the factors of each path, where no path has a line of its own."""
        if is_long(formula):
            return formula
        paths = {leaf: self.steps.ref(leaf) for leaf in leaves(formula)}
        via = {
            leaf: self.steps.formula(ref)
            for leaf, ref in paths.items()
            if isinstance(ref, Gradient) and ref.via is not None
        }
        if not via or any(paths[leaf] in self.shown for leaf in via):
            return formula
        found = substitute(formula, lambda leaf: via.get(leaf) or leaf)
        for leaf in leaves(found):
            self.shown.setdefault(self.steps.ref(leaf), self.number)
        return found

    def _without_zeros(self, formula: Formula) -> tuple[Formula, int]:
        """A long sum without the terms that are 0, and how many they were."""
        if not isinstance(formula, Sum) or len(formula.terms) <= MOST_TERMS or is_long(formula):
            return formula, 0
        kept = [t for t in formula.terms if evaluate(t, self.steps.exact_leaf) != 0]
        kept = kept or [formula.terms[0]]
        return total(kept), len(formula.terms) - len(kept)

    def with_slopes(self, formula: Formula) -> Formula:
        """The chain rule's formula with its paths and their local slopes put in."""

        def put_in(leaf: Leaf) -> Formula:
            ref = self.steps.ref(leaf)
            path = isinstance(ref, Gradient) and ref.via is not None
            made = self.steps.formula(ref) if path or isinstance(ref, Local) else None
            if made is None:
                return leaf
            return substitute(made, put_in) if path else made

        return substitute(formula, put_in)

    def chain(self, ref: Ref) -> Line:
        """A step in symbols alone."""
        formula = self.steps.formula(ref)
        assert formula is not None
        return Line(self.steps.leaf(ref), elide(formula, MOST_TERMS))

    def value(self, ref: Ref) -> Number | None:
        """The value as it is shown; nothing where the problem has no numbers.

        Every value of the page comes through here, so that none is shown without being checked.
        """
        if self.network.symbolic:
            return None
        self.shown.setdefault(self.steps.same(ref), self.number)
        written = self.steps.written(ref)
        return Number(written.value, written.text)

    def text(self, ref: Ref) -> str:
        """The text of a value, for tables and sentences."""
        value = self.value(ref)
        return "" if value is None or value.text is None else value.text

    def numbers(self, formula: Formula) -> Formula:
        """The line of numbers that belongs to a line of symbols."""
        return substitute(formula, self.steps.number)

    def found(self, leaf: Formula) -> Inlines:
        """`from step 1.2`, for a value that was found before."""
        if not isinstance(leaf, Symbol | Partial):
            return ()
        number = self.shown.get(self.steps.ref(leaf))
        return words(f"from step {number}") if number and number != self.number else ()

    def ledger(
        self, head: str, refs: Iterable[Ref], result: Ref, *, symbols_of_paths: bool = True
    ) -> None:
        """A row for each factor or path, then the product or sum of them."""
        rows: list[Line] = []
        for ref in refs:
            before = self.shown.get(self.steps.same(ref))
            if before and before != self.number and not self.network.symbolic:
                reason = words(f"from step {before}")
                rows.append(Line(self.steps.leaf(ref), value=self.value(ref), because=reason))
            else:
                row = self.line(ref)
                bare = isinstance(ref, Gradient) and ref.via is not None and not symbols_of_paths
                if bare and row.numbers:
                    row = replace(row, symbols=None, because=row.because or self._from_steps(ref))
                rows.append(row)
        last = self.line(result)
        if not self.network.symbolic:
            kind = "the product" if isinstance(last.symbols, Product) else "the sum"
            rows.append(replace(last, symbols=None, because=words(kind)))
        self.add(Ledger(head, tuple(rows)))

    def _from_steps(self, ref: Ref) -> Inlines:
        """`from steps 3.1 and 3.4`, where the factors of a path were found before."""
        formula = self.steps.formula(ref)
        before = [self.shown.get(self.steps.ref(leaf), "") for leaf in leaves(formula or Number(0))]
        numbers = [n for n in dict.fromkeys(before) if n and n != self.number]
        return words(f"step{'s' * (len(numbers) > 1)} {listed(numbers)}") if numbers else ()


def elements(shape: Shape, name: str, sample: int | None) -> list[Element]:
    """All elements of a quantity."""
    return [Element(name, index, sample) for index in indices(shape)]


def _about(ref: Ref) -> Element | None:
    match ref:
        case Element():
            return ref
        case After() | Stage():
            return ref.of
        case Gradient():
            return ref.by
        case _:
            return None


def _as_number(formula: Formula) -> Number:
    return Number(evaluate(formula, lambda _: 0), text(formula))
