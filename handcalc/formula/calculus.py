"""Differentiation as a person does it: one rule a line, from the outside in.

Each line is d/dx f = … with the rule that gives it; a line may leave inner derivatives for the next
lines. The last formula has them all put in.
"""

from dataclasses import dataclass
from fractions import Fraction

from handcalc.formula.functions import ELEMENTARY
from handcalc.formula.tree import (
    Call,
    Case,
    Cases,
    Derivative,
    Formula,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    log,
    number,
    total,
)
from handcalc.formula.walk import leaves


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a derivation: d/dx of a formula, what it becomes, and by which rule."""

    left: Derivative
    right: Formula
    because: str


def derive(formula: Formula, by: Symbol) -> tuple[list[Rule], Formula]:
    """The lines of a derivation and the derivative with everything put in."""
    lines: list[Rule] = []
    result = _derive(formula, by, lines)
    return lines, result


def derivative(formula: Formula, by: Symbol) -> Formula:
    """The derivative alone."""
    return _derive(formula, by, [])


def _derive(f: Formula, x: Symbol, lines: list[Rule]) -> Formula:
    if x not in leaves(f):
        return number(0)
    if f == x:
        return number(1)
    match f:
        case Sum():
            return _sum(f, x, lines)
        case Negative():
            lines.append(Rule(Derivative(f, x), _minus(_d(f.argument, x)), "a factor of -1 stays"))
            return _minus(_derive(f.argument, x, lines))
        case Product():
            return _product(f, x, lines)
        case Quotient():
            return _quotient(f, x, lines)
        case Power():
            return _power(f, x, lines)
        case Call():
            return _call(f, x, lines)
        case Cases():
            return _cases(f, x, lines)
        case _:
            raise ValueError("no rule for this formula")


def _sum(f: Sum, x: Symbol, lines: list[Rule]) -> Formula:
    kept = [term for term in f.terms if x in leaves(term)]
    reason = "sum rule" + (", and the other terms are constant" if len(kept) < len(f.terms) else "")
    lines.append(Rule(Derivative(f, x), total(_d(term, x) for term in kept), reason))
    return _add([_derive(term, x, lines) for term in kept])


def _product(f: Product, x: Symbol, lines: list[Rule]) -> Formula:
    fixed = [factor for factor in f.factors if x not in leaves(factor)]
    moving = [factor for factor in f.factors if x in leaves(factor)]
    if len(moving) == 1:
        inner = moving[0]
        lines.append(
            Rule(Derivative(f, x), _times([*fixed, _d(inner, x)]), "constant factors stay")
        )
        return _times([*fixed, _derive(inner, x, lines)])
    u, v = moving[0], _times(moving[1:])
    both = total((_times([*fixed, _d(u, x), v]), _times([*fixed, u, _d(v, x)])))
    lines.append(Rule(Derivative(f, x), both, "product rule: u'v + uv'"))
    return _add(
        [_times([*fixed, _derive(u, x, lines), v]), _times([*fixed, u, _derive(v, x, lines)])]
    )


def _quotient(f: Quotient, x: Symbol, lines: list[Rule]) -> Formula:
    u, v = f.top, f.bottom
    if x not in leaves(v):
        lines.append(Rule(Derivative(f, x), Quotient(_d(u, x), v), "a constant denominator stays"))
        return Quotient(_derive(u, x, lines), v)
    if x not in leaves(u):
        said = "quotient rule for a constant numerator: (c/v)' = -c·v'/v²"
        lines.append(Rule(Derivative(f, x), _minus(Quotient(_times([u, _d(v, x)]), v**2)), said))
        top = _times([u, _derive(v, x, lines)])
        return (
            Quotient(top.argument, v**2)
            if isinstance(top, Negative)
            else _minus(Quotient(top, v**2))
        )
    top = total((_times([_d(u, x), v]), Negative(_times([u, _d(v, x)]))))
    lines.append(
        Rule(Derivative(f, x), Quotient(top, v**2), "quotient rule: (u/v)' = (u'v - uv')/v²")
    )
    du, dv = _derive(u, x, lines), _derive(v, x, lines)
    return Quotient(_add([_times([du, v]), _minus(_times([u, dv]))]), v**2)


def _power(f: Power, x: Symbol, lines: list[Rule]) -> Formula:
    base, n = f.base, f.exponent
    if x not in leaves(n) and isinstance(n, Number):
        if n.value == 0:
            lines.append(Rule(Derivative(f, x), number(0), "a power of 0 is 1 everywhere"))
            return number(0)
        less = n.value - 1
        outer: Formula = number(1) if less == 0 else Power(base, number(less))
        outer = base if less == 1 else outer
        said = "power rule: (u^n)' = n·u^(n-1)·u'"
        lines.append(Rule(Derivative(f, x), _times([n, outer, _d(base, x)]), said))
        return _times([n, outer, _derive(base, x, lines)])
    if x not in leaves(n):
        said = "power rule: (u^n)' = n·u^(n-1)·u'"
        outer = Power(base, Sum((n, Negative(number(1)))))
        lines.append(Rule(Derivative(f, x), _times([n, outer, _d(base, x)]), said))
        return _times([n, outer, _derive(base, x, lines)])
    if x not in leaves(base):
        said = "exponential to another base: (c^u)' = c^u·ln c·u'"
        lines.append(Rule(Derivative(f, x), _times([f, log(base), _d(n, x)]), said))
        return _times([f, log(base), _derive(n, x, lines)])
    said = "u^v = e^(v·ln u): (u^v)' = u^v·(v'·ln u + v·u'/u)"

    def inside(dn: Formula, du: Formula) -> Formula:
        return _add([_times([dn, log(base)]), Quotient(_times([n, du]), base)])

    whole = _times([f, inside(_d(n, x), _d(base, x))])
    lines.append(Rule(Derivative(f, x), whole, said))
    return _times([f, inside(_derive(n, x, lines), _derive(base, x, lines))])


def _call(f: Call, x: Symbol, lines: list[Rule]) -> Formula:
    if f.name in ("max", "min"):
        return _extreme(f, x, lines)
    u = f.arguments[0]
    if f.name == "abs":
        said = "absolute value: |u|' = u' above 0, -u' below it"
        lines.append(Rule(Derivative(f, x), _signed(_d(u, x), u), said))
        return _signed(_derive(u, x, lines), u)
    row = ELEMENTARY.get(f.name)
    if row is None:
        raise ValueError(f"no rule for {f.name}")
    outer, said = row.slope(f, u), row.rule
    if u == x:
        lines.append(Rule(Derivative(f, x), outer, said))
        return outer
    lines.append(Rule(Derivative(f, x), _times([outer, _d(u, x)]), f"{said}, and the chain rule"))
    return _times([outer, _derive(u, x, lines)])


def _extreme(f: Call, x: Symbol, lines: list[Rule]) -> Formula:
    """The slope of the argument that counts; of equal ones the first."""
    if f.name == "max" and len(f.arguments) == 2 and f.arguments[0] == number(0):
        u = f.arguments[1]
        said = "above 0 it is its argument, below it is constant"
        lines.append(Rule(Derivative(f, x), Cases((_above(_d(u, x), u),), number(0)), said))
        return Cases((_above(_derive(u, x, lines), u),), number(0))
    said = "the slope of the one that counts"
    lines.append(Rule(Derivative(f, x), _chosen(f, [_d(a, x) for a in f.arguments]), said))
    return _chosen(f, [_derive(a, x, lines) for a in f.arguments])


def _signed(slope: Formula, u: Formula) -> Formula:
    below = Case(_minus(slope), u, "<", number(0))
    return Cases((_above(slope, u), below), number(0))


def _above(value: Formula, u: Formula) -> Case:
    return Case(value, u, ">", number(0))


def _chosen(f: Call, slopes: list[Formula]) -> Formula:
    """A slope for each argument, where it is not behind the others."""
    relation = ">=" if f.name == "max" else "<="
    cases = []
    for i, a in enumerate(f.arguments[:-1]):
        others = (*f.arguments[:i], *f.arguments[i + 1 :])
        rest = others[0] if len(others) == 1 else Call(f.name, others)
        cases.append(Case(slopes[i], a, relation, rest))
    return _unless_the_same(tuple(cases), slopes[-1])


def _cases(f: Cases, x: Symbol, lines: list[Rule]) -> Formula:
    unfinished = tuple(Case(_d(c.value, x), c.left, c.relation, c.right) for c in f.cases)
    lines.append(Rule(Derivative(f, x), Cases(unfinished, _d(f.otherwise, x)), "case by case"))
    cases = tuple(Case(_derive(c.value, x, lines), c.left, c.relation, c.right) for c in f.cases)
    return _unless_the_same(cases, _derive(f.otherwise, x, lines))


def _unless_the_same(cases: tuple[Case, ...], otherwise: Formula) -> Formula:
    """Cases, or the one value that all of them have: 0 of a sign."""
    return otherwise if all(c.value == otherwise for c in cases) else Cases(cases, otherwise)


def _d(f: Formula, x: Symbol) -> Formula:
    """d/dx f, put in at once where nothing has to be worked out."""
    if x not in leaves(f):
        return number(0)
    return number(1) if f == x else Derivative(f, x)


def _times(factors: list[Formula]) -> Formula:
    """A product without factors of 1; a minus sign moves to the front."""
    flat = [part for f in factors for part in (f.factors if isinstance(f, Product) else (f,))]
    sign = 1
    kept: list[Formula] = []
    for part in flat:
        factor = part
        while isinstance(factor, Negative):
            sign, factor = -sign, factor.argument
        if isinstance(factor, Number) and isinstance(factor.value, Fraction):
            if factor.value == 0:
                return number(0)
            if abs(factor.value) == 1:
                sign = sign if factor.value == 1 else -sign
                continue
        kept.append(factor)
    # Numbers stand first: 2·q·z, not q·2·z.
    kept.sort(key=lambda factor: not isinstance(factor, Number))
    made = number(1) if not kept else kept[0] if len(kept) == 1 else Product(tuple(kept))
    return made if sign == 1 else Negative(made)


def _add(terms: list[Formula]) -> Formula:
    kept = [term for term in terms if term != number(0)]
    return total(kept) if kept else number(0)


def _minus(f: Formula) -> Formula:
    return f.argument if isinstance(f, Negative) else Negative(f)
