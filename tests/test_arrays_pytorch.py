"""Layers on rows, cells and steps against PyTorch's gradients; skipped where PyTorch is missing."""

from typing import Any

import numpy as np
import pytest

from support import answers, solution

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.frameworks
nn = torch.nn
RANDOM = np.random.default_rng(51)


def _numbers(*shape: int) -> Any:
    return RANDOM.normal(size=shape).round(2)


def _tensor(numbers: Any) -> Any:
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


def _solved(samples: Any, layers: str, slopes: Any, more: str = "") -> dict[str, Any]:
    """The gradients of Σ g·y over two samples, with g for both."""
    given = "".join(f"  - {{input: {x.tolist()}}}\n" for x in samples)
    text = f"samples:\n{given}layers:\n{layers}output_gradient: {slopes.tolist()}\nbatch: sum\n"
    return answers(solution(f"{text}optimizer: {{sgd: {{learning_rate: 1}}}}\n{more}"))


def _compare(found: Any, tensor: Any) -> None:
    np.testing.assert_allclose(found, tensor.grad.numpy(), rtol=1e-9, atol=1e-11)


def test_dense_layers_and_shares_on_rows():
    x, W, b, V, g = _numbers(2, 3, 4), _numbers(5, 4), _numbers(5), _numbers(2, 5), _numbers(3, 2)
    layers = (
        f"  - dense: {{name: h, weights: {W.tolist()}, bias: {b.tolist()}, activation: tanh}}\n"
        "  - softmax: {name: p, axis: 1}\n"
        f"  - dense: {{name: y, weights: {V.tolist()}, activation: softmax}}\n"
    )
    found = _solved(x, layers, g)
    t = [_tensor(a) for a in (x, W, b, V)]
    h = torch.tanh(nn.functional.linear(t[0], t[1], t[2]))
    y = torch.softmax(nn.functional.linear(torch.softmax(h, dim=1), t[3]), dim=-1)
    (y * torch.tensor(g)).sum().backward()

    weights = [found[f"dE_dw{i}"] for i in range(1, 31)]
    _compare(np.reshape(weights[:20], (5, 4)), t[1])
    _compare(np.reshape(weights[20:], (2, 5)), t[3])
    _compare([found[f"dE_db{i}"] for i in range(1, 6)], t[2])


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 3, 2)])
def test_prelu_of_one_slope(shape):
    x, g = _numbers(2, *shape), _numbers(*shape)
    found = _solved(x, "  - prelu: {name: y, alpha: 0.3}\n", g, "convention: pytorch\n")
    given, layer = _tensor(x), nn.PReLU(init=0.3, dtype=torch.float64)
    (layer(given) * torch.tensor(g)).sum().backward()

    _compare([found["dE_dy_alpha"]], layer.weight)


def test_prelu_of_a_slope_for_each_channel():
    """`num_parameters` of PyTorch: channels first, the other axes shared."""
    x, g, alpha = _numbers(2, 3, 2, 2), _numbers(3, 2, 2), _numbers(3)
    options = f"alpha: {alpha.reshape(3, 1, 1).tolist()}, shared_axes: [2, 3]"
    found = _solved(x, f"  - prelu: {{name: y, {options}}}\n", g)
    slopes = _tensor(alpha)
    (nn.functional.prelu(torch.tensor(x), slopes) * torch.tensor(g)).sum().backward()

    _compare(np.ravel(found["dE_dy_alpha"]), slopes)


@pytest.mark.parametrize("each", [1, 2])
def test_separable_convolution(each):
    """Two convolutions, the first in as many groups as channels; a softmax over the channels."""
    x, g = _numbers(2, 2, 5, 4), _numbers(3, 3, 2)
    depthwise, pointwise, b = _numbers(2 * each, 1, 2, 3), _numbers(3, 2 * each, 1, 1), _numbers(3)
    options = (
        f"depthwise_kernel: {depthwise.tolist()}, pointwise_kernel: {pointwise.tolist()}, "
        f"bias: {b.tolist()}, padding: [[1, 1], [0, 0]], strides: [2, 1], activation: softmax"
    )
    found = _solved(
        x, f"  - separable_conv2d: {{name: y, {options}}}\n", g, "notation: {channels: first}\n"
    )
    t = [_tensor(a) for a in (depthwise, pointwise, b)]
    d = nn.functional.conv2d(torch.tensor(x), t[0], stride=(2, 1), padding=(1, 0), groups=2)
    y = torch.softmax(nn.functional.conv2d(d, t[1], t[2]), dim=1)
    (y * torch.tensor(g)).sum().backward()

    _compare(found["dE_dy_depthwise_kernel"], t[0])
    _compare(found["dE_dy_pointwise_kernel"], t[1])
    _compare([found[f"dE_db{i}"] for i in (1, 2, 3)], t[2])


def test_a_network_for_every_step():
    """A convolution and a pooling for each step, its steps as more samples of one batch."""
    x, K, W = _numbers(2, 3, 4, 4), _numbers(3, 3), _numbers(2, 4)
    g = _numbers(3, 2)
    layers = (
        f"  - time_distributed: {{name: a, layer: {{conv2d: {{kernel: {K.tolist()}, bias: 0.1, activation: elu}}}}}}\n"
        "  - time_distributed: {name: s, layer: flatten}\n"
        f"  - time_distributed: {{name: c, layer: {{dense: {{weights: {W.tolist()}, activation: softmax}}}}}}\n"
    )
    found = _solved(x, layers, g)
    kernel, bias, weights = _tensor(K), _tensor(0.1), _tensor(W)
    steps = torch.tensor(x).reshape(6, 1, 4, 4)
    made = nn.functional.elu(nn.functional.conv2d(steps, kernel[None, None]) + bias)
    y = torch.softmax(nn.functional.linear(made.reshape(2, 3, 4), weights), dim=-1)
    (y * torch.tensor(g)).sum().backward()

    _compare(found["dE_dK1"], kernel)
    _compare(found["dE_db1"], bias)
    _compare(np.reshape([found[f"dE_dw{i}"] for i in range(1, 9)], (2, 4)), weights)
