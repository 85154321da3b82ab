"""Penalties for large weights: their sum beside arithmetic, their gradients beside differences and PyTorch."""

import pytest

from handcalc.errors import ProblemError
from support import answers, page, solution

W1, W2 = [[0.5, 0.3], [0.1, 0.4]], [[0.7, -0.2]]


def _file(penalty: str, more: str = "", data: str = "input: [0.2, 0.1]\ntarget: [1]\n") -> str:
    return (
        f"{data}layers:\n"
        f"  - dense: {{name: h, weights: {W1}, bias: [0.3, 0.1], activation: sigmoid}}\n"
        f"  - dense: {{name: o, weights: {W2}, bias: 0.5}}\n"
        f"loss: {{mean_squared_error: {{factor: half_sum}}}}\npenalty: {penalty}\n{more}"
    )


SQUARES = 0.25 + 0.09 + 0.01 + 0.16 + 0.49 + 0.04
SIZES = 0.5 + 0.3 + 0.1 + 0.4 + 0.7 + 0.2


@pytest.mark.parametrize(
    ("penalty", "expected"),
    [
        ("{l2: 0.1}", 0.1 * SQUARES),
        ("{l2: 0.1, half: true}", 0.05 * SQUARES),
        ("{l1: 0.01}", 0.01 * SIZES),
        ("{l2: 0.1, biases: true}", 0.1 * (SQUARES + 0.09 + 0.01 + 0.25)),
    ],
)
def test_the_penalty_is_added_to_the_loss_of_the_data(penalty, expected):
    found = answers(solution(_file(penalty)))

    assert found["R"] == pytest.approx(expected, rel=1e-12)
    assert found["E"] == pytest.approx(found["E_data"] + expected, rel=1e-12)


def test_both_penalties_have_their_own_rate_and_their_own_key():
    found = answers(solution(_file("{l2: 0.1, half: true, l1: 0.01}")))

    assert found["R_l2"] == pytest.approx(0.05 * SQUARES)
    assert found["R_l1"] == pytest.approx(0.01 * SIZES)
    assert found["E"] == pytest.approx(found["E_data"] + found["R_l2"] + found["R_l1"])


def test_every_weight_is_drawn_to_zero_by_what_the_penalty_adds_and_biases_are_not():
    """∂(λ/2 w²)/∂w = λw on top of what the data give."""
    plain = answers(solution(_file("{l2: 0}")))
    with_it = answers(solution(_file("{l2: 0.1, half: true}")))
    weights = [x for row in (*W1, *W2) for x in row]

    for number, weight in enumerate(weights, 1):
        key = f"dE_dw{number}"
        assert with_it[key] == pytest.approx(plain[key] + 0.1 * weight, rel=1e-9, abs=1e-12)
    assert with_it["dE_db3"] == pytest.approx(plain["dE_db3"])


def test_of_several_samples_the_penalty_is_added_once():
    data = "samples: [{input: [0.2, 0.1], target: [1]}, {input: [1, -0.5], target: [0]}]\n"
    found = answers(solution(_file("{l2: 0.1}", data=data)))

    assert found["E_data"] == pytest.approx((found["E@1"] + found["E@2"]) / 2)
    assert found["E"] == pytest.approx(found["E_data"] + 0.1 * SQUARES)


def test_weight_decay_of_a_step_is_the_same_as_the_penalty():
    """W - η(g + λw) = (1 - ηλ)w - ηg, as every text on weight decay has it."""
    step = "optimizer: {sgd: {learning_rate: 0.5}}\n"
    plain = answers(solution(_file("{l2: 0}", step)))
    with_it = answers(solution(_file("{l2: 0.1, half: true}", step)))

    assert with_it["w5_new"] == pytest.approx((1 - 0.05) * 0.7 - 0.5 * plain["dE_dw5"])


def test_the_page_says_what_is_added_and_over_which_weights():
    said = page(_file("{l2: 0.1, half: true}"))

    assert "E = E_data + λ/2 Σ w², over all weights, biases left out" in said
    assert "R      = λ/2·(w1² + w2² + w3² + w4² + w5² + w6²)" in said
    assert "∂R/∂w5" in said


@pytest.mark.parametrize(
    ("penalty", "message"),
    [
        ("{half: true}", "has neither l2 nor l1; write penalty"),
        ("{l2: -1}", "which would reward large weights"),
        ("{l1: 0.1, half: true}", "has half: true and no l2"),
    ],
)
def test_a_penalty_that_says_nothing_is_refused(penalty, message):
    with pytest.raises(ProblemError, match=message):
        solution(_file(penalty))


def test_a_penalty_needs_a_loss():
    text = "input: [1]\nlayers: [{dense: {name: h, weights: [[1]]}}]\npenalty: {l2: 0.1}\n"
    with pytest.raises(ProblemError, match="there is no loss to add the penalty to"):
        solution(text)


@pytest.mark.frameworks
def test_the_gradients_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    w1, w2 = (torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in (W1, W2))
    x = torch.tensor([[0.2, 0.1], [1.0, -0.5]], dtype=torch.float64)
    t = torch.tensor([[1.0], [0.0]], dtype=torch.float64)
    b = torch.tensor([0.3, 0.1], dtype=torch.float64)
    out = torch.sigmoid(x @ w1.T + b) @ w2.T + 0.5
    data = (0.5 * (out - t) ** 2).sum(dim=1).mean()
    penalty = 0.05 * ((w1**2).sum() + (w2**2).sum()) + 0.01 * (w1.abs().sum() + w2.abs().sum())
    (data + penalty).backward()
    samples = "samples: [{input: [0.2, 0.1], target: [1]}, {input: [1, -0.5], target: [0]}]\n"
    found = answers(solution(_file("{l2: 0.1, half: true, l1: 0.01}", data=samples)))
    expected = [*w1.grad.flatten().tolist(), *w2.grad.flatten().tolist()]

    assert [found[f"dE_dw{n}"] for n in range(1, 7)] == pytest.approx(expected, rel=1e-9)
