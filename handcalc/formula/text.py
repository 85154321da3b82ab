"""Formulas as one line of plain text, in Unicode or in ASCII."""

from typing import assert_never

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

_RAISED = str.maketrans("0123456789()new", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ⁿᵉʷ")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_DOT = {True: "*", False: "·"}


def text(formula: Formula, ascii_only: bool = False) -> str:
    """The formula on one line: `w1·x1 + w2·x2 + b1`; in ASCII `w1*x1 + w2*x2 + b1`."""
    return _Line(ascii_only).write(formula)


class _Line:
    """Writes with the fewest brackets that keep the meaning; negatives inside are bracketed."""

    def __init__(self, ascii_only: bool) -> None:
        self.ascii = ascii_only

    def write(self, node: Formula) -> str:
        match node:
            case Number():
                return self.number(node)
            case Symbol():
                return self.symbol(node)
            case Partial():
                d = "d" if self.ascii else "∂"
                if node.via:
                    return f"via {self.symbol(node.via)}"
                return f"{d}{self.symbol(node.of)}/{d}{self.symbol(node.by)}"
            case Sum():
                return self.sum(node)
            case Product():
                return _DOT[self.ascii].join(
                    self.tight(factor, first=i == 0) for i, factor in enumerate(node.factors)
                )
            case Quotient():
                bottom = node.bottom
                denominator = self.write(bottom) if isinstance(bottom, Power) else self.atom(bottom)
                return f"{self.tight(node.top, first=True)}/{denominator}"
            case Power():
                return self.power(node)
            case Negative():
                return f"-{self.tight(node.argument, first=False)}"
            case Call():
                return self.call(node)
            case Cases():
                cases = [
                    f"{self.whole(c.value)} if {self.whole(c.left)} {c.relation} {self.whole(c.right)}"
                    for c in node.cases
                ]
                return ", ".join([*cases, f"otherwise {self.write(node.otherwise)}"])
            case Derivative():
                return f"d/d{self.symbol(node.by)} {self.atom(node.of)}"
            case Dots():
                return "..." if self.ascii else "…"
            case Slide():
                return self.slide(node)
            case _:
                assert_never(node)

    def number(self, node: Number) -> str:
        """As it was typed; π and √ have their names in ASCII."""
        if node.text is None:
            return plain(node.value)
        if self.ascii and not node.text.isascii():
            inner = meant(node)
            return "pi" if isinstance(inner, Number) else self.write(inner)
        return node.text

    def whole(self, node: Formula) -> str:
        """Inside of a list of cases or arguments: cases are bracketed, so that each comma has its place."""
        written = self.write(node)
        return f"({written})" if isinstance(node, Cases) else written

    def sum(self, node: Sum) -> str:
        first = self.write(node.terms[0])
        line = f"({first})" if isinstance(node.terms[0], Cases) else first
        for term in node.terms[1:]:
            if isinstance(term, Negative):
                argument = self.write(term.argument)
                loose = isinstance(meant(term.argument), Sum | Cases) or argument.startswith("-")
                line += f" - ({argument})" if loose else f" - {argument}"
            elif isinstance(term, Product):
                factors = (self.tight(factor, first=False) for factor in term.factors)
                line += f" + {_DOT[self.ascii].join(factors)}"
            else:
                written = self.write(term)
                loose = written.startswith("-") or isinstance(term, Cases)
                line += f" + ({written})" if loose else f" + {written}"
        return line

    def slide(self, node: Slide) -> str:
        """X ⋆ K, x ∗full K; in ASCII `x corr K`, `x conv_full K`, as * is a product there."""
        sign = "∗" if node.turned else "⋆"
        sign += "full" * node.full
        if self.ascii:
            sign = ("conv" if node.turned else "corr") + "_full" * node.full
        return f"{self.write(node.left)} {sign} {self.write(node.right)}"

    def power(self, node: Power) -> str:
        exponent, base = self.write(node.exponent), self.atom(node.base)
        # σ² is a letter of its own, and its square is not σ²².
        base = f"({base})" if base[-1] in _RAISED_DIGITS else base
        # Plain digits alone can be raised: 2³ has no second storey.
        if exponent.isdecimal() and not self.ascii:
            return base + exponent.translate(_RAISED)
        return f"{base}^{self.closed(node.exponent, exponent)}"

    def call(self, node: Call) -> str:
        if node.name == "exp":
            argument = node.arguments[0]
            written = self.write(argument)
            simple = isinstance(argument, Number) and isinstance(meant(argument), Number | Call)
            simple = simple and not written.startswith("-") and "/" not in written
            return f"e^{written}" if simple else f"e^({written})"
        name = node.name
        if name == "abs" and not self.ascii:
            return f"|{self.write(node.arguments[0])}|"
        if name == "sqrt" and not self.ascii:
            return self.root(node.arguments[0])
        if name in ("log2", "log10") and not self.ascii:
            name = "log" + name[3:].translate(_LOWERED)
        inner = self.write if len(node.arguments) == 1 else self.whole
        return f"{name}({', '.join(map(inner, node.arguments))})"

    def root(self, argument: Formula) -> str:
        """√4, and √(a + b) where more stands under the root than one number."""
        written = self.write(argument)
        bare = isinstance(argument, Number) and (
            written == "π" or written.replace(".", "").isdigit()
        )
        return f"√{written}" if bare else f"√({written})"

    def symbol(self, node: Symbol) -> str:
        sample = "" if node.sample is None else f"({node.sample})"
        if self.ascii:
            key, _, at = node.key.partition("@")
            return f"{key}@{at}" if at else key
        if node.indexed:
            raised = (node.sup.replace(",", "") + sample).translate(_RAISED)
            return f"{node.base}{raised}{node.sub.translate(_LOWERED)}"
        name = node.key.partition("@")[0]
        if node.name:
            name = node.name
        elif name.startswith("Delta_"):
            name = "Δ" + name.removeprefix("Delta_")
        elif not node.base.isascii():
            # Greek letters have their names in keys: eta.
            name = node.base + node.sub
        return name + sample.translate(_RAISED)

    def tight(self, node: Formula, *, first: bool) -> str:
        """As a factor: sums bracketed, and negatives too unless they begin the line."""
        written = self.write(node)
        inner = meant(node)
        loose = isinstance(inner, Sum | Cases | Negative)
        compound = isinstance(node, Number) and ("/" in written or isinstance(inner, Power))
        if loose or compound or (written.startswith("-") and not first):
            return f"({written})"
        return written

    def atom(self, node: Formula) -> str:
        """As a base, an exponent or a denominator: everything compound is bracketed."""
        return self.closed(node, self.write(node))

    def closed(self, node: Formula, written: str) -> str:
        """What has been written, in brackets if it is compound: in a tower each storey is written once."""
        simple = isinstance(node, Symbol | Dots) or (
            isinstance(meant(node), Number) and not written.startswith("-") and "/" not in written
        )
        calls = isinstance(node, Call) and node.name != "exp"
        return written if simple or calls else f"({written})"
