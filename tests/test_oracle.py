"""Marking says nothing false: sheets with something planted in them, read sentence by sentence.

The oracle (tests/simulated/reading.py) knows what was planted and works every answer out again from what stands on the
sheet, with arithmetic of its own.
"""

import random
from collections.abc import Iterator
from functools import cache
from itertools import chain

import pytest

from simulated import KINDS
from simulated.marking import Marker
from simulated.planting import (
    RANDOM,
    Planted,
    drawn_at_random,
    with_mistakes,
    with_random_numbers,
    with_slips,
    worked,
)
from simulated.reading import Oracle
from simulated.student import Student, exactly, rounded

EVERY = pytest.mark.parametrize("kind", KINDS)
SEEDS, SHEETS = range(2), 12


@cache
def read(kind: str) -> list[tuple[Planted, Oracle]]:
    """Some sheets of two exercises of a kind, each with what is known of it."""
    return [one for seed in SEEDS for one in oracles(kind, seed, SHEETS)]


def oracles(kind: str, seed: int, most: int) -> Iterator[tuple[Planted, Oracle]]:
    rng = random.Random(f"{kind} {seed}")
    exercise, decimals = KINDS[kind](rng), rng.choice((2, 3, 4, 4))
    marker, right = Marker(exercise.text(decimals)), exactly(exercise)
    sheets = [
        *with_mistakes(rng, exercise, decimals),
        *with_slips(rng, exercise, decimals),
        *with_random_numbers(rng, exercise, right, decimals),
    ]
    chosen = rng.sample(sheets, min(most, len(sheets)))
    marked = marker.checked([planted.sheet for planted in chosen])
    for planted, checked in zip(chosen, marked, strict=True):
        yield planted, Oracle(exercise, decimals, planted.sheet, checked, planted.names)


@EVERY
def test_every_sentence_of_a_report_is_true(kind):
    untrue = [(p.label, said) for p, oracle in read(kind) for said in oracle.falsehoods()]

    assert untrue == []


@EVERY
def test_right_is_the_key_and_nothing_else_whatever_stands_before_it(kind):
    untrue = [(p.label, said) for p, oracle in read(kind) for said in oracle.not_the_key()]

    assert untrue == []


@EVERY
def test_every_name_is_true(kind):
    """What is planted is among the names, or nothing is said."""
    untrue = [(p.label, said) for p, oracle in read(kind) for said in oracle.false_names()]

    assert untrue == []


def test_few_guesses_are_wrong():
    """What is said with "as if" may be chance, up to 1 in 20 wrong answers."""
    oracles_of_all = [oracle for kind in KINDS for _, oracle in read(kind)]
    wrong = sum(e.verdict.name == "WRONG" for o in oracles_of_all for e in o.entries.values())

    assert sum(len(list(o.false_names(guesses=True))) for o in oracles_of_all) < wrong / 20


@EVERY
def test_a_verdict_is_what_the_interval_on_its_page_says(kind):
    untrue = [
        (p.label, said)
        for p, oracle in read(kind)
        for key in random.Random(p.label).sample(sorted(p.sheet), min(5, len(p.sheet)))
        for said in oracle.unlike_its_interval(key)
    ]

    assert untrue == []


@EVERY
def test_a_planted_mistake_that_is_spoken_of_costs_its_mark_once(kind):
    dear = []
    for planted, oracle in read(kind):
        groups = {
            entry.group
            for entry in oracle.entries.values()
            if entry.of - entry.marks > 1e-9
            and entry.verdict.name == "WRONG"
            and {*entry.named, *entry.guessed} & planted.names.get(entry.key, frozenset())
        }
        dear += [(planted.label, groups)] if len(groups) > 1 else []

    assert dear == []


@pytest.mark.parametrize("mistake", ["bias_forgotten", "log_base"])
def test_a_mistake_costs_its_mark_once_though_the_loss_after_the_update_has_it_too(mistake):
    """E_new is worked out with the same wrong formula as E."""
    exercise = KINDS["dropout"](random.Random(5))
    notes = worked(exercise, Student(rounded(4), carries=True, mistake=mistake))
    said = Marker(exercise.text(4)).mark([notes.sheet])[0]

    assert notes.made
    assert sum(one.lost for one in said.values()) == pytest.approx(1)


@EVERY
def test_a_slip_of_the_pen_costs_its_own_mark_whether_the_work_goes_on_with_it_or_not(kind):
    """Nothing else on the sheet is wrong; left to a person is only what is 0 but for rounding."""
    lost = []
    for seed in range(3):
        rng = random.Random(f"{kind} {seed}")
        exercise = KINDS[kind](rng)
        slips = list(with_slips(rng, exercise, 4))
        marked = Marker(exercise.text(4)).mark([planted.sheet for planted in slips])
        for planted, said in zip(slips, marked, strict=True):
            lost += [
                (seed, planted.label, one)
                for one in said.values()
                if one.key not in planted.names
                and one.verdict not in ("right", "follows")
                and one.why != "vague"
            ]

    assert lost == []


# --- numbers at random -----------------------------------------------------------------------------


def at_random(kind: str, seed: int, students: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Sheets on which every answer is drawn at random."""
    rng = random.Random(f"{kind} {seed}")
    exercise = KINDS[kind](rng)
    right = exactly(exercise)
    marker = Marker(exercise.text(4))
    sheets = [
        {key: drawn_at_random(rng, RANDOM[n % 3], value, 4) for key, value in right.items()}
        for n in range(students)
    ]
    for said in marker.mark(sheets):
        yield from ((one.verdict, one) for one in said.values())


def test_numbers_drawn_at_random_hear_of_no_mistake_and_earn_nothing():
    """Less than 2 in 1,000 are named by accident; tests/bench/marking.py measures that with many more."""
    found = [one for _, one in chain.from_iterable(at_random(kind, 1, 24) for kind in KINDS)]
    wrong = [one for one in found if one.verdict == "wrong"]

    assert len(wrong) > 5_000
    assert sum(bool(one.names) for one in wrong) < 0.002 * len(wrong)
    assert sum(one.again for one in wrong) < 0.002 * len(wrong)
    assert sum(one.verdict == "follows" for one in found) < 0.01 * len(found)


def test_the_same_sheet_is_marked_alike_alone_and_in_a_class():
    rng = random.Random(5)
    exercise = KINDS["merging"](rng)
    marker = Marker(exercise.text(3))
    sheets = [dict(p.sheet) for p in with_mistakes(rng, exercise, 3)]
    together = marker.mark(sheets)

    assert [marker.mark([sheet])[0] for sheet in sheets] == together


def test_the_simulated_mistakes_show():
    """A student who makes one writes other numbers than one who makes none."""
    rng = random.Random(1)
    for draw in KINDS.values():
        exercise = draw(rng)
        honest = worked(exercise, Student(rounded(6), carries=False))
        for planted in with_mistakes(rng, exercise, 6):
            if "in all" in planted.label and honest is not None:
                assert planted.notes.came != honest.came, planted.label
