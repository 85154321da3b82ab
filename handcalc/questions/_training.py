"""Training: what each step begins with, a table of all steps, and what happened in them."""

from collections.abc import Collection
from itertools import pairwise

from handcalc.document import Line, Lines, Paragraph, Table, words
from handcalc.errors import count, listed
from handcalc.formula import Formula, Number
from handcalc.formula.text import text
from handcalc.network import After, Element, Ref, Stage, Steps
from handcalc.network.graph import LOSS, RATE
from handcalc.network.passes import mistakes
from handcalc.network.training import Course, Training
from handcalc.network.unrolled import key_at
from handcalc.questions import _descent, _silent
from handcalc.questions._page import Page

MOST_ROWS = 12
"""Steps in the table; of more the first and the last ones stand there."""
MOST_LISTED = 60
"""Learned numbers up to which those after the last step are listed."""
MOST_COLUMNS = 8
"""Learned numbers up to which the table has a column for each."""


def begin(page: Page, training: Training, worked: Collection[int]) -> None:
    """With which samples a step is made, and from which weights; below its first heading."""
    if page.level == "brief":
        return
    step, before = page.training_step, page.training_step - 1
    weights = f"begins with what step {before} has left" if before else ""
    said = " and ".join(filter(None, (_samples(training, step), weights)))
    if said:
        page.opening.append(Paragraph(words(f"Step {step} {said}.")))
    rate = training.rate(step)
    if rate is not None:
        leaf, value = page.steps.leaf(Element(RATE)), page.value(Element(RATE))
        formula = None if isinstance(rate, Number) else rate
        exact = page.steps.gives_exactly(rate, page.steps.written(Element(RATE)))
        page.opening.append(Lines((Line(leaf, None, formula, value, exact),)))
    if before and before not in worked:
        every: list[Ref] = [*page.steps.learned_elements, *_remembered(page.steps)]
        refs = [ref for ref in every if page.wants(ref)]
        if len(refs) <= MOST_ROWS:
            lines = (Line(page.steps.leaf(ref), value=page.value(ref)) for ref in refs)
            page.opening.append(Lines(tuple(lines)))


def _remembered(steps: Steps) -> list[Ref]:
    """What the optimizer kept from the step before."""
    words_kept = steps.optimizer.kept
    return [Stage(e, word, old=True) for e in steps.learned_elements for word in words_kept]


def _samples(training: Training, step: int) -> str:
    """`sees samples 1 and 2 (epoch 3)`; nothing where every step sees all of them."""
    if training.batches.whole:
        return ""
    batch = [str(i + 1) for i in training.batches.at(step)]
    epochs = training.batches.per_epoch < training.count
    epoch = f" (epoch {training.batches.epoch(step)})" if epochs else ""
    return f"sees {'samples' if len(batch) > 1 else 'sample'} {listed(batch)}{epoch}"


def chosen(count: int) -> list[int]:
    """The steps in the table: all of them, of very many the first and the last."""
    half = MOST_ROWS // 2
    if count <= MOST_ROWS:
        return list(range(1, count + 1))
    return [*range(1, half + 1), *range(count - half + 1, count + 1)]


def write(page: Page, training: Training, course: Course) -> None:
    """A row for each step, a plot, and how training went."""
    titles = {1: "The step", 2: "Both steps"}
    page.section(titles.get(training.count, f"All {training.count} steps"), of_step=False)
    shown = columns(page.steps)
    rows: list[tuple[str | Formula, ...]] = []
    before = 0
    for step in chosen(training.count):
        if step > before + 1:
            rows.append(("⋮",) * len(rows[-1]))
        before = step
        rows.append(_row(page, training, step))
    names = [f"{text(page.steps.leaf(_name(ref)))} after it" for ref in shown]
    samples = [] if training.batches.whole else ["samples"]
    if page.network.loss_is_known:
        samples.append(f"{page.steps.notation.loss_letter} before it")
    elif page.problem.rule is not None and page.problem.rule.counts_mistakes:
        samples.append("wrong before it")
    header = ("step", *samples, *names)
    page.add(Table(header, tuple(rows), frozenset(range(len(header)))))
    _at_last(page, training)
    if training.batches.whole and page.network.loss_is_known:
        _descent.of_steps(page, training, course)
    if page.problem.rule is not None:
        _mistakes(page, training, course.losses)
    elif not page.network.loss_is_known:
        return
    elif training.batches.whole:
        _went(page, training, course.losses)
    else:
        _epochs(page, training, course.losses)
    _silent.through_training(page, course, training.batches.per_epoch)


def _at_last(page: Page, training: Training) -> None:
    """What is learned in the end, where the table of steps has no room for it."""
    steps, rows = training.at(training.count), []
    for ref in last_of(steps):
        page.beside[key_at(steps, steps.key(ref), training.count)] = steps, ref
        rows.append((page.steps.leaf(_name(ref)), steps.written(ref).text))
    if rows:
        page.add(Table(("parameter", "after the last step"), tuple(rows), frozenset({1})))


def columns(steps: Steps) -> list[Ref]:
    """The learned numbers and what the optimizer remembers of them, as far as there is room."""
    learned, words_kept = steps.learned_elements, steps.optimizer.kept
    new: list[Ref] = [After(element) for element in learned]
    kept: list[Ref] = [Stage(element, word) for element in learned for word in words_kept]
    if len(new) + len(kept) <= MOST_COLUMNS:
        return [*new, *kept]
    return new if len(new) <= MOST_COLUMNS else []


def _name(ref: Ref) -> Ref:
    """What a column is called: w5 for w5_new."""
    return ref.of if isinstance(ref, After) else ref


def seen_in(steps: Steps) -> list[Ref]:
    """What stands in the row of a step: its loss, what is learned after it, and what is remembered."""
    loss: list[Ref] = [Element(LOSS)] if steps.network.loss_is_known else []
    return [*loss, *columns(steps)]


def last_of(steps: Steps) -> list[Ref]:
    """What is learned in the end, where the table of steps has no room for it."""
    learned = steps.learned_elements
    there = not columns(steps) and len(learned) <= MOST_LISTED
    return [After(element) for element in learned] if there else []


def _row(page: Page, training: Training, step: int) -> tuple[str, ...]:
    steps, rule = training.at(step), page.problem.rule
    seen = seen_in(steps)
    for ref in seen:
        page.beside[key_at(steps, steps.key(ref), step)] = steps, ref
    batch = [str(i + 1) for i in training.batches.at(step)]
    samples = [] if training.batches.whole else [", ".join(batch)]
    if rule is not None and rule.counts_mistakes:
        samples.append(str(mistakes(steps.network, steps.result)))
    return (str(step), *samples, *(steps.written(ref).text for ref in seen))


def _mistakes(page: Page, training: Training, wrong: list[float]) -> None:
    """From which epoch on every output is right."""
    assert page.problem.rule is not None
    size = training.batches.per_epoch
    epochs = [sum(wrong[i : i + size]) for i in range(0, len(wrong) - size + 1, size)]
    if not page.problem.rule.counts_mistakes or not epochs:
        return
    if 0 in epochs:
        first = epochs.index(0) + 1
        page.say(f"In epoch {first} every output was right, so that nothing moved any more.")
    else:
        page.say(f"In the last whole epoch {count(int(epochs[-1]), 'output')} had to be corrected.")


def _went(page: Page, training: Training, losses: list[float]) -> None:
    """Did the loss fall all the time?"""
    letter = page.steps.notation.loss_letter
    if len(losses) < 2:
        return
    shown = [training.at(n).written(Element(LOSS)) for n in (1, training.count)]
    first, last = (written.text for written in shown)
    rose = [n for n, (a, b) in enumerate(pairwise(losses), 1) if b > a]
    fell = [n for n, (a, b) in enumerate(pairwise(losses), 1) if b < a]
    whole = f"{first} before the first, {last} before the last"
    if shown[0].value == shown[1].value and not (rose and fell):
        way = "rose" if rose else "fell"
        moved = rose or fell
        page.say(
            f"{letter} {way} by less than its decimals show."
            if moved
            else f"{letter} did not change."
        )
    elif len(fell) == len(losses) - 1:
        page.say(f"{letter} fell from each step to the next: {whole}.")
    elif len(rose) == len(losses) - 1:
        page.say(f"{letter} rose from each step to the next: {whole}.{_too_large(page)}")
    elif rose:
        which = (
            f"step {rose[0]}"
            if len(rose) == 1
            else f"{len(rose)} of the steps, first step {rose[0]}"
        )
        page.say(f"{letter}: {whole}; between them it rose with {which}.{_too_large(page)}")
    else:
        page.say(f"{letter}: {whole}; between them it never rose.")


def _too_large(page: Page) -> str:
    plain = not page.optimizer.words and not page.optimizer.ascends
    return " There the step was too large." if plain else ""


def _epochs(page: Page, training: Training, losses: list[float]) -> None:
    """The mean loss of every epoch: single ones are of different samples."""
    letter, size = page.steps.notation.loss_letter, training.batches.per_epoch
    page.say(f"Each {letter} is that of the samples of its own step, so that they do not compare.")
    epochs = [losses[i : i + size] for i in range(0, len(losses) - size + 1, size)]
    if len(epochs) > 1:
        means = [page.steps.policy.write(sum(own) / size).text for own in epochs]
        if len(means) > MOST_ROWS:
            means = [*means[:3], "…", *means[-3:]]
        page.say(f"Its mean over each epoch: {', '.join(means)}.")
