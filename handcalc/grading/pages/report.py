"""A marked sheet as a document: the verdicts in a table, then what is wrong, mistake by mistake."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from handcalc.document import (
    Block,
    Code,
    Document,
    Inlines,
    Mark,
    Meaning,
    Note,
    Paragraph,
    Table,
    words,
)
from handcalc.errors import count, listed, printable, sentence
from handcalc.grading import mistakes
from handcalc.grading.checking import Checked, Entry, shown_marks
from handcalc.grading.verdict import SAID, Verdict, Why
from handcalc.library import called

MOST_CELLS = 12
"""Cells of one matrix up to which each has a row, right or not."""

MOST_APART = 2
"""Units of the last digit asked for that what follows may be beside what the digits typed give."""

TALLY = {
    Verdict.RIGHT: "right",
    Verdict.FOLLOWS: "following from the answers before",
    Verdict.WRONG: "wrong",
    Verdict.UNDECIDED: "for a person to decide",
    Verdict.BLANK: "blank",
}

MEANINGS: dict[Verdict, Meaning] = {
    Verdict.RIGHT: "right",
    Verdict.FOLLOWS: "follows",
    Verdict.WRONG: "wrong",
    Verdict.UNDECIDED: "undecided",
    Verdict.BLANK: "blank",
}


def document(checked: Checked) -> Document:
    """The report of one sheet."""
    problem = checked.scheme.problem
    name = checked.sheet.name
    title = problem.title or problem.origin.name
    title = f"{name}: {title}" if name else title
    blocks = tuple(_blocks(checked))
    return Document(problem.origin.name, title, blocks, record=record(checked))


def record(checked: Checked) -> dict[str, Any]:
    """What programs read: the contract of check --format json."""
    first = checked.first_wrong
    answers = {
        entry.key: {
            "given": entry.given,
            "verdict": entry.verdict.name.lower(),
            "expected": entry.expected,
            "mistake": entry.mistake or None,
            "as_if": " or ".join(entry.guessed) or None,
            "marks": round(entry.marks, 6),
            "of": round(entry.of, 6),
        }
        for entry in checked.entries
    }
    return {
        "problem": checked.scheme.problem.origin.name,
        "marks": round(checked.marks, 6),
        "of": round(checked.of, 6),
        "first_wrong": first.key if first else None,
        "answers": answers,
    }


def _blocks(checked: Checked) -> Iterator[Block]:
    entries = checked.entries
    yield Paragraph(tally(checked))
    if checked.scheme.answers and not checked.scheme.network.symbolic:
        yield Paragraph(words(f"Numbers are asked to {_places(checked)}, unless they end before."))
    first = checked.first_wrong
    if first:
        yield Paragraph(words("The first wrong step is ", Code(first.key), "."))
    shown = list(shown_entries(entries))
    rows = tuple(
        (e.key, printable(e.given)[:24], mark(e.verdict), e.expected, earned(e)) for e in shown
    )
    blank = [e.key for e in entries if e.verdict == Verdict.BLANK]
    if rows:
        header = ("answer", "given", "verdict", "expected", "marks")
        yield Table(header, rows, frozenset({1, 3, 4}))
    hidden = sum(e.verdict != Verdict.BLANK for e in entries) - len(shown)
    if hidden:
        yield Paragraph(
            words(
                f"{count(hidden, 'more cell')} of matrices {'is' if hidden == 1 else 'are'} right."
            )
        )
    if any(e.of == 0 for e in shown):
        yield Paragraph(words("Steps on the way that are not asked for carry no marks (-)."))
    if blank:
        yield Paragraph(words(f"Blank: {listed(blank, 12)}."))
    yield from _wrong(checked)
    for remark in checked.texts.remarks:
        yield Note("remark", words(sentence(remark)))


def tally(checked: Checked) -> Inlines:
    """2 of 38 marks: 2 right, 36 blank; 2 of 6 marks; of 8 numbers: 2 right, 6 blank."""
    entries = [entry for entry in checked.entries if entry.of]
    each = Counter[Verdict]()
    for entry in entries:
        each[entry.verdict] += _numbers_in(checked, entry)
    parts = [
        Mark(f"{each[verdict]} {said}", MEANINGS[verdict])
        for verdict, said in TALLY.items()
        if each[verdict]
    ]
    open_ = sum(e.of for e in entries if e.verdict == Verdict.UNDECIDED)
    still = f", {shown_marks(open_)} still open" if open_ else ""
    head = f"{shown_marks(checked.marks)} of {shown_marks(checked.of)} marks{still}"
    if parts and each.total() != round(checked.of, 6):
        head = f"{head}; of {count(each.total(), _unit(checked))}"
    between = [inline for part in parts for inline in (", ", part)][1:]
    return words(f"{head}: ", *between, ".") if parts else words(f"{head}.")


def _numbers_in(checked: Checked, entry: Entry) -> int:
    """How many numbers an answer has: one, or where it has another size than asked for, those asked for."""
    asked = checked.scheme.answers.get(entry.key)
    return len(asked.steps) if asked is not None and entry.why == Why.SIZE else 1


def _unit(checked: Checked) -> str:
    """What the answers of a sheet are counted in."""
    if checked.scheme.figures:
        return "answer"
    return "formula" if checked.judge is None else "number"


def _places(checked: Checked) -> str:
    """4 decimals, or 3 to 4 decimals."""
    found = {step.decimals for answer in checked.scheme.answers.values() for step in answer.steps}
    low, high = min(found), max(found)
    return count(high, "decimal") if low == high else f"{low} to {count(high, 'decimal')}"


def shown_entries(entries: Iterable[Entry]) -> Iterator[Entry]:
    """All answers that are given; of large matrices those that are not right."""
    cells = Counter(entry.group for entry in entries)
    for entry in entries:
        few = cells[entry.group] <= MOST_CELLS or entry.verdict != Verdict.RIGHT
        if few and entry.verdict != Verdict.BLANK:
            yield entry


def mark(verdict: Verdict) -> Inlines:
    """The verdict in its word and colour."""
    return words(Mark(verdict.name.lower(), MEANINGS[verdict]))


def earned(entry: Entry) -> str:
    """1/1, or 1/1 again where a mistake costs once."""
    if not entry.of:
        return "-"
    again = " again" if entry.verdict == Verdict.WRONG and entry.marks else ""
    return f"{shown_marks(entry.marks)}/{shown_marks(entry.of)}{again}"


def _wrong(checked: Checked) -> Iterator[Block]:
    """Each account once, with the answers in which it stands; then what nothing explains."""
    name = called(checked.scheme.problem.origin.path, checked.scheme.problem.origin.name)
    for entries, account in accounts(checked):
        yield Paragraph(
            words(f"{account} See ", Code(f"handcalc solve {name} {entries[0].key}"), ".")
        )
    yield from following(checked, "the answers")
    yield from undecided(checked)


def following(checked: Checked, answers: str, *, values: bool = True) -> Iterator[Block]:
    """What follows from the answers before, with `values` what comes out; and what only rounding explains."""
    entries = [entry for entry in checked.entries if entry.verdict == Verdict.FOLLOWS]
    loose = [e for e in entries if e.follow and _is_loose(checked, e)]
    others = [
        f"{e.key} ({e.follow})" if values else e.key for e in entries if e.follow and e not in loose
    ]
    if others:
        gives = ", which give" if values else ""
        yield Paragraph(words(f"Right from {answers} before them{gives}: {listed(others, 40)}."))
    if loose:
        wide = [f"{e.key} ({e.follow})" if values else e.key for e in loose]
        near = ", though the digits typed give another number" if values else ""
        said = (
            f"Within what the digits of {answers} before them leave open{near}: {listed(wide, 40)}."
        )
        yield Paragraph(words(said))
    rounded = [entry.key for entry in entries if not entry.follow]
    if rounded:
        yield Paragraph(words(f"Right within rounding on the way: {listed(rounded, 40)}."))


def _is_loose(checked: Checked, entry: Entry) -> bool:
    """Is it another number than what comes out of the digits before it, which leave that much open?"""
    step = checked.step(entry.key)
    if step is None or step.ref not in checked.columns:
        return False
    typed = float(checked.columns[step.ref].value[0])
    return abs(typed - float(checked.judged[step.ref].follow[0])) > MOST_APART * step.asked


def undecided(checked: Checked) -> Iterator[Block]:
    """What a person decides, and why."""
    for entry in checked.entries:
        if entry.verdict == Verdict.UNDECIDED:
            given = printable(entry.given)[:24]
            yield Paragraph(words(f"{entry.key}: {given} {SAID[entry.why]}; a person decides."))


def accounts(checked: Checked, *, values: bool = True) -> Iterator[tuple[list[Entry], str]]:
    """The wrong answers that one sentence is about, and the sentence; with `values` what comes out is said."""
    alike: dict[tuple[object, ...], list[Entry]] = {}
    for entry in checked.entries:
        if entry.verdict == Verdict.WRONG:
            explained = (entry.named, entry.guessed, entry.why)
            own = () if entry.named else (entry.group,)
            alike.setdefault((*explained, *own), []).append(entry)
    sizes = Counter(entry.group for entry in checked.entries)
    wrong = Counter(e.group for e in checked.entries if e.verdict == Verdict.WRONG)
    for entries in alike.values():
        first = entries[0]
        if first.why == Why.SIZE:
            yield entries, _missized(checked, first)
        elif first.named:
            yield entries, _named(checked, entries)
        elif first.guessed:
            yield entries, _guessed(checked, entries)
        else:
            # The only wrong one of several cells is worth saying.
            alone = sizes[first.group] > 1 and wrong[first.group] == 1
            yield entries, _unexplained(checked, entries, alone=alone, values=values)


def told(checked: Checked, word: str, key: str) -> str:
    """What a mistake is, in the step at hand."""
    step = checked.step(key)
    mistake = mistakes.load(word)
    if step is None:
        return mistake.said
    if step.ref not in checked.columns:
        return mistake.told(step)
    typed, right = checked.columns[step.ref].value[0], checked.judged[step.ref].follow[0]
    return mistake.told_of(step, float(typed / right) if right else 0.0)


def _named(checked: Checked, entries: list[Entry]) -> str:
    """h1_in and h2_in: the bias was left out. It costs its mark once."""
    first = entries[0]
    accounts_of_it = [told(checked, word, first.key) for word in first.named]
    either = "; either gives this number" if len(accounts_of_it) > 1 else ""
    once = " It costs its mark once." if any(e.again and e.marks for e in entries) else ""
    blank = " Blank answers are taken with it too." if checked.taken_with & {*first.named} else ""
    keys = listed([e.key for e in entries], 6)
    return f"{keys}: {', or '.join(accounts_of_it)}{either}.{once}{blank}"


def _guessed(checked: Checked, entries: list[Entry]) -> str:
    """h1_in: 0.13 comes out as if the bias was left out; with so few digits that may be chance."""
    first = entries[0]
    as_if = ", or as if ".join(told(checked, word, first.key) for word in first.guessed)
    cells = [f"{e.key} ({printable(e.given)[:24]})" for e in entries]
    comes, that = ("comes", "this number") if len(entries) == 1 else ("come", "these numbers")
    once = " It costs its mark once." if any(e.again and e.marks for e in entries) else ""
    return f"{listed(cells, 6)} {comes} out as if {as_if}; chance may give {that} too.{once}"


def _missized(checked: Checked, entry: Entry) -> str:
    """Y has 5 × 5 numbers where 3 × 3 are asked for, as if the padding was ignored."""
    as_if = ", or as if ".join(told(checked, word, entry.key) for word in entry.guessed)
    of_it = f", as if {as_if}" if as_if else ""
    return f"{entry.key} has {checked.texts.missized[entry.key]}{of_it}."


def _unexplained(checked: Checked, entries: list[Entry], *, alone: bool, values: bool) -> str:
    first = entries[0]
    if first.why:
        return f"{listed([e.key for e in entries], 6)}: {printable(first.given)[:24]} {SAID[first.why]}."
    only = f"the only wrong cell of {first.group}; " if alone else ""
    if checked.strict:
        return f"{listed([e.key for e in entries], 6)}: {only}not the key."
    if len(entries) > 1:
        return f"{listed([e.key for e in entries], 6)}: no account of these numbers is known."
    own = (
        f"from the answers before it {first.follow} comes out; " if values and first.follow else ""
    )
    given = printable(first.given)[:24]
    return f"{first.key}: {only}{own}no account of {given} is known."
