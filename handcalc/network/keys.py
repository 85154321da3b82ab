"""Answer keys: from what is typed (dE_dw5, conv1[2,3]@2, h_in) back to the steps that are meant."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from math import prod
from string import digits
from typing import TYPE_CHECKING, TypeAlias

from handcalc.errors import UsageError, did_you_mean, nearest
from handcalc.fields import Shape
from handcalc.formula import Symbol, leaves
from handcalc.formula.text import text
from handcalc.network.graph import LOSS, RATE, Quantity
from handcalc.network.notation import marked
from handcalc.network.refs import After, Element, Gradient, Local, Ref, Stage
from handcalc.network.spellings import Spellings, letters
from handcalc.operations._tensor import Index, indices

if TYPE_CHECKING:
    from handcalc.network.formulas import Formulas

Place: TypeAlias = tuple[Quantity, Index | None]
"""A quantity and the index of one of its elements, or None for all of them."""
Places: TypeAlias = Callable[[str], Iterable[Place]]
LONGEST = 200
"""Characters of a key."""
MOST_LISTED = 10_000_000
"""Elements of a quantity up to which some of its keys are listed."""


class Keys:
    """Finds steps by their keys, without listing all keys of a large network."""

    def __init__(self, formulas: "Formulas") -> None:
        self.formulas, self.notation = formulas, formulas.notation
        self.network, self.loss = formulas.network, formulas.notation.loss

    def find(self, key: str) -> list[Ref]:
        """The steps behind a key: one, or one an element where the key names a whole quantity."""
        found = list(self.spelled(key))
        if not found:
            raise UsageError(f"there is no answer '{key[:60]}'{self._missing(key)}")
        return found

    def each(self, key: str) -> Iterator[Ref]:
        """The same one after the other, none where there is no such answer."""
        yield from self.refs(key.strip(), self.places)

    def spelled(self, key: str) -> Iterator[Ref]:
        """The same for a key, or else for another spelling that can mean only one thing."""
        if not self._form.fullmatch(letters(key)):
            return
        first = None
        for first in self.each(key):
            yield first
        if first is None:
            yield from self._spellings.each(key)

    def shape(self, key: str) -> Shape | None:
        """The shape of the quantity that a key names as a whole, without listing its elements."""
        name = key.strip().partition("@")[0]
        gradient = re.fullmatch(rf"d{self.loss}_d(.+)", name)
        after = re.fullmatch(r"(.+?)_new", name)
        inner = gradient[1] if gradient else after[1] if after else name
        ways: list[Places] = [self.places, *self._spellings.places]
        for quantity, index in (place for places in ways for place in places(inner)):
            if index is None:
                return quantity.shape
        return self.formulas.parts.shape(name)

    @cached_property
    def _form(self) -> re.Pattern[str]:
        """The letters that a key can have, so that what is none is told at once."""
        words = {self.loss, *self._by_letters, *self.formulas.parts.words}
        any_ = f"(?:{'|'.join(map(re.escape, sorted(words)))})"
        slope = f"d?{any_}d?{any_}(?:via{any_})?"
        rows = "|".join(["Δ", *(letters(word) for word in self._stages)])
        return re.compile(f"{any_}(?:new|ⁿᵉʷ)?|{slope}|(?:{rows}){any_}(?:old)?|gradientnorm")

    @cached_property
    def _stages(self) -> list[str]:
        """The rows of the optimizer before the new value, the longest words first."""
        there = RATE in self.network.quantities
        words = {*self.formulas.optimizer.words, "Delta"} if there else set()
        return sorted(words, key=len, reverse=True)

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings(self)

    def clashes(self) -> Iterator[tuple[str, list[Quantity]]]:
        """Each key that would mean a whole quantity and another one, or an element of it."""
        clear = True
        wholes: dict[str, list[Quantity]] = {}
        by_stem: dict[str, list[Quantity]] = {}
        for quantity in self.network.quantities.values():
            wholes.setdefault(self.notation.whole(quantity), []).append(quantity)
            first = self.notation.element_key(quantity, tuple(0 for _ in quantity.shape))
            by_stem.setdefault(first.rstrip(digits), []).append(quantity)
        for key, owners in wholes.items():
            counted = by_stem.get(key.rstrip(digits), []) if key[-1] in digits else []
            others = (q for q in counted if q not in owners)
            named = [q for q in others if self._index(q, key) is not None]
            if len(owners) + len(named) > 1:
                clear = False
                yield key, [*owners, *named]
        # Symbols of their own are what rows of the optimizer are made of.
        if clear:
            yield from self._clashes_of_updates()

    def _clashes_of_updates(self) -> Iterator[tuple[str, list[Quantity]]]:
        """Each key of a row of the optimizer that is another one's too: m_new, of weights m and new."""
        if RATE not in self.network.quantities or not self.network.problem.learned:
            return
        owners: dict[str, list[Quantity]] = {}
        words = self.formulas.optimizer.words
        for quantity in self.network.quantities.values():
            first = Element(quantity.name, tuple(0 for _ in quantity.shape))
            refs: list[Ref] = [first]
            if quantity.kind == "learned":
                refs += [After(first), *(Stage(first, word) for word in words)]
            for key in dict.fromkeys(map(self.formulas.key, refs)):
                owners.setdefault(key, []).append(quantity)
        yield from ((key, several) for key, several in owners.items() if len(several) > 1)

    def _missing(self, key: str) -> str:
        """Why there is no such answer: something is missing in the file, or it is misspelt."""
        if re.match(r"d[A-Z]_d", key) and LOSS not in self.network.quantities:
            return "; gradients need a loss in the file"
        if re.search(r"_new\b|^Delta_", key) and RATE not in self.network.quantities:
            return "; new values need an optimizer and a loss in the file"
        known = self.known(400)
        near = nearest(key, [*known, *self.formulas.parts.known(400)])
        return f"; did you mean '{near}'?" if near else did_you_mean(key, known)

    def refs(self, key: str, places: Places) -> Iterator[Ref]:
        """The steps behind a key, with `places` to find what is named in it."""
        name, at, number = key.partition("@")
        counted = int(number) if re.fullmatch(r"[0-9]{1,6}", number, re.ASCII) else 0
        sample = self.network.sample_of(counted)
        if not name or len(key) > LONGEST or (at and sample is None):
            return
        for kind in (self._gradients, self._locals, self._updates, self._values):
            first = None
            for first in kind(name, sample, places):
                yield first
            if first is not None:
                return

    def _gradients(self, name: str, sample: int | None, places: Places) -> Iterator[Ref]:
        gradient = re.fullmatch(rf"d{self.loss}_d(.+?)(?:_via_(.+))?", name)
        if LOSS not in self.network.quantities or not gradient:
            return
        for element in self._elements(places(gradient[1]), sample):
            if not self._has_gradient(element):
                continue
            if self._of_no_sample(element, sample) and gradient[2] is None:
                continue
            if gradient[2] is None:
                yield Gradient(element)
                continue
            paths = set(self.formulas.paths(element))
            vias = self._elements(places(gradient[2]), sample)
            yield from (Gradient(element, via) for via in vias if via in paths)

    def _of_no_sample(self, element: Element, sample: int | None) -> bool:
        """Is one sample asked for where all of them have one loss, and one gradient by what they share?"""
        shared = self.network.mixes and not self.network.per_sample(element.quantity)
        return shared and sample is not None

    def _locals(self, name: str, sample: int | None, places: Places) -> Iterator[Ref]:
        """∂of/∂by; "_d" can stand inside of a name too, as in dl1_depthwise_dx."""
        for seam in re.finditer("_d", name) if name[0] == "d" else ():
            for of in places(name[1 : seam.start()]):
                for by in places(name[seam.end() :]):
                    yield from self._slopes(of, by, sample)

    def _updates(self, name: str, sample: int | None, places: Places) -> Iterator[Ref]:
        if RATE not in self.network.quantities:
            return
        if name == "gradient_norm" and self.formulas.optimizer.clip_norm is not None:
            yield Stage(Element(LOSS), "norm")
            return
        stage = re.fullmatch(rf"({'|'.join(self._stages)})_(.+?)(_old)?(\[[0-9,]+\])?", name)
        if stage and (not stage[3] or stage[1] in self.formulas.optimizer.state):
            for element in self._elements(places(stage[2] + (stage[4] or "")), sample):
                if self._learned(element):
                    yield Stage(element, stage[1], old=bool(stage[3]))
            return
        after = re.fullmatch(r"(.+?)_new(\[[0-9,]+\])?", name)
        if after:
            for element in self._elements(places(after[1] + (after[2] or "")), sample):
                kind = self.network.quantities[element.quantity].kind
                if self._learned(element) or kind in ("made", "loss"):
                    yield After(element)

    def _values(self, name: str, sample: int | None, places: Places) -> Iterator[Ref]:
        first = None
        for first in self._elements(places(name), sample):
            yield first
        if first is None:
            yield from self.formulas.parts.find(name, sample)

    def _elements(self, places: Iterable[Place], sample: int | None) -> Iterator[Element]:
        for quantity, at in places:
            for index in indices(quantity.shape) if at is None else (at,):
                for own in self._samples(quantity, sample):
                    yield Element(quantity.name, index, own)

    def _samples(self, quantity: Quantity, sample: int | None) -> Iterable[int | None]:
        """The samples that are meant: of what each has for itself all of them, unless one is named."""
        samples = self.network.samples
        if self.network.mixes and quantity.label.word == "loss":
            # One key for the loss of the batch, E, and for that of each sample, E@2.
            return (sample,) if quantity.of_batch == (sample is None) else ()
        own = self.network.per_sample(quantity.name) and samples > 1
        if own and quantity.kind != "loss" and sample is None:
            return range(samples)
        several = quantity.kind == "learned" and samples > 1
        return (sample if own or several else None,)

    def _slopes(self, of: Place, by: Place, sample: int | None) -> Iterator[Local]:
        """∂of/∂by for the elements that are made directly from each other."""
        nodes = [
            (node, slot)
            for node, slot in self.network.consumers(by[0].name)
            if node.output == of[0].name
        ]
        if not nodes:
            return
        if by[1] is None:
            for element in self._elements([of], sample):
                yield from (Local(element, other) for other in self._within(element, by[0], sample))
            return
        met: set[Local] = set()
        for other in self._elements([by], sample):
            for own in self._samples(of[0], sample):
                probe = (
                    other if self.network.per_sample(other.quantity) else replace(other, sample=own)
                )
                for node, slot in nodes:
                    for element in self.formulas.reached(node, slot, probe):
                        if element.sample == own and of[1] in (None, element.index):
                            met.add(Local(element, other))
        yield from sorted(met, key=lambda slope: (slope.of.index, slope.of.sample or 0))

    def _within(self, element: Element, by: Quantity, sample: int | None) -> list[Element]:
        """The elements of a quantity that stand in the definition of an element."""
        formula, wanted = self.formulas.formula(element), list(self._samples(by, sample))
        met: dict[Element, None] = {}
        for leaf in leaves(formula) if formula is not None else ():
            ref = self.formulas.ref(leaf)
            if isinstance(ref, Element) and ref.quantity == by.name:
                own = ref if self.network.per_sample(by.name) else replace(ref, sample=wanted[0])
                if own.sample in wanted:
                    met[own] = None
        return sorted(met, key=lambda e: (e.index, e.sample or 0))

    def places(self, name: str) -> Iterator[Place]:
        """What a name means: a whole quantity, or one element of it, without listing them all."""
        for quantity in self.like(name):
            if name == self.notation.whole(quantity):
                yield quantity, None
            elif (index := self._index(quantity, name)) is not None:
                yield quantity, index

    def _index(self, quantity: Quantity, name: str) -> Index | None:
        """The index of the element of a quantity that has this key."""
        numbers = [int(n) for n in re.findall(r"[0-9]{1,9}", name)]
        for index in self.candidates(quantity, numbers):
            if self.notation.element_key(quantity, index) == name:
                return index
        return None

    def like(self, name: str) -> list[Quantity]:
        """The quantities whose keys have the letters of a name; the others need not be looked at."""
        return self._by_letters.get(letters(name), [])

    @cached_property
    def _by_letters(self) -> dict[str, list[Quantity]]:
        met: dict[str, list[Quantity]] = {}
        for quantity in filter(self._is_answer, self.network.quantities.values()):
            first = tuple(0 for _ in quantity.shape)
            key = self.notation.element_key(quantity, first)
            shown = text(self.notation.symbol(Element(quantity.name, first)))
            own = [key.removeprefix(f"{quantity.layer}_")] if quantity.label.own else []
            names = (key, shown, self.notation.whole(quantity), *own)
            for word in dict.fromkeys(map(letters, names)):
                met.setdefault(word, []).append(quantity)
        return met

    def candidates(self, quantity: Quantity, numbers: list[int]) -> Iterator[Index]:
        """The few indices that the numbers in a name can mean."""
        rank = len(quantity.shape)
        if prod(quantity.shape) == 1:
            # A single element goes without its place.
            yield (0,) * rank
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
        return quantity.kind != "slope" and (quantity.kind != "loss" or self.network.loss_is_known)

    def _is_grid(self, quantity: Quantity) -> bool:
        """Is it looked at as a whole? Weights of neurons and targets are not."""
        return quantity.kind != "target" and quantity.label.word != "weights"

    def _has_gradient(self, element: Element) -> bool:
        return self.network.quantities[element.quantity].kind in ("input", "learned", "made")

    def _learned(self, element: Element) -> bool:
        return element.quantity in self.network.learned_names

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
