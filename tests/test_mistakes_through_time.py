"""Mistakes in recurrent layers, attention and normalization: planted in a sheet they are named, and what follows is right.

The sheets are worked out by tests/simulated, which knows nothing of handcalc; single cells by arithmetic here.
"""

import random
from dataclasses import replace
from math import exp, sqrt

import pytest

from handcalc.formula import evaluate
from handcalc.grading import mistakes
from handcalc.grading.checking import check
from handcalc.grading.reading.sheet import of
from handcalc.grading.scheme import Scheme
from handcalc.problem import parse
from simulated import attending, normalizing, through_time
from simulated.layer import Dense
from simulated.planting import worked
from simulated.student import Student, rounded

# --- exercises -----------------------------------------------------------------------------------

X = [[1.0, 0.5], [-0.5, 1.0], [0.8, -0.3]]
U = {
    "i": ([[0.5, -0.3], [0.2, 0.4]], [[0.3, 0.1], [-0.2, 0.6]], [[0.1, -0.1]]),
    "f": ([[0.1, 0.6], [-0.4, 0.3]], [[0.2, -0.5], [0.4, 0.1]], [[0.9, 0.7]]),
    "g": ([[0.7, 0.2], [-0.1, 0.5]], [[-0.3, 0.4], [0.6, 0.2]], [[0.2, -0.3]]),
    "o": ([[0.4, -0.2], [0.3, 0.8]], [[0.5, 0.3], [-0.1, 0.2]], [[0.3, 0.4]]),
}
ALIAS = {
    "simple_rnn": {" ": "i"},
    "lstm": {g: g for g in "ifgo"},
    "gru": dict(zip("zrn", "ifg", strict=True)),
}
OUT = Dense("o", [[0.7, -0.4]], [0.2], "linear")


def recurrent(word, times):
    weights = {
        letter: {gate: U[own][place] for gate, own in ALIAS[word].items()}
        for place, letter in enumerate("WUb")
    }
    return through_time.Network(word, X[:times], weights, [0.2, -0.6], [0.7, -0.5], OUT, [0.9], 0.5)


RNN, LSTM, GRU = recurrent("simple_rnn", 3), recurrent("lstm", 2), recurrent("gru", 2)
TOKENS = [[1.0, 0.5, -0.3], [-0.5, 1.0, 0.4], [0.8, -0.3, 0.7]]
PROJECTIONS = {
    "Q": [[0.5, -0.3, 0.2, 0.4], [0.1, 0.6, -0.4, 0.3], [0.7, 0.2, -0.1, 0.5]],
    "K": [[0.3, 0.1, -0.2, 0.6], [0.2, -0.5, 0.4, 0.1], [-0.3, 0.4, 0.6, 0.2]],
    "V": [[0.6, -0.1, 0.3, 0.2], [-0.4, 0.5, 0.1, 0.7], [0.2, 0.3, -0.6, 0.4]],
    "O": [[0.2, 0.4], [-0.3, 0.1], [0.5, -0.2], [0.6, 0.3]],
}
GOAL = [[0.5, 0.0], [0.0, 1.0], [0.3, 0.2]]
HEADS = attending.Network(TOKENS, PROJECTIONS, 2, True, GOAL, 0.1)
BATCH = normalizing.Network(
    [*X, [0.3, 2.0]],
    [0.5, 1.0, 0.0, 0.2],
    Dense("d", [[0.5, -0.3], [0.2, 0.4]], [0.1, -0.2], "linear"),
    [1.5, 0.8],
    [0.1, -0.2],
    0.05,
    ([0.3, 0.1], [1.2, 0.7]),
    Dense("o", [[0.7, -0.4]], [0.2], "linear", 5, 3),
    0.1,
)
ROW = normalizing.Network(
    [[1.0, 0.5]],
    [0.5],
    Dense("d", [[0.5, -0.3], [0.1, 0.6], [0.7, 1.2]], [0.1, -0.2, 0.3], "linear"),
    [1.5, 0.8, 1.2],
    [0.1, -0.2, 0.3],
    0.05,
    None,
    Dense("o", [[0.7, -0.4, 0.5]], [0.2], "linear", 7, 4),
    0.1,
)

# --- whole sheets --------------------------------------------------------------------------------

SHEETS = [
    (RNN, "state_left_out", "state_left_out", "the state before was left out of the weighted sum"),
    (
        RNN,
        "state_weights",
        "state_weights",
        "the weights of the state were used for those of the input, or the other way round",
    ),
    (RNN, "time_left_out", "time_left_out", "not every time was counted in the sum over all times"),
    (RNN, "new_state_for_old", "later_state", "the state of a later time was used"),
    (RNN, "bias_forgotten", "bias_forgotten", "the bias was left out"),
    (
        RNN,
        "weights_transposed",
        "weights_transposed",
        "the inputs were multiplied by Wᵀ where W belongs",
    ),
    (LSTM, "gates_exchanged", "gates_exchanged", "one gate was taken for another"),
    (LSTM, "input_gate_for_output_gate", "gates_exchanged", "one gate was taken for another"),
    (LSTM, "old_cell", "earlier_state", "the state of an earlier time was used"),
    (LSTM, "activation_forgotten", "activation_forgotten", "tanh was left out"),
    (
        LSTM,
        "weights_of_another",
        "weights_of_another",
        "other weights were used than those of the forget gates",
    ),
    (
        LSTM,
        "time_left_out",
        "time_left_out",
        "not every time was counted in the sum over all times",
    ),
    (GRU, "update_gate_turned", "update_gate_turned", "z and 1 - z were exchanged"),
    (GRU, "reset_gate_left_out", "reset_gate_left_out", "the reset gate was left out"),
    (GRU, "state_left_out", "state_left_out", "the state before was left out of the weighted sum"),
    (
        HEADS,
        "root_of_length_forgotten",
        "root_of_length_forgotten",
        "the division by √d was left out",
    ),
    (HEADS, "length_for_its_root", "length_for_its_root", "it was divided by d where √d is meant"),
    (
        HEADS,
        "columns_for_rows",
        "columns_for_rows",
        "the softmax was taken over columns where rows are meant",
    ),
    (
        HEADS,
        "scores_mask_ignored",
        "scores_mask_ignored",
        "scores that the mask leaves out were counted in the softmax",
    ),
    (
        HEADS,
        "scores_for_weights",
        "scores_for_weights",
        "the values were mixed with the scores in place of the attention weights",
    ),
    (HEADS, "another_head", "another_head", "the numbers of another head were used"),
    (
        HEADS,
        "diagonal_alone",
        "jacobian_diagonal",
        "the other weights, which each score moves too, were left out",
    ),
    (
        BATCH,
        "variance_divisor",
        "variance_divisor",
        "the variance was divided by n - 1 where n is meant",
    ),
    (BATCH, "epsilon_forgotten", "epsilon_forgotten", "ε was left out"),
    (BATCH, "mean_not_subtracted", "mean_not_subtracted", "the mean was not subtracted"),
    (
        BATCH,
        "momentum_turned",
        "momentum_turned",
        "the shares of the running value and of the batch were exchanged",
    ),
    (
        BATCH,
        "statistics_as_constants",
        "statistics_as_constants",
        "mean and variance were taken as constants on the way back",
    ),
    (
        BATCH,
        "variance_as_constant",
        "variance_as_constant",
        "the path through the variance was left out on the way back",
    ),
    (BATCH, "sum_for_mean", "sum_for_mean", "the samples were added up where their mean is meant"),
    (
        BATCH,
        "target_minus_output",
        "target_minus_output",
        "the slope of the loss was taken with the wrong sign",
    ),
    (BATCH, "scale_and_shift_exchanged", "scale_and_shift_exchanged", "γ and β were exchanged"),
    (
        ROW,
        "mean_as_constant",
        "mean_as_constant",
        "the path through the mean was left out on the way back",
    ),
    (
        ROW,
        "deviation_for_variance",
        "deviation_for_variance",
        "the standard deviation was taken in place of the variance",
    ),
    (
        ROW,
        "variance_for_deviation",
        "variance_for_deviation",
        "it was divided by the variance in place of its root",
    ),
    (
        ROW,
        "variance_divisor",
        "variance_divisor",
        "the variance was divided by n - 1 where n is meant",
    ),
    (ROW, "epsilon_forgotten", "epsilon_forgotten", "ε was left out"),
]


@pytest.mark.parametrize(
    ("exercise", "planted", "word", "words"), SHEETS, ids=lambda x: x if isinstance(x, str) else ""
)
def test_a_mistake_made_wherever_it_can_be_is_named_and_what_follows_from_it_is_right(
    exercise, planted, word, words
):
    notes = worked(exercise, Student(rounded(5), carries=True, mistake=planted))
    checked = check(parse(exercise.text(5)), of(dict(notes.sheet)))
    wrong = [entry for entry in checked.entries if entry.verdict.name == "WRONG"]
    # A loss after the update holds the whole network: its formula may be too long to be written out.
    named = [entry for entry in wrong if entry.key != "E_new"]

    assert named
    assert {word in entry.named for entry in named} == {True}
    said = {
        mistakes.load(word).told(checked.scheme.step(step.ref)) for step in _steps(checked, named)
    }
    assert words in said


def _steps(checked, entries):
    keys = {entry.key for entry in entries}
    return [step for answer in checked.scheme.every for step in answer.steps if step.key in keys]


@pytest.mark.parametrize("exercise", [RNN, LSTM, GRU, HEADS, BATCH, ROW])
def test_a_sheet_without_a_mistake_hears_of_none(exercise):
    notes = worked(exercise, Student(rounded(5), carries=False))
    checked = check(parse(exercise.text(5)), of(dict(notes.sheet)))

    assert checked.marks == checked.of
    assert not any(entry.named or entry.guessed for entry in checked.entries)


@pytest.mark.parametrize("exercise", [RNN, LSTM, GRU, HEADS, BATCH, ROW])
def test_no_mistake_explains_a_number_by_itself(exercise):
    """A formula that holds the very step it is for would give whatever is typed there."""
    scheme = Scheme(parse(exercise.text(4)))
    rng = random.Random(1)
    steps = [step for answer in scheme.every for step in answer.steps]
    for step in rng.sample(steps, 12):
        # Half of them with nothing typed before them, so that all formulas go back to what is given.
        for seen in (step, replace(step, on_sheet={}))[:: rng.choice((1, -1))][:1]:
            for mistake in mistakes.all_of():
                for formula in mistake.formulas(seen):
                    assert step.ref not in set(map(step.steps.ref, _leaves(formula))), mistake.word


def _leaves(formula):
    from handcalc.formula import leaves

    return leaves(formula)


NEW = [
    word
    for _, _, word, _ in SHEETS
    if word
    not in (
        "bias_forgotten",
        "weights_transposed",
        "activation_forgotten",
        "sum_for_mean",
        "target_minus_output",
        "jacobian_diagonal",
    )
]


@pytest.mark.parametrize(
    "word",
    sorted(
        {
            *NEW,
            "heads_added",
            "keys_not_turned",
            "masked_scores_as_zero",
            "epsilon_misplaced",
            "scale_or_shift_left_out",
        }
    ),
)
def test_where_there_are_no_such_layers_the_mistake_has_no_formula(word):
    dense = """
input: [0.6, -0.8]
layers:
  - dense: {name: h, weights: [[0.5, -0.3], [0.1, 0.4]], bias: [0.3, 0.15], activation: tanh}
  - dense: {name: o, weights: [[0.7, 0.2], [-0.4, 0.8]], bias: [0.5, -0.25], activation: softmax}
target: [0, 1]
loss: categorical_crossentropy
optimizer: {sgd: {learning_rate: 0.5}}
"""
    scheme = Scheme(parse(dense))
    for step in (step for answer in scheme.every for step in answer.steps):
        assert list(mistakes.load(word).formulas(replace(step, on_sheet={}))) == []


# --- single cells --------------------------------------------------------------------------------


def given(text, key, word):
    """What the formulas of a mistake give with the right numbers."""
    scheme = Scheme(parse(text))
    (ref,) = scheme.steps.keys.find(key)
    step = scheme.step(ref)
    return [
        float(evaluate(formula, lambda leaf: step.steps.exact(step.steps.ref(leaf))))
        for formula in mistakes.load(word).formulas(step)
    ]


def is_among(value, values):
    return any(value == pytest.approx(other, rel=1e-9, abs=1e-12) for other in values)


SQUARE = """
input: [[1, 0.5], [-0.5, 1]]
layers:
  - attention: {name: a, mask: causal, query_weights: [[0.5, -0.3], [0.1, 0.6]], key_weights: [[0.3, 0.1], [0.2, -0.5]], value_weights: [[0.6, -0.1], [-0.4, 0.5]]}
ask: [forward]
"""
Q = [[0.5 + 0.05, -0.3 + 0.3], [-0.25 + 0.1, 0.15 + 0.6]]
K = [[0.3 + 0.1, 0.1 - 0.25], [-0.15 + 0.2, -0.05 - 0.5]]


def test_the_keys_are_transposed_before_they_are_multiplied():
    """Q·K in place of Q·Kᵀ, where there are as many tokens as numbers in a key."""
    wrong = Q[0][0] * K[0][1] + Q[0][1] * K[1][1]

    assert is_among(wrong, given(SQUARE, "a_scores[1,2]", "keys_not_turned"))


def test_the_keys_have_weights_of_their_own():
    """X·W_Q in place of X·W_K."""
    assert is_among(Q[1][0], given(SQUARE, "a_K[2,1]", "weights_of_another"))


def test_masked_scores_of_zero_still_count_in_the_softmax():
    """In the first row the second score is masked: e^s/(e^s + 1) in place of 1."""
    s = (Q[0][0] * K[0][0] + Q[0][1] * K[0][1]) / sqrt(2)

    assert is_among(exp(s) / (exp(s) + 1), given(SQUARE, "a_weights[1,1]", "masked_scores_as_zero"))
    assert is_among(1 / (exp(s) + 1), given(SQUARE, "a_weights[1,2]", "masked_scores_as_zero"))


def test_heads_stand_side_by_side():
    """In place of the first number of head 1 the sum, or the mean, of the first numbers of both."""
    text = HEADS.text(4)
    scheme = Scheme(parse(text))
    first, second = (
        scheme.steps.exact(scheme.steps.keys.find(f"a_head{head}[2,1]")[0]) for head in (1, 2)
    )
    found = given(text, "a_concat[2,1]", "heads_added")

    assert is_among(first + second, found)
    assert is_among((first + second) / 2, found)


NORMALIZED = """
input: [1, 3, 8]
layers:
  - layer_normalization: {name: n, gamma: [2, 3, 4], beta: [0.5, 0.25, -1], epsilon: 0.1}
ask: [forward]
"""
# The mean is 4, the variance (9 + 1 + 16)/3.
SPREAD = 26 / 3


def test_epsilon_beside_the_root_is_another_number():
    assert is_among(-3 / (sqrt(SPREAD) + 0.1), given(NORMALIZED, "n_xhat[1]", "epsilon_misplaced"))


@pytest.mark.parametrize(("gamma", "beta"), [(1, 0), (1, 0.5), (2, 0)])
def test_scale_or_shift_left_out(gamma, beta):
    xhat = -3 / sqrt(SPREAD + 0.1)

    assert is_among(gamma * xhat + beta, given(NORMALIZED, "n[1]", "scale_or_shift_left_out"))


def test_one_sample_of_a_batch_is_its_share_of_the_sum():
    """∂E/∂β of a batch is the sum over its samples; the first of them alone."""
    text = BATCH.text(4)
    scheme = Scheme(parse(text))
    (ref,) = scheme.steps.keys.find("dE_dn[1]@1")

    assert is_among(scheme.steps.exact(ref), given(text, "dE_dn_beta[1]", "one_sample"))
