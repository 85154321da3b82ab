"""The parts of a formula without names: numbers as they are typed, within bounds."""

from handcalc.formula import Formula, Power, evaluate
from handcalc.formula.functions import TYPED
from handcalc.formula.reader import of_part
from handcalc.formula.syntax import Part
from handcalc.formula.tokens import UnreadableFormulaError
from handcalc.formula.walk import parts
from handcalc.operations._handle import Handle
from handcalc.operations.constant import Constant

LARGEST_POWER = 1_000


def constant(part: Part) -> Handle | None:
    """A part without names: a number as it is typed, within bounds."""
    if not _is_constant(part):
        return None
    formula = of_part(part)
    try:
        _bounded(formula, part)
        value = float(evaluate(formula, lambda _: 0))
    except (ArithmeticError, TypeError, ValueError) as wrong:  # TypeError: it is complex
        if isinstance(wrong, UnreadableFormulaError):
            raise
        raise UnreadableFormulaError(
            "has a number without a value; write another", part.place
        ) from None
    if abs(value) > 1e300:
        raise UnreadableFormulaError("has a number beyond 1e300; write a smaller one", part.place)
    return Constant(formula=formula)()


def _is_constant(part: Part) -> bool:
    if part.kind in ("name", "matmul", "transpose", "at", "relation", "cases"):
        return False
    if part.kind == "call" and part.text not in TYPED:
        return False
    return all(map(_is_constant, part.parts))


def _bounded(formula: Formula, part: Part) -> None:
    """No power is worked out that is too large: 9^9^9^9."""
    for inner in _powers(formula):
        _bounded(inner.exponent, part)
        if abs(float(evaluate(inner.exponent, lambda _: 0))) > LARGEST_POWER:
            said = f"has a power beyond {LARGEST_POWER}; write a smaller one"
            raise UnreadableFormulaError(said, part.place)


def _powers(formula: Formula) -> list[Power]:
    own = [formula] if isinstance(formula, Power) else []
    return [*own, *(power for inner in parts(formula) for power in _powers(inner))]
