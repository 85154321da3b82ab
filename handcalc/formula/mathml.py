"""Formulas as MathML Core, which browsers draw by themselves: no script, no font to load.

Brackets stand where they stand in LaTeX. What is written here goes inside `<math>`.
"""

import re
from collections.abc import Callable
from typing import assert_never
from xml.sax.saxutils import escape

from handcalc.formula.reader import meant
from handcalc.formula.sources import Known
from handcalc.formula.tree import (
    Call,
    Cases,
    Derivative,
    Dots,
    Formula,
    Leaf,
    Negative,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Slide,
    Sum,
    Symbol,
)
from handcalc.number import plain

# An italic ∂ is a letter that most fonts lack.
_D = '<mi mathvariant="normal">∂</mi>'
_DOT = "<mo>·</mo>"
_SLASH = '<mo lspace="0" rspace="0">/</mo>'
_MINUS = '<mo form="prefix">−</mo>'
_RELATIONS = {">": "&gt;", ">=": "≥", "<": "&lt;", "<=": "≤"}


class Printer:
    """Writes formulas; `attribute` is what a symbol or a derivative carries, or a number in its place."""

    def __init__(self, attribute: Callable[[Leaf], str] = lambda _: "") -> None:
        self._attribute = attribute

    def written(self, formula: Formula) -> str:
        """The formula as elements that stand in one row."""
        match formula:
            case Number():
                spelled = meant(formula)
                whole = _number(formula) if spelled is formula else self.written(spelled)
                return self._carrying(whole, formula.leaf) if isinstance(formula, Known) else whole
            case Symbol():
                return self._carrying(_symbol(formula), formula)
            case Partial():
                top, bottom = _symbol(formula.of), _symbol(formula.by)
                whole = f"<mfrac>{_row(_D + top)}{_row(_D + bottom)}</mfrac>"
                if formula.via is not None:
                    whole = f"<msub>{_row(_bracketed(whole))}{_symbol(formula.via)}</msub>"
                return self._carrying(whole, formula)
            case Sum():
                return "".join(self.terms(formula))
            case Product():
                return _DOT.join(
                    self._tight(f, first=i == 0) for i, f in enumerate(formula.factors)
                )
            case Quotient():
                return f"<mfrac>{_row(self.written(formula.top))}{_row(self.written(formula.bottom))}</mfrac>"
            case Power():
                return (
                    f"<msup>{self._base(formula.base)}{_row(self.written(formula.exponent))}</msup>"
                )
            case Negative():
                return _MINUS + self._tight(formula.argument, first=False)
            case Call():
                return self._call(formula)
            case Cases():
                return self._cases(formula)
            case Derivative():
                inner = self.written(formula.of)
                whole = inner if isinstance(formula.of, Symbol | Call) else _bracketed(inner)
                d = '<mi mathvariant="normal">d</mi>'
                return f"<mfrac>{d}{_row(d + _symbol(formula.by))}</mfrac>{whole}"
            case Dots():
                return "<mo>⋯</mo>"
            case Slide():
                sign = f"<mo>{'∗' if formula.turned else '⋆'}</mo>"
                sign = f"<msub>{sign}<mi>full</mi></msub>" if formula.full else sign
                return self.written(formula.left) + sign + self.written(formula.right)
            case _:
                assert_never(formula)

    def in_a_sentence(self, formula: Formula) -> str:
        """A derivative with a slash, which keeps the height of a line; everything else as it is."""
        if isinstance(formula, Partial) and formula.via is None:
            whole = f"{_D}{_symbol(formula.of)}{_SLASH}{_D}{_symbol(formula.by)}"
            return self._carrying(whole, formula)
        return self.written(formula)

    def terms(self, formula: Formula) -> list[str]:
        """The formula in pieces between which a line may break: the terms of a sum with their signs.

        Put together they are the formula.
        """
        if not isinstance(formula, Sum):
            return [self.written(formula)]
        pieces = [self._term(formula.terms[0], first=True)]
        for term in formula.terms[1:]:
            sign = "+"
            match term:
                case Negative(argument):
                    loose = isinstance(meant(argument), Sum) or _begins_with_minus(argument)
                    sign, written = "−", self.written(argument)
                    written = _bracketed(written) if loose else written
                case Product(factors):
                    written = _DOT.join(self._tight(factor, first=False) for factor in factors)
                case _:
                    written = self._term(term, first=False)
            pieces.append(f'<mo form="infix">{sign}</mo>{written}')
        return pieces

    def _carrying(self, written: str, leaf: Leaf | None) -> str:
        """The same with its attribute: on its only element, or on a row around them."""
        carried = self._attribute(leaf) if leaf else ""
        if not carried:
            return written
        tag = re.match(r"<(\w+)>", written)
        ends = tag is not None and written.find(f"</{tag[1]}>") + len(f"</{tag[1]}>")
        if tag is None or ends != len(written):
            return f"<mrow{carried}>{written}</mrow>"
        return f"<{tag[1]}{carried}>{written[tag.end() :]}"

    def _call(self, node: Call) -> str:
        inside = "<mo>,</mo>".join(map(self.written, node.arguments))
        match node.name:
            case "exp":
                return f"<msup><mi>e</mi>{_row(inside)}</msup>"
            case "sqrt":
                return f"<msqrt>{inside}</msqrt>"
            case "floor":
                return _row(f"<mo>⌊</mo>{inside}<mo>⌋</mo>")
            case "abs":
                return _row(f'<mo form="prefix">|</mo>{inside}<mo form="postfix">|</mo>')
        name = f"<mi>{node.name}</mi>"
        if node.name.startswith("log"):
            name = f"<msub><mi>log</mi>{_digits(node.name[3:])}</msub>"
        # U+2061, function application: what follows are arguments, not a factor.
        return name + "<mo>\u2061</mo>" + _bracketed(inside)

    def _cases(self, node: Cases) -> str:
        rows = [
            (
                self.written(case.value),
                f"{self.written(case.left)}<mo>{_RELATIONS[case.relation]}</mo>{self.written(case.right)}",
            )
            for case in node.cases
        ]
        rows.append((self.written(node.otherwise), "<mtext>otherwise</mtext>"))
        made = "".join(f"<mtr><mtd>{value}</mtd><mtd>{when}</mtd></mtr>" for value, when in rows)
        return _row(f'<mo form="prefix">{{</mo><mtable class="cases">{made}</mtable>')

    def _term(self, node: Formula, *, first: bool) -> str:
        """As a term of a sum: cases are bracketed, and what begins with a minus unless it begins the sum."""
        loose = isinstance(node, Cases) or (_begins_with_minus(node) and not first)
        return _bracketed(self.written(node)) if loose else self.written(node)

    def _tight(self, node: Formula, *, first: bool) -> str:
        """As a factor: sums, cases, negatives and powers of ten are bracketed."""
        inner = meant(node)
        loose = isinstance(inner, Sum | Cases | Negative) or (
            isinstance(inner, Number) and "e" in (inner.text or plain(inner.value))[1:]
        )
        loose = loose or (_begins_with_minus(node) and not first)
        return _bracketed(self.written(node)) if loose else self.written(node)

    def _base(self, node: Formula) -> str:
        """As the base of a power: a symbol that has an upper index, or is σ², is bracketed too."""
        match node:
            case Symbol():
                raised = node.sup or node.sample is not None or node.base.endswith("²")
                simple = not raised
            case Number():
                simple = (node.text or plain(node.value)).replace(".", "").isdecimal()
            case _:
                simple = False
        return self.written(node) if simple else _bracketed(self.written(node))


def _number(node: Number) -> str:
    written = node.text if node.text is not None else plain(node.value)
    if written in ("e", "π"):
        return f"<mi>{written}</mi>"
    sign = _MINUS if written.startswith("-") else ""
    mantissa, e, exponent = written.removeprefix("-").partition("e")
    if e and mantissa:
        power = (_MINUS if exponent.startswith("-") else "") + _digits(exponent.lstrip("+-"))
        return f"{sign}{_digits(mantissa)}{_DOT}<msup><mn>10</mn>{_row(power)}</msup>"
    top, slash, bottom = written.removeprefix("-").partition("/")
    if slash:
        return f"{sign}<mfrac>{_digits(top)}{_digits(bottom)}</mfrac>"
    return sign + _digits(written.removeprefix("-"))


def _digits(written: str) -> str:
    return f"<mn>{escape(written)}</mn>"


def _symbol(node: Symbol) -> str:
    """A letter with its indices; one element, so that it can be the base of a power or of a sum."""
    upper = [_index(part) for part in re.findall(r"\([0-9,]+\)|[A-Za-z0-9][^()]*", node.sup)]
    if node.sample is not None:
        upper.append(_digits(f"({node.sample})"))
    base = f"<mi>{escape(node.base)}</mi>"
    if node.base[-1:] in ("→", "←"):
        base = f"<mover><mi>{escape(node.base[:-1])}</mi><mo>{node.base[-1]}</mo></mover>"
    if node.base.startswith("Δ") and len(node.base) > 1:
        moved = (
            f'<mi mathvariant="normal">Δ</mi><mi>{escape(part[1:])}</mi>'
            for part in node.base.split("/")
        )
        base = _row("<mo>/</mo>".join(moved))
    if shifted := re.fullmatch(r"(\w+)\((\w+?)([₀-₉]*) ([+-]) h\)", node.base):
        base = _moved(*shifted.groups())
    lower, raised = _index(node.sub) if node.sub else "", _row("<mo>,</mo>".join(upper))
    if lower and upper:
        return f"<msubsup>{base}{lower}{raised}</msubsup>"
    if lower:
        return f"<msub>{base}{lower}</msub>"
    return f"<msup>{base}{raised}</msup>" if upper else base


_SIGNS = {"+": "+", "-": "−"}


def _moved(f: str, x: str, place: str, sign: str) -> str:
    """f(x + h), each of its letters a letter."""
    letter = f"<mi>{escape(x)}</mi>"
    index = "".join(str("₀₁₂₃₄₅₆₇₈₉".index(digit)) for digit in place)
    x = f"<msub>{letter}{_digits(index)}</msub>" if index else letter
    return _row(f"<mi>{escape(f)}</mi><mo>(</mo>{x}<mo>{_SIGNS[sign]}</mo><mi>h</mi><mo>)</mo>")


def _index(index: str) -> str:
    """Digits upright, one letter in italics, words upright."""
    if "," in index and not re.fullmatch(r"[0-9(),]+", index):
        return _row("<mo>,</mo>".join(map(_index, index.split(","))))
    kind = "mn" if re.fullmatch(r"[0-9(),]+", index) else "mi"
    return f"<{kind}>{escape(index)}</{kind}>"


def _row(inside: str) -> str:
    return f"<mrow>{inside}</mrow>"


def _bracketed(inside: str) -> str:
    """Brackets grow around what is tall; around a line they keep its height."""
    tall = "<mfrac" in inside or "<mtable" in inside
    still = "" if tall else ' stretchy="false"'
    return _row(f"<mo{still}>(</mo>{inside}<mo{still}>)</mo>")


def _begins_with_minus(formula: Formula) -> bool:
    node = meant(formula)
    match node:
        case Number():
            return (node.text if node.text is not None else plain(node.value)).startswith("-")
        case Negative():
            return True
        case Sum():
            return _begins_with_minus(node.terms[0])
        case Product():
            head = node.factors[0]
            return isinstance(head, Number) and _begins_with_minus(head)
        case Slide():
            return _begins_with_minus(node.left)
        case _:
            return False


_PLAIN = Printer()
mathml, in_a_sentence, terms = _PLAIN.written, _PLAIN.in_a_sentence, _PLAIN.terms
