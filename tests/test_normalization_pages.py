"""Pages of normalizations: what they say, which numbers they have, what their keys are, how sheets are marked."""

import math
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import handcalc
from handcalc.grading.checking import check
from handcalc.problem import parse
from support import answers, page, solution

RANDOM = np.random.default_rng(17)


def numbers(*shape: int) -> Any:
    return RANDOM.normal(size=shape).round(2)


def problem(x: Any, layer: str, more: str = "") -> str:
    """Samples along the first axis of x through one layer named y."""
    samples = "".join(f"  - {{input: {one.tolist()}}}\n" for one in x)
    return f"samples:\n{samples}layers:\n  - {layer}\n{more}"


def same(found: Any, expected: Any, tolerance: float = 1e-11) -> None:
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


# --- pages -----------------------------------------------------------------------------------------

BATCH = """samples:
  - {input: [1, 2], target: [1]}
  - {input: [3, 1], target: [0]}
  - {input: [2, 4], target: [1]}
layers:
  - dense: {name: h, weights: [[0.5, -0.2], [0.3, 0.8]], bias: 0.1}
  - batch_normalization: {name: bn, gamma: [1, 2], beta: [0, 0.5], moving_mean: [0, 0], moving_variance: [1, 1], momentum: 0.9}
  - dense: {name: o, weights: [[0.5, -0.6]], bias: 0.2, activation: sigmoid}
loss: LOSS
optimizer: {sgd: {learning_rate: 0.5}}
"""


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mean_squared_error"])
def test_shares_of_a_sigmoid_are_shares_where_samples_meet_too(loss):
    """A loss that wants outputs from 0 to 1 looks at the outputs, not at the losses of the samples."""
    found = answers(solution(BATCH.replace("LOSS", loss)))

    same(found["E"], sum(found[f"E@{n}"] for n in (1, 2, 3)) / 3)


def test_a_bias_before_a_batch_normalization_has_no_gradient():
    """What is added to all samples goes out with their mean: the gradient is 0, and no noise of floats."""
    text = BATCH.replace("LOSS", "binary_crossentropy")
    said = page(text)

    assert answers(solution(text))["dE_db1"] == 0
    assert not re.search(r"e-1[5-9]", said.split("Checked")[0])


def test_a_page_does_not_deny_that_the_loss_depends_on_what_it_is_made_of():
    """Running statistics are kept for later; everything else of the layer reaches the loss."""
    said = page(BATCH.replace("LOSS", "mean_squared_error"))

    assert "does not depend" not in said
    assert "as its constant says" not in said
    assert not [
        key
        for key in answers(solution(BATCH.replace("LOSS", "mean_squared_error")))
        if re.match("dE_.*moving", key)
    ]


def test_what_is_said_of_a_scale_is_said_where_it_is_used():
    """γ multiplies on the way back to x̂; neither γ itself nor β is reached through it."""
    said = page(BATCH.replace("LOSS", "mean_squared_error"))

    assert said.count("The gradient is multiplied by γ on its way back") == 1
    assert said.count("The root's slope is one over twice the root") == 1


def test_a_third_is_not_its_decimals():
    """The share of one of three samples in a mean."""
    said = page(BATCH.replace("LOSS", "mean_squared_error"))

    assert re.search(r"∂μ\[.\]/∂h._out⁽.⁾ +1/3 +≈ 0\.3333", said)


@pytest.mark.parametrize(
    "layer",
    [
        "batch_normalization: {name: y, gamma: 1}",
        "batch_normalization: {name: y, gamma: 1, unbiased: true}",
        "layer_normalization: {name: y, gamma: 1}",
        "rms_normalization: {name: y, gamma: 1}",
    ],
)
def test_the_paths_put_together_are_the_same_number(layer):
    """1/√(σ² + ε)·(g - 1/n Σ g - x̂·1/n Σ g·x̂) stands below the paths, with the value of their sum."""
    x = numbers(3, 3)
    text = problem(x, layer, "output_gradient: [0.5, -1, 0.25]\n")
    said = page(text)
    together = said.split("The same at once, the paths put together:")

    assert len(together) > 1
    for before, after in pairwise(together):
        summed = re.findall(r"(-?[0-9.]+)(?: +the sum)?$", before.rstrip())[-1]
        assert re.search(r"[=≈] (-?[0-9.]+) +the same", after)[1] == summed


def test_a_kernel_before_a_batch_normalization_gathers_from_every_sample():
    """∂E/∂K = Σ over samples of x ⋆ ∂E/∂c; where samples meet no mean is taken at the end."""
    x = numbers(3, 3, 3)
    text = (
        problem(x, "conv2d: {name: c, kernel: [[1, -0.5], [0.25, 2]], bias: 0.1}")
        + "  - batch_normalization: {name: y, gamma: 1}\n"
        + "output_gradient: [[1, -1], [0.5, 2]]\noptimizer: {sgd: {learning_rate: 1}}\n"
    )
    found, said = answers(solution(text)), page(text)
    by_c = [np.array(found[f"dE_dc@{n}"]) for n in (1, 2, 3)]
    slopes = [
        [
            sum(
                float((one[m : m + 2, n : n + 2] * g).sum()) for one, g in zip(x, by_c, strict=True)
            )
            for n in (0, 1)
        ]
        for m in (0, 1)
    ]

    same(found["dE_dK1"], slopes)
    assert "All at once, for each sample, and the samples added:" in said


def test_steps_of_time_are_told_apart_where_samples_meet():
    """A recurrent layer before a batch normalization: time 1 of all samples, then time 2."""
    text = problem(
        np.array([[[1, 0], [0, 1]], [[1, 1], [0, 2]]]),
        "simple_rnn: {name: r, weights: [[0.5, -0.6], [0.1, 0.2]], recurrent_weights: [[0.1, 0], [0, 0.1]], return_sequences: true}",
        "  - batch_normalization: {name: y, gamma: 1}\n",
    )
    said = page(text)

    assert re.search(
        r"Layer r, time 1, all samples: states.*Layer r, time 2, all samples: states",
        said,
        re.DOTALL,
    )


def test_a_short_page_has_a_heading_for_each_matrix():
    said = page(BATCH.replace("LOSS", "mean_squared_error"), "brief").split("Gradients")[1]

    for heading in (
        "Layer bn, all samples: normalized values",
        "Layer bn: variances",
        "Layer bn: scales",
    ):
        assert heading in said
    assert "on its way back" not in said


def test_a_loss_that_falls_by_less_than_its_digits_is_said_with_more():
    """From 0.2500 to 0.2500 is no fall that can be seen."""
    text = "input: [1]\nlayers: [{dense: {name: h, weights: [[0.5]]}}]\ntarget: [0]\nloss: mean_squared_error\noptimizer: {sgd: {learning_rate: 1e-6}}\nrounding: {decimals: 4}\n"
    new = (0.5 - 1e-6 * 2 * 0.5) ** 2

    assert f"(at full precision from 0.25000000 to {new:.8f})" in page(text)


# --- keys and marking ------------------------------------------------------------------------------

WHOLE = """samples:
  - {input: [[1, 2], [0, 1]], target: [[1, 0], [0, 1]]}
  - {input: [[3, 1], [2, 2]], target: [[0, 1], [1, 0]]}
layers:
  - attention: {name: att, query_weights: [[1, 0.5], [0, 1]], key_weights: [[1, 0], [0.5, 1]], value_weights: [[1, -1], [0.5, 1]]}
  - batch_normalization: {name: bn, gamma: [1, 2], beta: [0, 0.5], moving_mean: [0, 0], moving_variance: [1, 1], momentum: 0.9}
loss: mean_squared_error
optimizer: {sgd: {learning_rate: 0.5}}
rounding: {decimals: 4}
"""


def _single(found: dict[str, Any]) -> dict[str, float]:
    """Every number with its own key: att_scores[1,2]@1."""
    single = {}
    for key, value in found.items():
        name, at, sample = key.partition("@")
        for index in np.ndindex(np.shape(value)):
            cell = f"[{','.join(str(i + 1) for i in index)}]" if index else ""
            single[f"{name}{cell}{at}{sample}"] = float(np.asarray(value)[index])
    return single


def test_every_key_of_the_answers_asks_for_its_number():
    text = WHOLE
    single = _single(answers(solution(text)))
    chosen = sorted(single)[::9]
    asked = handcalc.solve(parse(text), chosen).answers

    assert len(single) > 150
    assert {key: asked[key].value for key in chosen} == pytest.approx(
        {key: single[key] for key in chosen}, abs=1e-15
    )


def test_a_sheet_with_the_right_answers_is_all_right():
    single = _single(answers(solution(WHOLE)))
    checked = check(parse(WHOLE), {key: f"{value:.4f}" for key, value in single.items()})

    assert {entry.verdict.name for entry in checked.entries if entry.given} == {"RIGHT"}
    assert sum(bool(entry.given) for entry in checked.entries) == len(single)


def test_a_wrong_mean_is_carried_into_variance_and_normalized_value():
    """With μ = 2.5 for 2: σ² = (1.5² + 0.5² + 0.5²)/3 = 0.9167, and x̂ of 1 is -1.5/√0.9177 = -1.5658."""
    text = problem(
        np.array([[1], [2], [3]]),
        "batch_normalization: {name: y, gamma: 1}",
        "rounding: {decimals: 4}\n",
    )
    variance = (1.5**2 + 0.5**2 + 0.5**2) / 3
    sheet = {
        "y_mean": "2.5",
        "y_variance": f"{variance:.4f}",
        "y_xhat@1": f"{-1.5 / math.sqrt(variance + 1e-3):.4f}",
    }
    verdicts = {e.key: e.verdict.name for e in check(parse(text), sheet).entries if e.given}

    assert list(verdicts.values()) == ["WRONG", "FOLLOWS", "FOLLOWS"]


def test_a_wrong_score_is_carried_into_its_row_of_weights():
    """Scores 1 and 2 for 1 and 0: the weights of the row are 1/(1 + e^(1/√2)) and the rest."""
    text = "input: [[1, 0], [0, 1]]\nlayers: [{attention: {name: a}}]\nrounding: {decimals: 4}\n"
    first = 1 / (1 + math.exp(1 / math.sqrt(2)))
    sheet = {
        "a_scores[1,1]": "1",
        "a_scores[1,2]": "2",
        "a_weights[1,1]": f"{first:.4f}",
        "a_weights[1,2]": f"{1 - first:.4f}",
        "a[1,1]": f"{first:.4f}",
    }
    verdicts = {e.key: e.verdict.name for e in check(parse(text), sheet).entries if e.given}

    assert verdicts.pop("a_scores[1,1]") == "RIGHT"
    assert verdicts.pop("a_scores[1,2]") == "WRONG"
    assert set(verdicts.values()) == {"FOLLOWS"}


@pytest.mark.parametrize(
    ("key", "formula"),
    [
        ("att_weights[1,1]", "e^(S′[1,1])/(e^(S′[1,1]) + e^(S′[1,2]))"),
        ("n_xhat[1,1]", "(att[1,1] - μ[1])/√(σ²[1] + 0.001)"),
        ("n[1,2]", "γ[2]·x̂[1,2] + β[2]"),
    ],
)
def test_letters_with_a_prime_a_square_or_a_hat_can_be_typed(key, formula):
    """What the page prints is right as an answer in symbols: S′[1,1], σ²[1], x̂[1,2]."""
    text = (
        "input: {shape: [2, 2]}\nlayers:\n  - attention: {name: att, key_dim: 2}\n"
        "  - layer_normalization: {name: n}\nask: [forward]\n"
    )
    entries = check(parse(text), {key: formula}).entries

    assert [entry.verdict.name for entry in entries if entry.given] == ["RIGHT"]


BESIDE_QUESTIONS = """
samples:
  - {input: [1, 0.5], target: [0]}
  - {input: [0.5, 1], target: [1]}
  - {input: [0.2, 0.7], target: [1]}
layers:
  - dense: {name: h, weights: [[0.5, 0.3], [0.2, -0.4]], bias: none, activation: sigmoid}
  - dense: {name: z, weights: [[0.5, 0.3]], bias: none}
  - batch_normalization: {name: n, epsilon: 0}
  - activation: {name: o, function: sigmoid}
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.1}}
ask: [forward, loss, dE_dw1]
"""


def test_a_gradient_beside_questions_is_worked_out_as_one_that_is_asked_alone():
    """Its factors stand in its ledgers, its paths at their fork: none has a step of its own under another name."""
    shown = page(BESIDE_QUESTIONS)
    alone = page(BESIDE_QUESTIONS.replace("forward, loss, ", ""))

    assert "Slopes" not in shown
    assert "_via_" not in shown
    line = next(line.strip() for line in alone.splitlines() if "1.9419" in line and "sum" in line)
    assert line.split()[-1] == "1.9419"
    assert "∂E/∂μ" in shown
    assert "The same at once, the paths put together:" in shown
