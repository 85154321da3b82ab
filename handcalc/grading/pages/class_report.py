"""The class as a document: totals, parts, where the marks are lost, what went wrong most often."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from heapq import nlargest
from typing import Any

from handcalc.document import Bar, Block, Cell, Document, Heading, Note, Paragraph, Table, words
from handcalc.errors import count, sentence
from handcalc.grading import mistakes, parts
from handcalc.grading.checking import shown_marks
from handcalc.grading.statistics import Class, Item
from handcalc.grading.verdict import Verdict
from handcalc.problem import Problem

MOST_ROWS = 40
"""Answers that a folded table shows: those that lose most."""
MOST_MISTAKES = 10
"""Mistakes of a folded table, each with the answer in which it occurs most."""
MOST_NAMED = 3
"""Answers that lose most, named in a sentence."""

Items = Mapping[str, Item]
Places = list[tuple[str, Counter[str]]]
"""Mistakes, the most frequent first, with how often each occurs in which answer."""


def document(
    problem: Problem,
    result: Class,
    remarks: Sequence[str] = (),
    changed: Sequence[str] = (),
    *,
    folded: bool = False,
) -> Document:
    """The report of a class; `folded`, long tables show what matters most and say what they leave out."""
    blocks = _numbered(_blocks(problem, result, folded=folded))
    notes = [Note("difference", words(person)) for person in changed]
    notes += [Note("remark", words(sentence(remark))) for remark in remarks]
    title = f"The class: {problem.title or problem.origin.name}"
    name = problem.origin.name
    return Document(name, title, (*blocks, *notes), record=_record(name, result))


def _numbered(blocks: Iterator[Block]) -> Iterator[Block]:
    """The headings numbered: which sections there are depends on the class."""
    number = 0
    for block in blocks:
        if isinstance(block, Heading):
            number += 1
            yield Heading(block.level, block.title, str(number))
        else:
            yield block


def _blocks(problem: Problem, result: Class, *, folded: bool) -> Iterator[Block]:
    yield from _summary(result)
    yield from _totals(result)
    items = result.marked
    if not items:
        none = "No column is an answer of this problem."
        yield Paragraph(words(none if result.students else "There are no rows."))
        return
    yield from _histogram(result)
    yield from _parts(problem, result)
    places = _places(result)
    yield from _answers(items, _folded(items, places) if folded else items)
    yield from _mistakes(places, folded=folded)


def _summary(result: Class) -> Iterator[Block]:
    n = result.students
    said = (
        f"{count(n, 'student')}; mean {shown_marks(result.mean)} of {shown_marks(result.of)} marks"
    )
    yield Paragraph(words(f"{said}, standard deviation {shown_marks(result.deviation)}."))
    if result.undecided:
        yield Paragraph(words(f"{count(result.undecided, 'answer')} for a person to decide."))


def _totals(result: Class) -> Iterator[Block]:
    """The totals in one row of numbers."""
    yield Heading(2, words("Marks"))
    header = ("students", "marks", "mean", "deviation", "25 %", "median", "75 %", "Cronbach's α")
    quartiles = [result.quantile(share) for share in (0.25, 0.5, 0.75)]
    numbers = map(shown_marks, (result.of, result.mean, result.deviation, *quartiles))
    row = (str(result.students), *numbers, _correlation(result.alpha))
    yield Table(header, (row,), frozenset(range(len(header))))


def _histogram(result: Class) -> Iterator[Block]:
    """How many students have how many marks."""
    yield Paragraph(words("How many have how much:"))
    bins = result.bins()
    most = max(many for _, _, many in bins)
    rows: list[tuple[Cell, ...]] = []
    for i, (low, high, many) in enumerate(bins):
        to = "to" if i == len(bins) - 1 else "to under"
        steps = f"{shown_marks(low)} {to} {shown_marks(high)}"
        rows.append((steps, str(many), words(Bar(many / (most or 1)))))
    yield Table(("marks", "students", ""), tuple(rows), frozenset({1}))


def _parts(problem: Problem, result: Class) -> Iterator[Block]:
    """The marks of each part of the sheet that the file names."""
    if not result.parts:
        return
    yield Heading(2, words("Parts"))
    rows: list[tuple[Cell, ...]] = []
    keys = parts.of(problem, result.marked)
    for name, own in result.parts.items():
        of = sum(result.items[key].marks for key in keys.get(name, ()))
        share = own.mean / of if of else 0.0
        numbers = map(shown_marks, (of, own.mean, own.deviation))
        rows.append((name, *numbers, _percent(share), words(Bar(share))))
    header = ("part", "marks", "mean", "deviation", "facility", "")
    yield Table(header, tuple(rows), frozenset({1, 2, 3, 4}))


def _answers(items: Items, shown: Items) -> Iterator[Block]:
    """Who earns which answer, and where the marks are lost, in the order of the sheet."""
    yield Heading(2, words("Answers"))
    verdicts = (verdict.name.lower() for verdict in _VERDICTS)
    header = ("answer", "facility", "", "discrimination", "marks lost", *verdicts)
    rows = tuple(_row(key, item) for key, item in shown.items())
    yield Table(header, rows, frozenset(range(1, len(header))) - {2})
    hidden = [item for key, item in items.items() if key not in shown]
    if hidden:
        most = shown_marks(max(item.lost for item in hidden))
        said = f"… and {count(len(hidden), 'more answer')}, each losing {most} marks or fewer; "
        yield Paragraph(words(said + "--all shows them."))
    worst = [f"{key} ({shown_marks(items[key].lost)})" for key in _worst(items, MOST_NAMED)]
    if worst:
        yield Paragraph(words(f"Most marks are lost in {', '.join(worst)}."))
    said = "Facility is the mean share of the marks of an answer, discrimination its correlation"
    yield Paragraph(words(f"{said} with the rest of the sheet."))


_VERDICTS = (Verdict.RIGHT, Verdict.FOLLOWS, Verdict.WRONG, Verdict.UNDECIDED, Verdict.BLANK)


def _row(key: str, item: Item) -> tuple[Cell, ...]:
    return (
        key,
        _percent(item.facility),
        words(Bar(item.facility)),
        _correlation(item.discrimination),
        shown_marks(item.lost),
        *(str(item.verdicts[verdict]) for verdict in _VERDICTS),
    )


def _worst(items: Items, most: int) -> list[str]:
    """The answers that lose most, if they lose any: the first to lose, first."""
    losing = [key for key in items if shown_marks(items[key].lost) != "0"]
    return nlargest(most, losing, key=lambda key: items[key].lost)


def _folded(items: Items, places: Places) -> Items:
    """The answers that lose most, with those that are named further below."""
    if len(items) <= MOST_ROWS:
        return items
    named = {key for _, where in places[:MOST_MISTAKES] for key, _ in where.most_common(1)}
    kept = {*nlargest(MOST_ROWS, items, key=lambda key: items[key].lost), *named}
    return {key: item for key, item in items.items() if key in kept}


def _places(result: Class) -> Places:
    where: dict[str, Counter[str]] = {}
    for key, item in result.items.items():
        for word, many in item.mistakes.items():
            where.setdefault(word, Counter())[key] += many
    return sorted(where.items(), key=lambda pair: -pair[1].total())


def _mistakes(places: Places, *, folded: bool) -> Iterator[Block]:
    """The mistakes by how often they occur, with the answers in which they do."""
    if not places:
        return
    yield Heading(2, words("Mistakes"))
    shown = places[:MOST_MISTAKES] if folded else places
    rows = []
    for word, where in shown:
        keys = [f"{key} {many}" for key, many in where.most_common()]
        keys = [keys[0], "…"] if folded and len(keys) > 1 else keys
        known = word in mistakes.MISTAKES
        said = mistakes.load(word).said if known else "no known mistake gives it"
        rows.append((word, str(where.total()), ", ".join(keys), said))
    yield Table(("mistake", "times", "in", "what it is"), tuple(rows), frozenset({1}))
    if len(shown) < len(places):
        said = f"… and {count(len(places) - len(shown), 'more mistake')}; --all shows them."
        yield Paragraph(words(said))


def _correlation(value: float | None) -> str:
    """Two decimals; a dash where all students are alike, so that there is none."""
    return "-" if value is None else f"{value:.2f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _record(name: str, result: Class) -> dict[str, Any]:
    """What programs read."""
    n = result.students
    return {
        "problem": name,
        "students": n,
        "of": round(result.of, 6),
        "mean": round(result.mean, 6),
        "deviation": round(result.deviation, 6),
        "quartiles": [result.quantile(q) for q in (0.25, 0.5, 0.75)],
        "alpha": result.alpha,
        "undecided": result.undecided,
        "histogram": [[value / 100, many] for value, many in sorted(result.histogram.items())],
        "parts": {
            part: {"mean": s.mean, "deviation": s.deviation} for part, s in result.parts.items()
        },
        "answers": {
            key: {
                "marks": item.marks,
                "facility": item.facility,
                "discrimination": item.discrimination,
                "lost": round(item.lost, 6),
                **{verdict.name.lower(): item.verdicts[verdict] for verdict in _VERDICTS},
                "mistakes": dict(item.mistakes.most_common()),
            }
            for key, item in result.marked.items()
        },
    }
