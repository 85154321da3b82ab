r"""Formulas as LaTeX that survives every Markdown viewer.

Only commands every engine knows; a blank before each `_`, so that no viewer takes it for emphasis;
brackets as `\left( \right)`; no `\operatorname`, no `\,`, no Unicode letters.
"""

import re
from typing import assert_never

from handcalc.formula import greek
from handcalc.formula.bracketing import Bracketing
from handcalc.formula.functions import ELEMENTARY
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

_GREEK = {
    **{letter: f"\\{name}" for letter, name in greek.NAMES.items()},
    # In braces, as it gets an upper index of its own.
    "σ²": r"{\sigma^2}",
    "x̂": r"\hat{x}",
    "ŷ": r"\hat{y}",
    "m̂": r"{\hat{m}}",
    "v̂": r"{\hat{v}}",
    "v_max": r"{v _{\mathrm{max}}}",
    "g_c": r"{g _{c}}",
    "g_d": r"{g _{d}}",
    "w_d": r"{w _{d}}",
    "η_t": r"{\eta _{t}}",
    "‖g‖": r"\left\Vert g \right\Vert",
    "λ1": r"{\lambda _1}",
    "λd": r"{\lambda _d}",
    "λ2": r"{\lambda _2}",
    "ℓ": r"\ell",
    "m²": "{m^2}",
    "S′": "{S'}",
}
_ARROWS = {"→": r"\overrightarrow", "←": r"\overleftarrow"}
_RELATIONS = {">": ">", ">=": r"\ge", "<": "<", "<=": r"\le"}


_ON_THE_LINE = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def tex(formula: Formula) -> str:
    """The formula in LaTeX, on one source line unless it has cases."""
    match formula:
        case Number():
            return _number(formula)
        case Symbol():
            return _symbol(formula)
        case Partial():
            top, bottom = _symbol(formula.of), _symbol(formula.by)
            whole = rf"\frac{{\partial {top}}}{{\partial {bottom}}}"
            if formula.via is None:
                return whole
            return rf"\left( {whole} \right) _{{{_symbol(formula.via)}}}"
        case Sum():
            return " ".join(BRACKETING.terms(formula))
        case Product():
            return " ".join(BRACKETING.factors(formula))
        case Quotient():
            return rf"\frac{{{tex(formula.top)}}}{{{tex(formula.bottom)}}}"
        case Power():
            return f"{BRACKETING.base(formula.base)}^{{{tex(formula.exponent)}}}"
        case Negative():
            return f"-{BRACKETING.tight(formula.argument, first=False)}"
        case Call():
            return _call(formula)
        case Cases():
            rows = [
                f"{tex(c.value)} & {tex(c.left)} {_RELATIONS[c.relation]} {tex(c.right)} \\\\\n"
                for c in formula.cases
            ]
            last = rf"{tex(formula.otherwise)} & \text{{otherwise}}"
            return "\\begin{cases}\n" + "".join(rows) + last + "\n\\end{cases}"
        case Derivative():
            inner = tex(formula.of)
            whole = inner if isinstance(formula.of, Symbol | Call) else _bracketed(inner)
            return rf"\frac{{d}}{{d {_symbol(formula.by)}}} {whole}"
        case Dots():
            return r"\cdots"
        case Slide():
            sign = r"\ast" if formula.turned else r"\star"
            sign += r" _{\mathrm{full}}" if formula.full else ""
            return f"{tex(formula.left)} {sign} {tex(formula.right)}"
        case _:
            assert_never(formula)


def in_a_sentence(formula: Formula) -> str:
    """A derivative with a slash, which keeps the height of a line of print; everything else as it is."""
    if isinstance(formula, Partial) and formula.via is None:
        return rf"\partial {_symbol(formula.of)} / \partial {_symbol(formula.by)}"
    return tex(formula)


def _number(node: Number) -> str:
    inner = meant(node)
    if inner is not node:
        return tex(inner)
    if node.text == "π":
        return r"\pi"
    written = node.text if node.text is not None else plain(node.value)
    # In braces a comma is a part of the number, without the blank that follows it elsewhere.
    written = re.sub(r"(?<=[0-9]),(?=[0-9]{3})", "{,}", written)
    mantissa, e, exponent = written.partition("e")
    if e and mantissa:
        return rf"{mantissa} \cdot 10^{{{exponent}}}"
    top, slash, bottom = written.partition("/")
    return rf"\frac{{{top}}}{{{bottom}}}" if slash else written


def _symbol(node: Symbol) -> str:
    upper = [_index(part) for part in re.findall(r"\([0-9,]+\)|[A-Za-z0-9][^()]*", node.sup)]
    if node.sample is not None:
        upper.append(f"({node.sample})")
    base = _letters(node.base)
    if node.base.startswith("Δ") and len(node.base) > 1:
        base = "/".join(rf"\Delta {_letters(part[1:])}" for part in node.base.split("/"))
    long = len(node.sub) > 1 or not node.sub.isascii()
    lower = f" _{{{_index(node.sub)}}}" if long else f"_{node.sub}" if node.sub else ""
    if len(base) > 1 and lower.startswith("_"):
        lower = " " + lower.replace("_", "_{", 1) + "}"
    return base + lower + (f"^{{{','.join(upper)}}}" if upper else "")


def _letters(base: str) -> str:
    """A letter in italics, a word upright, what is read one way under an arrow."""
    if base[-1:] in _ARROWS:
        return f"{_ARROWS[base[-1]]}{{{_letters(base[:-1])}}}"
    if base.endswith(")"):  # f(x + h), f(W₁₁ + h)
        return re.sub("[₀-₉]+", lambda found: f"_{{{found[0].translate(_ON_THE_LINE)}}}", base)
    if base[:1] in greek.NAMES and base[1:].isdecimal():
        return f"{{{_GREEK[base[0]]} _{{{base[1:]}}}}}"
    return _GREEK.get(base) or (base if len(base) == 1 else _roman(base))


def _index(index: str) -> str:
    if re.fullmatch(r"[0-9(),]+", index):
        return index
    return ",".join(
        p if re.fullmatch(r"[0-9()]+|[a-z]", p) else _GREEK.get(p) or _roman(p)
        for p in index.split(",")
    )


def _roman(word: str) -> str:
    return r"\mathrm{" + re.sub(r"[^A-Za-z0-9]+", "-", word) + "}"


def _call(node: Call) -> str:
    if node.name == "exp":
        return f"e^{{{tex(node.arguments[0])}}}"
    if node.name == "sqrt":
        return rf"\sqrt{{{tex(node.arguments[0])}}}"
    if node.name == "floor":
        return rf"\left\lfloor {tex(node.arguments[0])} \right\rfloor"
    if node.name == "abs":
        return rf"\left\vert {tex(node.arguments[0])} \right\vert"
    own = f"\\{node.name}" if node.name in ("max", "min") else _roman(node.name)
    name = ELEMENTARY[node.name].tex if node.name in ELEMENTARY else own
    return rf"{name} \left( {', '.join(map(tex, node.arguments))} \right)"


def _bracketed(written: str) -> str:
    return rf"\left( {written} \right)"


BRACKETING = Bracketing(tex, _bracketed, r"\cdot")
