"""Losses against PyTorch, scipy, plain arithmetic and published figures; what their pages say and refuse."""

import os
from math import cosh, exp, log, log2, pi, sqrt
from typing import Any

import numpy as np
import pytest
import scipy.special

import handcalc
from handcalc import losses, operations
from handcalc.errors import HandcalcError
from handcalc.fields import synonyms
from handcalc.formula import Symbol, algebra, substitute
from handcalc.network.formulas import Elements
from handcalc.problem import parse
from support import answers, one, page, solution

os.environ.setdefault("KERAS_BACKEND", "torch")
RANDOM = np.random.default_rng(12)
Y, T = RANDOM.uniform(-1.5, 1.5, (5, 4)), RANDOM.uniform(-1.5, 1.5, (5, 4))
SHARES, P = RANDOM.uniform(0.05, 0.95, (5, 4)), scipy.special.softmax(Y, axis=1)
WANTED = scipy.special.softmax(T, axis=1)
CLASSES = np.array([2, 0, 3, 3, 1])
HOT = np.eye(4)[CLASSES]
SIGNS = np.where(T > 0, 1.0, -1.0)


def loss(word: str, **options: Any) -> Any:
    made: Any = losses.load(word).model_validate(options)
    return made.of_classes(tuple((int(c),) for c in CLASSES)) if made.by_value else made


# --- PyTorch ---------------------------------------------------------------------------------------


def _torch_cases() -> list[Any]:
    """Word, options, output, target, and the same in torch, a sample a row."""

    def plain(name: str, **options: Any) -> Any:
        return lambda f, y, t: getattr(f, name)(y, t, **options)

    def classes(name: str, **options: Any) -> Any:
        return lambda f, y, t: getattr(f, name)(y[None], t.long()[None], **options)

    def weighed(f: Any, y: Any, t: Any) -> Any:
        return f.cross_entropy(y[None], t.long()[None], _doubles([1, 2, 5, 0.5]), reduction="sum")

    def smoothed(f: Any, y: Any, t: Any) -> Any:
        return f.cross_entropy(y[None], t[None], label_smoothing=0.1)

    return [
        ("mean_absolute_error", {}, Y, T, plain("l1_loss")),
        ("mean_absolute_error", {"factor": "sum"}, Y, T, plain("l1_loss", reduction="sum")),
        ("huber", {}, Y, T, plain("smooth_l1_loss")),
        ("huber", {"delta": "0.4"}, Y, T, plain("huber_loss", delta=0.4)),
        ("multiclass_hinge", {"factor": "mean"}, Y, CLASSES, classes("multi_margin_loss")),
        (
            "multiclass_hinge",
            {"factor": "mean", "squared": "true", "margin": "0.5"},
            Y,
            CLASSES,
            classes("multi_margin_loss", p=2, margin=0.5),
        ),
        (
            "kl_divergence",
            {},
            P,
            WANTED,
            lambda f, y, t: f.kl_div(y.log(), t, reduction="sum"),
        ),
        (
            "gaussian_nll",
            {"variance": "0.3"},
            Y,
            T,
            lambda f, y, t: f.gaussian_nll_loss(y, t, 0.3 + 0 * y),
        ),
        (
            "gaussian_nll",
            {"predicts": "mean_and_variance", "constant": "true"},
            np.abs(Y),
            T[:, :2],
            lambda f, y, t: f.gaussian_nll_loss(y[:2], t, y[2:], full=True),
        ),
        (
            "gaussian_nll",
            {"predicts": "mean_and_log_variance", "factor": "sum"},
            Y,
            T[:, :2],
            lambda f, y, t: f.gaussian_nll_loss(y[:2], t, y[2:].exp(), reduction="sum"),
        ),
        (
            "poisson",
            {},
            SHARES,
            CLASSES[:, None] + HOT,
            plain("poisson_nll_loss", log_input=False, eps=0),
        ),
        ("poisson", {"log_input": "true"}, Y, CLASSES[:, None] + HOT, plain("poisson_nll_loss")),
        (
            "sparse_categorical_crossentropy",
            {"from_logits": "true"},
            Y,
            CLASSES,
            classes("cross_entropy"),
        ),
        (
            "sparse_categorical_crossentropy",
            {},
            P,
            CLASSES,
            lambda f, y, t: f.nll_loss(y.log()[None], t.long()[None]),
        ),
        (
            "sparse_categorical_crossentropy",
            {"from_logits": "true", "class_weights": ["1", "2", "5", "0.5"]},
            Y,
            CLASSES,
            weighed,
        ),
        (
            "categorical_crossentropy",
            {"from_logits": "true"},
            Y,
            WANTED,
            lambda f, y, t: f.cross_entropy(y[None], t[None]),
        ),
        (
            "categorical_crossentropy",
            {"from_logits": "true", "label_smoothing": "0.1"},
            Y,
            HOT,
            smoothed,
        ),
        ("binary_crossentropy", {}, SHARES, WANTED, plain("binary_cross_entropy")),
        (
            "binary_crossentropy",
            {"factor": "sum"},
            SHARES,
            WANTED,
            plain("binary_cross_entropy", reduction="sum"),
        ),
        (
            "binary_crossentropy",
            {"from_logits": "true", "class_weights": ["1", "3"]},
            Y,
            WANTED,
            lambda f, y, t: f.binary_cross_entropy_with_logits(y, t, pos_weight=_doubles([3])),
        ),
        (
            "cosine_similarity",
            {"one_minus": "true"},
            Y,
            T,
            lambda f, y, t: 1 - f.cosine_similarity(y, t, dim=0),
        ),
    ]


def _doubles(numbers: Any) -> Any:
    import torch

    return torch.tensor(numbers, dtype=torch.float64)


@pytest.mark.frameworks
@pytest.mark.parametrize(
    ("word", "options", "y", "t", "theirs"),
    [pytest.param(*case, id=f"{case[0]}-{i}") for i, case in enumerate(_torch_cases())],
)
def test_loss_and_gradient_are_those_of_pytorch(word, options, y, t, theirs):
    torch = pytest.importorskip("torch")
    own = loss(word, **options)
    found = own.forward(y, t.astype(float))
    slopes = own.backward(np.ones(len(y)), found, y, t.astype(float))[0]
    for sample in range(len(y)):
        output = torch.tensor(y[sample], requires_grad=True)
        expected = theirs(torch.nn.functional, output, torch.tensor(t[sample]))
        expected.sum().backward()

        assert found[sample] == pytest.approx(float(expected.detach().sum()), rel=1e-6)
        np.testing.assert_allclose(slopes[sample], output.grad.numpy(), rtol=1e-6, atol=1e-9)


@pytest.mark.frameworks
@pytest.mark.parametrize(
    ("word", "options", "theirs", "y", "t"),
    [
        ("log_cosh", {}, "LogCosh", Y, T),
        ("hinge", {}, "Hinge", Y, SIGNS),
        ("squared_hinge", {}, "SquaredHinge", Y, SIGNS),
        ("categorical_hinge", {}, "CategoricalHinge", Y, HOT),
        ("cosine_similarity", {}, "CosineSimilarity", Y, T),
        ("poisson", {}, "Poisson", SHARES, WANTED),
        (
            "binary_focal_crossentropy",
            {"balanced": "false"},
            "BinaryFocalCrossentropy",
            SHARES,
            HOT,
        ),
        ("categorical_focal_crossentropy", {}, "CategoricalFocalCrossentropy", P, HOT),
    ],
)
def test_loss_is_that_of_keras(word, options, theirs, y, t):
    """Keras computes in 32 bits and adds 1e-7 here and there."""
    keras = pytest.importorskip("keras")
    expected = getattr(keras.losses, theirs)(reduction=None)(t, y).tolist()

    np.testing.assert_allclose(loss(word, **options).forward(y, t), expected, rtol=2e-5, atol=2e-6)


# --- other formulas --------------------------------------------------------------------------------


def test_absolute_error_is_the_city_block_distance():
    distance = np.linalg.norm(Y - T, ord=1, axis=1)

    np.testing.assert_allclose(loss("mean_absolute_error", factor="sum").forward(Y, T), distance)


def test_huber_is_what_scipy_has():
    expected = scipy.special.huber(0.7, Y - T).mean(axis=1)

    np.testing.assert_allclose(loss("huber", delta="0.7").forward(Y, T), expected)


def test_log_cosh_keeps_its_digits_near_zero_and_stays_finite_far_away():
    """Ln cosh d is d²/2 - d⁴/12 near 0, and |d| - ln 2 far from it."""
    near, far = np.array([[1e-6]]), np.array([[2000.0]])
    zero = np.zeros((1, 1))

    assert loss("log_cosh").forward(near, zero)[0] == pytest.approx(0.5e-12, rel=1e-9)
    assert loss("log_cosh").forward(far, zero)[0] == pytest.approx(2000 - log(2), rel=1e-15)


def test_divergence_is_cross_entropy_less_the_entropy_of_the_targets():
    entropy = scipy.special.entr(WANTED).sum(axis=1)
    crossed = loss("categorical_crossentropy").forward(P, WANTED)

    np.testing.assert_allclose(loss("kl_divergence").forward(P, WANTED), crossed - entropy)
    np.testing.assert_allclose(
        loss("kl_divergence").forward(P, WANTED), scipy.special.rel_entr(WANTED, P).sum(axis=1)
    )


def test_gaussian_likelihood_is_minus_the_logarithm_of_the_bell_curve():
    v = 0.25
    density = np.exp(-((Y - T) ** 2) / (2 * v)) / sqrt(2 * pi * v)
    found = loss("gaussian_nll", variance="0.25", constant="true", factor="sum").forward(Y, T)

    np.testing.assert_allclose(found, -np.log(density).sum(axis=1))


def test_poisson_likelihood_is_minus_the_logarithm_of_its_probabilities_but_for_the_factorial():
    counts = CLASSES[:, None] + HOT
    probability = SHARES**counts * np.exp(-SHARES) / scipy.special.factorial(counts)
    found = loss("poisson", factor="sum").forward(SHARES, counts)
    left_out = scipy.special.gammaln(counts + 1).sum(axis=1)

    np.testing.assert_allclose(found + left_out, -np.log(probability).sum(axis=1))


def test_class_numbers_are_one_hot_targets():
    for options in ({}, {"log": "2"}, {"class_weights": ["1", "2", "5", "0.5"]}):
        sparse = loss("sparse_categorical_crossentropy", **options).forward(P, CLASSES)
        crossed = loss("categorical_crossentropy", **options).forward(P, HOT)

        np.testing.assert_allclose(sparse, crossed)


def test_logits_are_what_a_softmax_or_a_sigmoid_would_see():
    for options in (
        {},
        {"log": "10"},
        {"class_weights": ["1", "2", "5", "0.5"]},
        {"label_smoothing": "0.2"},
    ):
        scores = loss("categorical_crossentropy", from_logits="true", **options).forward(Y, WANTED)
        np.testing.assert_allclose(
            scores, loss("categorical_crossentropy", **options).forward(P, WANTED)
        )
    for options in ({}, {"class_weights": ["2", "3"], "factor": "sum"}, {"label_smoothing": "0.2"}):
        scores = loss("binary_crossentropy", from_logits="true", **options).forward(Y, WANTED)
        shares = loss("binary_crossentropy", **options).forward(scipy.special.expit(Y), WANTED)
        np.testing.assert_allclose(scores, shares)


def test_logits_of_any_size_stay_finite():
    """ln(e^1000 + e^-1000) - 1000 is 0, and - (-1000) 2000, although no float holds e^1000."""
    z = np.array([[1000.0, -1000.0]])
    found = losses.load("sparse_categorical_crossentropy").model_validate({"from_logits": "true"})
    for c, expected in ((0, 0.0), (1, 2000.0)):
        own = found.of_classes(((c,),))  # type: ignore[attr-defined]
        assert own.forward(z, np.array([c]))[0] == expected
        assert np.isfinite(own.backward(np.ones(1), np.ones(1), z, np.array([c]))[0]).all()
    binary = loss("binary_crossentropy", from_logits="true")
    np.testing.assert_allclose(binary.forward(z, np.array([[1.0, 1.0]])), [500.0])


def test_focal_loss_without_focus_is_cross_entropy():
    plain = loss("binary_focal_crossentropy", gamma="0", balanced="false")
    np.testing.assert_allclose(
        plain.forward(SHARES, HOT), loss("binary_crossentropy").forward(SHARES, HOT)
    )
    several = loss("categorical_focal_crossentropy", gamma="0", alpha="1")
    np.testing.assert_allclose(
        several.forward(P, HOT), loss("categorical_crossentropy").forward(P, HOT)
    )


def test_focal_loss_is_minus_alpha_times_the_power_times_the_logarithm():
    """0.25·0.1²·-ln 0.9 for a sure and right yes, 0.75·0.9²·-ln 0.1 for a sure and wrong one."""
    focal, y = loss("binary_focal_crossentropy"), np.array([[0.9]])

    assert focal.forward(y, np.ones((1, 1)))[0] == pytest.approx(-0.25 * 0.01 * log(0.9))
    assert focal.forward(y, np.zeros((1, 1)))[0] == pytest.approx(-0.75 * 0.81 * log(0.1))


def test_no_step_along_the_output_itself_changes_a_cosine():
    """Σ ∂E/∂y·y = 0: the length of y does not matter."""
    gradient = loss("cosine_similarity").backward(np.ones(5), np.ones(5), Y, T)[0]

    np.testing.assert_allclose((gradient * Y).sum(axis=1), 0, atol=1e-15)


def test_slopes_of_a_multiclass_hinge_add_to_zero():
    """One score up means the others down: adding a number to all scores changes no margin."""
    gradient = loss("multiclass_hinge").backward(np.ones(5), np.ones(5), Y, CLASSES)[0]

    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-15)


# --- figures that others have printed --------------------------------------------------------------


def test_svm_and_softmax_of_cs231n():
    """CS231n prints the scores -2.85, 0.86, 0.28, a hinge loss of 1.58 and a softmax loss of 1.04."""
    found = answers(handcalc.solve("svm-and-softmax"))

    assert [round(found[f"s{i}_out"], 2) for i in (1, 2, 3)] == [-2.85, 0.86, 0.28]
    assert round(found["E_s"], 2) == 1.58
    assert round(found["E_p"], 2) == 1.04
    # Of its probabilities 0.016, 0.631 and 0.353 the first is that of rounded exponentials, 0.058/3.744.
    assert [round(p, 3) for p in found["p"]] == [0.015, 0.631, 0.353]
    assert exp(0.86) / (exp(-2.85) + exp(0.86) + exp(0.28)) == pytest.approx(found["p"][1])


def test_entropies_of_machine_learning_mastery():
    """P = 0.1, 0.4, 0.5 and Q = 0.8, 0.15, 0.05: H(P, Q) = 3.288, H(Q, P) = 2.906, KL(P || Q) = 1.927 bits."""
    p, q = np.array([[0.1, 0.4, 0.5]]), np.array([[0.8, 0.15, 0.05]])
    entropy, divergence = loss("categorical_crossentropy", log="2"), loss("kl_divergence", log="2")

    assert round(entropy.forward(q, p)[0], 3) == 3.288
    assert round(entropy.forward(p, q)[0], 3) == 2.906
    assert round(divergence.forward(q, p)[0], 3) == 1.927
    assert round(divergence.forward(p, q)[0], 3) == 2.022


# --- networks --------------------------------------------------------------------------------------

NET = """
input: [0.6, -0.8]
layers:
  - dense: {{name: o, weights: [[0.4, -0.3], [0.1, 0.5], [-0.2, 0.7]], activation: {activation}}}
target: {target}
loss: {loss}
"""
Z = (0.48, -0.34, -0.68)


def net(loss: str, target: str, activation: str = "linear") -> str:
    return NET.format(loss=loss, target=target, activation=activation)


def test_a_class_number_is_minus_the_logarithm_of_its_probability():
    found = answers(solution(net("sparse_categorical_crossentropy", "2", "softmax")))
    p = [exp(z) / sum(map(exp, Z)) for z in Z]

    assert found["E"] == pytest.approx(-log(p[2]))
    assert found["dE_do1_in"] == pytest.approx(p[0])
    assert found["dE_do3_in"] == pytest.approx(p[2] - 1)


def test_the_target_of_a_class_is_one_number_with_or_without_brackets():
    word = "sparse_categorical_crossentropy"
    with_brackets = answers(solution(net(word, "[2]", "softmax")))

    assert with_brackets == answers(solution(net(word, "2", "softmax")))
    assert one(net(word, "2", "softmax"), "t")[0] == 2


def test_class_number_and_one_hot_target_have_the_same_gradients():
    number = answers(solution(net("sparse_categorical_crossentropy", "1", "softmax")))
    hot = answers(solution(net("categorical_crossentropy", "[0, 1, 0]", "softmax")))
    weights = [f"dE_dw{i}" for i in range(1, 7)]

    assert [number[w] for w in weights] == pytest.approx([hot[w] for w in weights])


def test_the_class_is_said_to_be_counted_from_zero():
    text = page(net("sparse_categorical_crossentropy", "2", "softmax"))

    assert (
        "E = -ln o_c, where c is t + 1, the place of class t, as classes are counted from 0" in text
    )
    assert "E = -ln(o3_out)" in text


def test_outputs_beside_the_class_are_no_paths():
    """In -ln o3 nothing else stands, so that each score has one path, not three."""
    text = page(net("sparse_categorical_crossentropy", "2", "softmax"))

    assert "∂E/∂o1_in = ∂E/∂o3_out·∂o3_out/∂o1_in" in text
    assert "along" not in text.replace("along a path", "")
    found, _ = one(net("sparse_categorical_crossentropy", "2", "softmax"), "dE_do1_out")
    assert found == 0


ROWS = """
input: [[0.6, -0.8], [0.2, 0.5]]
layers:
  - dense: {{name: o, weights: [[0.4, -0.3], [0.1, 0.5], [-0.2, 0.7]], activation: softmax}}
target: {target}
loss: {loss}
"""


@pytest.mark.parametrize(
    ("loss", "target"),
    [
        ("sparse_categorical_crossentropy", "[2, 0]"),
        ("categorical_crossentropy", "[[0, 0, 1], [1, 0, 0]]"),
        ("kl_divergence", "[[0, 0, 1], [1, 0, 0]]"),
    ],
)
def test_behind_a_softmax_of_rows_the_slope_is_output_minus_target_in_each_row(loss, target):
    text = ROWS.format(loss=loss, target=target)
    found = answers(solution(text))
    W = np.array([[0.4, -0.3], [0.1, 0.5], [-0.2, 0.7]])  # as everywhere
    p = scipy.special.softmax(np.array([[0.6, -0.8], [0.2, 0.5]]) @ W.T, axis=1)
    short = p - np.array([[0, 0, 1], [1, 0, 0]])

    assert found["E"] == pytest.approx(-log(p[0, 2]) - log(p[1, 0]))
    for i, j in np.ndindex(2, 3):
        assert one(text, f"dE_do_in[{i + 1},{j + 1}]")[0] == pytest.approx(short[i, j])
    assert "Shorter, because the slopes of loss and activation cancel" in page(text)


def test_each_sample_has_its_class():
    text = """
samples:
  - {input: [0.6, -0.8], target: 2}
  - {input: [0.2, 0.5], target: 0}
layers:
  - dense: {name: o, weights: [[0.4, -0.3], [0.1, 0.5], [-0.2, 0.7]], activation: softmax}
loss: {sparse_categorical_crossentropy: {log: 2}}
optimizer: {sgd: {learning_rate: 0.1}}
"""
    found = answers(solution(text))
    first = exp(Z[2]) / sum(map(exp, Z))
    second = exp(-0.07) / (exp(-0.07) + exp(0.27) + exp(0.31))

    assert found["E@1"] == pytest.approx(-log2(first))
    assert found["E@2"] == pytest.approx(-log2(second))
    assert found["E"] == pytest.approx((found["E@1"] + found["E@2"]) / 2)
    assert found["dE_do1_in@2"] == pytest.approx((second - 1) / log(2))


def test_of_several_outputs_each_may_have_a_class():
    text = """
input: [0.6, -0.8]
layers:
  - dense: {name: s, weights: [[0.4, -0.3], [0.1, 0.5], [-0.2, 0.7]]}
  - softmax: {name: p}
outputs:
  s: {target: 1, loss: {multiclass_hinge: {margin: 2}}, weight: 0.5}
  p: {target: 2, loss: sparse_categorical_crossentropy}
"""
    found = answers(solution(text))
    hinge = max(0, Z[0] - Z[1] + 2) + max(0, Z[2] - Z[1] + 2)
    entropy = -log(exp(Z[2]) / sum(map(exp, Z)))

    assert found["E_s"] == pytest.approx(hinge)
    assert found["E"] == pytest.approx(0.5 * hinge + entropy)


def test_in_symbols_the_class_still_decides_the_formula():
    text = """
input: {shape: [2]}
layers:
  - dense: {name: o, units: 3, activation: softmax}
target: 1
loss: sparse_categorical_crossentropy
"""
    written = page(text)

    assert "E = -ln(o2_out)" in written
    assert "∂E/∂o2_in = o2_out - 1" in written
    assert "t = 1" in written


def test_every_loss_works_in_symbols():
    special = {
        "gaussian_nll": "{gaussian_nll: {predicts: mean}}",
        "formula": "{formula: 'sum((o - t)^4)'}",
    }
    for word in losses.LOSSES:
        kind: Any = losses.load(word)
        target = "target: 1\n" if kind.by_value and word != "categorical_hinge" else ""
        target = "target: [0, 1]\n" if word == "categorical_hinge" else target
        activation = "softmax" if kind.takes_shares else "softplus"
        text = (
            "input: {shape: [2]}\nlayers:\n"
            f"  - dense: {{name: o, units: 2, activation: {activation}}}\n"
            f"{target}loss: {special.get(word, word)}\n"
        )

        assert "∂E/∂w1" in page(text), word


# --- numbers on the way ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "target", "activation", "share"),
    [
        ("{mean_absolute_error: {factor: sum}}", "[0.3, -0.2, 0.1]", "linear", abs(Z[0] - 0.3)),
        ("log_cosh", "[0.3, -0.2, 0.1]", "linear", log(cosh(Z[0] - 0.3)) / 3),
        ("{hinge: {factor: sum}}", "[1, -1, 1]", "linear", 1 - Z[0]),
        ("{poisson: {log_input: true}}", "[1, 0, 3]", "linear", (exp(Z[0]) - Z[0]) / 3),
        (
            "kl_divergence",
            "[0.1, 0.4, 0.5]",
            "softmax",
            0.1 * log(0.1 / (exp(Z[0]) / sum(map(exp, Z)))),
        ),
    ],
)
def test_the_share_of_one_output(loss, target, activation, share):
    assert one(net(loss, target, activation), "E_o1")[0] == pytest.approx(share)


def test_shares_add_to_the_loss():
    for loss, target, activation in (
        ("{huber: {delta: 0.3}}", "[0.3, -0.2, 0.1]", "linear"),
        ("{gaussian_nll: {variance: 0.25, constant: true}}", "[0.3, -0.2, 0.1]", "linear"),
        ("{categorical_crossentropy: {class_weights: [1, 2, 5]}}", "[0, 0, 1]", "softmax"),
        ("{binary_crossentropy: {class_weights: [1, 3]}}", "[0, 0, 1]", "sigmoid"),
        ("binary_focal_crossentropy", "[0, 0, 1]", "sigmoid"),
    ):
        text = net(loss, target, activation)
        shares = sum(one(text, f"E_o{i}")[0] for i in (1, 2, 3))

        assert shares == pytest.approx(answers(solution(text))["E"])


@pytest.mark.parametrize(
    ("loss", "target", "activation", "key"),
    [
        ("multiclass_hinge", "2", "linear", "o1_error"),
        ("multiclass_hinge", "2", "linear", "E_o1"),
        ("{hinge: {margin: 1}}", "[1, -1, 1]", "linear", "o1_error"),
        ("cosine_similarity", "[1, -1, 1]", "linear", "E_o1"),
        ("kl_divergence", "[0.2, 0.3, 0.5]", "softmax", "o1_error"),
    ],
)
def test_what_means_nothing_has_no_key(loss, target, activation, key):
    with pytest.raises(HandcalcError, match=f"there is no answer '{key}'"):
        one(net(loss, target, activation), key)


# --- corners ---------------------------------------------------------------------------------------

CORNER = """
input: [1]
layers:
  - dense: {{name: o, weights: [[{a}], [{b}]]}}
target: {target}
loss: {loss}
"""


@pytest.mark.parametrize(
    ("a", "b", "target", "loss", "said", "slope"),
    [
        ("0.3", "0.1", "[0.3, 0.2]", "mean_absolute_error", "Where o = t the absolute value has a corner; the slope taken is 0", 0.0),
        ("1", "0.1", "[1, 1]", "hinge", "Where t·o is just the margin, the hinge has a corner; the slope taken is 0", 0.0),
        ("0.3", "1.3", "1", "multiclass_hinge", "Where o_j - o_c + margin is 0, its term has a corner; the slope taken there is 0", 0.0),
        ("0.3", "1.3", "[0, 1]", "categorical_hinge", "at the margin the slope taken is 0", 0.0),
    ],
)  # fmt: skip
def test_at_a_corner_the_page_says_which_slope_is_taken(a, b, target, loss, said, slope):
    text = CORNER.format(a=a, b=b, target=target, loss=loss)

    assert said in page(text)
    assert answers(solution(text))["dE_dw1"] == slope
    assert said not in page(text.replace(f"[[{a}]", "[[0.7]"))


def test_where_huber_turns_into_a_line_both_slopes_are_the_same():
    """At |o - t| = δ the square has the slope d = δ, the line δ too: no corner, so nothing is said."""
    text = CORNER.format(
        a="0.8", b="0.1", target="[0.5, 0.1]", loss="{huber: {delta: 0.3, factor: sum}}"
    )

    assert answers(solution(text))["dE_dw1"] == pytest.approx(0.3)
    assert "corner" not in page(text)


# --- derivations -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "target", "activation", "line"),
    [
        ("mean_absolute_error", "[0.3, -0.2, 0.1]", "linear", "absolute value: |u|' = u' above 0, -u' below it"),
        ("{huber: {delta: 0.3}}", "[0.3, -0.2, 0.1]", "linear", "o1 - t1 if |o1 - t1| <= 0.3, 0.3 if o1 - t1 > 0, otherwise -0.3"),
        ("log_cosh", "[0.3, -0.2, 0.1]", "linear", "d/do1 E = (1/3)·tanh(o1 - t1)"),
        ("multiclass_hinge", "2", "linear", "Slope of the loss, multiclass hinge, by another output"),
        ("categorical_hinge", "[0, 0, 1]", "linear", "-1 if max(o2, o3, 0) - o1 + 1 > 0, otherwise 0"),
        ("{sparse_categorical_crossentropy: {from_logits: true}}", "2", "linear", "= e^(o1)/(e^(o1) + e^(o2) + e^(o3)) - 1"),
        ("{binary_crossentropy: {from_logits: true}}", "[0, 0, 1]", "linear", "(1/3)·(1/(1 + e^(-o1)) - t1)"),
        ("cosine_similarity", "[0.3, -0.2, 0.1]", "linear", "Slope of the loss, cosine similarity"),
    ],
)  # fmt: skip
def test_the_slope_of_a_loss_is_derived_and_proved(loss, target, activation, line):
    assert line in page(net(loss, target, activation), "full")


def test_mean_and_variance_have_a_derivation_each():
    text = CORNER.format(
        a="0.8", b="0.1", target="0.5", loss="{gaussian_nll: {predicts: mean_and_log_variance}}"
    )
    written = page(text, "full")

    assert "gaussian nll, by a mean" in written
    assert "gaussian nll, by a logarithm of a variance" in written


@pytest.mark.parametrize("own", [0, 1])
def test_shortcut_of_a_class_number_is_proved_by_sympy(own):
    """p_c - 1 by the score of the class, p_j by another: every line, in symbols."""

    def vector(letter: str) -> Elements:
        return Elements((1, 3), lambda i: Symbol(letter, f"{letter}{i[-1]}"))

    entropy: Any = losses.load("sparse_categorical_crossentropy").model_validate({})
    entropy = entropy.of_classes(((own,),))
    softmax: Any = operations.load("softmax").model_validate({})
    z, y = vector("z"), vector("y")
    outputs = {
        y[0, i]: softmax.definition((i,), Elements((3,), lambda j: z[0, j[0]])) for i in range(3)
    }
    energy = substitute(entropy.definition((0,), y, y), lambda s: outputs.get(s, s))
    short = entropy.shortcut(softmax, (0, 0), y, y)
    for line, _ in short.lines:
        seen = substitute(line, lambda s: outputs.get(s, s))
        assert algebra.is_derivative(seen, energy, z[0, 0])  # type: ignore[arg-type]


def test_a_wrong_slope_is_no_derivative_in_any_case():
    """|z| has the slope 1 above 0 and -1 below it; 1 alone is right in one case and wrong in the other."""
    from handcalc.formula import absolute, number

    z = Symbol("z", "z")

    assert not algebra.is_derivative(number(1), absolute(z), z)
    assert not algebra.is_derivative(number(-1), absolute(z), z)


def test_an_absolute_value_is_written_with_bars_and_read_with_them():
    from handcalc.formula import absolute
    from handcalc.formula.reader import read
    from handcalc.formula.tex import tex
    from handcalc.formula.text import text

    names = {name: Symbol(name, name) for name in "ab"}
    bars = absolute(names["a"] - names["b"])

    assert text(bars) == "|a - b|"
    assert text(bars, ascii_only=True) == "abs(a - b)"
    assert tex(bars) == r"\left\vert a - b \right\vert"
    assert read("a·|a - b|", names.get) == names["a"] * bars
    assert read("abs(a - b)", names.get) == bars


# --- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "target", "activation", "said"),
    [
        ("sparse_categorical_crossentropy", "7", "softmax", "the target is 7, but there are 3 classes, counted from 0; write a whole number from 0 to 2"),
        ("sparse_categorical_crossentropy", "1.5", "softmax", "write a whole number from 0 to 2"),
        ("sparse_categorical_crossentropy", "-1", "softmax", "write a whole number from 0 to 2"),
        ("sparse_categorical_crossentropy", "[0, 0, 1]", "softmax", "the target has 3 values, but the network gives 3 values, for which this loss takes 1 value, the number of the class counted from 0; write 1 number"),
        ("multiclass_hinge", "3", "linear", "there are 3 classes, counted from 0"),
        ("hinge", "[0, 1, 1]", "linear", "the target is 0, but a hinge takes -1 and 1 for the two classes; write -1 for 0, as Keras turns it into"),
        ("categorical_hinge", "[1, 1, 0]", "linear", "not just one of the targets is 1"),
        ("categorical_hinge", "[0.5, 0.5, 0]", "linear", "this loss takes 1 for the class and 0 for the others"),
        ("{categorical_crossentropy: {from_logits: true}}", "[0.5, 0, 0]", "linear", "the targets add to 0.5, but from_logits takes targets that add to 1"),
        ("{categorical_crossentropy: {class_weights: [1, 2]}}", "[1, 0, 0]", "softmax", "has 2 weights in class_weights, but there are 3 classes; write a weight for each class"),
        ("{gaussian_nll: {predicts: mean_and_variance}}", "[1]", "softplus", "the output has 3 values; write an even number of units"),
        ("{gaussian_nll: {variance: 0}}", "[1, 2, 3]", "linear", "is 0; write a number above 0"),
        ("{huber: {delta: -1}}", "[1, 2, 3]", "linear", "is -1; write a number above 0"),
        ("poisson", "[1, 2, -3]", "softplus", "the target is -3, but counts are not negative"),
        ("cosine_similarity", "[0, 0, 0]", "linear", "the targets are all 0 and point nowhere"),
        ("sparse_categorical_crossentropy", "1", "linear", "takes outputs from 0 to 1, but this network gives others"),
        ("poisson", "[1, 2, 3]", "linear", "takes outputs above 0, but this network gives others; end it with softplus, or write log_input: true"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_words(loss, target, activation, said):
    with pytest.raises(HandcalcError) as refused:
        handcalc.solve(parse(net(loss, target, activation)))

    assert said in str(refused.value)
    assert "problem" in str(refused.value) or ":" in str(refused.value)


def test_the_place_of_a_wrong_class_is_its_own():
    text = ROWS.format(loss="sparse_categorical_crossentropy", target="[2, 3]")
    with pytest.raises(HandcalcError) as refused:
        handcalc.solve(parse(text, "rows.yaml"))

    line, column = 5, text.split("\n")[4].index("3") + 1
    assert f"rows.yaml:{line}:{column}: the target is 3" in str(refused.value)


def test_without_a_class_there_is_no_formula():
    text = """
input: {shape: [2]}
layers:
  - dense: {name: o, units: 3, activation: softmax}
loss: sparse_categorical_crossentropy
"""
    with pytest.raises(HandcalcError, match="which class is meant decides the formula"):
        handcalc.solve(parse(text))


@pytest.mark.parametrize(
    ("word", "instead"),
    [
        ("mse", "write mean_squared_error"),
        ("mae", "write mean_absolute_error"),
        ("L1", "write mean_absolute_error"),
        ("smooth_l1", "write huber"),
        ("logcosh", "write log_cosh"),
        ("bce", "write binary_crossentropy"),
        ("bce_with_logits", "write {binary_crossentropy: {from_logits: true}}"),
        ("cross_entropy", "write categorical_crossentropy"),
        ("nll_loss", "write sparse_categorical_crossentropy"),
        ("kld", "write kl_divergence"),
        ("kldiv", "write kl_divergence"),
        ("svm", "write multiclass_hinge"),
        ("multi_margin", "write {multiclass_hinge: {factor: mean}}"),
        ("poisson_nll_loss", "write {poisson: {log_input: true}}"),
        ("sparse_categorical_cross_entropy", "did you mean 'sparse_categorical_crossentropy'?"),
    ],
)
def test_what_others_call_a_loss_leads_to_the_word_here(word, instead):
    with pytest.raises(HandcalcError) as refused:
        parse(net(word, "[1, 2, 3]"))

    assert f"there is no loss '{word}'; {instead}" in str(refused.value)


def test_every_word_that_is_written_instead_is_a_loss():
    for instead in synonyms.LOSSES.values():
        word, _, options = instead.partition(": ")
        given = dict([options.strip("{}").split(": ")]) if options else {}

        assert losses.load(word).model_validate(given)


def test_cross_entropy_has_no_slope_by_an_unwanted_probability_of_zero():
    """-t·ln p with t = 0 is 0 for every p, as its slope is."""
    from handcalc.losses.categorical_crossentropy import CategoricalCrossentropy

    y, t = np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]])
    with np.errstate(all="ignore"):
        slopes, _ = CategoricalCrossentropy().backward(np.ones(1), np.zeros(1), y, t)

    assert slopes.tolist() == [[0.0, -1.0]]
