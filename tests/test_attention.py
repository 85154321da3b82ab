"""Attention, of one head, additive and of several, against loops over tokens and central differences."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from support import answers, page, solution

RANDOM = np.random.default_rng(12)


def numbers(*shape: int) -> Any:
    return RANDOM.normal(size=shape).round(2)


def found_in(given: dict[str, Any], layer: str, options: str, more: str = "") -> dict[str, Any]:
    """The answers for some inputs and one layer named y."""
    inputs = "".join(f"  {name}: {x.tolist()}\n" for name, x in given.items())
    return answers(
        solution(f"inputs:\n{inputs}layers:\n  - {layer}: {{name: y, {options}}}\n{more}")
    )


def shares(scores: list[float], allowed: list[bool]) -> list[float]:
    """e^s over the sum of those that are allowed; 0 for the others."""
    powers = [math.exp(s) if may else 0.0 for s, may in zip(scores, allowed, strict=True)]
    return [p / sum(powers) for p in powers]


def attended(
    Q: Any, K: Any, V: Any, factor: float, allowed: Callable[[int, int], bool] = lambda i, j: True
) -> tuple[Any, Any, Any]:
    """Scores, weights and outputs of tokens that are rows, number by number."""
    n, m = len(Q), len(K)
    S = [[sum(a * b for a, b in zip(Q[i], K[j], strict=True)) for j in range(m)] for i in range(n)]
    A = [shares([factor * s for s in S[i]], [allowed(i, j) for j in range(m)]) for i in range(n)]
    Z = [[sum(A[i][j] * V[j][c] for j in range(m)) for c in range(len(V[0]))] for i in range(n)]
    return S, A, Z


def same(found: Any, expected: Any, tolerance: float = 1e-11) -> None:
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


# --- one head --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "factor"),
    [
        ("", 1 / math.sqrt(3)),
        ("scale: true", 1 / math.sqrt(3)),
        ("scale: false", 1),
        ("scale: 0.5", 0.5),
    ],
)
def test_queries_keys_and_values_that_are_given(option, factor):
    """Two queries of three numbers over four keys; values have two numbers."""
    Q, K, V = numbers(2, 3), numbers(4, 3), numbers(4, 2)
    found = found_in(
        {"q": Q, "k": K, "v": V},
        "attention",
        f"from: {{query: q, key: k, value: v}}{', ' if option else ''}{option}",
    )
    S, A, Z = attended(Q, K, V, factor)

    same(found["y_scores"], S)
    same(found["y_weights"], A)
    same(found["y"], Z)
    assert ("y_scaled" in found) == (option != "scale: false")


@pytest.mark.parametrize(
    ("mask", "allowed"),
    [
        ("causal", lambda i, j: j <= i),
        ("[[0, 1, 1], [1, 0, 1], [0, 0, 1]]", lambda i, j: (i != j) if i < 2 else j == 2),
    ],
)
def test_what_a_mask_forbids_gets_no_weight(mask, allowed):
    X, W_Q, W_K, W_V = numbers(3, 2), numbers(2, 4), numbers(2, 4), numbers(2, 3)
    weights = (
        f"query_weights: {W_Q.tolist()}, key_weights: {W_K.tolist()}, value_weights: {W_V.tolist()}"
    )
    found = found_in({"x": X}, "attention", f"{weights}, mask: {mask}")
    _, A, Z = attended(X @ W_Q, X @ W_K, X @ W_V, 1 / 2, allowed)

    same(found["y_weights"], A)
    same(found["y"], Z)
    for i in range(3):
        assert sum(found["y_weights"][i]) == pytest.approx(1, abs=1e-14)
        assert all(found["y_weights"][i][j] == 0 for j in range(3) if not allowed(i, j))


def test_projections_with_biases():
    X, W, b = numbers(3, 2), numbers(3, 2, 2), numbers(3, 2)
    words = ("query", "key", "value")
    options = ", ".join(
        f"{word}_weights: {W[i].tolist()}, {word}_bias: {b[i].tolist()}"
        for i, word in enumerate(words)
    )
    found = found_in({"x": X}, "attention", options)
    Q, K, V = (
        [[sum(x[f] * W[k][f][c] for f in range(2)) + b[k][c] for c in range(2)] for x in X]
        for k in range(3)
    )

    same(found["y_Q"], Q)
    same(found["y_K"], K)
    same(found["y_V"], V)
    same(found["y"], attended(Q, K, V, 1 / math.sqrt(2))[2])


def test_tokens_that_are_columns_are_the_rows_turned():
    """Q = W_Q·X and S = Kᵀ·Q: everything is the transpose of what rows give, the mask too."""
    X, W = numbers(3, 2), numbers(3, 2, 2)
    words = ("query", "key", "value")
    turned = ", ".join(f"{word}_weights: {W[i].T.tolist()}" for i, word in enumerate(words))
    found = found_in({"x": X.T}, "attention", f"{turned}, tokens: columns, mask: causal")
    _, A, Z = attended(X @ W[0], X @ W[1], X @ W[2], 1 / math.sqrt(2), lambda i, j: j <= i)

    same(np.transpose(found["y_weights"]), A)
    same(np.transpose(found["y"]), Z)


def test_a_decoder_looks_at_an_encoder_of_another_length():
    """Two tokens of three numbers ask five tokens of four numbers; keys come from what gives the values."""
    X, M = numbers(2, 3), numbers(5, 4)
    W_Q, W_K, W_V = numbers(3, 2), numbers(4, 2), numbers(4, 3)
    weights = (
        f"query_weights: {W_Q.tolist()}, key_weights: {W_K.tolist()}, value_weights: {W_V.tolist()}"
    )
    found = found_in({"x": X, "m": M}, "attention", f"from: {{query: x, value: m}}, {weights}")

    same(found["y"], attended(X @ W_Q, M @ W_K, M @ W_V, 1 / math.sqrt(2))[2])


def test_scores_of_the_general_form_have_a_matrix_between_query_and_key():
    """s_ij = q_i·W·k_j, as Luong's general form; queries and keys may differ in length."""
    Q, K, W = numbers(2, 3), numbers(4, 2), numbers(3, 2)
    found = found_in(
        {"q": Q, "k": K},
        "attention",
        f"from: {{query: q, value: k}}, score_weights: {W.tolist()}, scale: false",
    )
    S = [
        [sum(Q[i][a] * W[a][b] * K[j][b] for a in range(3) for b in range(2)) for j in range(4)]
        for i in range(2)
    ]

    same(found["y_scores"], S)
    same(found["y"], np.array([shares(row, [True] * 4) for row in S]) @ K)


@pytest.mark.parametrize("layer", ["attention", "additive_attention"])
def test_a_single_query_that_is_a_list_gives_a_list(layer):
    """The context of one decoder state is that of a sequence of one."""
    q, H, W, U, v = numbers(3), numbers(4, 3), numbers(3, 2), numbers(3, 2), numbers(2)
    options = "from: {query: q, value: h}" + (
        f", query_weights: {W.tolist()}, key_weights: {U.tolist()}, score_weights: {v.tolist()}"
        if layer == "additive_attention"
        else ""
    )
    one = found_in({"q": q, "h": H}, layer, options)
    sequence = found_in({"q": q[None], "h": H}, layer, options)

    assert np.shape(one["y"]) == (3,)
    same(one["y"], sequence["y"][0])


@pytest.mark.parametrize("mask", ["", ", mask: [[1, 0, 1], [0, 1, 1]]"])
def test_additive_scores_are_those_of_a_small_network(mask):
    """s_ij = Σ_u v_u·tanh((W·q_i)_u + (U·k_j)_u)."""
    X, M = numbers(2, 2), numbers(3, 4)
    W, U, v = numbers(2, 3), numbers(4, 3), numbers(3)
    found = found_in(
        {"x": X, "m": M},
        "additive_attention",
        f"from: {{query: x, value: m}}, query_weights: {W.tolist()}, key_weights: {U.tolist()}, score_weights: {v.tolist()}{mask}",
    )
    S = [
        [
            sum(
                v[u]
                * math.tanh(
                    sum(x * W[f][u] for f, x in enumerate(q))
                    + sum(x * U[f][u] for f, x in enumerate(k))
                )
                for u in range(3)
            )
            for k in M
        ]
        for q in X
    ]
    allowed = [[True, False, True], [False, True, True]] if mask else [[True] * 3] * 2
    A = [shares(row, may) for row, may in zip(S, allowed, strict=True)]

    same(found["y_scores"], S)
    same(found["y_weights"], A)
    same(found["y"], np.array(A) @ M)


# --- several heads ---------------------------------------------------------------------------------


def _multi_head(x: Any, heads: list[Any], allowed: Callable[[int, int], bool]) -> Any:
    """Outputs side by side of heads (W_Q, W_K, W_V, b_Q, b_K, b_V)."""
    outputs = []
    for W_Q, W_K, W_V, b_Q, b_K, b_V in heads:
        factor = 1 / math.sqrt(W_Q.shape[1])
        outputs.append(attended(x @ W_Q + b_Q, x @ W_K + b_K, x @ W_V + b_V, factor, allowed)[2])
    return np.concatenate(outputs, axis=1)


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize("mask", ["", ", mask: causal"])
@pytest.mark.parametrize("output", [False, True])
def test_each_head_has_its_run_of_columns_or_a_matrix_of_its_own(each, mask, output):
    """Two heads over four features; queries and keys have three numbers, values two."""
    X = numbers(3, 4)
    W = [[numbers(4, 3), numbers(4, 3), numbers(4, 2)] for _ in range(2)]
    b = [[numbers(3), numbers(3), numbers(2)] for _ in range(2)]
    W_O, b_O = numbers(4, 5), numbers(5)
    options = ["num_heads: 2"]
    for i, word in enumerate(("query", "key", "value")):
        own = [W[0][i], W[1][i]]
        together = np.stack(own) if each else np.concatenate(own, axis=1)
        biases = np.stack([b[0][i], b[1][i]])
        options += [
            f"{word}_weights: {together.tolist()}",
            f"{word}_bias: {(biases if each else biases.ravel()).tolist()}",
        ]
    if output:
        options += [f"output_weights: {W_O.tolist()}", f"output_bias: {b_O.tolist()}"]
    found = found_in({"x": X}, "multi_head_attention", ", ".join(options) + mask)
    allowed = (lambda i, j: j <= i) if mask else (lambda i, j: True)
    side_by_side = _multi_head(X, [(*W[h], *b[h]) for h in range(2)], allowed)

    same(found["y_head1"], side_by_side[:, :2])
    same(found["y_head2"], side_by_side[:, 2:])
    same(found["y"], side_by_side @ W_O + b_O if output else side_by_side)


def test_without_projections_each_head_has_its_run_of_the_features():
    Q, M = numbers(2, 4), numbers(3, 4)
    found = found_in(
        {"q": Q, "m": M},
        "multi_head_attention",
        "from: {query: q, value: m}, num_heads: 2, projections: false",
    )
    runs = [
        attended(Q[:, c], M[:, c], M[:, c], 1 / math.sqrt(2))[2] for c in (slice(2), slice(2, 4))
    ]

    same(found["y"], np.concatenate(runs, axis=1))


def test_one_head_is_an_attention():
    X, W = numbers(3, 2), numbers(3, 2, 2)
    weights = ", ".join(
        f"{word}_weights: {W[i].tolist()}" for i, word in enumerate(("query", "key", "value"))
    )
    several = found_in({"x": X}, "multi_head_attention", f"num_heads: 1, {weights}")

    same(several["y"], found_in({"x": X}, "attention", weights)["y"])


# --- gradients -------------------------------------------------------------------------------------

LOSS = "output_gradient: {g}\noptimizer: {{sgd: {{learning_rate: 1}}}}\n"


def _slopes(function: Callable[..., float], arrays: list[Any]) -> list[Any]:
    """∂f/∂ each number, by central differences."""
    found = []
    for array in arrays:
        slope = np.zeros(array.shape)
        for at in np.ndindex(array.shape):
            values = []
            for h in (1e-5, -1e-5):
                old, array[at] = array[at], array[at] + h
                values.append(function(*arrays))
                array[at] = old
            slope[at] = (values[0] - values[1]) / 2e-5
        found.append(slope)
    return found


def test_gradients_of_an_attention_are_the_slopes_of_its_loops():
    X, W, g = numbers(3, 2), numbers(3, 2, 2), numbers(3, 2)

    def loss(X: Any, W: Any) -> float:
        made = attended(X @ W[0], X @ W[1], X @ W[2], 1 / math.sqrt(2), lambda i, j: j <= i)[2]
        return float((np.array(made) * g).sum())

    weights = ", ".join(
        f"{word}_weights: {W[i].tolist()}" for i, word in enumerate(("query", "key", "value"))
    )
    found = found_in({"x": X}, "attention", f"{weights}, mask: causal", LOSS.format(g=g.tolist()))
    by_x, by_w = _slopes(loss, [X, W])

    same(found["dE_dx"], by_x, 1e-8)
    for letter, slope in zip("QKV", by_w, strict=True):
        same(found[f"dE_dy_W_{letter}"], slope, 1e-8)


def test_gradients_of_an_additive_attention_are_the_slopes_of_its_loops():
    X, M, W, U, v, g = (
        numbers(2, 2), numbers(3, 2), numbers(2, 3), numbers(2, 3), numbers(3), numbers(2, 2)
    )  # fmt: skip

    def loss(X: Any, M: Any, W: Any, U: Any, v: Any) -> float:
        S = [[float(v @ np.tanh(q @ W + k @ U)) for k in M] for q in X]
        A = np.array([shares(row, [True] * 3) for row in S])
        return float((A @ M * g).sum())

    found = found_in(
        {"x": X, "m": M},
        "additive_attention",
        f"from: {{query: x, value: m}}, query_weights: {W.tolist()}, key_weights: {U.tolist()}, score_weights: {v.tolist()}",
        LOSS.format(g=g.tolist()),
    )
    slopes = _slopes(loss, [X, M, W, U, v])
    keys = ("dE_dx", "dE_dm", "dE_dy_W", "dE_dy_U", "dE_dy_v")

    for key, slope in zip(keys, slopes, strict=True):
        same(found[key], slope, 1e-8)


def test_values_that_add_to_the_same_leave_nothing_to_the_scores():
    """Where ∂E/∂Z is 1 everywhere, ∂E/∂A is 1 everywhere; a softmax passes none of that back, nor its noise."""
    text = (
        "inputs: {x: [[0.3, 1.7], [-0.9, 0.4]], v: [[0.3, 0.7], [0.1, 0.9]]}\n"
        "layers: [{attention: {name: y, from: {query: x, key: x, value: v}}}]\n"
        "output_gradient: [[1, 1], [1, 1]]\n"
    )

    assert answers(solution(text))["dE_dy_scores"] == [[0, 0], [0, 0]]
    assert not re.search(r"e-1[0-9]", page(text).split("Checked")[0])


# --- pages -----------------------------------------------------------------------------------------


def test_without_numbers_a_sum_over_paths_shows_its_products():
    """∂E/∂A = ∂E/∂Z·Vᵀ, number by number."""
    text = "input: {shape: [2, 2]}\nlayers: [{attention: {name: a, key_dim: 2}}]\nask: [gradients]\nloss: mean_squared_error\n"
    said = page(text)

    assert "∂E/∂A[1,2] = ∂E/∂a₁₁·V[2,1] + ∂E/∂a₁₂·V[2,2]" in said.replace("a[1,1]", "a₁₁").replace(
        "a[1,2]", "a₁₂"
    )
    assert "= via" not in said


def test_a_root_of_no_square_is_not_its_decimals():
    """1/√2 is 0.7071 to four decimals alone."""
    text = "input: [[1, 0], [0, 1]]\nlayers: [{attention: {name: a}}]\ntarget: [[1, 0], [0, 1]]\nloss: mean_squared_error\nask: [gradients]\n"

    assert "1/√2" in page(text).split("Gradients")[1]


@pytest.mark.parametrize(
    "sources",
    ["query: a, key: b, value: c", "value: c, query: a, key: b", "key: b, value: c, query: a"],
)
def test_what_is_query_key_and_value_is_said_by_the_words_not_by_their_order(sources):
    """One query over one key: the output is the value."""
    text = f"inputs: {{a: [[1, 0]], b: [[2, 1]], c: [[0, 3]]}}\nlayers: [{{attention: {{name: z, from: {{{sources}}}}}}}]\n"

    assert answers(solution(text))["z"] == [[0, 3]]
    assert answers(solution(text))["z_scores"] == 2
