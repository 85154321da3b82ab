"""The formula as a small tree in the order in which a person writes it.

sympy sorts what it is given, differently before and after substitution, so that a line of symbols
and its line of numbers would no longer correspond. This tree never reorders and never simplifies.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import pi
from typing import TypeAlias, overload

from handcalc.number import Exact


class _Term:
    """Arithmetic on formulas builds formulas: `W[i, j] * x[j] + b[i]`."""

    __slots__ = ()

    def __add__(self, other: "Formula | int") -> "Sum":
        return Sum((*_terms(self), *_terms(number(other))))

    def __sub__(self, other: "Formula | int") -> "Sum":
        return Sum((*_terms(self), Negative(number(other))))

    def __rsub__(self, other: int) -> "Sum":
        return Sum((number(other), Negative(_formula(self))))

    def __radd__(self, other: int) -> "Sum":
        return Sum((number(other), *_terms(self)))

    def __mul__(self, other: "Formula | int") -> "Product":
        return Product((*_factors(self), *_factors(number(other))))

    def __rmul__(self, other: int) -> "Product":
        return Product((number(other), *_factors(self)))

    def __truediv__(self, other: "Formula | int") -> "Quotient":
        return Quotient(_formula(self), number(other))

    def __rtruediv__(self, other: int) -> "Quotient":
        return Quotient(number(other), _formula(self))

    def __pow__(self, other: "Formula | int") -> "Power":
        return Power(_formula(self), number(other))

    def __neg__(self) -> "Negative":
        return Negative(_formula(self))


@dataclass(frozen=True, slots=True)
class Number(_Term):
    """A number, with the text to show for it when it was typed or rounded by someone."""

    value: Exact
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Symbol(_Term):
    """A quantity: base with a lower and an upper index, for one sample or for all.

    `key` is what people type for it. Indexed symbols are set with raised and lowered indices in
    plain text too (w⁽¹⁾₂₁); the others are written as their key (h1_in).
    """

    base: str
    key: str
    sub: str = ""
    sup: str = ""
    sample: int | None = None
    indexed: bool = False
    name: str = ""
    """How it stands on a line of text, where that is neither its key nor its letter with indices."""


@dataclass(frozen=True, slots=True)
class Partial(_Term):
    """The partial derivative of one quantity by another, all of it or its part along one path."""

    of: Symbol
    by: Symbol
    via: Symbol | None = None
    step: int = 0
    """The step of training, where there are several."""

    @property
    def key(self) -> str:
        """`dE_dw5`, for the second sample `dE_dw5@2`; along one path `dE_dh1_out_via_o1_in`."""
        of, by = self.of.key.partition("@")[0], self.by.key.partition("@")[0]
        along = f"_via_{self.via.key.partition('@')[0]}" if self.via else ""
        symbols = [self.of, self.by, *([self.via] if self.via else [])]
        sample = next((s.sample for s in symbols if s.sample is not None), None)
        at = f"@{sample}" if sample is not None else ""
        return f"d{of}_d{by}{along}{at}" + (f"@step{self.step}" if self.step else "")


MANY = 1000
"""Terms from which on they are made one by one, when they are looked at."""


class Terms(Sequence["Formula"]):
    """Very many terms: how many there are, and the i-th, made when it is looked at.

    Of thousands of terms a line shows a few; whoever wants the value takes it from the arrays.
    """

    __slots__ = ("_at", "_count")

    def __init__(self, count: int, at: "Callable[[int], Formula]") -> None:
        self._count, self._at = count, at

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> "Formula": ...
    @overload
    def __getitem__(self, index: slice) -> "tuple[Formula, ...]": ...
    def __getitem__(self, index: int | slice) -> "Formula | tuple[Formula, ...]":
        if isinstance(index, slice):
            return tuple(self._at(i) for i in range(*index.indices(self._count)))
        return self._at(range(self._count)[index])


@dataclass(frozen=True, slots=True)
class Sum(_Term):
    """a + b - c: a subtracted term is a Negative."""

    terms: "tuple[Formula, ...] | Terms"


@dataclass(frozen=True, slots=True)
class Product(_Term):
    """a · b · c."""

    factors: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Quotient(_Term):
    """a / b, with a fraction bar."""

    top: "Formula"
    bottom: "Formula"


@dataclass(frozen=True, slots=True)
class Power(_Term):
    """a to the power b."""

    base: "Formula"
    exponent: "Formula"


@dataclass(frozen=True, slots=True)
class Negative(_Term):
    """-a."""

    argument: "Formula"


@dataclass(frozen=True, slots=True)
class Call(_Term):
    """A named function: exp, ln, log2, log10, sqrt, sin, cos, tanh, erf, abs, max, min, floor."""

    name: str
    arguments: "tuple[Formula, ...] | Terms"


@dataclass(frozen=True, slots=True)
class Slide(_Term):
    """left ⋆ right, one array slid over another; turned by 180° first it is ∗, a convolution.

    `full`: the windows that only touch the input count too.
    """

    left: "Formula"
    right: "Formula"
    turned: bool = False
    full: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A value with the condition `left relation right` (one of > >= < <=) under which it holds."""

    value: "Formula"
    left: "Formula"
    relation: str
    right: "Formula"


@dataclass(frozen=True, slots=True)
class Cases(_Term):
    """The first case that holds, or else the last value."""

    cases: tuple[Case, ...]
    otherwise: "Formula"


@dataclass(frozen=True, slots=True)
class Dots(_Term):
    """Terms that are left out of a line; they stand in the value all the same."""

    count: int


@dataclass(frozen=True, slots=True)
class Derivative(_Term):
    """d/dx of a formula that is still to be differentiated."""

    of: "Formula"
    by: Symbol


Formula: TypeAlias = (
    Number
    | Symbol
    | Partial
    | Sum
    | Product
    | Quotient
    | Power
    | Negative
    | Call
    | Cases
    | Derivative
    | Dots
    | Slide
)
Leaf: TypeAlias = Symbol | Partial


def number(value: "Formula | Exact") -> Formula:
    """A number as a formula; a formula stays what it is."""
    if isinstance(value, int):
        # A size with letters stands for its formula.
        return getattr(value, "formula", None) or Number(Fraction(value))
    return Number(value) if isinstance(value, Fraction | float) else value


PI = Number(pi, "π")


def exp(argument: Formula) -> Call:
    """The exponential function, e^argument."""
    return Call("exp", (argument,))


def log(argument: Formula, base: str = "e") -> Call:
    """The logarithm to the base e, 2 or 10."""
    return Call("ln" if base == "e" else f"log{base}", (argument,))


def sqrt(argument: Formula) -> Call:
    """The square root."""
    return Call("sqrt", (argument,))


def tanh(argument: Formula) -> Call:
    """The hyperbolic tangent."""
    return Call("tanh", (argument,))


def sin(argument: Formula) -> Call:
    """Sine, of an angle in radians."""
    return Call("sin", (argument,))


def cos(argument: Formula) -> Call:
    """Cosine, of an angle in radians."""
    return Call("cos", (argument,))


def erf(argument: Formula) -> Call:
    """The error function, 2/√π·∫ e^(-t²) dt from 0 to the argument."""
    return Call("erf", (argument,))


def maximum(*arguments: Formula) -> Call:
    """The largest of its arguments."""
    return Call("max", arguments)


def minimum(*arguments: Formula) -> Call:
    """The smallest of its arguments."""
    return Call("min", arguments)


def absolute(argument: Formula) -> Call:
    """|argument|; at 0 its slope is taken as 0, which is not that of max(u, -u)."""
    return Call("abs", (argument,))


def floor(argument: Formula) -> Call:
    """The largest whole number that is not above the argument."""
    return Call("floor", (argument,))


def total(terms: Iterable[Formula]) -> Formula:
    """The sum of the terms in their order; of one term, the term itself."""
    listed = terms if isinstance(terms, Terms) else tuple(terms)
    return listed[0] if len(listed) == 1 else Sum(listed)


def summed(count: int, at: Callable[[int], Formula]) -> Formula:
    """The sum of so many terms; of very many each is made only when it is looked at."""
    return total(Terms(count, at) if count > MANY else map(at, range(count)))


def largest(count: int, at: Callable[[int], Formula]) -> Formula:
    """The largest of so many values, of one the value itself."""
    if count == 1:
        return at(0)
    return Call("max", Terms(count, at) if count > MANY else tuple(map(at, range(count))))


def _formula(term: _Term) -> Formula:
    return term  # type: ignore[return-value]  # every subclass is one of the union's members


def _terms(term: "_Term | Formula") -> tuple[Formula, ...]:
    return tuple(term.terms) if isinstance(term, Sum) else (_formula(term),)


def _factors(term: "_Term | Formula") -> tuple[Formula, ...]:
    return term.factors if isinstance(term, Product) else (_formula(term),)
