"""Words and formulas of a page: text stays text, `from step 3.1` leads there, formulas are MathML."""

import re
from typing import assert_never
from xml.sax.saxutils import escape, quoteattr

from handcalc.document import Bar, Code, Inline, Inlines, Mark, Math, Text, Way
from handcalc.errors import printable
from handcalc.formats._html_places import ENTRY, Places, entries
from handcalc.formula import Formula
from handcalc.formula.mathml import Printer

_STEPS = re.compile(r"\bsteps? [0-9]+\.[0-9]+(?:(?:, | and )[0-9]+\.[0-9]+)*")


def plain_words(words: str) -> str:
    """Words as text and nothing else, with the minus of print and x = 2 kept on one line."""
    shown = re.sub(r"(?<![\w.)\]-])-(?=[0-9.])", "−", printable(words))
    return escape(shown).replace(" = ", "\u00a0=\u00a0")


class Words:
    """Writes what stands in lines; with places, symbols say whose value they are."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._keyed, self._bare = Printer(places.from_), Printer()

    def inlines(self, inlines: Inlines) -> str:
        """A sentence."""
        return "".join(map(self.inline, inlines))

    def inline(self, inline: Inline) -> str:
        """A part of one."""
        match inline:
            case Text():
                return self._linked(plain_words(inline.text))
            case Code():
                return f"<code>{escape(printable(inline.text))}</code>"
            case Math():
                return f"<math>{self._keyed.in_a_sentence(inline.formula)}</math>"
            case Mark():
                return f'<b class="{inline.meaning}">{plain_words(inline.text)}</b>'
            case Way():
                return _way(inline, self._keyed)
            case Bar():
                style = f"width:{6 * inline.share:.2f}em"
                return f'<span class="bar" aria-hidden="true" style="{style}"></span>'
            case _:
                assert_never(inline)

    def title(self, inlines: Inlines) -> str:
        """A heading, in which nothing leads away."""
        return "".join(
            f"<math>{self._bare.in_a_sentence(inline.formula)}</math>"
            if isinstance(inline, Math)
            else plain_words(inline.text)
            if isinstance(inline, Text)
            else _way(inline, self._bare)
            if isinstance(inline, Way)
            else self.inline(inline)
            for inline in inlines
        )

    def given(self, inlines: Inlines) -> str:
        """A cell: where it gives values each of them has an address."""
        values, made, skip = dict(entries(inlines)), list[str](), 0
        for i, inline in enumerate(inlines):
            if i in values:
                at, behind = self._places.at(values[i]), inlines[i + 1]
                value = ENTRY.match(behind.text) if isinstance(behind, Text) else None
                shown = self.math(inline.formula, bare=True) if isinstance(inline, Math) else ""
                said, skip = (value[0], len(value[0])) if value else ("", 0)
                made.append(f'<span class="entry"{at}>{shown}{plain_words(said)}</span>')
            elif isinstance(inline, Text):
                made.append(self.inline(Text(inline.text[skip:])))
                skip = 0
            else:
                made.append(self.inline(inline))
        return "".join(made)

    def math(self, formula: Formula, relation: str = "", *, bare: bool = False) -> str:
        """A formula, after `=` where it is a side of an equation; lines break between its terms."""
        printer = self._bare if bare else self._keyed
        first, *more = printer.terms(formula)
        sign = f'<mo form="infix">{relation}</mo>' if relation else ""
        return "<wbr/>".join(f"<math>{term}</math>" for term in (sign + first, *more))

    def to_step(self, number: str) -> str:
        """A link to a step."""
        return f"<a href={quoteattr(f'#step-{number}')}>{escape(number)}</a>"

    def _linked(self, words: str) -> str:
        return _STEPS.sub(lambda found: self._links(found[0]), words)

    def _links(self, words: str) -> str:
        """`from step 3.1` with the number as a link, where there is such a step."""
        return re.sub(
            r"[0-9]+\.[0-9]+",
            lambda number: (
                self.to_step(number[0]) if number[0] in self._places.numbers else number[0]
            ),
            words,
        )


def _way(way: Way, printer: Printer) -> str:
    stations = ("<mi>…</mi>" if s is None else printer.in_a_sentence(s) for s in way.stations)
    return f"<math>{'<mo>←</mo>'.join(stations)}</math>"
