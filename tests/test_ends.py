"""Several inputs, several outputs, layers that are used again, branches that lead nowhere.

The other side is always another program: numpy with a way back written by hand, a network that says
the same in other words, or an equation with a solution on paper.
"""

import re
from typing import Any

import numpy as np
import pytest
import scipy.signal
import scipy.special

import handcalc
from handcalc.problem import parse
from support import answers, one, page, shown, solution

RANDOM = np.random.default_rng(77)


def _numbered(before: str, numbers: Any, after: str = "") -> dict[str, float]:
    """w1, w2, … for the numbers of an array in reading order."""
    return {f"{before}{n}{after}": float(v) for n, v in enumerate(np.ravel(numbers), 1)}


def _same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """The same keys and the same numbers."""
    assert set(found) == set(expected)
    for key, value in expected.items():
        np.testing.assert_allclose(found[key], value, rtol=1e-12, atol=1e-15, err_msg=key)


def _gradients(found: dict[str, Any], *letters: str) -> dict[str, Any]:
    """The gradients by parameters with these letters: dE_dw1, dE_db2."""
    kind = "|".join(letters or ("w", "b"))
    return {k: v for k, v in found.items() if re.fullmatch(rf"dE_d({kind})\d+", k)}


# --- the shipped problems, every answer by a program of its own --------------------------------------


def _residual(w: Any, b: Any) -> tuple[dict[str, Any], Any, Any]:
    """r = x + W2·ReLU(W1·x + b1) + b2, o = σ(w3·r + b3): values, ∂E/∂w and ∂E/∂b for the target 1."""
    x = np.array([1.0, -2.0])
    W1, W2, w3 = w[:4].reshape(2, 2), w[4:8].reshape(2, 2), w[8:]
    h_in = W1 @ x + b[:2]
    h = np.where(h_in > 0, h_in, 0)
    f = W2 @ h + b[2:4]
    r = x + f
    z = w3 @ r + b[4]
    o = 1 / (1 + np.exp(-z))
    # Backwards: the sum passes dr on to both of its terms.
    dz = o - 1
    dr = dz * w3
    dh = W2.T @ dr
    dh_in = np.where(h_in > 0, dh, 0)
    dx = dr + W1.T @ dh_in
    dw = np.concatenate([np.outer(dh_in, x).ravel(), np.outer(dr, h).ravel(), dz * r])
    db = np.concatenate([dh_in, dr, [dz]])
    values = {
        **_numbered("h", h_in, "_in"),
        **_numbered("h", h, "_out"),
        **_numbered("f", f, "_out"),
        "r": r,
        "o1_in": z,
        "o1_out": o,
        "E": -np.log(o),
        "dE_do1_out": -1 / o,
        "dE_do1_in": dz,
        "dE_dr": dr,
        **_numbered("dE_df", dr, "_out"),
        **_numbered("dE_dh", dh, "_out"),
        **_numbered("dE_dh", dh_in, "_in"),
        **_numbered("dE_dx", dx),
    }
    return values, dw, db


def _stepped(program: Any, w: Any, b: Any, rate: float) -> dict[str, Any]:
    """Every answer of a problem: values, gradients, new weights, and the loss with those."""
    values, dw, db = program(w, b)
    w_new, b_new = w - rate * dw, b - rate * db
    return {
        **values,
        **_numbered("dE_dw", dw),
        **_numbered("dE_db", db),
        **_numbered("w", w_new, "_new"),
        **_numbered("b", b_new, "_new"),
        "E_new": program(w_new, b_new)[0]["E"],
    }


def test_every_answer_of_the_residual_net():
    w = np.array([0.5, -0.25, -1, 0.5, 0.4, 0.3, -0.2, 0.6, 0.8, -0.5])
    b = np.array([0.1, 0.2, 0, 0.1, 0.1])

    _same(answers(handcalc.solve("residual-net")), _stepped(_residual, w, b, 0.1))


def _siamese(w: Any, b: Any) -> tuple[dict[str, Any], Any, Any]:
    """p = σ(v·(g(l) - g(r))² + c) with g(x) = tanh(W·x + b); W is used twice, its two parts are added."""
    left, right = np.array([0.5, -0.2]), np.array([0.1, 0.4])
    W, v = w[:4].reshape(2, 2), w[4:]
    g_in, h_in = W @ left + b[:2], W @ right + b[:2]
    g, h = np.tanh(g_in), np.tanh(h_in)
    d = g - h
    z = v @ d**2 + b[2]
    p = 1 / (1 + np.exp(-z))
    dz = p - 1
    dq = dz * v
    dd = 2 * d * dq
    dg_in, dh_in = dd * (1 - g**2), -dd * (1 - h**2)
    dw = np.concatenate([(np.outer(dg_in, left) + np.outer(dh_in, right)).ravel(), dz * d**2])
    db = np.concatenate([dg_in + dh_in, [dz]])
    values = {
        **_numbered("g", g_in, "_in"),
        **_numbered("g", g, "_out"),
        **_numbered("h", h_in, "_in"),
        **_numbered("h", h, "_out"),
        "d": d,
        "q": d**2,
        "p1_in": z,
        "p1_out": p,
        "E": -np.log(p),
        "dE_dp1_out": -1 / p,
        "dE_dp1_in": dz,
        "dE_dq": dq,
        "dE_dd": dd,
        **_numbered("dE_dg", dd, "_out"),
        **_numbered("dE_dh", -dd, "_out"),
        **_numbered("dE_dg", dg_in, "_in"),
        **_numbered("dE_dh", dh_in, "_in"),
    }
    return values, dw, db


def test_every_answer_of_the_siamese_net():
    w, b = np.array([0.6, -0.4, 0.3, 0.8, -2, -1]), np.array([0.1, 0, 1])

    _same(answers(handcalc.solve("siamese-net")), _stepped(_siamese, w, b, 0.5))


def test_every_answer_of_the_two_towers():
    """E = (u·v - 0.6)² - ln(s)/2 with s = σ(c·(u, v) + 0.1), two losses meet in each tower."""
    viewer, film = np.array([1, 0.5]), np.array([0.2, 0.8, 0.4])
    U = np.array([[0.5, 0.2], [-0.3, 0.4]])
    V = np.array([[0.1, 0.7, -0.2], [0.6, -0.4, 0.5]])
    c = np.array([0.3, -0.1, 0.5, 0.2])
    u_in, v_in = U @ viewer, V @ film
    u, v = np.tanh(u_in), np.tanh(v_in)
    both = np.concatenate([u, v])
    z = c @ both + 0.1
    s = 1 / (1 + np.exp(-z))
    dr, dz = 2 * (u @ v - 0.6), 0.5 * (s - 1)
    dboth = dz * c
    du, dv = dr * v + dboth[:2], dr * u + dboth[2:]
    du_in, dv_in = du * (1 - u**2), dv * (1 - v**2)
    dw = [np.outer(du_in, viewer).ravel(), np.outer(dv_in, film).ravel(), dz * both]
    expected = {
        **_numbered("u", u_in, "_in"),
        **_numbered("u", u, "_out"),
        **_numbered("v", v_in, "_in"),
        **_numbered("v", v, "_out"),
        "rating": [u @ v],
        "both": both,
        "seen1_in": z,
        "seen1_out": s,
        "E_rating": (u @ v - 0.6) ** 2,
        "E_seen": -np.log(s),
        "E": (u @ v - 0.6) ** 2 - np.log(s) / 2,
        "dE_dseen1_out": -0.5 / s,
        "dE_dseen1_in": dz,
        "dE_dboth": dboth,
        "dE_drating": [dr],
        **_numbered("dE_du", du, "_out"),
        **_numbered("dE_dv", dv, "_out"),
        **_numbered("dE_du", du_in, "_in"),
        **_numbered("dE_dv", dv_in, "_in"),
        **_numbered("dE_dw", np.concatenate(dw)),
        "dE_db1": dz,
    }

    _same(answers(handcalc.solve("two-towers")), expected)


# --- several inputs ----------------------------------------------------------------------------------

JOINED = """
layers:
  - dense: {name: h, weights: [[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]], bias: 0.1, activation: tanh}
  - dense: {name: o, weights: [[0.7, -0.2]], bias: 0.2, activation: sigmoid}
target: 1
loss: binary_crossentropy
ask: [forward, loss, gradients, dE_dx]
"""


def test_two_inputs_side_by_side_are_one_long_input():
    """W·(u, v) + b has the same columns, whether u and v are one list or two put together."""
    apart = JOINED.replace("layers:", "layers:\n  - concatenate: {from: [u, v]}")
    apart = "inputs: {u: [0.4, -0.5], v: [0.9]}" + apart.replace("dE_dx", "dE_du, dE_dv")
    one_list = answers(solution("input: [0.4, -0.5, 0.9]" + JOINED))
    two_lists = answers(solution(apart))

    assert _gradients(two_lists) == pytest.approx(_gradients(one_list), rel=1e-14)
    assert two_lists["E"] == pytest.approx(one_list["E"], rel=1e-14)
    named = {"dE_du1": "dE_dx1", "dE_du2": "dE_dx2", "dE_dv1": "dE_dx3"}
    for key, other in named.items():
        assert two_lists[key] == pytest.approx(one_list[other], rel=1e-14)


def test_an_input_that_goes_in_at_two_places_adds_both():
    """E = Σ g·(W·x + x∘y): ∂E/∂x = Wᵀ·g + g∘y and ∂E/∂y = g∘x."""
    W, x, y, g = (RANDOM.normal(size=s).round(2) for s in ((3, 3), 3, 3, 3))
    found = answers(
        solution(
            f"inputs: {{a: {x.tolist()}, c: {y.tolist()}}}\nlayers:\n"
            f"  - dense: {{name: p, from: a, weights: {W.tolist()}}}\n"
            "  - multiply: {name: q, from: [a, c]}\n  - add: {name: s, from: [p, q]}\n"
            f"output_gradient: {g.tolist()}\n"
        )
    )

    np.testing.assert_allclose([found[f"dE_da{i}"] for i in (1, 2, 3)], W.T @ g + g * y)
    np.testing.assert_allclose([found[f"dE_dc{i}"] for i in (1, 2, 3)], g * x)
    np.testing.assert_allclose(list(_gradients(found, "w").values()), np.outer(g, x).ravel())


def test_inputs_of_different_shapes():
    """A picture and a number: the mean of what a 2 × 2 kernel sees, times the number."""
    X, K = RANDOM.normal(size=(3, 4)).round(1), np.array([[0.5, -1], [2, 0.25]])
    seen = scipy.signal.correlate2d(X, K, "valid")
    found = answers(
        solution(
            f"inputs: {{picture: {X.tolist()}, gain: [3]}}\nlayers:\n"
            f"  - conv2d: {{name: c, from: picture, kernel: {K.tolist()}}}\n"
            "  - global_average_pooling2d: {name: m}\n  - multiply: {name: y, from: [m, gain]}\n"
            "output_gradient: [1]\n"
        )
    )
    mean = np.ones((2, 3)) / 6

    np.testing.assert_allclose(found["y"], [3 * seen.mean()], rtol=1e-13)
    assert found["dE_dgain1"] == pytest.approx(seen.mean(), rel=1e-13)
    np.testing.assert_allclose(found["dE_dK"], scipy.signal.correlate2d(X, 3 * mean, "valid"))
    np.testing.assert_allclose(found["dE_dpicture"], scipy.signal.convolve2d(3 * mean, K))


# --- several outputs ---------------------------------------------------------------------------------

TRUNK = """
layers:
  - dense: {name: h, weights: [[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]], bias: [0.1, -0.2], activation: tanh}
  - dense: {name: p, weights: [[0.7, -0.2], [-0.4, 0.3]], activation: softmax}
  - dense: {name: o, from: h, weights: [[0.6, 0.9]], bias: 0.3}
"""
HEADS = {
    "p": ("[1, 0]", "categorical_crossentropy", 0.5),
    "o": ("[0.2]", "{mean_squared_error: {factor: half_sum}}", 2),
    "h": ("[0.3, -0.4]", "{mean_squared_error: {factor: sum}}", 0.25),
}


def _with_outputs(names: str, weights: dict[str, float] | None = None, more: str = "") -> str:
    lines = [
        f"  {name}: {{target: {target}, loss: {loss}, weight: {(weights or {}).get(name, weight)}}}"
        for name, (target, loss, weight) in HEADS.items()
        if name in names
    ]
    return f"input: [0.4, -0.5, 0.9]{TRUNK}outputs:\n" + "\n".join(lines) + f"\n{more}"


def test_the_loss_is_the_weighted_sum_of_the_losses():
    """Of a softmax, a linear neuron, and the hidden layer that both stand on."""
    x = np.array([0.4, -0.5, 0.9])
    h = np.tanh(np.array([[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]]) @ x + [0.1, -0.2])
    p = scipy.special.softmax(np.array([[0.7, -0.2], [-0.4, 0.3]]) @ h)
    o = np.array([0.6, 0.9]) @ h + 0.3
    losses = {"p": -np.log(p[0]), "o": (o - 0.2) ** 2 / 2, "h": ((h - [0.3, -0.4]) ** 2).sum()}
    found = answers(solution(_with_outputs("poh")))

    for name, loss in losses.items():
        assert found[f"E_{name}"] == pytest.approx(loss, rel=1e-13)
    assert found["E"] == pytest.approx(
        0.5 * losses["p"] + 2 * losses["o"] + 0.25 * losses["h"], rel=1e-13
    )


@pytest.mark.parametrize("names", ["po", "ph", "oh", "poh"])
def test_gradients_are_weighted_sums_of_those_of_each_output_alone(names):
    """∂(Σ c_k E_k)/∂w = Σ c_k ∂E_k/∂w."""
    whole = _gradients(answers(solution(_with_outputs(names))))
    alone = {name: _gradients(answers(solution(_with_outputs(name, {name: 1})))) for name in names}

    assert len(whole) == 12 + 3
    for key, slope in whole.items():
        parts = [HEADS[name][2] * alone[name][key] for name in names]
        assert slope == pytest.approx(sum(parts), rel=1e-12, abs=1e-15)


def test_one_output_with_weight_one_is_the_plain_loss():
    target, loss, _ = HEADS["o"]
    plain = f"input: [0.4, -0.5, 0.9]{TRUNK}target: {target}\nloss: {loss}\n"
    rate = "optimizer: {sgd: {learning_rate: 0.3}}\n"
    found = answers(solution(_with_outputs("o", {"o": 1}, rate)))
    expected = answers(solution(plain + rate))

    assert found.pop("E_o") == expected["E"]
    _same(found, expected)


def test_an_output_that_does_not_count_changes_nothing():
    without = _gradients(answers(solution(_with_outputs("p"))))
    with_none = _gradients(answers(solution(_with_outputs("po", {"o": 0}))))

    assert with_none == pytest.approx(without, rel=1e-14, abs=0)


def test_a_step_down_one_loss_and_up_another():
    """A weight below 0 turns its gradients round: E_o grows with every step, as an adversary wants."""
    rate = "optimizer: {sgd: {learning_rate: 0.1}}\nask: [E_o, update]\n"
    text = _with_outputs("o", {"o": -1}, rate)
    found = answers(solution(text))

    assert found["E"] == -found["E_o"]
    assert found["E_new"] < found["E"]


def test_the_page_names_each_loss_and_its_weight():
    found = page(_with_outputs("poh"))

    assert re.search(r"E += 0\.5·E_p \+ 2·E_o \+ 0\.25·E_h = ", found)
    assert re.search(r"∂E/∂E_p +0\.5\n|∂E/∂E_p += 0\.5\n", found)
    assert "h1_out reaches the loss along 4 paths" in found


# --- samples by name ---------------------------------------------------------------------------------

BY_NAME = """
layers:
  - concatenate: {name: c, from: [left, right]}
  - dense: {name: h, weights: [[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]], bias: [0.1, -0.2], activation: tanh}
  - dense: {name: p, weights: [[0.7, -0.2], [-0.4, 0.3]], activation: softmax}
  - dense: {name: o, from: h, weights: [[0.6, 0.9]], bias: 0.3}
outputs:
  p: {PT loss: categorical_crossentropy, weight: 0.5}
  o: {OT loss: {mean_squared_error: {factor: half_sum}}, weight: 2}
optimizer: {sgd: {learning_rate: 0.5}}
ask: [forward, loss, gradients, update, dE_dleft, dE_dright]
"""
SAMPLES = [
    ([0.5, -0.2], [0.3], [1, 0], [0.2]),
    ([-0.4, 0.9], [0.8], [0, 1], [-0.3]),
    ([0.1, 0.6], [-0.7], [0, 1], [0.9]),
]


@pytest.mark.parametrize("batch", ["mean", "sum"])
def test_samples_with_inputs_and_targets_by_name(batch):
    """Each sample has the numbers that it has alone, and the batch their mean or their sum."""
    lines = "".join(
        f"  - {{inputs: {{left: {u}, right: {v}}}, targets: {{p: {p}, o: {o}}}}}\n"
        for u, v, p, o in SAMPLES
    )
    rest = BY_NAME.replace("PT ", "").replace("OT ", "")
    found = answers(solution(f"samples:\n{lines}{rest}batch: {batch}\n"))
    singles = [
        answers(
            solution(
                f"inputs: {{left: {u}, right: {v}}}"
                + BY_NAME.replace("PT ", f"target: {p}, ").replace("OT ", f"target: {o}, ")
            )
        )
        for u, v, p, o in SAMPLES
    ]
    weights = {"w11": 0.6, "b1": 0.1}
    for n, single in enumerate(singles, 1):
        own = {k.removesuffix(f"@{n}"): v for k, v in found.items() if k.endswith(f"@{n}")}
        _same(own, {k: v for k, v in single.items() if not k.endswith("_new")})
    shared = [k for k in found if "@" not in k and not k.endswith("_new")]
    assert len(shared) == len(_gradients(singles[0])) + len(["E"])
    for key in shared:
        whole = sum(single[key] for single in singles)
        assert found[key] == pytest.approx(whole / (3 if batch == "mean" else 1), rel=1e-12)
    for key, before in weights.items():
        assert found[f"{key}_new"] == pytest.approx(before - 0.5 * found[f"dE_d{key}"], rel=1e-12)


def test_a_gradient_of_the_output_for_each_sample():
    """∂E/∂W = 1/n Σ g⁽ˢ⁾·x⁽ˢ⁾ᵀ and ∂E/∂x⁽ˢ⁾ = Wᵀ·g⁽ˢ⁾; one gradient for all means the same for each."""
    W, x, g = (RANDOM.normal(size=s).round(2) for s in ((2, 3), (3, 3), (3, 2)))
    lines = "".join(f"  - {{input: {row.tolist()}}}\n" for row in x)
    text = f"samples:\n{lines}layers:\n  - dense: {{name: y, weights: {W.tolist()}}}\n"
    own = answers(solution(f"{text}output_gradient: {g.tolist()}\n"))
    same = answers(solution(f"{text}output_gradient: {g[0].tolist()}\n"))

    for s in range(3):
        at = f"@{s + 1}"
        _same(
            {k: v for k, v in own.items() if k.endswith(at) and "_d" in k},
            {
                **_numbered("dE_dw", np.outer(g[s], x[s]), at),
                **_numbered("dE_dx", W.T @ g[s], at),
            },
        )
    np.testing.assert_allclose(list(_gradients(own).values()), (g.T @ x / 3).ravel())
    np.testing.assert_allclose(
        list(_gradients(same).values()), np.outer(g[0], x.mean(axis=0)).ravel()
    )


@pytest.mark.parametrize("batch", ["mean", "sum"])
def test_gradients_of_an_array_for_each_sample(batch):
    """A kernel under two pictures: ∂E/∂K = Σ x⁽ˢ⁾ ⋆ g⁽ˢ⁾, and a picture for each sample."""
    x, g = RANDOM.normal(size=(2, 3, 3)).round(1), RANDOM.normal(size=(2, 2, 2)).round(1)
    K = np.array([[1, -2], [0.5, 3]])
    text = (
        f"samples: [{{input: {x[0].tolist()}}}, {{input: {x[1].tolist()}}}]\nlayers:\n"
        f"  - conv2d: {{name: y, kernel: {K.tolist()}}}\noutput_gradient: {g.tolist()}\n"
    )
    found = answers(solution(f"{text}batch: {batch}\n"))
    each = [scipy.signal.correlate2d(a, b, "valid") for a, b in zip(x, g, strict=True)]

    for s in (0, 1):
        np.testing.assert_allclose(found[f"dE_dK@{s + 1}"], each[s], rtol=1e-12)
        expected = scipy.signal.convolve2d(g[s], K)
        np.testing.assert_allclose(found[f"dE_dx@{s + 1}"], expected, rtol=1e-12)
    np.testing.assert_allclose(found["dE_dK"], sum(each) / (2 if batch == "mean" else 1))


# --- layers that are used again ----------------------------------------------------------------------

TWICE = {
    "dense": ("weights: [[0.5, -0.2, 0.3], [0.1, 0.4, -0.6]], bias: [0.1, -0.3]", (3,), "W# b#"),
    "conv1d": ("kernel: [0.5, -0.7], bias: 0.2, activation: tanh", (4,), "K# b#"),
    "conv2d": ("kernel: [[1, -2], [0.5, 0.3]], bias: -0.1, padding: same", (3, 3), "K# b#"),
    "conv2d_transpose": ("kernel: [[1, -2], [0.5, 0.3]], strides: 2", (2, 2), "K#"),
    "depthwise_conv1d": ("kernel: [[[0.5, 1]], [[-1, 0.2]]]", (3, 2), "K#"),
    "separable_conv1d": (
        "depthwise_kernel: [[[0.5], [1]], [[-1], [0.2]]], pointwise_kernel: [[[1, -1], [0.5, 2]]]",
        (3, 2),
        "@_depthwise_kernel @_pointwise_kernel",
    ),
    "locally_connected1d": ("kernel: [[1, 2], [-1, 0.5]], kernel_size: 2", (3,), "@_kernel"),
    "prelu": ("alpha: [0.1, 0.3, -0.2]", (3,), "@_alpha"),
    "time_distributed": ("layer: {dense: {weights: [[1, -1]], bias: 0.5}}", (3, 2), "W# b#"),
}


@pytest.mark.parametrize("word", TWICE)
def test_tied_weights_have_the_gradients_of_two_copies_added(word):
    """∂E/∂w of one layer in two places = ∂E/∂w₁ + ∂E/∂w₂ of two layers with equal weights."""
    options, shape, keys = TWICE[word]
    u, v = (RANDOM.normal(size=shape).round(1) for _ in range(2))
    before = f"inputs: {{u: {u.tolist()}, v: {v.tolist()}}}\nlayers:\n"
    first = f"  - {word}: {{name: f, from: u, {options}}}\n"
    after = "  - multiply: {name: y, from: [f, g]}\n"
    size = answers(solution(f"{before}{first}"))
    last = [value for key, value in size.items() if key.startswith("f")]
    shape = np.shape(last[-1]) or (sum(k.endswith("_out") for k in size),)
    slopes = f"output_gradient: {RANDOM.integers(-3, 4, shape).tolist()}\n"
    slopes += "notation: {weights: matrix}\n"
    tied = f"  - use: {{layer: f, from: v, name: g}}\n{after}{slopes}"
    apart = f"  - {word}: {{name: g, from: v, {options}}}\n{after}{slopes}"
    together = answers(solution(before + first + tied))
    copies = answers(solution(before + first + apart))

    assert together["y"] == copies["y"]
    for key in keys.split():
        n = "1" if "K" not in key and not (key == "b#" and "kernel" in options) else "1"
        one_key = key.replace("#", n).replace("@", "f")
        single = one_key if f"dE_d{one_key}" in together else key.replace("#", "")
        other = key.replace("#", "2").replace("@", "g")
        parts = [np.asarray(copies[f"dE_d{name}"]) for name in (one_key, other)]

        np.testing.assert_allclose(together[f"dE_d{single}"], sum(parts), rtol=1e-12, atol=1e-15)
        assert np.abs(parts).min(axis=None) >= 0
        assert all(np.abs(part).max() > 0.01 for part in parts)
