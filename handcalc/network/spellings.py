"""Other spellings of keys: as pages write them, `∂E/∂k₁₁`, or without their signs, `k11`, `dEdw5`.

A spelling counts only where it can mean one thing: first what a page writes, then keys and the page's
symbols without brackets, commas and underscores.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING

from handcalc.formula.text import text
from handcalc.network.graph import Quantity
from handcalc.network.refs import Element, Ref
from handcalc.operations._tensor import Index

if TYPE_CHECKING:
    from handcalc.network.keys import Keys, Place, Places

_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾₀₁₂₃₄₅₆₇₈₉", "0123456789()0123456789")
_SLOPE = re.compile(r"[∂d] ?([^/]+?) ?/ ?[∂d] ?([^/]+)")
_OF_SAMPLE = re.compile(r"(.+)⁽([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,6})⁾([₀-₉,]*)")
MOST_CANDIDATES = 200
LONGEST = 80


def letters(name: str) -> str:
    """The letters of a key or a symbol, which all elements of a quantity have in common."""
    return re.sub(r"[\W\d_]+", "", plain(name))


def plain(name: str) -> str:
    """With raised and lowered digits on the line: w⁽¹⁾₂₁ is w(1)21."""
    return name.translate(_PLAIN)


def bare(name: str) -> str:
    """Letters and digits alone: W1[2,1] is W121."""
    return re.sub(r"[^\w]|_", "", plain(name))


class Spellings:
    """Finds the steps behind what is no key as it stands."""

    def __init__(self, keys: "Keys") -> None:
        self.keys, self.notation = keys, keys.notation
        self.places: list[Places] = [partial(self._places, form) for form in (plain, bare)]

    def each(self, key: str) -> Iterator[Ref]:
        """The steps behind a spelling, none where it can mean several things."""
        if len(key) > LONGEST:
            return
        canonical = list(self._as_keys(key.strip()))
        for places in self.places:
            for other in canonical:
                first = None
                for first in self.keys.refs(other, places):
                    yield first
                if first is not None:
                    return

    def _as_keys(self, key: str) -> Iterator[str]:
        """The page's forms as those of keys: ∂E/∂k₁₁ as dE_dk₁₁, Δw5 as Delta_w5, kⁿᵉʷ₁₁ as k₁₁_new."""
        slope = _SLOPE.fullmatch(key)
        names = list(slope.groups()) if slope else [key]
        for parts in product(*map(self._samples_apart, names)):
            samples = {sample for _, sample in parts if sample}
            if len(samples) > 1:
                continue
            words = [self._changed(name) for name, _ in parts]
            at = f"@{samples.pop()}" if samples else ""
            yield (f"d{words[0]}_d{words[1]}" if slope else words[0]) + at
        loss = re.escape(self.keys.loss)
        without = re.fullmatch(rf"d{loss}d([^_].*)", key)
        if without:
            yield f"d{self.keys.loss}_d{without[1]}"

    def _samples_apart(self, name: str) -> Iterator[tuple[str, str]]:
        """A name and its sample: h1_in⁽²⁾ and x⁽²⁾₁₁ are of the second one; w⁽²⁾₁₁ is of the second layer."""
        head, at, number = name.partition("@")
        if not at or re.fullmatch("[0-9]{1,6}", number, re.ASCII):
            yield head, number
        raised = _OF_SAMPLE.fullmatch(name)
        if raised and self.keys.network.samples > 1 and not at:
            yield raised[1] + raised[3], plain(raised[2])

    def _changed(self, name: str) -> str:
        if name.startswith("Δ"):
            return f"Delta_{name[1:]}"
        if "ⁿᵉʷ" in name:
            return name.replace("ⁿᵉʷ", "") + "_new"
        return re.sub(r"(?<=[0-9₀-₉\]])new$", "_new", name)

    def _places(self, form: Callable[[str], str], name: str) -> "Iterable[Place]":
        """The one quantity or element of which a name is a spelling."""
        wanted, met = form(name), dict["Place", None]()
        for quantity in self.keys.like(name):
            whole = self.notation.whole(quantity)
            own = [whole.removeprefix(f"{quantity.layer}_")] if quantity.label.own else []
            if wanted in map(form, (whole, *own)):
                met[quantity, None] = None
                continue
            for index in self._candidates(quantity, plain(name)):
                symbol = self.notation.symbol(Element(quantity.name, index))
                key = self.notation.element_key(quantity, index)
                own = [key.removeprefix(f"{quantity.layer}_")] if quantity.label.own else []
                if wanted in map(form, (key, text(symbol), *own)):
                    met[quantity, index] = None
        return met if len(met) == 1 else ()

    def _candidates(self, quantity: Quantity, name: str) -> Iterator[Index]:
        """The indices that the digits of a name can mean: 11 is 11, or 1 and 1."""
        runs = re.findall(r"[0-9]+", name)
        if prod(quantity.shape) == 1 or self.notation.numbered(quantity):
            yield from self.keys.candidates(quantity, [int(run[:9]) for run in runs])
            return
        for numbers in islice(_splits(runs, len(quantity.shape)), MOST_CANDIDATES):
            if all(1 <= n <= size for n, size in zip(numbers, quantity.shape, strict=True)):
                yield tuple(n - 1 for n in numbers)


def _splits(runs: list[str], count: int) -> Iterator[tuple[int, ...]]:
    """The ways to take so many numbers from the end of some runs of digits."""
    if count == 0:
        yield ()
    elif runs:
        *before, last = runs
        for at in range(len(last)):
            if last[at] != "0" and len(last) - at < 7:
                rest = [*before, last[:at]] if at else before
                for numbers in _splits(rest, count - 1):
                    yield (*numbers, int(last[at:]))
