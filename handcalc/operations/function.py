"""a = f(z) for the functions of `formula/functions.py` that are no activation: ln z, √z, sin z, |z|."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from handcalc.fields import mistake
from handcalc.formula import Call, Formula, Symbol, substitute
from handcalc.formula.calculus import derivative
from handcalc.formula.functions import ELEMENTARY, TYPED, of_each
from handcalc.operations._elementwise import Elementwise

if TYPE_CHECKING:
    from handcalc.operations._operation import Array

Slope = Callable[[Any, Any, Any], Any]
"""f'(z) from numpy, z and a = f(z)."""


@dataclass(frozen=True, slots=True)
class Row:
    """A function in numpy, with its slope, and where it has a corner."""

    values: Callable[[Any, Any], Any]
    """From numpy and z."""
    slopes: Slope
    kinks: tuple[float, ...] = ()
    no_value: str = ""


_LOGARITHM = "takes the logarithm of a number that is not above 0; write other numbers"
_NEAR_0 = "takes the logarithm of 0, or of a number too near to 0; write other numbers"

ROWS: dict[str, Row] = {
    "ln": Row(lambda np, z: np.log(z), lambda _, z, __: 1 / z, (), _LOGARITHM),
    "log2": Row(lambda np, z: np.log2(z), lambda np, z, _: 1 / (z * np.log(2)), (), _LOGARITHM),
    "log10": Row(lambda np, z: np.log10(z), lambda np, z, _: 1 / (z * np.log(10)), (), _LOGARITHM),
    "sqrt": Row(
        lambda np, z: np.sqrt(z),
        lambda _, __, a: 0.5 / a,
        (),
        "takes the root of a negative number; write other numbers",
    ),
    "sin": Row(lambda np, z: np.sin(z), lambda np, z, _: np.cos(z)),
    "cos": Row(lambda np, z: np.cos(z), lambda np, z, _: -np.sin(z)),
    "tan": Row(lambda np, z: np.tan(z), lambda _, __, a: 1 + a**2),
    "erf": Row(
        lambda _, z: of_each("erf", z), lambda np, z, _: 2 / np.sqrt(np.pi) * np.exp(-(z**2))
    ),
    "abs": Row(lambda np, z: np.abs(z), lambda np, z, _: np.sign(z), (0.0,)),
    "sign": Row(lambda np, z: np.sign(z), lambda _, z, __: 0.0 * z, (0.0,)),
}


class Function(Elementwise):
    """a = f(z); the slope follows from the rules of calculus."""

    derivable: ClassVar[bool] = False
    examples: ClassVar[tuple[dict[str, Any], ...]] = tuple(
        {"word": word, **({"positive": True} if word in ("ln", "log2", "log10", "sqrt") else {})}
        for word in ROWS
    )

    word: str

    def model_post_init(self, _: Any) -> None:
        if self.word not in ROWS:
            raise mistake(f"knows no function {self.word}; write one of {', '.join(ROWS)}")

    @property
    def kinks(self) -> tuple[float, ...]:  # type: ignore[override]  # the function decides
        return ROWS[self.word].kinks

    def of(self, z: Formula) -> Formula:
        return TYPED[self.word].of(z)

    def slope(self, z: Formula, a: Formula) -> Formula:
        plain = Symbol("z", "z")
        definition = self.of(plain)
        if isinstance(definition, Call) and definition.name in ELEMENTARY:
            return ELEMENTARY[definition.name].slope(a, z)
        return substitute(derivative(definition, plain), lambda _: z)

    def values(self, z: "Array") -> "Array":
        import numpy as np

        found: Array = ROWS[self.word].values(np, z)
        return found

    def slopes(self, z: "Array", a: "Array") -> "Array":
        import numpy as np

        found: Array = ROWS[self.word].slopes(np, z, a)
        return found

    def no_value(self, *arrays: "Array") -> str:
        why = ROWS[self.word].no_value
        near = why == _LOGARITHM and not (arrays[0] < 0).any()
        return _NEAR_0 if near else why

    def rule(self) -> str:
        definition = self.of(Symbol("u", "u"))
        if isinstance(definition, Call) and definition.name in ELEMENTARY:
            return ELEMENTARY[definition.name].rule
        return "the slope is 1 above 0 and -1 below it" if self.word == "abs" else "it is flat"
