"""The words of PyTorch, Keras and the textbooks lead to ours, before spelling is looked at."""

import re

import pytest

from handcalc import layers, losses, operations, optimizers, schedules
from handcalc.errors import ProblemError
from handcalc.fields import synonyms
from handcalc.problem import parse
from handcalc.problem.model import Problem

WORDS = {
    "layer": (synonyms.LAYERS, {*layers.LAYERS, "use", "repeat"}),
    "activation": (synonyms.ACTIVATIONS, {*operations.ACTIVATIONS, *operations.OTHER_WORDS}),
    "loss": (synonyms.LOSSES, set(losses.LOSSES)),
    "optimizer": (synonyms.OPTIMIZERS, set(optimizers.OPTIMIZERS)),
    "schedule": (synonyms.SCHEDULES, set(schedules.SCHEDULES)),
}


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_leads_to_one_that_there_is(kind):
    table, known = WORDS[kind]

    assert {re.split("[:,]", meant)[0] for meant in table.values()} <= known


@pytest.mark.parametrize("kind", WORDS)
def test_no_word_that_there_is_leads_elsewhere(kind):
    table, known = WORDS[kind]

    assert not known & set(table)


def test_every_field_leads_to_one_that_there_is():
    options = set(Problem.model_fields) | {"decimals", "from"}
    for word in layers.LAYERS:
        options |= set(layers.load(word).model_fields)
    for word in optimizers.OPTIMIZERS:
        options |= set(optimizers.load(word).model_fields)
    for word in losses.LOSSES:
        options |= set(losses.load(word).model_fields)
    for word in operations.ACTIVATIONS:
        options |= set(operations.load(word).model_fields)

    meant = {re.split("[:, ]", one)[0] for own in synonyms.FIELDS.values() for one in own}
    assert meant <= options


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("layers: [{fc: {units: 2}}]", "there is no layer 'fc'; write dense"),
        ("layers: [{linear: {units: 2}}]", "there is no layer 'linear'; write dense"),
        ("layers: [{relu: {}}]", "there is no layer 'relu'; write {activation: {function: relu}}"),
        ("layers: [{gelu: {}}]", "there is no layer 'gelu'; write {activation: {function: gelu}}"),
        ("layers: [{matmul: {}}]", "there is no layer 'matmul'; write dot"),
        ("layers: [{rms_norm: {}}]", "there is no layer 'rms_norm'; write rms_normalization"),
        (
            "layers: [{max_pool: 2}]",
            "there is no layer 'max_pool'; write max_pooling2d, or max_pooling1d for a sequence",
        ),
        ("layers: [{dense: {out_features: 2}}]", "there is no field 'out_features' here; write units"),
        (
            "layers: [{dense: {units: 2, activation: logistic}}]",
            "there is no activation 'logistic'; write sigmoid",
        ),
        ("layers: [flatten]\nloss: cross_entropy", "there is no loss 'cross_entropy'; write categorical_crossentropy"),
        ("layers: [flatten]\nloss: mse", "there is no loss 'mse'; write mean_squared_error"),
        ("layers: [flatten]\nlr: 0.1", "there is no field 'lr' here; write optimizer: {sgd: {learning_rate: 0.1}}, or into the optimizer that is there"),
        ("layers: [flatten]\noptimizer: {nag: {lr: 0.1}}", "there is no optimizer 'nag'; write nesterov"),
        ("layers: [flatten]\noptimizer: {sgd: {lr: 0.1}}", "there is no field 'lr' here; write learning_rate"),
    ],
)  # fmt: skip
def test_what_others_say(text, said):
    with pytest.raises(ProblemError) as refused:
        parse(f"input: [1, 2]\n{text}\n")

    assert said in [mistake.what for mistake in refused.value.mistakes]


def test_a_field_under_another_name_is_not_missing():
    """What stands there as x is the input: it is said once what to write."""
    with pytest.raises(ProblemError) as refused:
        parse("x: [1, 2]\nlayers: [flatten]\n")

    assert [mistake.what for mistake in refused.value.mistakes] == [
        "there is no field 'x' here; write input"
    ]
