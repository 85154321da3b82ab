"""A term of a sum left out of a formula."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula, Sum, is_long, total
from handcalc.grading.mistakes import _definitions
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step


class TermLeftOut(Mistake):
    """w·x in place of w·x + b, in a value and in its slopes."""

    said: ClassVar[str] = "a term of the sum was left out"

    def formulas(self, step: Step) -> Iterator[Formula]:
        yield from _definitions.with_changed(
            step, lambda formula: _definitions.changed_once(formula, _shorter)
        )


def _shorter(part: Formula) -> Iterator[Formula]:
    """A sum without one of its terms."""
    if isinstance(part, Sum) and not is_long(part):
        terms = tuple(part.terms)
        for place in reversed(range(len(terms))):
            yield total((*terms[:place], *terms[place + 1 :]))
