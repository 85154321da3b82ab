"""Formulas in the mathematics of Typst: letters as they are, words in quotation marks.

What is written here goes between two `$`.
"""

import re
from typing import assert_never

from handcalc.formula import greek
from handcalc.formula.bracketing import Bracketing
from handcalc.formula.reader import meant
from handcalc.formula.tree import (
    Call,
    Cases,
    Derivative,
    Dots,
    Formula,
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

_SPECIAL = {
    "σ²": "σ^2",
    "x̂": "hat(x)",
    "ŷ": "hat(y)",
    "m̂": "hat(m)",
    "v̂": "hat(v)",
    "v_max": 'v_"max"',
    "g_c": "g_c",
    "g_d": "g_d",
    "w_d": "w_d",
    "η_t": "η_t",
    "‖g‖": "norm(g)",
    "λd": "λ_d",
    "ℓ": "ℓ",
    "m²": "m^2",
    "S′": "S'",
}
_ARROWS = {"→": "arrow.r", "←": "arrow.l"}
_RELATIONS = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def typst(formula: Formula) -> str:
    """The formula, on one source line."""
    match formula:
        case Number():
            return _number(formula) if meant(formula) is formula else typst(meant(formula))
        case Symbol():
            return _symbol(formula)
        case Partial():
            whole = f"frac(∂{_symbol(formula.of)}, ∂{_symbol(formula.by)})"
            if formula.via is None:
                return whole
            return f"{_bracketed(whole)}_({_symbol(formula.via)})"
        case Sum():
            return " ".join(BRACKETING.terms(formula))
        case Product():
            return " ".join(BRACKETING.factors(formula))
        case Quotient():
            return f"frac({typst(formula.top)}, {typst(formula.bottom)})"
        case Power():
            return f"{BRACKETING.base(formula.base)}^({typst(formula.exponent)})"
        case Negative():
            return f"-{BRACKETING.tight(formula.argument, first=False)}"
        case Call():
            return _call(formula)
        case Cases():
            rows = [
                f"{typst(c.value)} quad & {typst(c.left)} {_RELATIONS[c.relation]} {typst(c.right)}"
                for c in formula.cases
            ]
            return f'cases({", ".join(rows)}, {typst(formula.otherwise)} quad & "otherwise")'
        case Derivative():
            inner = typst(formula.of)
            whole = inner if isinstance(formula.of, Symbol | Call) else _bracketed(inner)
            return f"frac(upright(d), upright(d) {_symbol(formula.by)}) {whole}"
        case Dots():
            return "⋯"
        case Slide():
            sign = "∗" if formula.turned else "⋆"
            sign += '_"full"' if formula.full else ""
            return f"{typst(formula.left)} {sign} {typst(formula.right)}"
        case _:
            assert_never(formula)


def in_a_sentence(formula: Formula) -> str:
    """A derivative with a slash, which keeps the height of a line; everything else as it is."""
    if isinstance(formula, Partial) and formula.via is None:
        return f"∂{_symbol(formula.of)} slash ∂{_symbol(formula.by)}"
    return typst(formula)


def _number(node: Number) -> str:
    written = node.text if node.text is not None else plain(node.value)
    mantissa, e, exponent = written.partition("e")
    if e and mantissa:
        return f"{mantissa} · 10^({exponent})"
    if "," in written:  # of thousands, without the blank that follows it elsewhere
        return _quoted(written)
    top, slash, bottom = written.partition("/")
    return f"frac({top}, {bottom})" if slash else written


def _symbol(node: Symbol) -> str:
    upper = [_index(part) for part in re.findall(r"\([0-9,]+\)|[A-Za-z0-9][^()]*", node.sup)]
    if node.sample is not None:
        upper.append(f"({node.sample})")
    base = _letters(node.base)
    if node.base.startswith("Δ") and len(node.base) > 1:
        base = " slash ".join(f"Δ {_letters(part[1:])}" for part in node.base.split("/"))
    if (node.sub or upper) and ("_" in base or "^" in base):
        # What has an index of its own is one letter for the next.
        base = f"lr({base})"
    lower = f"_({_index(node.sub)})" if node.sub else ""
    return base + lower + (f"^({','.join(upper)})" if upper else "")


def _letters(base: str) -> str:
    """A letter in italics, a word upright, what is read one way under an arrow."""
    if base[-1:] in _ARROWS:
        return f"accent({_letters(base[:-1])}, {_ARROWS[base[-1]]})"
    if base.endswith(")"):  # f(x + h), f(W₁₁ + h)
        lowered = re.sub("[₀-₉]+", lambda found: f"_{found[0].translate(_LOWERED)}", base)
        return re.sub(r"[A-Za-z]{2,}", _word_in, lowered).replace("(", " (")
    if base[:1] in greek.NAMES and base[1:].isdecimal():
        return f"{base[0]}_{base[1:]}"
    return _SPECIAL.get(base) or (base if len(base) == 1 else _word(base))


def _word_in(found: re.Match[str]) -> str:
    return _word(found[0])


def _index(index: str) -> str:
    if re.fullmatch(r"[0-9(),]+", index):
        return index
    return ",".join(
        p if re.fullmatch(r"[0-9()]+|[a-z]", p) else _SPECIAL.get(p) or _one(p)
        for p in index.split(",")
    )


def _one(index: str) -> str:
    return index if len(index) == 1 and index in greek.NAMES else _word(index)


def _quoted(number: str) -> str:
    return '"' + re.sub(r"[^0-9.,e-]+", "", number) + '"'


def _word(word: str) -> str:
    """Upright, and text whatever it says."""
    return '"' + re.sub(r"[^A-Za-z0-9]+", "-", word) + '"'


def _call(node: Call) -> str:
    inside = ", ".join(map(typst, node.arguments))
    match node.name:
        case "exp":
            return f"e^({inside})"
        case "sqrt" | "floor" | "abs":
            return f"{node.name}({inside})"
        case "erf":
            return f'op("erf") {_bracketed(inside)}'
    name = f"log_({node.name[3:]})" if node.name.startswith("log") else node.name
    return f"{name} {_bracketed(inside)}"


def _bracketed(written: str) -> str:
    return f"lr(( {written} ))"


BRACKETING = Bracketing(typst, _bracketed, "·")
