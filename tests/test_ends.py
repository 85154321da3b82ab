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
from support import answers, one, page, shown, solution


def _drawn(seed: int, *shapes: Any) -> list[Any]:
    """Arrays of numbers with one decimal."""
    random = np.random.default_rng(seed)
    return [random.normal(size=shape).round(1) for shape in shapes]


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
    """With r = x + W2·ReLU(W1·x + b1) + b2 and o = σ(w3·r + b3): values, ∂E/∂w, ∂E/∂b."""
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
    """With g(x) = tanh(W·x + b) and p = σ(v·(g(l) - g(r))² + c): both parts of ∂E/∂W are added."""
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
    W, x, y, g = _drawn(1, (3, 3), 3, 3, 3)
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
    (X,), K = _drawn(2, (3, 4)), np.array([[0.5, -1], [2, 0.25]])
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
    np.testing.assert_allclose(found["dE_dK1"], scipy.signal.correlate2d(X, 3 * mean, "valid"))
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
    rate = "optimizer: {sgd: {learning_rate: 0.1}}\nask: [loss, update]\n"
    text = _with_outputs("o", {"o": -1}, rate)
    found = answers(solution(text))

    assert found["E"] == -found["E_o"]
    assert found["E_new"] < found["E"]


def test_layer_by_layer_each_loss_meets_the_weights_that_stand_behind_it():
    """`update: sequential`: the loss behind the last layer comes back through its new weights."""
    text = """
input: [1, 2]
layers:
  - dense: {name: h, weights: [[1, 0.5], [-1, 1]], activation: sigmoid}
  - dense: {name: a, weights: [[1, 2]], activation: sigmoid}
outputs:
  a: {target: 1, loss: binary_crossentropy}
  h: {target: [1, 0], loss: binary_crossentropy, weight: 0.5}
update: sequential
optimizer: {sgd: {learning_rate: 0.5}}
"""
    x, W, v = np.array([1, 2]), np.array([[1, 0.5], [-1, 1]]), np.array([1.0, 2.0])
    h = scipy.special.expit(W @ x)
    dz = scipy.special.expit(v @ h) - 1
    v_new = v - 0.5 * dz * h
    own = 0.5 / 2 * (h - [1, 0])  # half the mean cross-entropy, through the sigmoid
    dh_in = dz * v_new * h * (1 - h) + own
    W_new = W - 0.5 * np.outer(dh_in, x)
    found = answers(solution(text))

    assert [found["w5_new"], found["w6_new"]] == pytest.approx(v_new, rel=1e-13)
    assert [found[f"w{i}_new"] for i in (1, 2, 3, 4)] == pytest.approx(W_new.ravel(), rel=1e-13)


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
    W, x, g = _drawn(3, (2, 3), (3, 3), (3, 2))
    lines = "".join(f"  - {{input: {row.tolist()}}}\n" for row in x)
    text = f"samples:\n{lines}layers:\n  - dense: {{name: y, weights: {W.tolist()}}}\n"
    own = answers(solution(f"{text}output_gradient: {g.tolist()}\n"))
    same = answers(solution(f"{text}output_gradient: {g[0].tolist()}\n"))

    for s in range(3):
        at = f"@{s + 1}"
        _same(
            {k: v for k, v in own.items() if k.endswith(at) and "_d" in k},
            {
                **_numbered("dE_dy", g[s], f"_out{at}"),
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
    x, g = _drawn(4, (2, 3, 3), (2, 2, 2))
    K = np.array([[1, -2], [0.5, 3]])
    text = (
        f"samples: [{{input: {x[0].tolist()}}}, {{input: {x[1].tolist()}}}]\nlayers:\n"
        f"  - conv2d: {{name: y, kernel: {K.tolist()}}}\noutput_gradient: {g.tolist()}\n"
    )
    found = answers(solution(f"{text}batch: {batch}\n"))
    each = [scipy.signal.correlate2d(a, b, "valid") for a, b in zip(x, g, strict=True)]

    for s in (0, 1):
        np.testing.assert_allclose(found[f"dE_dK1@{s + 1}"], each[s], rtol=1e-12)
        expected = scipy.signal.convolve2d(g[s], K)
        np.testing.assert_allclose(found[f"dE_dx@{s + 1}"], expected, rtol=1e-12)
    np.testing.assert_allclose(found["dE_dK1"], sum(each) / (2 if batch == "mean" else 1))


# --- layers that are used again ----------------------------------------------------------------------

TWICE = {
    "dense": ("weights: [[0.5, -0.2, 0.3], [0.1, 0.4, -0.6]], bias: [0.1, -0.3]", (3,), "W# b#"),
    "maxout": ("weights: [[[1, -1], [0.5, 2]], [[-1, 0.3], [1, 1]]]", (2,), "W#"),
    "conv1d": ("kernel: [0.5, -0.7], bias: 0.2, activation: tanh", (4,), "K# b#"),
    "conv2d": ("kernel: [[1, -2], [0.5, 0.3]], bias: -0.1, padding: same", (3, 3), "K# b#"),
    "conv2d_transpose": ("kernel: [[1, -2], [0.5, 0.3]], strides: 2", (2, 2), "K#"),
    "depthwise_conv1d": ("kernel: [[[0.5, 1]], [[-1, 0.2]]]", (3, 2), "K#"),
    "separable_conv1d": (
        "depthwise_kernel: [[[0.5], [1]], [[-1], [0.2]]], pointwise_kernel: [[[1, -1], [0.5, 2]]]",
        (3, 2),
        "@_depthwise_kernel @_pointwise_kernel",
    ),
    "locally_connected1d": ("kernel: [[1, 2], [-1, 0.5]], kernel_size: 2", (3,), "K#"),
    "prelu": ("alpha: [0.1, 0.3, -0.2]", (3,), "@_alpha"),
    "time_distributed": ("layer: {dense: {weights: [[1, -1]], bias: 0.5}}", (3, 2), "W# b#"),
}
"""Of each layer with weights: options, the shape of its input, and what its weights are called."""


@pytest.mark.parametrize("word", TWICE)
def test_tied_weights_have_the_gradients_of_two_copies_added(word):
    """∂E/∂w of one layer in two places = ∂E/∂w₁ + ∂E/∂w₂ of two layers with equal weights."""
    options, shape, keys = TWICE[word]
    u, v = np.random.default_rng(5).choice([-1.5, -0.7, -0.2, 0.4, 0.9, 1.3], (2, *shape))
    first = (
        f"inputs: {{u: {u.tolist()}, v: {v.tolist()}}}\nnotation: {{weights: matrix}}\n"
        f"layers:\n  - {word}: {{name: f, from: u, {options}}}\n"
    )
    second = {
        "tied": "  - use: {layer: f, from: v, name: g}\n",
        "apart": f"  - {word}: {{name: g, from: v, {options}}}\n",
    }
    last = "  - multiply: {name: y, from: [f, g]}\n"
    y = answers(solution(f"{first}{second['apart']}{last}"))["y"]
    slopes = f"output_gradient: {np.arange(1, 1 + np.size(y)).reshape(np.shape(y)).tolist()}\n"
    tied, apart = (answers(solution(f"{first}{way}{last}{slopes}")) for way in second.values())

    for key in keys.split():
        one_key, other = (key.replace("#", n).replace("@", f) for n, f in (("1", "f"), ("2", "g")))
        parts = [np.asarray(apart[f"dE_d{name}"]) for name in (one_key, other)]

        np.testing.assert_allclose(tied[f"dE_d{one_key}"], sum(parts), rtol=1e-12, atol=1e-14)
        assert all(np.abs(part).max() > 0.01 for part in parts)
        assert f"dE_d{other}" not in tied
    by_inputs = [key for key in apart if re.match(r"dE_d[uv]", key)]
    assert {k: tied[k] for k in by_inputs} == {k: apart[k] for k in by_inputs}


@pytest.mark.parametrize("times", [2, 3, 5])
def test_a_power_of_a_weight(times):
    """A neuron that is used n times in a row: y = wⁿ·x, ∂y/∂w = n·wⁿ⁻¹·x and ∂y/∂x = wⁿ."""
    w, x = 0.8, 1.5
    text = f"input: [{x}]\nlayers:\n  - dense: {{name: f, weights: [[{w}]]}}\n"
    text += "  - use: f\n" * (times - 1) + "output_gradient: [1]\n"
    found = answers(solution(text))

    assert found["dE_dw1"] == pytest.approx(times * w ** (times - 1) * x, rel=1e-14)
    assert found["dE_dx1"] == pytest.approx(w**times, rel=1e-14)


def test_a_layer_used_again_can_be_used_again_by_either_name():
    text = (
        "input: [1.5]\nlayers:\n  - dense: {name: f, weights: [[0.8]]}\n"
        "  - use: {layer: f, name: g}\n  - use: NAME\noutput_gradient: [1]\n"
    )

    assert answers(solution(text.replace("NAME", "g")))["dE_dw1"] == pytest.approx(3 * 0.64 * 1.5)
    assert answers(solution(text.replace("NAME", "f"))) == answers(
        solution(text.replace("NAME", "g"))
    )


def test_a_layer_from_before_a_block_in_each_of_its_copies():
    """w⁴·x with one w: the neuron before the block, and three copies of what uses it."""
    text = (
        "input: [1.5]\nlayers:\n  - dense: {name: f, weights: [[0.8]]}\n"
        "  - repeat: {times: 3, layers: [{use: f}]}\noutput_gradient: [1]\n"
    )
    found = answers(solution(text))

    assert found["dE_dw1"] == pytest.approx(4 * 0.8**3 * 1.5, rel=1e-14)
    assert "dE_dw2" not in found


def test_each_copy_of_a_block_uses_its_own_layer_again():
    """(w₁)²·(w₂)²·x: each copy has weights of its own, and applies them twice."""
    text = (
        "input: [1.5]\nlayers:\n  - repeat:\n      times: 2\n      layers:\n"
        "        - dense: {name: f, weights: [[0.8]]}\n        - use: f\noutput_gradient: [1]\n"
    )
    found = answers(solution(text))
    slope = 2 * 0.8 * 0.8**2 * 1.5

    assert [found["dE_dw1"], found["dE_dw2"]] == pytest.approx([slope, slope], rel=1e-14)


def test_a_recurrent_net_unrolled_over_three_steps():
    """h_t = tanh(W·(x_t, h_(t-1)) + b): backpropagation through time, written by hand."""
    (W, x), b = _drawn(6, (2, 4), (3, 2)), np.array([0.1, -0.2])
    start, v = np.array([0.3, -0.5]), np.array([0.7, -1])
    text = (
        f"inputs: {{a: {x[0].tolist()}, c: {x[1].tolist()}, d: {x[2].tolist()}, "
        f"h: {start.tolist()}}}\nlayers:\n  - concatenate: {{name: s1, from: [a, h]}}\n"
        f"  - dense: {{name: h1, weights: {W.tolist()}, bias: {b.tolist()}, activation: tanh}}\n"
        "  - concatenate: {name: s2, from: [c, h1]}\n  - use: {layer: h1, name: h2}\n"
        "  - concatenate: {name: s3, from: [d, h2]}\n  - use: {layer: h1, name: h3}\n"
        f"  - dense: {{name: o, weights: [{v.tolist()}]}}\n"
        "target: [0.5]\nloss: mean_squared_error\noptimizer: {sgd: {learning_rate: 0.2}}\n"
        "ask: [forward, loss, gradients, update, dE_dh]\n"
    )
    found = answers(solution(text))

    def run(W, b, v):
        h, taken = start, []
        for step in x:
            taken.append((np.concatenate([step, h]), h))
            h = np.tanh(W @ taken[-1][0] + b)
        error = v @ h - 0.5
        dW, db, dh = np.zeros_like(W), np.zeros_like(b), 2 * error * v
        after = h
        for joined, before in reversed(taken):
            dz = dh * (1 - after**2)
            dW, db, dh, after = dW + np.outer(dz, joined), db + dz, (W.T @ dz)[2:], before
        return error**2, 2 * error * h, dW, db, dh

    loss, dv, dW, db, dh = run(W, b, v)
    assert found["E"] == pytest.approx(loss, rel=1e-13)
    slopes = {**_numbered("dE_dw", [*dW.ravel(), *dv]), **_numbered("dE_db", db)}
    _same(_gradients(found), slopes)
    assert [found["dE_dh1"], found["dE_dh2"]] == pytest.approx(dh, rel=1e-12)
    after = run(W - 0.2 * dW, b - 0.2 * db, v - 0.2 * dv)[0]
    assert found["w1_new"] == pytest.approx(W[0, 0] - 0.2 * dW[0, 0], rel=1e-13)
    assert found["E_new"] == pytest.approx(after, rel=1e-12)


def test_a_convolution_used_twice_with_a_shortcut():
    """The way back through y = x + k ⋆ ReLU(k ⋆ x) by scipy: ∂E/∂k from both places."""
    X, K, g = _drawn(7, (4, 5), (3, 3), (4, 5))
    found = answers(
        solution(
            f"input: {X.tolist()}\nlayers:\n"
            f"  - conv2d: {{name: c, kernel: {K.tolist()}, padding: same}}\n"
            "  - activation: {name: a, function: relu}\n  - use: {layer: c, name: e}\n"
            f"  - add: {{name: y, from: [input, e]}}\noutput_gradient: {g.tolist()}\n"
        )
    )

    def see(x, k):
        return scipy.signal.correlate2d(x, k, "same")

    def slope_of_kernel(x, slopes):
        return scipy.signal.correlate2d(np.pad(x, 1), slopes, "valid")

    c = see(X, K)
    a = np.maximum(c, 0)
    dc = np.where(c > 0, scipy.signal.convolve2d(g, K, "same"), 0)
    np.testing.assert_allclose(found["y"], X + see(a, K), rtol=1e-12)
    np.testing.assert_allclose(found["dE_dK1"], slope_of_kernel(a, g) + slope_of_kernel(X, dc))
    np.testing.assert_allclose(found["dE_dx"], g + scipy.signal.convolve2d(dc, K, "same"))


FROZEN = """
input: [0.5, -1]
layers:
  - dense: {name: f, weights: [[0.4, 0.2], [-0.3, 0.6]], activation: tanh, trainable: false}
  - use: {layer: f, name: g}
  - dense: {name: o, weights: [[0.7, -0.5]]}
target: [1]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.5}}
"""


def test_a_frozen_layer_that_is_used_again_stays_as_it_is():
    """It has a gradient through both uses, but only the last layer moves."""
    frozen, free = (
        answers(solution(text)) for text in (FROZEN, FROZEN.replace(", trainable: false", ""))
    )
    W, x, v = np.array([[0.4, 0.2], [-0.3, 0.6]]), np.array([0.5, -1]), np.array([0.7, -0.5])
    g = np.tanh(W @ np.tanh(W @ x))
    v_new = v - 0.5 * (v @ g - 1) * g

    assert _gradients(frozen) == _gradients(free)
    assert [k for k in frozen if k.endswith("_new")] == ["w5_new", "w6_new", "E_new"]
    assert frozen["E_new"] == pytest.approx((v_new @ g - 1) ** 2 / 2, rel=1e-13)
    assert "w1_new" in free


def test_what_a_layer_has_beside_its_weights_is_the_same_in_every_place():
    """The mask of a dropout that is used twice drops the same values: y = m²·x/(1 - r)²."""
    text = (
        "input: [3, -2, 5]\nlayers:\n  - dropout: {name: f, mask: [1, 0, 1], rate: 0.2}\n"
        "  - use: {layer: f, name: y}\noutput_gradient: [1, 1, 1]\n"
    )
    found = answers(solution(text))

    np.testing.assert_allclose(found["y"], [3 / 0.64, 0, 5 / 0.64])
    assert [found[f"dE_dx{i}"] for i in (1, 2, 3)] == pytest.approx([1 / 0.64, 0, 1 / 0.64])


def test_weights_are_counted_once_and_products_at_every_use():
    """3·3·3·4 weights and 4 biases, and for each of two pictures 3·3·3·4 products at 6 × 6 places."""
    text = (
        "inputs: {u: {shape: [8, 8, 3]}, v: {shape: [8, 8, 3]}}\nlayers:\n"
        "  - conv2d: {name: c, from: u, filters: 4, kernel_size: 3}\n"
        "  - use: {layer: c, from: v, name: d}\n  - subtract: {name: s, from: [c, d]}\n"
        "ask: [shapes, parameters, multiply_adds]\n"
    )
    found = answers(solution(text))

    assert found["total_params"] == found["c_params"] == 112
    assert found["total_multiply_adds"] == 2 * 36 * 108
    assert found["d_shape"] == found["s_shape"] == [6, 6, 4]


@pytest.mark.frameworks
def test_a_siamese_net_with_convolutions_beside_pytorch():
    """Two pictures under one kernel and one dense layer, the cosine of what comes out."""
    torch = pytest.importorskip("torch")
    u, v, K, W = _drawn(8, (4, 4), (4, 4), (2, 2), (2, 9))
    text = (
        f"inputs: {{u: {u.tolist()}, v: {v.tolist()}}}\nlayers:\n"
        f"  - conv2d: {{name: c, from: u, kernel: {K.tolist()}, bias: 0.1, activation: tanh}}\n"
        f"  - flatten: {{name: f}}\n  - dense: {{name: g, weights: {W.tolist()}}}\n"
        "  - use: {layer: c, from: v, name: c2}\n  - use: {layer: f, name: f2}\n"
        "  - use: {layer: g, name: g2}\n  - dot: {name: y, from: [g, g2], normalize: true}\n"
        "target: [1]\nloss: mean_squared_error\n"
    )
    found = answers(solution(text))
    a, b, kernel, weights = (
        torch.tensor(t, dtype=torch.float64, requires_grad=True) for t in (u, v, K, W)
    )
    bias = torch.tensor([0.1], dtype=torch.float64, requires_grad=True)

    def side(x):
        seen = torch.nn.functional.conv2d(x[None, None], kernel[None, None], bias)
        return weights @ torch.tanh(seen).ravel()

    loss = (torch.nn.functional.cosine_similarity(side(a), side(b), dim=0) - 1) ** 2
    loss.backward()

    assert found["E"] == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(found["dE_dK1"], kernel.grad.numpy(), rtol=1e-10)
    assert found["dE_db1"] == pytest.approx(bias.grad.item(), rel=1e-10)
    by_weights = list(_gradients(found, "w").values())
    np.testing.assert_allclose(by_weights, weights.grad.numpy().ravel(), rtol=1e-10)


# --- a value that goes into a layer twice ------------------------------------------------------------

TWO_PLACES = """
input: [0.5, -2, 3]
layers:
  - activation: {name: h, function: linear}
  - WORD
output_gradient: GRADIENT
"""


@pytest.mark.parametrize(
    ("layer", "gradient", "slopes"),
    [
        ("add: {name: y, from: [h, h]}", [1, 10, 100], [2, 20, 200]),
        ("add: {name: y, from: [h, h, h]}", [1, 10, 100], [3, 30, 300]),
        ("subtract: {name: y, from: [h, h]}", [1, 10, 100], [0, 0, 0]),
        ("average: {name: y, from: [h, h]}", [1, 10, 100], [1, 10, 100]),
        # (h²)' = 2h and (h³)' = 3h².
        ("multiply: {name: y, from: [h, h]}", [1, 10, 100], [1, -40, 600]),
        ("multiply: {name: y, from: [h, h, h]}", [1, 10, 100], [0.75, 120, 2700]),
        # The larger of h and h is h.
        ("maximum: {name: y, from: [h, h]}", [1, 10, 100], [1, 10, 100]),
        ("minimum: {name: y, from: [h, h]}", [1, 10, 100], [1, 10, 100]),
        ("concatenate: {name: y, from: [h, h]}", [1, 10, 100, 2, 20, 200], [3, 30, 300]),
        # (Σ h²)' = 2h; the angle of a list with itself is 0 however it moves.
        ("dot: {name: y, from: [h, h]}", [10], [10, -40, 60]),
        ("dot: {name: y, from: [h, h], normalize: true}", [10], [0, 0, 0]),
    ],
)
def test_the_slopes_of_both_places_are_added(layer, gradient, slopes):
    text = TWO_PLACES.replace("WORD", layer).replace("GRADIENT", str(gradient))
    found = answers(solution(text))

    assert [found[f"dE_dx{i}"] for i in (1, 2, 3)] == pytest.approx(slopes, rel=1e-13, abs=1e-14)


def test_the_page_says_that_a_value_stands_in_two_places():
    text = "input: [3]\nlayers:\n  - dense: {name: h, weights: [[2]]}\n  - multiply: {name: q, from: [h, h]}\n"
    found = page(text + "target: [30]\nloss: mean_squared_error\n")

    assert "q₁ = h1_out·h1_out = 6·6 = 36" in found
    assert "h1_out + h1_out" in found
    assert "h1_out stands in q₁ twice: the slopes of all its places are added." in found


# --- branches that do not reach the loss -------------------------------------------------------------

DEAD = """
inputs: {u: [0.5, -1], idle: [5, 6]}
layers:
  - dense: {name: a, from: u, weights: [[1, 2], [0.5, -1]], activation: tanh}
  - dense: {name: dead, weights: [[1, 2]], bias: 1}
  - activation: {name: end, function: sigmoid}
  - dense: {name: o, from: a, weights: [[1, -2]]}
target: [1]
loss: mean_squared_error
optimizer: {sgd: {learning_rate: 0.1}}
ask: [forward, loss, gradients, update, dE_didle, dE_du]
"""
ALIVE = DEAD.replace("  - dense: {name: dead, weights: [[1, 2]], bias: 1}\n", "")
ALIVE = ALIVE.replace("  - activation: {name: end, function: sigmoid}\n", "")


def test_what_the_loss_does_not_depend_on_has_gradients_of_0():
    found, without = answers(solution(DEAD)), answers(solution(ALIVE))

    for key in ("dE_dw5", "dE_dw6", "dE_db1", "dE_ddead1_out", "dE_didle1", "dE_didle2"):
        assert found[key] == 0
    assert [found[key] for key in ("w5_new", "w6_new", "b1_new")] == [1, 2, 1]
    for key in ("E", "E_new", "dE_dw1", "dE_dw2", "dE_dw3", "dE_dw4", "dE_du1", "dE_du2"):
        assert found[key] == without[key]
    assert [found["dE_dw7"], found["dE_dw8"]] == [without["dE_dw5"], without["dE_dw6"]]
    assert found["end"] == [pytest.approx(1 / (1 + np.exp(-found["dead1_out"])))]


def test_the_page_says_which_layers_do_not_count():
    assert re.search(r"The loss does not depend on layers dead(,| and) end: ", page(DEAD))
    assert "does not depend" not in page(ALIVE)


def test_a_use_that_does_not_count_adds_nothing():
    """Of two places of a layer only the one that leads to the loss has a part in its gradient."""
    text = (
        "input: [0.5, -1]\nlayers:\n  - dense: {name: f, weights: [[1, 2], [0.5, -1]], activation: tanh}\n"
        "USE  - dense: {name: o, from: f, weights: [[1, -2]]}\ntarget: [1]\nloss: mean_squared_error\n"
    )
    with_it = answers(solution(text.replace("USE", "  - use: {layer: f, name: g}\n")))
    without = answers(solution(text.replace("USE", "")))

    assert _gradients(with_it) == _gradients(without)


# --- without numbers ---------------------------------------------------------------------------------


def test_letters_of_several_inputs_and_a_layer_that_is_used_again():
    """∂E/∂w of a tied weight has a path through each use, each with the input of its place."""
    found = page(
        "inputs: {u: {shape: [1]}, v: {shape: [1]}}\nlayers:\n"
        "  - dense: {name: f, from: u, units: 1, use_bias: false}\n"
        "  - use: {layer: f, from: v, name: g}\n  - multiply: {name: y, from: [f, g]}\n"
        "ask: [forward, gradients]\n"
    )

    assert "f1_out = w1·u1" in found
    assert "g1_out = w1·v1" in found
    assert "∂E/∂w1 = ∂E/∂f1_out·∂f1_out/∂w1 + ∂E/∂g1_out·∂g1_out/∂w1" in found
    # ∂y/∂f = g and ∂y/∂g = f; ∂f/∂w = u and ∂g/∂w = v.
    for slope, value in (("∂y₁/∂f1_out", "g1_out"), ("∂y₁/∂g1_out", "f1_out")):
        assert re.search(rf"{slope} +{value}\b", found)
    for slope, value in (("∂f1_out/∂w1", "u1"), ("∂g1_out/∂w1", "v1")):
        assert re.search(rf"{slope} +{value}\b", found)


def test_letters_of_several_outputs():
    found = page(
        "input: {shape: [2]}\nlayers:\n  - dense: {name: a, units: 1, use_bias: false}\n"
        "  - dense: {name: c, from: input, units: 1, use_bias: false}\n"
        "outputs:\n  a: {loss: {mean_squared_error: {factor: half_sum}}}\n"
        "  c: {loss: {mean_squared_error: {factor: half_sum}}, weight: 3}\n"
    )

    assert re.search(r"E_a += 1/2·\(a1_out - t_a1\)²|E_a += \(1/2\)·\(a1_out - t_a1\)²", found)
    assert re.search(r"E += E_a \+ 3·E_c", found)
    assert re.search(r"∂E/∂E_c +3\n|∂E/∂E_c += 3\n", found)


def test_letters_of_a_value_in_two_places():
    """The slope of h·h is h + h."""
    found = page(
        "input: {shape: [1]}\nlayers:\n  - dense: {name: h, units: 1}\n"
        "  - multiply: {name: q, from: [h, h]}\nask: gradients\n"
    )

    assert re.search(r"∂q₁/∂h1_out +h1_out \+ h1_out\n", found)


# --- together ----------------------------------------------------------------------------------------


def test_two_losses_through_one_shared_layer_for_several_samples():
    """All at once: two inputs, one layer for both, two weighted outputs, three samples, one step."""
    u, v, t, W = _drawn(9, (3, 2), (3, 2), (3, 1), (2, 2))
    k, b = np.array([[1], [0], [1]]), np.array([0.1, -0.2])
    a, c = np.array([0.7, -0.4]), np.array([0.3, 0.9])
    lines = "".join(
        f"  - {{inputs: {{u: {u[s].tolist()}, v: {v[s].tolist()}}}, "
        f"targets: {{p: {t[s].tolist()}, q: {k[s].tolist()}}}}}\n"
        for s in range(3)
    )
    text = (
        f"samples:\n{lines}layers:\n"
        f"  - dense: {{name: f, from: u, weights: {W.tolist()}, bias: {b.tolist()}, activation: tanh}}\n"
        "  - use: {layer: f, from: v, name: g}\n  - subtract: {name: d, from: [f, g]}\n"
        "  - add: {name: s, from: [f, g]}\n"
        f"  - dense: {{name: p, from: d, weights: [{a.tolist()}]}}\n"
        f"  - dense: {{name: q, from: s, weights: [{c.tolist()}], activation: sigmoid}}\n"
        "outputs:\n  p: {loss: {mean_squared_error: {factor: half_sum}}, weight: 2}\n"
        "  q: {loss: binary_crossentropy, weight: 0.5}\noptimizer: {sgd: {learning_rate: 0.3}}\n"
    )
    found = answers(solution(text))

    def run(W, b, a, c):
        """The mean loss of the samples and its gradients, row by row of U and V."""
        f, g = np.tanh(u @ W.T + b), np.tanh(v @ W.T + b)
        p, q = (f - g) @ a, 1 / (1 + np.exp(-(f + g) @ c))
        yes = k[:, 0]
        each = (p - t[:, 0]) ** 2 - 0.5 * (yes * np.log(q) + (1 - yes) * np.log(1 - q))
        dp, dz = 2 * (p - t[:, 0]), 0.5 * (q - yes)
        dd, ds = np.outer(dp, a), np.outer(dz, c)
        df, dg = (dd + ds) * (1 - f**2), (ds - dd) * (1 - g**2)
        slopes = [df.T @ u + dg.T @ v, (df + dg).sum(axis=0), dp @ (f - g), dz @ (f + g)]
        return each.mean(), [slope / 3 for slope in slopes]

    loss, (dW, db, da, dc) = run(W, b, a, c)
    after, _ = run(W - 0.3 * dW, b - 0.3 * db, a - 0.3 * da, c - 0.3 * dc)
    assert found["E"] == pytest.approx(loss, rel=1e-12)
    slopes = {**_numbered("dE_dw", [*dW.ravel(), *da, *dc]), **_numbered("dE_db", db)}
    _same(_gradients(found), slopes)
    assert found["E_new"] == pytest.approx(after, rel=1e-12)


def test_rounding_by_hand_through_a_layer_that_is_used_again():
    """2 decimals, cut off: 0.33·0.7 = 0.231 is carried as 0.23, and 0.23·0.7 = 0.161 as 0.16."""
    text = (
        "input: [0.33]\nlayers:\n  - dense: {name: f, weights: [[0.7]]}\n  - use: {layer: f, name: g}\n"
        "output_gradient: [1]\nrounding: {decimals: 2, mode: truncate, carry: rounded}\n"
    )
    found = shown(solution(text))

    assert (found["f1_out"], found["g1_out"]) == ("0.23", "0.16")
    # ∂g/∂w = 0.23 + 0.7·0.33: the second part is 0.231, cut off to 0.23.
    assert one(text, "dE_dw1")[1] == "0.46"
