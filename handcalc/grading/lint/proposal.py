"""Other numbers as they are proposed: where they stand in the file, and what gets better."""

from collections.abc import Iterator
from typing import Any

from handcalc.document import Block, Code, Document, Note, Paragraph, Table, words
from handcalc.errors import count
from handcalc.grading.lint.page import record as findings
from handcalc.grading.lint.search import Proposal
from handcalc.library import called
from handcalc.problem import Problem

MOST_NAMED = 3
"""Numbers of one line that are shown; of more the first and how many there are."""


def document(problem: Problem, proposal: Proposal, path: str = "") -> Document:
    """The proposal, for the author; `path` is where it is written."""
    title = f"Other numbers: {problem.title or problem.origin.name}"
    blocks = tuple(_blocks(problem, proposal, path))
    return Document(problem.origin.name, title, blocks, record=record(problem, proposal))


def _blocks(problem: Problem, proposal: Proposal, path: str) -> Iterator[Block]:
    if not proposal.changes:
        yield Paragraph(words(_nothing(proposal)))
        return
    yield Table(("line", "number", "now", "then"), tuple(_lines(proposal)), frozenset({0, 2, 3}))
    before, after = proposal.before.counts, proposal.after.counts
    rows = tuple(
        (said, str(before[said]), str(after[said]))
        for said in before
        if before[said] or after[said]
    )
    yield Table(("what marking cannot tell", "now", "then"), rows, frozenset({1, 2}))
    name = called(problem.origin.path, problem.origin.name)
    how = Code(f"handcalc lint {name} --fix -o new.yaml")
    said = (
        (f"{path} has them.",) if path else ("A file with these numbers is written by ", how, ".")
    )
    yield Note("remark", words(*said))


def _nothing(proposal: Proposal) -> str:
    if proposal.before.symbolic:
        return "This problem has no numbers that could be others."
    if not proposal.before.weight:
        return "There is nothing that other numbers would mend."
    if not proposal.looked_at:
        return "No number of this file can be another: nothing is proposed."
    tried = count(proposal.looked_at, "number")
    return f"Nothing better was found: {tried} of the file were moved, one by one and together."


def _lines(proposal: Proposal) -> Iterator[tuple[str, str, str, str]]:
    """Each line of the file with its numbers."""
    by_line: dict[int, list[tuple[str, str, str]]] = {}
    for number, text in sorted(proposal.changes, key=lambda c: (c[0].line, c[0].column)):
        by_line.setdefault(number.line, []).append((number.name, number.text, text))
    for line, changes in by_line.items():
        cells = [", ".join(column[:MOST_NAMED]) for column in zip(*changes, strict=True)]
        more = ", …" if len(changes) > MOST_NAMED else ""
        name, now, then = (cell + more for cell in cells)
        yield str(line + 1), name, now, then


def record(problem: Problem, proposal: Proposal) -> dict[str, Any]:
    """What programs read: the contract of lint --fix --format json."""
    return {
        "problem": problem.origin.name,
        "changes": [
            {
                "line": number.line + 1,
                "column": number.column + 1,
                "number": number.name,
                "now": number.text,
                "then": text,
            }
            for number, text in proposal.changes
        ],
        "before": findings(problem, proposal.before),
        "after": findings(problem, proposal.after),
    }
