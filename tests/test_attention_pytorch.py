"""Attention, normalizations and the blocks of a transformer against PyTorch's gradients; skipped without it."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from support import answers, solution

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.frameworks
F = torch.nn.functional
nn = torch.nn
RANDOM = np.random.default_rng(93)


def _numbers(*shape: int) -> Any:
    return RANDOM.normal(size=shape).round(2)


def _tensor(numbers: Any) -> Any:
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


def _same(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, np.asarray(expected), rtol=1e-9, atol=1e-11)


def _solved(given: dict[str, Any], layers: str, slopes: Any, more: str = "") -> dict[str, Any]:
    """Values, and the gradients of Σ g·y, of one sample with several inputs."""
    inputs = "".join(f"  {name}: {x.tolist()}\n" for name, x in given.items())
    text = f"inputs:\n{inputs}layers:\n{layers}output_gradient: {slopes.tolist()}\n"
    return answers(solution(f"{text}optimizer: {{sgd: {{learning_rate: 1}}}}\n{more}"))


def _batch(x: Any, layer: str, slopes: Any, more: str = "") -> dict[str, Any]:
    """Values, and the gradients of Σ g·y over all samples."""
    samples = "".join(f"  - {{input: {one.tolist()}}}\n" for one in x)
    text = (
        f"samples:\n{samples}layers:\n  - {layer}\noutput_gradient: {slopes.tolist()}\nbatch: sum\n"
    )
    return answers(
        solution(f"{text}convention: pytorch\noptimizer: {{sgd: {{learning_rate: 1}}}}\n{more}")
    )


# --- attention -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queries", "keys", "d", "values", "mask", "scale"),
    [
        (2, 3, 2, 2, None, None),
        (3, 3, 2, 3, "causal", None),
        (2, 4, 3, 2, [[1, 0, 1, 1], [0, 0, 1, 0]], 0.3),
        (1, 3, 2, 1, None, 1.0),
    ],
)
def test_scaled_dot_product_attention(queries, keys, d, values, mask, scale):
    Q, K, V, g = (
        _numbers(queries, d),
        _numbers(keys, d),
        _numbers(keys, values),
        _numbers(queries, values),
    )
    options = "".join(
        [
            "from: {query: q, key: k, value: v}",
            f", mask: {mask}" if mask else "",
            f", scale: {scale if scale != 1 else 'false'}" if scale else "",
        ]
    )
    found = _solved({"q": Q, "k": K, "v": V}, f"  - attention: {{name: y, {options}}}\n", g)
    t = [_tensor(a) for a in (Q, K, V)]
    allowed = torch.tensor(mask).bool() if isinstance(mask, list) else None
    y = F.scaled_dot_product_attention(
        *t, attn_mask=allowed, is_causal=mask == "causal", scale=scale
    )
    (y * torch.tensor(g)).sum().backward()

    _same(found["y"], y.detach())
    for name, tensor in zip("qkv", t, strict=True):
        _same(np.reshape(found[f"dE_d{name}"], tensor.shape), tensor.grad)


@pytest.mark.parametrize(
    ("heads", "features", "bias", "causal", "cross"),
    [
        (2, 4, True, False, False),
        (2, 2, False, True, False),
        (1, 3, True, False, True),
        (3, 3, True, False, True),
    ],
)
def test_multi_head_attention(heads, features, bias, causal, cross):
    """PyTorch keeps W_Q, W_K and W_V below each other, a row for each number of a query."""
    X, M = _numbers(3, features), _numbers(2, features)
    module = nn.MultiheadAttention(
        features, heads, bias=bias, batch_first=True, dtype=torch.float64
    )
    W, W_O = _numbers(3, features, features), _numbers(features, features)
    b, b_O = _numbers(3, features), _numbers(features)
    g = _numbers(3, features)
    words = ("query", "key", "value")
    options = [f"num_heads: {heads}", f"output_weights: {W_O.tolist()}"]
    options += [f"{word}_weights: {W[i].tolist()}" for i, word in enumerate(words)]
    if bias:
        options += [f"{word}_bias: {b[i].tolist()}" for i, word in enumerate(words)]
        options.append(f"output_bias: {b_O.tolist()}")
    options += ["mask: causal"] * causal + ["from: {query: x, value: m}"] * cross
    given = {"x": X, "m": M} if cross else {"x": X}
    found = _solved(given, f"  - multi_head_attention: {{name: y, {', '.join(options)}}}\n", g)

    state = {"in_proj_weight": np.concatenate([w.T for w in W]), "out_proj.weight": W_O.T}
    if bias:
        state |= {"in_proj_bias": b.ravel(), "out_proj.bias": b_O}
    module.load_state_dict({name: torch.tensor(numbers) for name, numbers in state.items()})
    x, m = _tensor(X), _tensor(M)
    forbidden = torch.ones(3, 3).triu(1).bool() if causal else None
    key = m if cross else x
    y, _ = module(x[None], key[None], key[None], attn_mask=forbidden, need_weights=False)
    (y[0] * torch.tensor(g)).sum().backward()

    _same(found["y"], y[0].detach())
    _same(found["dE_dx"], x.grad)
    if cross:
        _same(found["dE_dm"], m.grad)
    for i, letter in enumerate("QKV"):
        rows = slice(i * features, (i + 1) * features)
        _same(found[f"dE_dy_W_{letter}"], module.in_proj_weight.grad[rows].T)
        if bias:
            _same(found[f"dE_dy_b_{letter}"], module.in_proj_bias.grad[rows])
    _same(found["dE_dy_W_O"], module.out_proj.weight.grad.T)
    if bias:
        _same(found["dE_dy_b_O"], module.out_proj.bias.grad)


# --- normalizations --------------------------------------------------------------------------------


def _by_input(found: dict[str, Any], x: Any) -> Any:
    """∂E/∂x of all samples: a number for each value of a list, an array of everything else."""
    if x.ndim == 2:
        return [[found[f"dE_dx{i + 1}@{n + 1}"] for i in range(x.shape[1])] for n in range(len(x))]
    return [found[f"dE_dx@{n + 1}"] for n in range(len(x))]


@pytest.mark.parametrize("learns", [True, False])
@pytest.mark.parametrize("shape", [(4, 2), (3, 2, 3), (2, 2, 2, 2)])
def test_batch_normalization(shape, learns):
    """BatchNorm1d and 2d, channels first, with the running statistics after a batch or in use."""
    x, g, n = _numbers(*shape), _numbers(*shape), shape[1]
    gamma, beta, m, v = _numbers(n), _numbers(n), _numbers(n), abs(_numbers(n)) + 0.1
    options = f"name: y, gamma: {gamma.tolist()}, beta: {beta.tolist()}, moving_mean: {m.tolist()}, moving_variance: {v.tolist()}"
    layer = f"batch_normalization: {{{options}{', momentum: 0.25' if learns else ''}}}"
    channels = "notation: {channels: first}\n"
    found = _batch(x, layer, g, channels)
    module = (nn.BatchNorm2d if len(shape) == 4 else nn.BatchNorm1d)(
        n, momentum=0.25, dtype=torch.float64
    )
    names = ("weight", "bias", "running_mean", "running_var")
    state = zip(names, (gamma, beta, m, v), strict=True)
    module.load_state_dict({k: torch.tensor(a) for k, a in state}, strict=False)
    module.train(learns)
    t = _tensor(x)
    y = module(t)
    (y * torch.tensor(g)).sum().backward()

    _same([found[f"y@{n + 1}"] for n in range(len(x))], y.detach())
    _same(_by_input(found, x), t.grad)
    _same(found["dE_dy_gamma"], module.weight.grad)
    _same(found["dE_dy_beta"], module.bias.grad)
    if learns:
        _same(found["y_moving_mean_new"], module.running_mean)
        _same(found["y_moving_variance_new"], module.running_var)


@pytest.mark.parametrize(
    ("layer", "shape", "function"),
    [
        ("layer_normalization", (2, 4), lambda x, w, b: F.layer_norm(x, (4,), w, b, 1e-5)),
        ("layer_normalization", (2, 3, 2), lambda x, w, b: F.layer_norm(x, (2,), w, b, 1e-5)),
        ("layer_normalization: axis: [1, 2]", (2, 3, 2), lambda x, w, b: F.layer_norm(x, (3, 2), w, b, 1e-5)),
        ("rms_normalization: epsilon: 0.01", (2, 4), lambda x, w, b: F.rms_norm(x, (4,), w, 0.01)),
        ("rms_normalization: epsilon: 0", (2, 2, 3), lambda x, w, b: F.rms_norm(x, (3,), w, 0.0)),
        ("group_normalization: groups: 2", (2, 4, 2, 2), lambda x, w, b: F.group_norm(x, 2, w, b, 1e-5)),
        ("group_normalization: groups: 1", (2, 2, 3), lambda x, w, b: F.group_norm(x, 1, w, b, 1e-5)),
        ("instance_normalization", (2, 2, 2, 3), lambda x, w, b: F.instance_norm(x, None, None, w, b, eps=1e-5)),
        ("instance_normalization", (2, 3, 4), lambda x, w, b: F.instance_norm(x, None, None, w, b, eps=1e-5)),
    ],
)  # fmt: skip
def test_normalizations_of_a_sample(layer, shape, function):
    word, _, option = layer.partition(": ")
    by_channel = word.startswith(("group", "instance"))
    sizes = (shape[1],) if by_channel else shape[1:] if "axis" in option else shape[-1:]
    x, gamma, beta, g = _numbers(*shape), _numbers(*sizes), _numbers(*sizes), _numbers(*shape)
    options = f"name: y, gamma: {gamma.tolist()}" + f", {option}" * bool(option)
    rms = word.startswith("rms")
    options += "" if rms else f", beta: {beta.tolist()}"
    channels = "notation: {channels: first}\n" if by_channel else ""
    found = _batch(x, f"{word}: {{{options}}}", g, channels)
    t = [_tensor(a) for a in (x, gamma, beta)]
    y = function(*t)
    (y * torch.tensor(g)).sum().backward()

    _same([found[f"y@{n + 1}"] for n in range(len(x))], y.detach())
    _same(_by_input(found, x), t[0].grad)
    _same(found["dE_dy_gamma"], t[1].grad)
    if not rms:
        _same(found["dE_dy_beta"], t[2].grad)


def test_unit_normalization():
    x, g = _numbers(2, 3, 2), _numbers(2, 3, 2)
    found = _batch(x, "unit_normalization: {name: y}", g)
    t = _tensor(x)
    y = F.normalize(t, dim=-1)
    (y * torch.tensor(g)).sum().backward()

    _same([found[f"y@{n + 1}"] for n in range(2)], y.detach())
    _same(_by_input(found, x), t.grad)


# --- blocks ----------------------------------------------------------------------------------------


def _attention(name: str, W: Any, more: str = "") -> str:
    words = ("query", "key", "value", "output")
    weights = ", ".join(f"{word}_weights: {w.tolist()}" for word, w in zip(words, W, strict=True))
    return f"  - multi_head_attention: {{name: {name}, num_heads: 2, {weights}{more}}}\n"


def _norm(name: str, gamma: Any, beta: Any) -> str:
    return f"  - layer_normalization: {{name: {name}, gamma: {gamma.tolist()}, beta: {beta.tolist()}}}\n"


def _feed_forward(W: Any, b: Any, U: Any, c: Any) -> str:
    return (
        f"  - dense: {{name: f, weights: {W.tolist()}, bias: {b.tolist()}, activation: relu}}\n"
        f"  - dense: {{name: o, weights: {U.tolist()}, bias: {c.tolist()}}}\n"
    )


def _heads(q: Any, k: Any, W: Any, *, causal: bool = False) -> Any:
    """Two heads, each with its half of the columns, side by side and projected back."""
    Q, K, V = (x @ w for x, w in zip((q, k, k), W[:3], strict=True))
    d = Q.shape[1] // 2
    runs = [
        F.scaled_dot_product_attention(Q[:, s], K[:, s], V[:, s], is_causal=causal)
        for s in (slice(0, d), slice(d, 2 * d))
    ]
    return torch.cat(runs, dim=1) @ W[3]


def test_a_block_of_an_encoder():
    """Attention, add, norm, feed-forward, add, norm: every gradient."""
    X, g = _numbers(3, 4), _numbers(3, 4)
    W, n1, n2 = _numbers(4, 4, 4), _numbers(2, 4), _numbers(2, 4)
    feed = (_numbers(5, 4), _numbers(5), _numbers(4, 5), _numbers(4))
    layers = (
        _attention("a", W)
        + "  - add: {name: r, from: [a, x]}\n"
        + _norm("n", *n1)
        + _feed_forward(*feed)
        + "  - add: {name: s, from: [o, n]}\n"
        + _norm("y", *n2)
    )
    found = _solved({"x": X}, layers, g, "convention: pytorch\n")
    x, w, one, two = _tensor(X), _tensor(W), _tensor(n1), _tensor(n2)
    f = [_tensor(a) for a in feed]
    n = F.layer_norm(x + _heads(x, x, w), (4,), one[0], one[1])
    o = F.linear(torch.relu(F.linear(n, f[0], f[1])), f[2], f[3])
    y = F.layer_norm(n + o, (4,), two[0], two[1])
    (y * torch.tensor(g)).sum().backward()

    _same(found["y"], y.detach())
    _same(found["dE_dx"], x.grad)
    for i, letter in enumerate("QKVO"):
        _same(found[f"dE_da_W_{letter}"], w.grad[i])
    for name, tensor in (("n", one), ("y", two)):
        _same(found[f"dE_d{name}_gamma"], tensor.grad[0])
        _same(found[f"dE_d{name}_beta"], tensor.grad[1])
    weights = [found[f"dE_dw{i + 1}"] for i in range(40)]
    biases = [found[f"dE_db{i + 1}"] for i in range(9)]
    _same(np.reshape(weights[:20], (5, 4)), f[0].grad)
    _same(np.reshape(weights[20:], (4, 5)), f[2].grad)
    _same(biases, torch.cat([f[1].grad, f[3].grad]))


def test_a_block_of_a_decoder():
    """Masked attention, add & norm, attention to the encoder, add & norm, feed-forward, add & norm."""
    X, M, g = _numbers(3, 2), _numbers(2, 2), _numbers(3, 2)
    W, C, norms = _numbers(4, 2, 2), _numbers(4, 2, 2), _numbers(3, 2, 2)
    feed = (_numbers(3, 2), _numbers(3), _numbers(2, 3), _numbers(2))
    layers = (
        _attention("a", W, ", mask: causal, from: x")
        + "  - add: {name: r, from: [a, x]}\n"
        + _norm("n", *norms[0])
        + _attention("c", C, ", from: {query: n, value: m}")
        + "  - add: {name: s, from: [c, n]}\n"
        + _norm("p", *norms[1])
        + _feed_forward(*feed)
        + "  - add: {name: u, from: [o, p]}\n"
        + _norm("y", *norms[2])
    )
    found = _solved({"x": X, "m": M}, layers, g, "convention: pytorch\n")
    x, m, w, c, scales = (_tensor(a) for a in (X, M, W, C, norms))
    f = [_tensor(a) for a in feed]
    n = F.layer_norm(x + _heads(x, x, w, causal=True), (2,), *scales[0])
    k = F.layer_norm(n + _heads(n, m, c), (2,), *scales[1])
    o = F.linear(torch.relu(F.linear(k, f[0], f[1])), f[2], f[3])
    y = F.layer_norm(k + o, (2,), *scales[2])
    (y * torch.tensor(g)).sum().backward()

    _same(found["y"], y.detach())
    _same(found["dE_dx"], x.grad)
    _same(found["dE_dm"], m.grad)
    for (name, tensor), (i, letter) in product((("a", w), ("c", c)), enumerate("QKVO")):
        _same(found[f"dE_d{name}_W_{letter}"], tensor.grad[i])
    for i, name in enumerate("npy"):
        _same(found[f"dE_d{name}_gamma"], scales.grad[i][0])
        _same(found[f"dE_d{name}_beta"], scales.grad[i][1])
