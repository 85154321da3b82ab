"""The class as a document: totals, where the marks are lost, what went wrong most often."""

from collections import Counter
from collections.abc import Iterator, Sequence

from handcalc.document import Block, Document, Heading, Note, Paragraph, Table, words
from handcalc.errors import count
from handcalc.grading import mistakes
from handcalc.grading.checking import shown_marks
from handcalc.grading.statistics import Class, Item
from handcalc.problem import Problem

BAR = 20
MOST_ROWS = 40
MOST_MISTAKES = 10


def document(
    problem: Problem, result: Class, remarks: Sequence[str], changed: Sequence[str] = ()
) -> Document:
    """The report of a class."""
    blocks = tuple(_blocks(result, remarks, changed))
    title = f"The class: {problem.title or problem.origin.name}"
    return Document(problem.origin.name, title, blocks)


def _blocks(result: Class, remarks: Sequence[str], changed: Sequence[str]) -> Iterator[Block]:
    said = f"{count(result.students, 'student')}; mean {shown_marks(result.mean)} of {shown_marks(result.of)} marks"
    yield Paragraph(words(f"{said}, standard deviation {shown_marks(result.deviation)}."))
    if result.undecided:
        yield Paragraph(words(f"{count(result.undecided, 'answer')} for a person to decide."))
    items = [(key, item) for key, item in result.items.items() if item.marks and item.students]
    if not items:
        none = (
            "There are no rows."
            if not result.students
            else "No column is an answer of this problem."
        )
        yield Paragraph(words(none))
    else:
        yield from _answers(items)
    yield from _mistakes(result)
    for person in changed:
        yield Note("difference", words(person))
    for remark in remarks:
        yield Note("remark", words(f"{remark}."))


def _answers(items: Sequence[tuple[str, Item]]) -> Iterator[Block]:
    """Who earns which answer, and where the marks are lost."""
    yield Heading(2, words("Answers"), "1")
    rows = tuple(_row(key, item) for key, item in items[:MOST_ROWS])
    yield Table(
        ("answer", "facility", "", "discrimination", "marks lost"), rows, frozenset({1, 3, 4})
    )
    if len(items) > MOST_ROWS:
        yield Paragraph(words(f"… and {len(items) - MOST_ROWS} more answers."))
    lost = sorted(items, key=lambda pair: -pair[1].lost)[:3]
    if lost and shown_marks(lost[0][1].lost) != "0":
        worst = ", ".join(
            f"{key} ({shown_marks(item.lost)})"
            for key, item in lost
            if shown_marks(item.lost) != "0"
        )
        yield Paragraph(words(f"Most marks are lost in {worst}."))


def _row(key: str, item: Item) -> tuple[str, ...]:
    full = round(item.facility * BAR)
    apart = item.discrimination
    return (
        key,
        f"{100 * item.facility:.0f} %",
        "█" * full + "·" * (BAR - full),
        "-" if apart is None else f"{apart:.2f}",
        shown_marks(item.lost),
    )


def _mistakes(result: Class) -> Iterator[Block]:
    """The mistakes by how often they occur, with the answer in which they occur most."""
    tally: Counter[str] = Counter()
    where: dict[str, Counter[str]] = {}
    for key, item in result.items.items():
        for word, many in item.mistakes.items():
            tally[word] += many
            where.setdefault(word, Counter())[key] += many
    if not tally:
        return
    yield Heading(2, words("Mistakes"), "2")
    rows = []
    for word, many in tally.most_common(MOST_MISTAKES):
        said = (
            mistakes.load(word).said if word in mistakes.MISTAKES else "no known mistake gives it"
        )
        rows.append((word, f"{many}", where[word].most_common(1)[0][0], said))
    yield Table(("mistake", "answers", "most in", "what it is"), tuple(rows), frozenset({1}))
