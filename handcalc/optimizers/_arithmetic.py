"""The functions of the equations, of formulas as well as of arrays."""

from fractions import Fraction
from typing import Any

from handcalc import formula
from handcalc.formula import Formula, Number, number


def sqrt(x: Any) -> Any:
    """√x."""
    if _is_formula(x):
        return formula.sqrt(x)
    import numpy as np

    return np.sqrt(x)


def maximum(a: Any, b: Any) -> Any:
    """The larger of two."""
    if _is_formula(a) or _is_formula(b):
        return formula.maximum(number(a), number(b))
    import numpy as np

    return np.maximum(a, b)


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two."""
    if _is_formula(a) or _is_formula(b):
        return formula.minimum(number(a), number(b))
    import numpy as np

    return np.minimum(a, b)


def absolute(x: Any) -> Any:
    """|x|."""
    return formula.absolute(x) if _is_formula(x) else abs(x)


def power(base: str, exponent: Any) -> Any:
    """A number that is printed in the rule, to the power of one of its letters."""
    if _is_formula(exponent):
        return formula.Power(Number(Fraction(base), base), exponent)
    return float(base) ** exponent


def _is_formula(x: Any) -> bool:
    return isinstance(x, Formula)
