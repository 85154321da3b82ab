"""A marked sheet as a document: the verdicts in a table, then what is wrong, mistake by mistake."""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from handcalc.document import Block, Code, Document, Line, Lines, Note, Paragraph, Table, words
from handcalc.errors import UsageError, count, did_you_mean, listed, printable
from handcalc.formula import Formula, Number, leaves, substitute
from handcalc.grading import mistakes
from handcalc.grading.checking import Checked, Entry, shown_marks
from handcalc.grading.judge import Judge
from handcalc.grading.step import Step
from handcalc.grading.verdict import Verdict, Why
from handcalc.library import called
from handcalc.number import fixed

MOST_CELLS = 12
"""Cells of one matrix up to which each has a row, right or not."""

TALLY = {
    Verdict.RIGHT: "right",
    Verdict.FOLLOWS: "following from the answers before",
    Verdict.WRONG: "wrong",
    Verdict.UNDECIDED: "for a person to decide",
    Verdict.BLANK: "blank",
}

SAID = {
    Why.UNREADABLE: "cannot be read",
    Why.LATER: "names what is not known before this step",
    Why.COARSE: "agrees, with fewer digits than asked for",
    Why.TRIVIAL: "follows, but from an unexplained wrong value that makes this step 0",
    Why.VAGUE: "may follow: the earlier values have too few digits to tell",
    Why.NO_VALUE: "the earlier values of this sheet give no number here",
}


def document(checked: Checked) -> Document:
    """The report of one sheet."""
    problem = checked.scheme.problem
    name = checked.sheet.name
    title = f"{name}: {problem.title or problem.origin.name}" if name else problem.title
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
    tally = Counter(entry.verdict for entry in entries if entry.of)
    parts = [f"{tally[verdict]} {said}" for verdict, said in TALLY.items() if tally[verdict]]
    open_ = sum(e.of for e in entries if e.verdict == Verdict.UNDECIDED)
    still = f", {shown_marks(open_)} still open" if open_ else ""
    head = f"{shown_marks(checked.marks)} of {shown_marks(checked.of)} marks{still}"
    yield Paragraph(words(f"{head}: {', '.join(parts)}." if parts else f"{head}."))
    if checked.scheme.answers and not checked.scheme.network.symbolic:
        yield Paragraph(words(f"Numbers are asked to {_places(checked)}, unless they end before."))
    first = checked.first_wrong
    if first:
        yield Paragraph(words("The first wrong step is ", Code(first.key), "."))
    shown = list(_shown(entries))
    rows = tuple(
        (e.key, printable(e.given)[:24], e.verdict.name.lower(), e.expected, _earned(e))
        for e in shown
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
        yield Note("remark", words(f"{remark}."))


def _places(checked: Checked) -> str:
    """4 decimals, or 3 to 4 decimals."""
    found = {step.decimals for answer in checked.scheme.answers.values() for step in answer.steps}
    low, high = min(found), max(found)
    return count(high, "decimal") if low == high else f"{low} to {count(high, 'decimal')}"


def _shown(entries: Iterable[Entry]) -> Iterator[Entry]:
    """All answers that are given; of large matrices those that are not right."""
    cells = Counter(entry.group for entry in entries)
    for entry in entries:
        few = cells[entry.group] <= MOST_CELLS or entry.verdict != Verdict.RIGHT
        if few and entry.verdict != Verdict.BLANK:
            yield entry


def _earned(entry: Entry) -> str:
    if not entry.of:
        return "-"
    again = " again" if entry.verdict == Verdict.WRONG and entry.marks else ""
    return f"{shown_marks(entry.marks)}/{shown_marks(entry.of)}{again}"


def _wrong(checked: Checked) -> Iterator[Block]:
    """Each mistake once, with the answers in which it stands; then what nothing explains."""
    origin = checked.scheme.problem.origin
    name = called(origin.path, origin.name)
    by_mistake: dict[str, list[Entry]] = {}
    for entry in checked.entries:
        if entry.verdict == Verdict.WRONG and entry.mistake:
            by_mistake.setdefault(entry.mistake, []).append(entry)
    for word, found in by_mistake.items():
        mistake = mistakes.load(word)
        keys = listed([e.key for e in found], 6)
        once = (
            " It costs its mark once."
            if len({e.group for e in found}) > 1 and mistake.systematic
            else ""
        )
        look = words(
            f"{keys}: {mistake.said}.{once} See ",
            Code(f"handcalc solve {name} {found[0].key}"),
            ".",
        )
        yield Paragraph(look)
    following = [
        f"{e.key} ({e.follow})"
        for e in checked.entries
        if e.verdict == Verdict.FOLLOWS and e.follow
    ]
    if following:
        said = f"Right from the answers before them, which give: {listed(following, 40)}."
        yield Paragraph(words(said))
    wrong = Counter(e.group for e in checked.entries if e.verdict == Verdict.WRONG)
    for entry in checked.entries:
        if entry.verdict == Verdict.WRONG and not entry.mistake:
            alone = entry.group != entry.key and wrong[entry.group] == 1
            only = f"the only wrong cell of {entry.group}; " if alone else ""
            if checked.strict:
                yield Paragraph(words(f"{entry.key}: not the key."))
                continue
            own = f"from the values before it {entry.follow} comes out; " if entry.follow else ""
            said = f"{entry.key}: {only}{own}no known mistake gives {printable(entry.given)[:24]}. See "
            yield Paragraph(words(said, Code(f"handcalc solve {name} {entry.key}"), "."))
        elif entry.verdict == Verdict.UNDECIDED:
            said = (
                f"{entry.key}: {printable(entry.given)[:24]} {SAID[entry.why]}; a person decides."
            )
            yield Paragraph(words(said))


def why(checked: Checked, key: str) -> Document:
    """How the verdict on one answer comes about."""
    entry = next((e for e in checked.entries if e.key == key), None)
    if entry is None:
        known = [e.key for e in checked.entries]
        cells = [e.key for e in checked.entries if e.group == key]
        if cells:
            raise UsageError(
                f"'{key}' has {count(len(cells), 'cell')}; write one, such as {cells[0]}"
            )
        raise UsageError(f"there is no answer '{printable(key)[:60]}'{did_you_mean(key, known)}")
    problem = checked.scheme.problem
    blocks = tuple(_reasons(checked, entry))
    return Document(problem.origin.name, f"{key}: {entry.verdict.name.lower()}", blocks)


def _reasons(checked: Checked, entry: Entry) -> Iterator[Block]:
    given = printable(entry.given)[:40] or "nothing"
    yield Paragraph(words(f"Given: {given}. Expected: {entry.expected}."))
    step = next(
        (s for a in checked.scheme.every for s in a.steps if s.key == entry.key),
        None,
    )
    if step is not None and checked.judge is not None:
        yield from _arithmetic(checked, checked.judge, step)
    if entry.why:
        yield Paragraph(words(f"{given} {SAID[entry.why]}; a person decides."))
    if entry.mistake:
        yield Paragraph(words(f"That number comes out when {mistakes.load(entry.mistake).said}."))
    if entry.verdict == Verdict.WRONG and entry.of and entry.marks:
        yield Paragraph(words("The same mistake has cost its mark before; here it costs nothing."))
    if entry.follow and step is None:
        yield Paragraph(words(f"From the sizes before it on the sheet {entry.follow} comes out."))


def _arithmetic(checked: Checked, judge: Judge, step: Step) -> Iterator[Block]:
    """The step with the student's own numbers, and between which bounds it then lies."""
    steps, judged = checked.scheme.steps, judge.judged[step.ref]
    places = step.decimals + 2
    value = float(judged.follow.value[0])
    route = _taken(judge, step, value)
    if route is not None and any(leaves(route)):
        own = {leaf: float(judge.own[steps.ref(leaf)].value[0]) for leaf in leaves(route)}
        numbers = substitute(route, lambda leaf: Number(own[leaf], _short(own[leaf], places)))
        shown = _short(value, places) if isfinite(value) else ""
        exact = isfinite(value) and abs(float(shown) - value) < 1e-12 * max(1, abs(value))
        result = Number(value, shown) if shown else None
        yield Paragraph(words("With the values of this sheet:"))
        yield Lines((Line(steps.leaf(step.ref), route, numbers, result, exact=exact),))
    on_paper = judged.follow.written(10.0**-step.decimals, truncation=checked.scheme.truncation)
    low, high = float(on_paper.low[0]), float(on_paper.high[0])
    if isfinite(low) and isfinite(high):
        bounds = f"{_short(low, places)} to {_short(high, places)}"
        said = f"Rounding of the digits before it, and of this number itself, allows {bounds}."
        yield Paragraph(words(said))
        typed = judge.columns[step.ref].value[0]
        if judged.verdict[0] == Verdict.RIGHT and not low <= typed <= high:
            yield Paragraph(
                words(
                    "It is the key all the same: a value before it was probably copied out wrong."
                )
            )


def _taken(judge: Judge, step: Step, value: float) -> Formula | None:
    """The way to a step that gives this value: along the chain, or from the gradient behind it."""
    for route in step.routes:
        if float(judge.follow(route).value[0]) == value:
            return route
    return step.formula


def _short(value: float, places: int) -> str:
    text = fixed(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text
