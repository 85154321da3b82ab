"""E = f(o, t) as typed: `loss: {formula: "(o - t)^4"}`; of several outputs `sum(…)` or `mean(…)`."""

from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BeforeValidator

from handcalc.errors import count
from handcalc.formula import Formula as Tree
from handcalc.formula.syntax import Part
from handcalc.formula.tokens import UnreadableFormulaError
from handcalc.losses._loss import Loss, Written
from handcalc.operations import _program
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor
from handcalc.operations._words import WORDS

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

OUTPUTS, TARGETS = ("o", "a", "p", "ŷ", "y_hat"), ("t", "y", "d")
"""The letters for an output and for its target."""


def _of_o_and_t(text: object) -> object:
    _program.read(text, (*OUTPUTS, *TARGETS), WORDS)
    return text


class Formula(Loss):
    """E = f(o, t), one number; its slope by each output follows from the rules of calculus."""

    short: ClassVar[str] = "formula"
    examples: ClassVar[tuple[dict[str, Any], ...]] = (
        {"formula": "sum((o - t)^4)", "shapes": ((3,), (3,))},
        {"formula": "mean(|o - t|) + 0.1*norm(o)", "shapes": ((2, 2), (2, 2))},
    )

    formula: Annotated[str, BeforeValidator(_of_o_and_t)]

    def title(self, E: str = "E", o: str = "o", t: str = "t") -> str:
        return f"loss as given, {E} = {self.formula.strip()}"

    @property
    def written(self) -> tuple[Written, ...]:
        return ("error",)

    def shape_misfit(self, output: Shape) -> str:
        try:
            operation, letters = self._compiled(output)
            shape = operation.output_shape(*(output for _ in letters))
        except UnreadableFormulaError as wrong:
            return str(wrong)
        if not set(letters) & set(OUTPUTS):
            return "names no output, so that nothing can be learned from it; write o in it, as in (o - t)^2"
        if prod(shape) == 1:
            return ""
        return f"gives {count(prod(shape), 'number')}, and a loss is one; write sum({self.formula.strip()})"

    def forward(self, *arrays: "Array") -> "Array":
        y, _ = arrays
        operation, order = self._compiled(y.shape[1:])
        return operation.forward(*self._taken(order, arrays)).reshape(len(y))

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        import numpy as np

        y, t = arrays
        shape = y.shape[1:]
        operation, order = self._compiled(shape)
        inner = (len(y), *_program.result_shape(self._tree, self._shapes(shape)))
        spread = np.broadcast_to(gradient.reshape(-1), (len(y),)).reshape(inner)
        parts = operation.backward(spread, output.reshape(inner), *self._taken(order, arrays))
        by: list[Array] = [np.zeros_like(y), np.zeros_like(t)]
        for letter, part in zip(order, parts, strict=True):
            slot = int(letter in TARGETS)
            by[slot] = by[slot] + part
        return by[0], by[1]

    def definition(self, index: Index, *tensors: Tensor) -> Tree:
        y, t = tensors
        operation, order = self._compiled(y.shape)
        whole = _program.result_shape(self._tree, self._shapes(y.shape))
        taken = [t if letter in TARGETS else y for letter in order]
        return operation.definition((0,) * len(whole), *taken)

    def at_corner(self, *arrays: "Array") -> bool:
        operation, order = self._compiled(arrays[0].shape[1:])
        return operation.at_corner(*self._taken(order, arrays))

    def no_value(self, *arrays: "Array") -> str:
        return "has no finite value with these numbers; write other numbers"

    def rule(self) -> str:
        return "the slope follows from the formula, rule by rule"

    @cached_property
    def _tree(self) -> Part:
        return _program.read(self.formula, (*OUTPUTS, *TARGETS), WORDS)

    def _shapes(self, output: Shape) -> tuple[tuple[str, Shape], ...]:
        return tuple((letter, output) for letter in (*OUTPUTS, *TARGETS))

    def _compiled(self, output: Shape) -> tuple[Operation, tuple[str, ...]]:
        return _program.compiled(self._tree, self._shapes(output))

    def _taken(self, order: tuple[str, ...], arrays: "tuple[Array, ...]") -> "list[Array]":
        y, t = arrays
        return [t if letter in TARGETS else y for letter in order]
