"""What a step can be about: one element of a quantity, or a derivative of it.

Indices count from 0, as arrays do; keys and symbols count from 1, as people do. `sample` is None
for what all samples share, and everywhere when there is only one sample.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from handcalc.operations._tensor import Index


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a quantity: h1_in, w5, E."""

    quantity: str
    index: Index = ()
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Gradient:
    """∂E/∂element; with `via` only the part that reaches E through that next element."""

    by: Element
    via: Element | None = None


@dataclass(frozen=True, slots=True)
class Local:
    """∂of/∂by where `of` is made directly from `by`."""

    of: Element
    by: Element


@dataclass(frozen=True, slots=True)
class Stage:
    """A number on the way from a gradient to the new weight: Δw, or the moments m and v of Adam.

    `old` is what it was in the step before. `norm`, of the loss, is the length of all gradients together.
    """

    of: Element
    word: str
    old: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """The element after the update: w5_new, and the values that follow from it."""

    of: Element


Word: TypeAlias = Literal[
    "exp", "exp_sum", "error", "share", "step", "mean", "sum", "moved", "moved_back", "difference"
]


@dataclass(frozen=True, slots=True)
class Part:
    """A number that people write down on the way; `parts.py` says what each word stands for.

    `moved` is f(x + h), `moved_back` f(x - h), `difference` what is between them over the step; `exp` the exponential in a value, e^(-z) of a sigmoid; `exp_sum` the sum of those of a softmax; `error` how
    far an output is from its target, `share` its share of the loss; `step` η·∂E/∂w; `mean` and `sum` those of a
    whole array, named by its first element.
    """

    word: Word
    of: Element


@dataclass(frozen=True, slots=True)
class At:
    """One of these in one of several steps of training, counted from 1."""

    of: "Ref"
    step: int


Ref: TypeAlias = Element | Gradient | Local | Stage | After | Part | At
