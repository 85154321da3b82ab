"""Convolution, pooling and counts against PyTorch, for those who have it; skipped without it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handcalc.operations.average_pool import AveragePool
from handcalc.operations.correlate import Correlate
from handcalc.operations.correlate_transposed import CorrelateTransposed
from handcalc.operations.max_pool import MaxPool
from support import answers, solution

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.frameworks


@st.composite
def layers(draw: Any) -> Any:
    """Random sizes in one to three dimensions, padded alike at both ends as PyTorch pads."""
    rank = draw(st.integers(1, 3))

    def each(low: int, high: int) -> Any:
        return tuple(draw(st.lists(st.integers(low, high), min_size=rank, max_size=rank)))

    size, strides, dilation, padding = each(1, 3), each(1, 3), each(1, 2), each(0, 2)
    groups = draw(st.integers(1, 2))
    more = each(0, 3)
    spatial = tuple(d * (k - 1) + 1 + e for k, d, e in zip(size, dilation, more, strict=True))
    channels, filters = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    seed = draw(st.integers(0, 10**6))
    return rank, size, strides, dilation, padding, groups, spatial, channels, filters, seed


def _both(x: Any, *others: Any) -> list[Any]:
    return [torch.tensor(a, requires_grad=True) for a in (x, *others)]


def _compare(operation: Any, function: Any, x: Any, *weights: Any) -> None:
    """The result, and the gradients of its product with random numbers."""
    tensors = _both(x, *weights)
    expected = function(*tensors)
    found = operation.forward(x, *weights)
    np.testing.assert_allclose(found, expected.detach().numpy(), rtol=1e-10, atol=1e-12)
    slopes = np.random.default_rng(0).normal(size=found.shape)
    expected.backward(torch.tensor(slopes))
    gradients = operation.backward(slopes, found, x, *weights)
    for i, (gradient, tensor) in enumerate(zip(gradients, tensors, strict=True)):
        own = gradient.sum(axis=0) if i else gradient
        np.testing.assert_allclose(own, tensor.grad.numpy(), rtol=1e-10, atol=1e-12)


@settings(max_examples=80, deadline=None)
@given(layers())
def test_convolution(case):
    rank, size, strides, dilation, padding, groups, spatial, channels, filters, seed = case
    random = np.random.default_rng(seed)
    x = random.normal(size=(2, channels, *spatial))
    k = random.normal(size=(filters, channels // groups, *size))
    b = random.normal(size=filters)
    operation = Correlate(
        size=size,
        strides=strides,
        dilation=dilation,
        padding=tuple((p, p) for p in padding),
        groups=groups,
        channels="first",
    )
    function = getattr(torch.nn.functional, f"conv{rank}d")
    _compare(
        operation,
        lambda x, k, b: function(x, k, b, strides, padding, dilation, groups),
        x,
        k,
        b,
    )


@settings(max_examples=80, deadline=None)
@given(layers(), st.integers(0, 2))
def test_transposed_convolution(case, more):
    rank, size, strides, dilation, padding, groups, spatial, channels, filters, seed = case
    extra = tuple(min(more, s - 1) for s in strides)
    pads = tuple(min(p, d * (k - 1) // 2) for p, d, k in zip(padding, dilation, size, strict=True))
    random = np.random.default_rng(seed)
    x = random.normal(size=(2, channels, *spatial))
    k = random.normal(size=(channels, filters // groups, *size))
    b = random.normal(size=filters)
    operation = CorrelateTransposed(
        size=size,
        strides=strides,
        dilation=dilation,
        padding=tuple((p, p) for p in pads),
        extra=extra,
        groups=groups,
        channels="first",
    )
    function = getattr(torch.nn.functional, f"conv_transpose{rank}d")
    _compare(
        operation,
        lambda x, k, b: function(x, k, b, strides, pads, extra, groups, dilation),
        x,
        k,
        b,
    )


@settings(max_examples=60, deadline=None)
@given(layers(), st.booleans())
def test_pooling(case, count):
    rank, size, strides, _, padding, _, spatial, channels, _, seed = case
    pads = tuple(min(p, k // 2) for p, k in zip(padding, size, strict=True))
    x = np.random.default_rng(seed).normal(size=(2, channels, *spatial))
    options: Any = {
        "size": size,
        "strides": strides,
        "padding": tuple((p, p) for p in pads),
        "channels": "first",
    }
    largest = getattr(torch.nn.functional, f"max_pool{rank}d")
    mean = getattr(torch.nn.functional, f"avg_pool{rank}d")
    _compare(MaxPool(**options), lambda x: largest(x, size, strides, pads), x)
    _compare(
        AveragePool(count_padding=count, **options),
        lambda x: mean(x, size, strides, pads, count_include_pad=count),
        x,
    )


N = torch.nn


@pytest.mark.parametrize(
    ("shape", "layer", "module"),
    [
        ("[7, 4]", "simple_rnn: {units: 5}", N.RNN(4, 5)),
        ("[7, 4]", "lstm: {units: 5}", N.LSTM(4, 5)),
        ("[7, 4]", "gru: {units: 5}", N.GRU(4, 5)),
        ("[7, 4]", "bidirectional: {layer: {lstm: {units: 5}}}", N.LSTM(4, 5, bidirectional=True)),
        ("[7]", "embedding: {input_dim: 10, output_dim: 4}", N.Embedding(10, 4)),
        ("[8, 8, 6]", "batch_normalization", N.BatchNorm2d(6)),
        ("[8, 8, 6]", "group_normalization: {groups: 3}", N.GroupNorm(3, 6)),
        ("[7, 6]", "layer_normalization", N.LayerNorm(6)),
        ("[7, 6]", "multi_head_attention: {num_heads: 2, key_dim: 3}", N.MultiheadAttention(6, 2)),
        (
            "[8, 8, 6]",
            "conv2d: {filters: 4, kernel_size: 3, groups: 2}",
            N.Conv2d(6, 4, 3, groups=2),
        ),
        ("[8, 8, 6]", "conv2d_transpose: {filters: 4, kernel_size: 3}", N.ConvTranspose2d(6, 4, 3)),
        ("[8]", "prelu", N.PReLU()),
    ],
)
def test_counts(shape, layer, module):
    text = (
        f"input: {{shape: {shape}}}\nlayers:\n  - {layer}\nconvention: pytorch\nask: [parameters]\n"
    )

    assert answers(solution(text))["total_params"] == sum(p.numel() for p in module.parameters())
