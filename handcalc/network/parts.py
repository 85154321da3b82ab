"""Numbers that people write down on the way: their formulas, their keys, and back from the keys.

h1_exp is e^(-h1_in) of a sigmoid, o_exp_sum the sum of the exponentials of a softmax; o1_error an output
minus its target, E_o1 its share of the loss; eta_dE_dw5 η·∂E/∂w5; conv1_mean and conv1_sum those of an array.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

from handcalc.fields import Shape
from handcalc.formula import Formula, Number, Symbol, summed
from handcalc.formula.text import text
from handcalc.losses._loss import Loss
from handcalc.network.differences import Differences
from handcalc.network.graph import RATE, Node, Quantity
from handcalc.network.refs import Element, Gradient, Part, Word
from handcalc.network.spellings import letters
from handcalc.operations._along import Along
from handcalc.operations._tensor import Index, Tensor, indices

if TYPE_CHECKING:
    from handcalc.network.formulas import Formulas


DIFFERENCES: tuple[Word, ...] = ("moved", "moved_back", "difference")
"""What is written down for the finite difference of an element."""


class Parts:
    """The numbers on the way of one network."""

    def __init__(self, formulas: "Formulas") -> None:
        self.formulas, self.network, self.notation = formulas, formulas.network, formulas.notation
        self.differences = Differences(formulas)

    # --- from a part to its formula and its key ---------------------------------------------------

    def formula(self, part: Part) -> Formula:
        """How it follows from earlier steps."""
        element, formulas = part.of, self.formulas
        match part.word:
            case "exp" | "exp_sum":
                node = self.network.producer(element.quantity)
                tensors = formulas.inputs_of(node, element.sample)
                return node.operation.parts(formulas.place(node, element), *tensors)[part.word]
            case "error" | "share":
                loss, y, t = self._held_against(element)
                at = element.index
                return (
                    loss.difference(y[at], t[at]) if part.word == "error" else loss.share(at, y, t)
                )
            case "step":
                return formulas.leaf(Element(RATE)) * formulas.leaf(Gradient(element))
            case "mean" | "sum":
                return self._of_array(part)
            case "moved" | "moved_back" | "difference":
                return self.differences.of(part)

    def symbol(self, part: Part) -> Symbol:
        """What stands for it in tables; on its own line its formula does."""
        quantity, index = self._quantity(part.of), part.of.index
        key = self._key(part.word, quantity, index)
        sample = part.of.sample
        if part.word in DIFFERENCES:
            return self._named(part, key)
        if sample is None:
            return Symbol(key, key)
        number = self.network.sample_number(sample)
        return Symbol(key, f"{key}@{number}", sample=number)

    def _named(self, part: Part, key: str) -> Symbol:
        """f(x + h), or Δf/Δx of the difference over the step."""
        f, x = self.notation.loss_letter, self.notation.symbol(replace(part.of, sample=None))
        sample = part.of.sample
        at = None if sample is None else self.network.sample_number(sample)
        own = "" if at is None else f"@{at}"
        if part.word == "difference":
            name = f"Δ{f}/Δ{text(x)}"
            return Symbol(f"Δ{f}/Δ{x.base}", key + own, x.sub, x.sup, at, name=name)
        base = f"{f}({text(x)} {'-' if part.word == 'moved_back' else '+'} h)"
        return Symbol(base, key + own, sample=at, name=base)

    def _of_array(self, part: Part) -> Formula:
        element, shape = part.of, self._quantity(part.of).shape
        tensor, n = self.formulas.tensor(element.quantity, element.sample), prod(shape)
        whole = summed(n, lambda i: tensor[_at(i, shape)])
        return Number(Fraction(1, n), f"1/{n}") * whole if part.word == "mean" else whole

    def _held_against(self, element: Element) -> tuple[Loss, Tensor, Tensor]:
        """The loss of an output, the output, and its targets."""
        node = self._loss_of(element.quantity)
        assert node is not None
        loss = node.operation
        assert isinstance(loss, Loss)
        y, t = (self.formulas.tensor(name, element.sample) for name in node.inputs)
        return loss, y, t

    def _loss_of(self, name: str) -> Node | None:
        nodes = (node for node, slot in self.network.consumers(name) if slot == 0)
        return next((node for node in nodes if isinstance(node.operation, Loss)), None)

    def _quantity(self, element: Element) -> Quantity:
        return self.network.quantities[element.quantity]

    def _key(self, word: Word, quantity: Quantity, index: Index) -> str:
        notation = self.notation
        match word:
            case "exp" | "error":
                return notation.element_key(_seen_as(quantity, word), index)
            case "exp_sum":
                at = self._summed_along(quantity)
                row = ",".join(str(i + 1) for i in (*index[:at], *index[at + 1 :]))
                place = f"[{row}]" if row else ""
                return f"{notation.whole(_seen_as(quantity, 'exp'))}_sum{place}"
            case "share":
                own = notation.element_key(quantity, index)
                return f"{notation.loss}_{own.removesuffix('_' + notation.word(quantity))}"
            case "step":
                rate = self.network.quantities[RATE].label.stem
                return f"{rate}_d{notation.loss}_d{notation.element_key(quantity, index)}"
            case "mean" | "sum":
                return f"{notation.whole(quantity)}_{word}"
            case "moved" | "moved_back" | "difference":
                return self._around(word, notation.element_key(quantity, index))

    def whole_key(self, word: Word, quantity: Quantity) -> str:
        """The key of the finite differences of all elements of a quantity: difference_W, L_W_plus_h."""
        return self._around(word, self.notation.whole(quantity))

    def _around(self, word: Word, moved: str) -> str:
        """The key of what a finite difference needs, from that of what is moved."""
        sign = "plus" if word == "moved" else "minus"
        return (
            f"difference_{moved}"
            if word == "difference"
            else f"{self.notation.loss}_{moved}_{sign}_h"
        )

    # --- and back ---------------------------------------------------------------------------------

    def find(self, name: str, sample: int | None) -> Iterator[Part]:
        """The parts behind a key."""
        numbers = [int(n) for n in re.findall(r"[0-9]{1,9}", name)]
        for word, quantity in self._by_letters.get(letters(name), ()):
            if word in DIFFERENCES and quantity.shape and name == self.whole_key(word, quantity):
                for index in indices(quantity.shape):
                    yield from self._in_samples(word, Element(quantity.name, index), sample)
                return
            for index in self._meant(word, quantity, numbers):
                if self._key(word, quantity, index) == name:
                    yield from self._in_samples(word, Element(quantity.name, index), sample)
                    return

    def shape(self, name: str) -> Shape | None:
        """The shape of the quantity whose finite differences a key names as a whole."""
        for word, quantity in self._by_letters.get(letters(name), ()):
            if word in DIFFERENCES and name == self.whole_key(word, quantity):
                return quantity.shape
        return None

    @property
    def words(self) -> Collection[str]:
        """The letters of all keys."""
        return self._by_letters

    @cached_property
    def _by_letters(self) -> dict[str, list[tuple[Word, Quantity]]]:
        """What has the letters of a key; the rest need not be looked at."""
        met: dict[str, list[tuple[Word, Quantity]]] = {}
        for quantity in self.network.quantities.values():
            for word in self.words_of(quantity):
                key = self._key(word, quantity, tuple(0 for _ in quantity.shape))
                met.setdefault(letters(key), []).append((word, quantity))
        return met

    def known(self, most: int) -> Iterator[str]:
        """Keys for completion and did-you-mean, at most so many of each kind."""
        for quantity in self.network.quantities.values():
            for word in self.words_of(quantity):
                shape = quantity.shape
                if word in ("mean", "sum"):
                    shape = tuple(1 for _ in shape)
                elif word == "exp_sum":
                    at = self._summed_along(quantity)
                    shape = (*shape[:at], 1, *shape[at + 1 :])
                for index in islice(indices(shape), most):
                    yield self._key(word, quantity, index)

    def words_of(self, quantity: Quantity) -> Iterator[Word]:
        """What is written down on the way to, or from, a quantity."""
        if quantity.kind == "made" and quantity.layer:
            yield from self.network.producer(quantity.name).operation.part_words
            held = self._loss_of(quantity.name)
            if held is not None and isinstance(held.operation, Loss):
                yield from held.operation.written
        if quantity.kind in ("made", "input", "learned") and prod(quantity.shape) > 1:
            yield from ("mean", "sum")
        if quantity.name in self.network.learned_names:
            yield "step"
        if quantity.name in self._moved_names:
            yield from ("moved", "moved_back") if self.network.central else ("moved",)
            yield "difference"

    @cached_property
    def _moved_names(self) -> frozenset[str]:
        """The quantities of which each number is moved for a finite difference."""
        asked = self.differences.are_asked
        return frozenset(q.name for q in self.network.moved) if asked else frozenset()

    def _meant(self, word: Word, quantity: Quantity, numbers: list[int]) -> Iterator[Index]:
        """The few elements that the numbers in a key can mean."""
        rank = len(quantity.shape)
        if word in ("mean", "sum"):
            yield (0,) * rank
        elif word == "exp_sum":
            row = tuple(n - 1 for n in numbers[len(numbers) - rank + 1 :]) if rank > 1 else ()
            at = self._summed_along(quantity)
            others = (*quantity.shape[:at], *quantity.shape[at + 1 :])
            if len(row) == len(others) and all(
                0 <= i < n for i, n in zip(row, others, strict=True)
            ):
                yield (*row[:at], 0, *row[at:])
        else:
            yield from self.formulas.keys.candidates(quantity, numbers)

    def _summed_along(self, quantity: Quantity) -> int:
        """The axis along which the exponentials of a softmax are added up."""
        operation = self.network.producer(quantity.name).operation
        assert isinstance(operation, Along)
        return operation.numpy_axis(len(quantity.shape) + 1) - 1

    def _in_samples(self, word: Word, element: Element, sample: int | None) -> Iterator[Part]:
        own = self.network.per_sample(element.quantity) and self.network.samples > 1
        every = (
            range(self.network.samples) if own and sample is None else (sample if own else None,)
        )
        yield from (Part(word, replace(element, sample=s)) for s in every)


def _seen_as(quantity: Quantity, word: str) -> Quantity:
    """The quantity as if it were another one of its layer."""
    return replace(quantity, label=replace(quantity.label, word=word))


def _at(place: int, shape: tuple[int, ...]) -> Index:
    """The index at a place in reading order."""
    index = []
    for size in reversed(shape):
        place, i = divmod(place, size)
        index.append(i)
    return tuple(reversed(index))
