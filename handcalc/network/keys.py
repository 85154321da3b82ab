"""Answer keys: from what is typed (dE_dw5, conv1[2,3]@2, h_in) back to the steps that are meant."""

import re
from collections.abc import Iterator
from math import prod
from string import digits
from typing import TYPE_CHECKING

from handcalc.errors import UsageError, did_you_mean, nearest
from handcalc.formula import Symbol
from handcalc.network.graph import LOSS, RATE, Quantity
from handcalc.network.notation import marked
from handcalc.network.refs import After, Change, Element, Gradient, Local, Ref
from handcalc.operations._tensor import Index, indices

if TYPE_CHECKING:
    from handcalc.network.formulas import Formulas

MOST_LISTED = 10_000_000
"""Elements of a quantity up to which some of its keys are listed."""


class Keys:
    """Finds steps by their keys, without listing all keys of a large network."""

    def __init__(self, formulas: "Formulas") -> None:
        self.formulas, self.notation = formulas, formulas.notation
        self.network, self.loss = formulas.network, formulas.notation.loss

    def find(self, key: str) -> list[Ref]:
        """The steps behind a key: one, or one an element where the key names a whole quantity."""
        found = list(self._find(key.strip()))
        if not found:
            raise UsageError(f"there is no answer '{key[:60]}'{self._missing(key)}")
        return found

    def clashes(self) -> Iterator[tuple[str, list[Quantity]]]:
        """Each key that would mean a whole quantity and another one, or an element of it."""
        wholes: dict[str, list[Quantity]] = {}
        by_stem: dict[str, list[Quantity]] = {}
        for quantity in self.network.quantities.values():
            wholes.setdefault(self.notation.whole(quantity), []).append(quantity)
            first = self.notation.element_key(quantity, tuple(0 for _ in quantity.shape))
            by_stem.setdefault(first.rstrip(digits), []).append(quantity)
        for key, owners in wholes.items():
            counted = by_stem.get(key.rstrip(digits), []) if key[-1] in digits else []
            others = (q for q in counted if q not in owners)
            named = [q for q in others if next(self._indices(q, key), None) is not None]
            if len(owners) + len(named) > 1:
                yield key, [*owners, *named]

    def _missing(self, key: str) -> str:
        """Why there is no such answer: something is missing in the file, or it is misspelt."""
        if re.match(r"d[A-Z]_d", key) and LOSS not in self.network.quantities:
            return "; gradients need a loss in the file"
        if re.search(r"_new\b|^Delta_", key) and RATE not in self.network.quantities:
            return "; new values need an optimizer and a loss in the file"
        known = self.known(400)
        near = nearest(key, [*known, *self.formulas.parts.known(400)])
        return f"; did you mean '{near}'?" if near else did_you_mean(key, known)

    def _find(self, key: str) -> Iterator[Ref]:
        name, at, number = key.partition("@")
        sample = int(number) - 1 if number.isdigit() and len(number) < 7 else None
        if at and (sample is None or not 0 <= sample < self.network.samples):
            return
        gradient = re.fullmatch(rf"d{self.loss}_d(.+?)(?:_via_(.+))?", name)
        local = re.fullmatch(r"d(.+?)_d(.+)", name)
        changed = re.fullmatch(r"Delta_(.+)", name)
        after = re.fullmatch(r"(.+?)_new(\[[0-9,]+\])?", name)
        if LOSS in self.network.quantities and gradient:
            for element in self._elements(gradient[1], sample):
                vias: list[Element | None] = [None]
                if gradient[2]:
                    vias = list(self._elements(gradient[2], sample))
                yield from (Gradient(element, via) for via in vias if self._has_gradient(element))
        elif local:
            for of in self._elements(local[1], sample):
                for by in self._elements(local[2], sample):
                    if self._is_direct(of, by):
                        yield Local(of, by)
        elif RATE in self.network.quantities and changed:
            yield from (Change(e) for e in self._elements(changed[1], sample) if self._learned(e))
        elif RATE in self.network.quantities and after:
            for element in self._elements(after[1] + (after[2] or ""), sample):
                kind = self.network.quantities[element.quantity].kind
                if self._learned(element) or kind in ("made", "loss"):
                    yield After(element)
        else:
            named = list(self._elements(name, sample))
            yield from named or self.formulas.parts.find(name, sample)

    def _elements(self, name: str, sample: int | None) -> Iterator[Element]:
        for quantity in self.network.quantities.values():
            if not self._is_answer(quantity):
                continue
            for index in self._indices(quantity, name):
                own = self.network.per_sample(quantity.name) and self.network.samples > 1
                if own and quantity.kind != "loss" and sample is None:
                    yield from (
                        Element(quantity.name, index, s) for s in range(self.network.samples)
                    )
                elif not own:
                    several = quantity.kind == "learned" and self.network.samples > 1
                    shared_at = sample if several else None
                    yield Element(quantity.name, index, shared_at)
                else:
                    yield Element(quantity.name, index, sample)

    def _indices(self, quantity: Quantity, name: str) -> Iterator[Index]:
        """The indices of the elements of a quantity that a name means, without listing them all."""
        if name == self.notation.whole(quantity):
            yield from indices(quantity.shape)
            return
        numbers = [int(n) for n in re.findall(r"[0-9]{1,9}", name)]
        for index in self.candidates(quantity, numbers):
            if self.notation.element_key(quantity, index) == name:
                yield index
                return

    def candidates(self, quantity: Quantity, numbers: list[int]) -> Iterator[Index]:
        """The few indices that the numbers in a name can mean."""
        rank = len(quantity.shape)
        if rank == 0:
            yield ()
            return
        if self.notation.numbered(quantity):
            at = numbers[-1] - self.notation.first(quantity) if numbers else -1
            if 0 <= at < prod(quantity.shape):
                yield self._unordered(quantity, at)
            return
        index = tuple(n - 1 for n in numbers[-rank:])
        if len(index) == rank and all(
            0 <= i < n for i, n in zip(index, quantity.shape, strict=True)
        ):
            yield index

    def _unordered(self, quantity: Quantity, at: int) -> Index:
        if len(quantity.shape) < 2:
            return (at,)
        by_rows = self.notation.by_rows
        rows, columns = quantity.shape
        return divmod(at, columns) if by_rows else divmod(at, rows)[::-1]

    def _is_answer(self, quantity: Quantity) -> bool:
        """Where the gradient of the output is given, E itself is not known."""
        return quantity.kind != "slope" and (quantity.kind != "loss" or bool(self.network.aims))

    def _is_grid(self, quantity: Quantity) -> bool:
        """Is it looked at as a whole? Weights of neurons and targets are not."""
        return quantity.kind != "target" and quantity.label.word != "weights"

    def _has_gradient(self, element: Element) -> bool:
        return self.network.quantities[element.quantity].kind in ("input", "learned", "made")

    def _learned(self, element: Element) -> bool:
        return element.quantity in self.network.learned_names

    def _is_direct(self, of: Element, by: Element) -> bool:
        """Is one element made directly from the other, so that it has a slope by it?"""
        return any(
            self.formulas.goes_into(node, slot, by, of)
            for node, slot in self.network.consumers(by.quantity)
            if node.output == of.quantity
        )

    def known(self, most: int) -> list[str]:
        """Answer keys for completion and did-you-mean, at most so many of each kind."""
        found: list[str] = []
        for quantity in filter(self._is_answer, self.network.quantities.values()):
            if prod(quantity.shape) > MOST_LISTED:
                continue
            if len(quantity.shape) > 1 and self._is_grid(quantity):
                whole = self.notation.whole(quantity)
                found += [whole] if quantity.kind == "made" else []
                if LOSS in self.network.quantities and self._has_gradient(Element(quantity.name)):
                    found.append(f"d{self.loss}_d{whole}")
            for count, index in enumerate(indices(quantity.shape)):
                if count >= most:
                    break
                key = self.notation.element_key(quantity, index)
                if quantity.kind in ("made", "loss"):
                    found.append(key)
                if LOSS in self.network.quantities and self._has_gradient(Element(quantity.name)):
                    found.append(f"d{self.loss}_d{key}")
                if quantity.name in self.network.learned_names or (
                    RATE in self.network.quantities and quantity.kind == "loss"
                ):
                    found.append(marked(Symbol("", key), "new").key)
        return found
