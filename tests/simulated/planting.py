"""Sheets with something planted in them, and what is true of each."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from simulated.student import Exercise, Notes, Student, ways

_OWN = (
    "updated_weights",
    "slope_at_the_wrong_value",
    "target_minus_output",
    "plus_in_update",
    "loss_factor",
    "bias_forgotten",
    "bias_twice",
    "weights_transposed",
    "wrong_neuron",
    "log_base",
    "kernel_flipped",
    "stride_ignored",
    "padding_ignored",
    "average_for_maximum",
    "sum_for_mean",
    "activation_forgotten",
    "rate_forgotten",
    "rate_twice",
    "state_weights",
    "state_left_out",
    "weights_of_another",
    "gates_exchanged",
    "time_left_out",
    "update_gate_turned",
    "reset_gate_left_out",
    "another_head",
    "root_of_length_forgotten",
    "length_for_its_root",
    "scores_for_weights",
    "columns_for_rows",
    "scores_mask_ignored",
    "variance_divisor",
    "deviation_for_variance",
    "variance_for_deviation",
    "epsilon_forgotten",
    "mean_not_subtracted",
    "momentum_turned",
    "scale_and_shift_exchanged",
    "statistics_as_constants",
    "mean_as_constant",
    "variance_as_constant",
)
NAMES: Mapping[str, frozenset[str]] = {
    **{word: frozenset({word}) for word in _OWN},
    "weights_transposed_backwards": frozenset({"weights_transposed"}),
    # Behind ReLU the slope that is left out is the mask.
    "no_activation_derivative": frozenset({"no_activation_derivative", "mask_forgotten"}),
    "mask_forgotten_backwards": frozenset({"mask_forgotten", "no_activation_derivative"}),
    "input_gate_for_output_gate": frozenset({"gates_exchanged"}),
    "old_cell": frozenset({"earlier_state"}),
    "new_state_for_old": frozenset({"later_state"}),
    "plus_in_exponent": frozenset({"exponent_sign"}),
    "one_path_left_out": frozenset({"path_left_out"}),
    "skip_forgotten": frozenset({"path_left_out"}),
    "one_use_forgotten": frozenset({"path_left_out"}),
    "second_use_forgotten": frozenset({"path_left_out"}),
    "bias_gradient_by_input": frozenset({"bias_gradient_times_input"}),
    "diagonal_alone": frozenset({"jacobian_diagonal"}),
    "softmax_without_exponentials": frozenset({"no_exponentials"}),
    "tanh_for_sigmoid": frozenset({"other_activation"}),
    "relu_for_leaky": frozenset({"other_activation"}),
    "scaling_forgotten": frozenset({"scaling_forgotten"}),
}
"""The mistakes that are planted, each with the names that are true of it."""

SLIPS = {"sign": "sign", "swapped": "digits_swapped", "point": "point_moved"}
"""Slips of the pen, each with its name."""


@dataclass(frozen=True)
class Planted:
    """A sheet, and of which answers a mistake may be named."""

    label: str
    notes: Notes
    sheet: Mapping[str, str]
    names: Mapping[str, frozenset[str]]


def with_mistakes(rng: random.Random, exercise: Exercise, decimals: int) -> Iterator[Planted]:
    """One sheet for each mistake that can be made, in one layer or in all."""
    for mistake, names in NAMES.items():
        way = rng.choice(("rounded", "cut off", "zeros dropped", "one digit more"))
        place = rng.choice(("", "", "o", "h", "c", "p", "r", "a", "n"))
        student = Student(ways(decimals)[way], rng.random() < 0.6, mistake, place)
        notes = worked(exercise, student)
        if notes is not None and notes.made:
            label = f"{mistake} in {place or 'all'}, {way}, carries: {student.carries}"
            sheet = with_gaps(rng, notes.sheet) if rng.random() < 0.4 else notes.sheet
            yield Planted(label, notes, sheet, dict.fromkeys(notes.sheet, names))


def with_slips(rng: random.Random, exercise: Exercise, decimals: int) -> Iterator[Planted]:
    """One answer of an honest sheet with a slip of the pen; the work goes on with it, or with what was meant."""
    for slip, name in SLIPS.items():
        for goes_on in (True, False):
            student = Student(ways(decimals)["rounded"], carries=True)
            honest = worked(exercise, student)
            if honest is None:
                continue
            key = rng.choice(sorted(honest.sheet))
            other = slipped(rng, slip, honest.sheet[key], decimals)
            unused = frozenset[str]() if goes_on else frozenset({key})
            notes = worked(exercise, student, {key: other}, unused)
            if notes is not None:
                label = f"{slip} in {key}, {'carried on' if goes_on else 'copied out wrong'}"
                sheet = dict(notes.sheet)
                if rng.random() < 0.4:
                    sheet = {**with_gaps(rng, sheet), key: other}
                yield Planted(label, notes, sheet, {key: frozenset({name})})


def with_random_numbers(
    rng: random.Random, exercise: Exercise, right: Mapping[str, float], decimals: int
) -> Iterator[Planted]:
    """Numbers drawn at random in place of some answers."""
    for kind in RANDOM:
        for number in (1, 4):
            student = Student(ways(decimals)["rounded"], carries=True)
            keys = rng.sample(sorted(right), number)
            typed = {key: drawn_at_random(rng, kind, right[key], decimals) for key in keys}
            unused = frozenset(keys) if rng.random() < 0.5 else frozenset[str]()
            notes = worked(exercise, student, typed, unused)
            if notes is not None:
                went = "copied out wrong" if unused else "carried on"
                yield Planted(f"{kind} in {', '.join(keys)}, {went}", notes, notes.sheet, {})


RANDOM = ("within 1", "within 2 keys", "half to twice", "whole")
"""How numbers are drawn at random."""


def drawn_at_random(rng: random.Random, kind: str, key: float, decimals: int) -> str:
    """A number that has nothing to do with the step but, perhaps, its size."""
    if kind == "whole":
        return str(rng.randint(-9, 9))
    ends = {"within 1": (-1.0, 1.0), "within 2 keys": (-2 * key, 2 * key)}
    low, high = ends.get(kind, (key / 2, 2 * key))
    return f"{rng.uniform(low, high):.{decimals}f}"


def worked(
    exercise: Exercise,
    student: Student,
    typed: Mapping[str, str] | None = None,
    unused: frozenset[str] = frozenset(),
) -> Notes | None:
    """The sheet as it is filled in; None where it leads to a quotient or a logarithm that there is not."""
    notes = Notes(student, typed or {}, unused)
    try:
        exercise.work(notes)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    return notes


def with_gaps(rng: random.Random, sheet: Mapping[str, str], share: float = 0.35) -> dict[str, str]:
    """Some answers left blank."""
    return {key: text for key, text in sheet.items() if rng.random() > share}


def slipped(rng: random.Random, slip: str, text: str, decimals: int) -> str:
    """The sign turned round, two neighbouring digits that differ swapped, the point moved by a place."""
    if slip == "sign":
        return text.removeprefix("-") if text.startswith("-") else f"-{text}"
    if slip == "point":
        return f"{float(text) * rng.choice((10, 0.1)):.{decimals}f}"
    digits = [i for i, c in enumerate(text) if c.isdigit()]
    pairs = [(i, j) for i, j in pairwise(digits) if text[i] != text[j]]
    if not pairs:
        return text
    i, j = rng.choice(pairs)
    swapped = list(text)
    swapped[i], swapped[j] = text[j], text[i]
    return "".join(swapped)
