"""Honest sheets: whoever makes no mistake loses no mark and hears of no mistake.

Networks of every kind, worked out by tests/simulated with arithmetic of its own; five ways to write a number, going on
with what is written or with full precision, all answers given or some left blank.
"""

import random
from functools import cache
from typing import NamedTuple

import pytest

from handcalc.grading.checking import check
from handcalc.grading.reading.sheet import of
from handcalc.problem import parse
from simulated import KINDS, Exercise, counts
from simulated.marking import Marker, Said, agrees
from simulated.planting import with_gaps, worked
from simulated.student import Student, exactly, ways

SEEDS = range(2)
DECIMALS = (2, 3, 4)
EVERY = pytest.mark.parametrize("kind", KINDS)


class Marked(NamedTuple):
    """One answer of an honest student."""

    student: str
    right: float
    decimals: int
    said: Said


def exercise(kind: str, seed: int) -> Exercise:
    return KINDS[kind](random.Random(seed))


@cache
def answers(kind: str) -> list[Marked]:
    """All answers of all honest students."""
    found, rng = [], random.Random(kind)
    for seed in SEEDS:
        network = exercise(kind, seed)
        right = exactly(network)
        for decimals in DECIMALS:
            sheets = {}
            for way, write in ways(decimals).items():
                for carries in (True, False):
                    notes = worked(network, Student(write, carries))
                    if notes is not None:
                        label = f"exercise {seed}, {decimals} decimals, {way}, carries: {carries}"
                        sheets[label] = notes.sheet
                        sheets[f"{label}, gaps"] = with_gaps(rng, notes.sheet)
            for student, said in zip(
                sheets, Marker(network.text(decimals)).mark(list(sheets.values())), strict=True
            ):
                found += [Marked(student, right[key], decimals, one) for key, one in said.items()]
    return found


@EVERY
def test_the_simulated_student_answers_all_that_is_asked(kind):
    for seed in SEEDS:
        network = exercise(kind, seed)

        assert set(exactly(network)) == set(Marker(network.text(4)).keys)


@EVERY
def test_no_honest_answer_loses_a_mark(kind):
    lost = [one for one in answers(kind) if one.said.verdict == "wrong"]

    assert lost == []


@EVERY
def test_right_is_what_agrees_with_the_key_to_the_digits_asked_and_nothing_else(kind):
    """Held against decimal arithmetic: within half a unit, or cut off."""
    untrue = [
        one
        for one in answers(kind)
        if (one.said.verdict == "right") != agrees(one.said.typed, one.right, one.decimals)
    ]

    assert untrue == []


@EVERY
def test_no_honest_student_hears_of_a_mistake(kind):
    assert [one for one in answers(kind) if one.said.words or one.said.again] == []


@EVERY
def test_hardly_an_honest_answer_is_left_to_a_person(kind):
    undecided = sum(one.said.verdict == "undecided" for one in answers(kind))

    assert undecided < 0.01 * len(answers(kind))


# --- sizes and counts ------------------------------------------------------------------------------


def network_of_counts(seed: int) -> counts.Network:
    return counts.drawn(random.Random(seed))


@pytest.mark.parametrize("seed", range(12))
def test_sizes_and_counts_of_random_chains_are_right_however_thousands_are_written(seed):
    network = network_of_counts(seed)
    for write in (str, counts.apart):
        checked = check(parse(network.text()), of(network.sheet(write)))

        assert {entry.verdict.name for entry in checked.entries} == {"RIGHT"}
        assert checked.marks == checked.of


@pytest.mark.parametrize("seed", range(12))
def test_a_size_misread_costs_its_mark_alone(seed):
    """All later sizes and counts are worked out from it; what comes out as the key is right."""
    network, rng = network_of_counts(seed), random.Random(seed)
    layer, right = rng.choice(network.layers), network.sheet()
    rows, columns, _ = map(int, right[f"{layer.name}_shape"].split("x"))
    sheet = network.sheet(shape_for=(layer.name, (rows + 11, columns + 13)))
    checked = check(parse(network.text()), of(sheet))

    wrong = [entry.key for entry in checked.entries if entry.verdict.name == "WRONG"]
    assert wrong == [f"{layer.name}_shape"]
    assert all(
        (entry.verdict.name == "RIGHT") == (entry.given.replace(",", "") == right[entry.key])
        for entry in checked.entries
    )
