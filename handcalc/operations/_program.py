"""A typed formula over a few letters as one operation: an activation of z, a loss of o and t."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from handcalc.errors import listed, nearest
from handcalc.fields import mistake
from handcalc.formula import Formula
from handcalc.formula.syntax import Part, parse
from handcalc.formula.tokens import UnknownNameError, UnreadableFormulaError
from handcalc.operations._composed import as_node
from handcalc.operations._handle import Handle
from handcalc.operations._length import bounded
from handcalc.operations._named import named
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape
from handcalc.operations._typed import Meaning
from handcalc.operations._words import WORDS

LONGEST = 2_000
SINGLE = WORDS - {"sum", "Σ", "mean", "prod", "norm", "dot", "softmax", "log_softmax", "normalize"}
"""Functions of single numbers."""


@dataclass(frozen=True, slots=True)
class One:
    """A single number as a tensor."""

    formula: Formula
    shape: Shape = ()

    def __getitem__(self, index: int | Index) -> Formula:
        return self.formula


def read(text: object, letters: Collection[str], functions: Collection[str]) -> Part:
    """The tree of a formula that a file gives over some letters; a mistake says what is wrong."""
    if not isinstance(text, str) or not text.strip():
        raise mistake(
            f'expects a formula of {" and ".join(letters)}; write "{next(iter(letters))}^2"'
        )
    if len(text) > LONGEST:
        raise mistake(f"has more than {LONGEST} characters; write a shorter formula")
    known = dict.fromkeys(letters)
    try:
        return parse(text, lambda name: named(name, known) is not None, functions)
    except UnknownNameError as wrong:
        near = nearest(wrong.name, sorted(functions))
        instead = f"did you mean '{near}'?" if near else f"write it with {listed(list(letters))}"
        said = f"the formula names {wrong.name}; {instead}"
        raise mistake(said) from None
    except UnreadableFormulaError as wrong:
        raise mistake(f"the formula {wrong}") from None


@lru_cache(maxsize=256)
def compiled(
    tree: Part, shapes: tuple[tuple[str, Shape], ...]
) -> tuple[Operation, tuple[str, ...]]:
    """The operation, and the letters that it takes in order; UnreadableFormulaError where shapes do not fit."""
    names: Mapping[str, Handle] = {name: Handle(shape, name) for name, shape in shapes}
    whole = Meaning(names).whole(tree)
    bounded(whole, dict(shapes))
    return as_node(whole)


def compiled_or_mistake(tree: Part, shapes: tuple[tuple[str, Shape], ...]) -> Operation:
    """The operation, for values of shapes that are known beforehand; a mistake says why there is none."""
    try:
        return compiled(tree, shapes)[0]
    except UnreadableFormulaError as wrong:
        raise mistake(f"the formula {wrong}") from None


def result_shape(tree: Part, shapes: tuple[tuple[str, Shape], ...]) -> Shape:
    """The shape that the formula gives."""
    names = {name: Handle(shape, name) for name, shape in shapes}
    return Meaning(names).whole(tree).shape
