"""The functions, a row each: `ELEMENTARY` have a name in formulas; `TYPED` are what people type.

An elementary function is computed with `math`, numpy, sympy and its slope from here; a typed one is made of those.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from handcalc.formula.tree import (
    PI,
    Call,
    Case,
    Cases,
    Formula,
    absolute,
    cos,
    erf,
    exp,
    floor,
    log,
    maximum,
    minimum,
    number,
    sin,
    sqrt,
    tanh,
)

Value = Any


@dataclass(frozen=True, slots=True)
class Elementary:
    """One row: the value, the slope at u where f = name(u), and the rule in words."""

    value: Callable[[float], float]
    numpy: str
    sympy: Callable[[Any, Any], Any]
    """From the module and the argument."""
    slope: Callable[[Formula, Formula], Formula]
    rule: str
    at: int | None = 0
    """The one rational place where the value is rational, `whole`."""
    whole: int = 0
    tex: str = ""


def _exp(argument: float) -> float:
    """e^z; beyond the floats it is infinite, so that 1/(1 + e^z) is 0, as it should be."""
    return math.exp(argument) if argument < 709.0 else math.inf


def _logarithm(base: int) -> Callable[[Any, Any], Any]:
    return lambda sympy, z: sympy.log(z) / sympy.log(base)


def _slope_of_logarithm(base: int) -> Callable[[Formula, Formula], Formula]:
    return lambda _, u: 1 / (u * log(number(base)))


FAR = 14
"""erfc(14) is 3e-87."""


def sympy_erf(sympy: Any, z: Any) -> Any:
    """The error function; beyond 14 it is ±1 to more than 80 digits, which sympy would go on to refine."""
    if z.is_number and z.is_real and abs(z) > FAR:
        return sympy.sign(z)
    return sympy.erf(z)


ELEMENTARY: dict[str, Elementary] = {
    "exp": Elementary(
        _exp, "exp", lambda s, z: s.exp(z), lambda f, _: f, "exponential: (e^u)' = e^u", 0, 1
    ),
    "ln": Elementary(
        math.log,
        "log",
        lambda s, z: s.log(z),
        lambda _, u: 1 / u,
        "logarithm: (ln u)' = 1/u",
        1,
        0,
        r"\ln",
    ),
    "log2": Elementary(
        math.log2,
        "log2",
        _logarithm(2),
        _slope_of_logarithm(2),
        "logarithm: (log u)' = 1/(u·ln 2)",
        1,
        0,
        r"\log _{2}",
    ),
    "log10": Elementary(
        math.log10,
        "log10",
        _logarithm(10),
        _slope_of_logarithm(10),
        "logarithm: (log u)' = 1/(u·ln 10)",
        1,
        0,
        r"\log _{10}",
    ),
    "sqrt": Elementary(
        math.sqrt,
        "sqrt",
        lambda s, z: s.sqrt(z),
        lambda f, _: 1 / (2 * f),
        "square root: (√u)' = 1/(2·√u)",
    ),
    "sin": Elementary(
        math.sin,
        "sin",
        lambda s, z: s.sin(z),
        lambda _, u: cos(u),
        "sine: sin' = cos",
        tex=r"\sin",
    ),
    "cos": Elementary(
        math.cos,
        "cos",
        lambda s, z: s.cos(z),
        lambda _, u: -sin(u),
        "cosine: cos' = -sin",
        0,
        1,
        r"\cos",
    ),
    "tan": Elementary(
        math.tan,
        "tan",
        lambda s, z: s.tan(z),
        lambda f, _: 1 + f**2,
        "tangent: tan' = 1 + tan²",
        tex=r"\tan",
    ),
    "tanh": Elementary(
        math.tanh,
        "tanh",
        lambda s, z: s.tanh(z),
        lambda f, _: 1 - f**2,
        "hyperbolic tangent: tanh' = 1 - tanh²",
        tex=r"\tanh",
    ),
    "erf": Elementary(
        math.erf,
        "",
        sympy_erf,
        lambda _, u: 2 / sqrt(PI) * exp(-(u**2)),
        "error function: (erf u)' = 2/√π·e^(-u²)",
        tex=r"\mathrm{erf}",
    ),
}
"""Functions of one number; `abs`, `max`, `min` and `floor` choose and have their own places."""


def of_each(name: str, values: Value) -> Value:
    """The function of every number of an array; numpy has no error function."""
    import numpy as np

    if name == "erf":
        return np.asarray(np.frompyfunc(math.erf, 1, 1)(values), dtype=float)
    return getattr(np, ELEMENTARY[name].numpy)(values)


# --- what people type ------------------------------------------------------------------------------


def sigmoid(z: Formula) -> Formula:
    """σ(z) = 1/(1 + e^(-z))."""
    return 1 / (1 + exp(-z))


def _sigmoid_slope(z: Formula) -> Formula:
    return sigmoid(z) * (1 - sigmoid(z))


def _normal(z: Formula) -> Formula:
    """Φ(z), the distribution function of the normal distribution."""
    return (1 + erf(z / sqrt(number(2)))) / 2


def _density(z: Formula) -> Formula:
    """φ(z) = Φ'(z), its density."""
    return exp(-(z**2) / 2) / sqrt(2 * PI)


def _sign(z: Formula) -> Formula:
    above = Case(number(1), z, ">", number(0))
    return Cases((above, Case(number(-1), z, "<", number(0))), number(0))


@dataclass(frozen=True, slots=True)
class Typed:
    """One row: the formula, and how many arguments it takes; `several`: that many or more."""

    of: Callable[..., Formula]
    arguments: int = 1
    several: bool = False


TYPED: dict[str, Typed] = {
    "exp": Typed(exp),
    "ln": Typed(log),
    "log": Typed(log),
    "log2": Typed(lambda z: log(z, "2")),
    "log₂": Typed(lambda z: log(z, "2")),
    "log10": Typed(lambda z: log(z, "10")),
    "log₁₀": Typed(lambda z: log(z, "10")),
    "sqrt": Typed(sqrt),
    "abs": Typed(absolute),
    "sin": Typed(sin),
    "cos": Typed(cos),
    "tan": Typed(lambda z: Call("tan", (z,))),
    "tanh": Typed(tanh),
    "tanh′": Typed(lambda z: 1 - tanh(z) ** 2),
    "sigmoid": Typed(sigmoid),
    "sigmoid′": Typed(_sigmoid_slope),
    "σ": Typed(sigmoid),
    "σ′": Typed(_sigmoid_slope),
    "relu": Typed(lambda z: maximum(number(0), z)),
    "softplus": Typed(lambda z: log(1 + exp(z))),
    "sign": Typed(_sign),
    "step": Typed(lambda z: Cases((Case(number(1), z, ">", number(0)),), number(0))),
    "erf": Typed(erf),
    "Φ": Typed(_normal),
    "Φ′": Typed(_density),
    "φ": Typed(_density),
    "floor": Typed(floor),
    "ceil": Typed(lambda z: -floor(-z)),
    "max": Typed(maximum, several=True),
    "min": Typed(minimum, several=True),
}
"""The functions of numbers that can be typed; a prime makes the derivative."""
