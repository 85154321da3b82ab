"""A typed formula as what a network is made of: `W @ x + b` over named quantities, shapes checked.

Element by element as in numpy: one number, or one row, serves for all. Indices count from 1.
"""

from collections.abc import Mapping
from typing import assert_never

from handcalc.errors import times
from handcalc.formula import evaluate
from handcalc.formula.reader import wrong_count
from handcalc.formula.syntax import Part
from handcalc.formula.tokens import UnreadableFormulaError
from handcalc.operations._constants import LARGEST_POWER, constant
from handcalc.operations._handle import Handle, made
from handcalc.operations._named import named
from handcalc.operations._tensor import Shape
from handcalc.operations._words import ACTIVATIONS, OF_ROWS, OTHER_ROWS
from handcalc.operations.constant import Constant

MOST_NUMBERS = 10_000
"""Numbers of one value: beyond, nobody looks at a formula."""

MOST_FACTORS = 50
"""Factors of one product: its slope is a sum of as many products, each of almost as many factors."""
MOST_STOREYS = 60
"""How many operations stand inside of each other, brackets being none."""


class Meaning:
    """Each part of a formula as a handle; `names` holds what can be named."""

    def __init__(self, names: Mapping[str, Handle]) -> None:
        self.names = names

    def whole(self, part: Part) -> Handle:
        """The value of the formula; a single number or name is a value of its own too."""
        _bounded(part)
        found = self.of(part)
        return made("unchanged", found) if found.name else found

    def of(self, part: Part) -> Handle:
        number = constant(part)
        if number is not None:
            return number
        match part.kind:
            case "number" | "half" | "constant":
                raise AssertionError(part.kind)
            case "name":
                return self.name(part)
            case "sum":
                return self.sum(part)
            case "product":
                return self.product(part)
            case "quotient":
                return made("divide", *self.alike(part, *self.all(part)))
            case "power":
                return self.power(part)
            case "negative":
                return made("negative", self.of(part.parts[0]))
            case "matmul":
                return self.matmul(part)
            case "transpose":
                return self.transposed(part)
            case "at":
                return self.at(part, self.of(part.parts[0]), map(int, part.text.split(",")))
            case "call":
                return self.called(part)
            case "cases":
                return self.cases(part)
            case "relation":
                raise UnreadableFormulaError("compares here; write where(x > 0, a, b)", part.place)
            case _:
                assert_never(part.kind)

    def all(self, part: Part) -> list[Handle]:
        return [self.of(inner) for inner in part.parts]

    def name(self, part: Part) -> Handle:
        meant = named(part.text, self.names)
        assert meant is not None
        found = self.names[meant.base]
        return self.at(part, found, meant.index) if meant.index else found

    def at(self, part: Part, of: Handle, index: "object") -> Handle:
        """One element, or a row of a matrix; x12 of a matrix is its element in row 1 and column 2."""
        places: list[int] = list(index)  # type: ignore[call-overload]
        digits = "".join(map(str, places))
        if len(places) == 1 and len(of.shape) > 1 and "[" not in part.text and part.kind == "name":
            places = [int(digit) for digit in digits] if len(digits) == len(of.shape) else places
        for place in places:
            if not of.shape:
                said = f"takes element {place} of a single number; leave the index out"
                raise UnreadableFormulaError(said, part.place)
            if not 1 <= place <= of.shape[0]:
                said = f"takes element {place} of {of.shape[0]}; write one from 1 to {of.shape[0]}"
                raise UnreadableFormulaError(said, part.place)
            of = of[place - 1]
        return of

    def sum(self, part: Part) -> Handle:
        """One sum of all terms that have the same shape, however many; a - b alone is a difference."""
        terms = [self.of(part.parts[0])]
        minus = [False]
        for term in part.parts[1:]:
            negative = term.kind == "negative"
            other = self.of(term.parts[0]) if negative else self.of(term)
            if other.shape != terms[0].shape:
                found, other = self.alike(term, _summed(terms, minus), other)
                terms, minus = [found], [False]
            terms.append(other)
            minus.append(negative)
        return _summed(terms, minus)

    def product(self, part: Part) -> Handle:
        """Cell by cell; of two lists · could be their scalar product too, which is for the author to say."""
        factors = [self.of(part.parts[0])]
        for factor in part.parts[1:]:
            other = self.of(factor)
            if part.text == "·" and len(factors[0].shape) == len(other.shape) == 1:
                said = "multiplies two lists; write w @ x for their scalar product, or w * x cell by cell"
                raise UnreadableFormulaError(said, part.place)
            if other.shape != factors[0].shape:
                found, other = self.alike(factor, _multiplied(factors), other)
                factors = [found]
            factors.append(other)
            if len(factors) > MOST_FACTORS:
                said = f"multiplies more than {MOST_FACTORS} factors; write powers, or give parts names of their own"
                raise UnreadableFormulaError(said, factor.place)
        return _multiplied(factors)

    def alike(self, part: Part, *handles: Handle) -> list[Handle]:
        """Several values in the shape that they have together."""
        shapes = [h.shape for h in handles]
        shape = _together(shapes)
        if shape is None:
            sizes = " and ".join(dict.fromkeys(map(_sized, shapes)))
            said = f"puts {sizes} together; give them the same shape"
            raise UnreadableFormulaError(said, part.place)
        return [_spread(h, shape) for h in handles]

    def power(self, part: Part) -> Handle:
        base, exponent = self.of(part.parts[0]), self.of(part.parts[1])
        if isinstance(exponent.operation, Constant):
            size = abs(float(evaluate(exponent.operation.formula, lambda _: 0)))
            if size > LARGEST_POWER:
                said = f"has the exponent {size:g}; write one up to {LARGEST_POWER}"
                raise UnreadableFormulaError(said, part.parts[1].place)
        return made("power", *self.alike(part, base, exponent))

    def matmul(self, part: Part) -> Handle:
        a, b = self.all(part)
        if not 1 <= len(a.shape) <= 2 or not 1 <= len(b.shape) <= 2 or a.shape[-1] != b.shape[0]:
            said = f"multiplies {_sized(a.shape)} @ {_sized(b.shape)}"
            instead = "the last size on the left must be the first on the right"
            if not a.shape or not b.shape:
                instead = "write * for a single number"
            raise UnreadableFormulaError(f"{said}; {instead}", part.place)
        return a @ b

    def transposed(self, part: Part) -> Handle:
        found = self.of(part.parts[0])
        if not found.shape:
            said = "transposes a single number; leave .T out"
            raise UnreadableFormulaError(said, part.place)
        return found.T

    def called(self, part: Part) -> Handle:
        word, count = part.text, len(part.parts)
        if word == "where":
            return self.where(part)
        if word in ("max", "min") and count > 1:
            several = self.alike(part, *self.all(part))
            return made("maximum" if word == "max" else "minimum", *several)
        wanted = 2 if word == "dot" else 1
        if count != wanted:
            raise wrong_count(part, wanted)
        if word == "dot":
            return self.matmul(part)
        x = self.of(part.parts[0])
        if word in OF_ROWS and not x.shape:
            said = f"takes the {word} of a single number; write it of a list"
            raise UnreadableFormulaError(said, part.place)
        match word:
            case "sum" | "Σ":
                return made("sum", x)
            case "mean" | "norm":
                return made(word, x)
            case "prod":
                return made("product", x)
            case "max" | "min":
                return made("extreme", x, kind=word)
            case "abs" | "sign":
                return made("function", x, word=word)
            case _ if word in ACTIVATIONS:
                return made(ACTIVATIONS[word], x)
            case _:
                return made("function", x, word=OTHER_ROWS.get(word, word))

    def where(self, part: Part) -> Handle:
        if len(part.parts) != 3 or part.parts[0].kind != "relation":
            said = "has a where without a condition and two values; write where(x > 0, a, b)"
            raise UnreadableFormulaError(said, part.place)
        condition, value, otherwise = part.parts
        return self.chosen(condition, self.of(value), self.of(otherwise))

    def cases(self, part: Part) -> Handle:
        *cases, otherwise = part.parts
        found = self.of(otherwise)
        for place in range(len(cases) - 2, -1, -2):
            found = self.chosen(cases[place + 1], self.of(cases[place]), found)
        return found

    def chosen(self, condition: Part, value: Handle, otherwise: Handle) -> Handle:
        left, right = self.all(condition)
        terms = self.alike(condition, left, right, value, otherwise)
        return made("where", *terms, relation=condition.text)


def _bounded(whole: Part) -> None:
    """So deep as this a formula can be read, differentiated and written by going from part to part."""
    waiting = [(whole, 1)]
    while waiting:
        part, storeys = waiting.pop()
        if storeys > MOST_STOREYS:
            said = f"has more than {MOST_STOREYS} operations inside of each other; give parts of it names of their own"
            raise UnreadableFormulaError(said, part.place)
        waiting += [(inner, storeys + 1) for inner in part.parts]


def _summed(terms: list[Handle], minus: list[bool]) -> Handle:
    """The terms of a sum, those with a minus subtracted."""
    if len(terms) == 1:
        return terms[0]
    if len(terms) == 2 and minus[1]:
        return made("subtract", *terms)
    signed = zip(terms, minus, strict=True)
    return made("add", *(made("negative", term) if negative else term for term, negative in signed))


def _multiplied(factors: list[Handle]) -> Handle:
    return factors[0] if len(factors) == 1 else made("multiply", *factors)


def _together(shapes: list[Shape]) -> Shape | None:
    """The shape in which several shapes go together, sizes of 1 going along; None if they do not."""
    rank = max(map(len, shapes))
    full = [(1,) * (rank - len(s)) + s for s in shapes]
    sizes = [{n for n in axis if n != 1} for axis in zip(*full, strict=True)]
    if any(len(own) > 1 for own in sizes):
        return None
    return tuple(next(iter(own), 1) for own in sizes)


def _spread(handle: Handle, shape: Shape) -> Handle:
    if handle.shape == shape:
        return handle
    return made("spread", handle, shape=shape, rank=len(handle.shape))


def _sized(shape: Shape) -> str:
    if not shape:
        return "a single number"
    return f"{times(shape)} values" if len(shape) > 1 else f"{shape[0]} values"
