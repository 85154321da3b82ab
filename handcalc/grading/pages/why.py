"""How the verdict on one answer comes about: the step with the student's own numbers and its bounds."""

from collections.abc import Iterator
from math import isfinite

from handcalc.document import Block, Document, Line, Lines, Paragraph, words
from handcalc.errors import UsageError, count, did_you_mean, printable
from handcalc.formula import Number, leaves, substitute
from handcalc.formula.text import text
from handcalc.grading.box import Box, allowed
from handcalc.grading.checking import Checked, Entry
from handcalc.grading.following import Account, Following, Way
from handcalc.grading.judge import keys
from handcalc.grading.pages.report import told
from handcalc.grading.step import Step
from handcalc.grading.verdict import SAID, Verdict
from handcalc.number import fixed


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
    step = checked.step(entry.key)
    asked = f", asked to {count(step.decimals, 'decimal')}" if step and checked.judge else ""
    yield Paragraph(words(f"Given: {given}. Expected: {entry.expected}{asked}."))
    if step is not None and checked.following is not None:
        yield from arithmetic(checked, checked.following, step, entry.verdict)
    if entry.why:
        decides = "; a person decides" if entry.verdict == Verdict.UNDECIDED else ""
        yield Paragraph(words(f"{given} {SAID[entry.why]}{decides}."))
    this = "This formula" if checked.judge is None and step is not None else "This number"
    for word in entry.named:
        yield Paragraph(words(f"{this} comes out where {told(checked, word, entry.key)}."))
    for word in entry.guessed:
        as_if = f"{this} comes out as if {told(checked, word, entry.key)}; chance may give it too."
        yield Paragraph(words(as_if))
    if entry.again and entry.of and entry.marks:
        yield Paragraph(words("The same mistake has cost its mark before; here it costs nothing."))
    if entry.follow and step is None:
        yield Paragraph(words(f"From the sizes before it on the sheet {entry.follow} comes out."))


def arithmetic(
    checked: Checked, following: Following, step: Step, verdict: Verdict
) -> Iterator[Block]:
    """The step with the student's own numbers, and between which bounds a number was allowed."""
    import numpy as np

    column = following.columns[step.ref]
    unit, cut = step.unit(column.unit), checked.scheme.truncation
    value = float(column.value[0])
    if verdict == Verdict.RIGHT:
        for key in dict.fromkeys(keys(checked.scheme, step)):
            low, high = allowed(Box.point(np.array([key])), unit, truncation=cut)
            exact = _short(key, step.decimals + 2)
            yield Paragraph(words(f"The key is {exact}; {_interval(low, high, step)} is right."))
        return
    shown: set[str] = set()
    for account in following.accounts(step):
        low, high = allowed(account.box, unit, truncation=cut)
        agreed = bool(low[0] <= value <= high[0])
        if verdict == Verdict.FOLLOWS and not agreed:
            continue
        line = _line(following, step, account)
        looks = "" if line is None else f"{text(account.route)} = {text(line.numbers or line.left)}"
        if line is not None and looks not in shown:
            yield Paragraph(words(_WITH[account.way]))
            yield Lines((line,))
            shown.add(looks)
        if isfinite(float(low[0])) and isfinite(float(high[0])) and not checked.strict:
            bounds = f"With rounding on the way, and of this number itself, that allows {_interval(low, high, step)}."
            if bounds not in shown:
                yield Paragraph(words(bounds))
            shown.add(bounds)
        # Of a blank the first way is enough.
        if agreed or verdict == Verdict.BLANK:
            return


_WITH = {
    Way.NEAREST: "With the values of this sheet:",
    Way.CHAIN: "With the values of this sheet, along the whole chain:",
    Way.MENDED: "If a wrong value before it was only copied out wrong:",
}


def _line(following: Following, step: Step, account: Account) -> Line | None:
    """One way to the step, with the numbers that stand in it; None where it only names given numbers."""
    steps, places = following.scheme.steps, step.decimals + 2
    value = float(account.box.value[0])
    if not any(leaves(account.route)):
        return None
    place = following.ways.index(account.way)
    own = {
        leaf: float(following.boxes[steps.ref(leaf)][place].value[0])
        for leaf in leaves(account.route)
    }
    numbers = substitute(account.route, lambda leaf: Number(own[leaf], _short(own[leaf], places)))
    shown = _short(value, places) if isfinite(value) else ""
    exact = isfinite(value) and abs(float(shown) - value) < 1e-12 * max(1, abs(value))
    result = Number(value, shown) if shown else None
    return Line(steps.leaf(step.ref), account.route, numbers, result, exact=exact)


def _interval(low: object, high: object, step: Step) -> str:
    """0.0023 to 0.0025, as exactly as it was used."""
    ends = [float(end[0]) for end in (low, high)]  # type: ignore[index]  # arrays of one student
    places = step.decimals + 3
    return " to ".join(_short(end, places) for end in ends)


def _short(value: float, places: int) -> str:
    text = fixed(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text
