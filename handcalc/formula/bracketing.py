"""Where brackets stand in formulas that are set on paper, whatever the signs are called there."""

from collections.abc import Callable
from dataclasses import dataclass

from handcalc.formula.reader import meant
from handcalc.formula.tree import Cases, Formula, Negative, Number, Product, Sum, Symbol


@dataclass(frozen=True, slots=True)
class Bracketing:
    """How a formula is written, how it is put into brackets, and the dot between factors."""

    written: Callable[[Formula], str]
    bracketed: Callable[[str], str]
    dot: str

    def terms(self, node: Sum) -> list[str]:
        """The terms of a sum, each with its sign; put together they are the sum."""
        parts = [self.written(node.terms[0])]
        for term in node.terms[1:]:
            if isinstance(term, Negative):
                argument = self.written(term.argument)
                loose = isinstance(meant(term.argument), Sum | Cases) or argument.startswith("-")
                parts.append(f"- {self.bracketed(argument) if loose else argument}")
            elif isinstance(term, Product):
                made = (self.tight(factor, first=False) for factor in term.factors)
                parts.append("+ " + f" {self.dot} ".join(made))
            else:
                alone = self.written(term)
                parts.append(f"+ {self.bracketed(alone) if alone.startswith('-') else alone}")
        return parts

    def factors(self, node: Product) -> list[str]:
        """The factors of a product, each with its dot; put together they are the product."""
        return [
            f"{self.dot} {self.tight(factor, first=False)}" if i else self.tight(factor, first=True)
            for i, factor in enumerate(node.factors)
        ]

    def tight(self, node: Formula, *, first: bool) -> str:
        """As a factor: what is looser than a product is bracketed, and behind another factor a sign."""
        written = self.written(node)
        loose = isinstance(meant(node), Sum | Cases | Negative) or (
            isinstance(node, Number) and self.dot in written
        )
        signed = written.startswith("-") and not first
        return self.bracketed(written) if loose or signed else written

    def base(self, node: Formula) -> str:
        """As the base of a power: a symbol that has an upper index is bracketed too."""
        written = self.written(node)
        simple = isinstance(node, Number) and written.replace(".", "").isdecimal()
        simple = simple or (isinstance(node, Symbol) and "^" not in written)
        return written if simple else self.bracketed(written)
