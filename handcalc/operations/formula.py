"""a = f(z) as typed: `activation: {formula: "z^2"}`; the slope follows from the rules of calculus."""

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BeforeValidator

from handcalc.formula import Formula as Tree
from handcalc.formula import Symbol, substitute
from handcalc.formula.calculus import derivative
from handcalc.formula.syntax import Part
from handcalc.operations import _program
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Shape

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

LETTERS = ("z", "x")


SHAPES: tuple[tuple[str, Shape], ...] = tuple((letter, ()) for letter in LETTERS)


def _of_z(text: object) -> object:
    tree = _program.read(text, LETTERS, _program.SINGLE)
    _program.compiled_or_mistake(tree, SHAPES)
    return text


class Formula(Elementwise):
    """f(z) for each number by itself; x is another letter for z."""

    short: ClassVar[str] = "formula"
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"formula": "z^2"},
        {"formula": "max(0, z)^2 + sin(3z)/(1 + |z|)"},
    )

    formula: Annotated[str, BeforeValidator(_of_z)]

    def of(self, z: Tree) -> Tree:
        return self._operation.definition((), *[_program.One(z)] * len(self._order))

    def slope(self, z: Tree, a: Tree) -> Tree:
        plain = Symbol("z", "z")
        return substitute(derivative(self.of(plain), plain), lambda _: z)

    def values(self, z: "Array") -> "Array":
        import numpy as np

        flat = z.reshape(-1)
        found = self._operation.forward(*[flat] * len(self._order))
        return np.broadcast_to(found, flat.shape).reshape(z.shape)

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        flat = z.reshape(-1)
        parts = self._operation.backward(
            np.ones_like(flat), a.reshape(-1), *[flat] * len(self._order)
        )
        whole: Array = sum(parts, start=np.zeros_like(flat))
        return whole.reshape(z.shape)

    def at_corner(self, *arrays: "Array") -> bool:
        flat = arrays[0].reshape(-1)
        return self._operation.at_corner(*[flat] * len(self._order))

    def no_value(self, *arrays: "Array") -> str:
        flat = arrays[0].reshape(-1)
        return self._operation.no_value(*[flat] * len(self._order))

    def rule(self) -> str:
        return "the slope follows from the formula, rule by rule"

    @cached_property
    def _compiled(self) -> tuple[Operation, tuple[str, ...]]:
        tree: Part = _program.read(self.formula, LETTERS, _program.SINGLE)
        return _program.compiled(tree, SHAPES)

    @property
    def _operation(self) -> Operation:
        return self._compiled[0]

    @property
    def _order(self) -> tuple[str, ...]:
        return self._compiled[1]
