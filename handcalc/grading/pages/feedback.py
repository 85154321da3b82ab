"""A page of feedback for each student: what was typed, the verdict, and what to look at again.

How much a page gives away is the author's choice: `hints` name the step to look at and no key, `steps` redo the
step with the student's own numbers, `solution` shows the keys and how they are worked out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Literal

from handcalc.document import Block, Cell, Document, Heading, Note, Paragraph, Table, words
from handcalc.errors import listed, printable, sentence
from handcalc.formula import Formula
from handcalc.grading.checking import Checked, Entry, check_with
from handcalc.grading.chunk import Marker
from handcalc.grading.pages.filename import unique
from handcalc.grading.pages.report import (
    accounts,
    earned,
    following,
    mark,
    shown_entries,
    tally,
    undecided,
)
from handcalc.grading.pages.why import arithmetic
from handcalc.grading.reading.rows import Row
from handcalc.grading.reading.sheet import Sheet
from handcalc.grading.verdict import Verdict, Why
from handcalc.problem import Problem

Openness = Literal["hints", "steps", "solution"]

MOST_NAMED = 6
"""Steps that a hint names."""
MOST_REDONE = 3
"""Cells of one mistake that are worked out again; the others are alike."""


@dataclass
class Pages:
    """The pages of a class."""

    marker: Marker
    openness: Openness
    solved: Callable[[Problem], Document]
    """What works the problem out, where the solution is shown."""
    _names: set[str] = field(default_factory=set)

    def page(self, row: Row) -> tuple[str, Document]:
        """The name of the page, without its ending, and the page."""
        sheet = self._sheet(row)
        checked = check_with(self.marker.scheme, sheet, marker=self.marker)
        title = self.marker.scheme.problem.title or self.marker.scheme.problem.origin.name
        blocks = tuple(self._blocks(checked))
        name = unique(sheet.name, f"row {row.line}", self._names)
        return name, Document(title, f"{sheet.name}: {title}", blocks)

    def _sheet(self, row: Row) -> Sheet:
        """The row as a sheet; cells of matrices by their own keys."""
        columns = self.marker.columns
        answers: dict[str, Any] = {step.key: row.cells[i] for i, step in columns.numbers.items()}
        answers |= {key: row.cells[i] for i, key in columns.figures.items()}
        name = " ".join(row.cells[place].strip() for place in columns.about[:2]).strip()
        return Sheet(printable(name)[:60] or f"row {row.line}", answers, row.comma)

    def _blocks(self, checked: Checked) -> Iterator[Block]:
        yield Paragraph(tally(checked))
        yield from self._table(checked)
        if checked.first_wrong:
            yield Heading(2, words("What to look at"))
        shown: set[int] = set()
        for entries, account in accounts(checked, values=self.openness != "hints"):
            yield Paragraph(words(account))
            for entry in islice(entries, MOST_REDONE):
                yield from self._again(checked, entry)
                yield from self._solved(entry, shown)
            alike = [entry.key for entry in entries[MOST_REDONE:]]
            if alike and (checked.judge or self.openness == "solution"):
                yield Paragraph(words(f"In the same way: {listed(alike, 12)}."))
        yield from self._others(checked)

    def _table(self, checked: Checked) -> Iterator[Block]:
        keys = self.openness == "solution"
        head = ("answer", "given", "verdict", *(("key",) if keys else ()), "marks")
        rows: list[tuple[Cell, ...]] = [
            (
                e.key,
                printable(e.given)[:24],
                mark(e.verdict),
                *((e.expected,) if keys else ()),
                earned(e),
            )
            for e in shown_entries(checked.entries)
        ]
        if rows:
            yield Table(head, tuple(rows), frozenset({1, len(head) - 1} | ({3} if keys else set())))

    def _again(self, checked: Checked, entry: Entry) -> Iterator[Block]:
        """One wrong answer again: the step to look at, or redone."""
        step = checked.step(entry.key)
        if step is not None and checked.following is not None:
            leaf = checked.scheme.steps.leaf
            before = [leaf(ref) for ref in islice(step.before(), MOST_NAMED + 1)]
            if self.openness == "hints" and before:
                parts: list[str | Formula] = []
                for part in before[:MOST_NAMED]:
                    parts += [", ", part]
                parts += [", …"] * (len(before) > MOST_NAMED)
                made = words(leaf(step.ref), " is worked out from ", *parts[1:], ".")
                yield Paragraph((*words("Look at this step again: "), *made))
            elif self.openness != "hints":
                yield from islice(arithmetic(checked, checked.following, step, entry.verdict), 2)

    def _solved(self, entry: Entry, shown: set[int]) -> Iterator[Block]:
        """The same as the solution has it, once a page: a step of it may find several answers."""
        blocks = self._solution.get(entry.key, ()) if self.openness == "solution" else ()
        if blocks and id(blocks) not in shown:
            shown.add(id(blocks))
            yield Paragraph(words("The solution:"))
            yield from blocks

    @cached_property
    def _solution(self) -> dict[str, tuple[Block, ...]]:
        """The blocks of the worked solution that find each key."""
        document = self.solved(self.marker.scheme.problem)
        pairs = ((step.finds, step.blocks[1:]) for step in document.steps)
        return {key: blocks for keys, blocks in pairs for key in keys}

    def _others(self, checked: Checked) -> Iterator[Block]:
        entries = checked.entries
        yield from following(checked, "your answers", values=self.openness != "hints")
        decided = [e.key for e in entries if e.why == Why.PERSON]
        if decided:
            yield Paragraph(words(f"Decided by a person: {listed(decided, 40)}."))
        yield from undecided(checked)
        blank = [e.key for e in entries if e.verdict == Verdict.BLANK]
        if blank:
            yield Paragraph(words(f"Blank: {listed(blank, 12)}."))
        for remark in checked.texts.remarks:
            yield Note("remark", words(sentence(remark)))
