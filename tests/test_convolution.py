"""Convolution and pooling against scipy, against nested loops, and against published numbers."""

from typing import Any

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from handcalc.operations._windows import Windows
from handcalc.operations.average_pool import AveragePool
from handcalc.operations.correlate import Correlate
from handcalc.operations.correlate_transposed import CorrelateTransposed
from handcalc.operations.max_pool import MaxPool
from handcalc.operations.zero_pad import ZeroPad

X = np.array([[1.0, 6, 2], [5, 3, 1], [7, 0, 4]])
K = np.array([[1.0, 2], [-1, 0]])


def correlate(x: Any, k: Any, **options: Any) -> Any:
    return Correlate(size=k.shape, **options).forward(x[None], k)[0]


def test_the_published_example_valid_full_and_convolution():
    """Input 3×3 ⋆ kernel 2×2 = [[8, 7], [4, 5]]; padded all round; and with the kernel turned."""
    full = ((1, 1), (1, 1))

    assert correlate(X, K).tolist() == [[8, 7], [4, 5]]
    np.testing.assert_array_equal(
        correlate(X, K, padding=full), scipy.signal.correlate2d(X, K, "full")
    )
    np.testing.assert_array_equal(
        correlate(X, K, flip=True), scipy.signal.convolve2d(X, K, "valid")
    )
    np.testing.assert_array_equal(
        correlate(X, K, flip=True, padding=full), scipy.signal.convolve2d(X, K, "full")
    )


def test_another_published_example():
    x = np.array([[1.0, 7, 2], [11, 1, 23], [2, 2, 2]])

    assert correlate(x, np.array([[1.0, 1], [0, 1]])).tolist() == [[9, 32], [14, 26]]


def _loops(x: Any, k: Any, options: Any, groups: int) -> Any:
    """Channels first: the padded input from each start on, every d-th cell of it, times the kernel."""
    strides, dilation = options["strides"], options["dilation"]
    padded = np.pad(x, [(0, 0), *options["padding"]])
    spans = [d * (n - 1) + 1 for d, n in zip(dilation, k.shape[2:], strict=True)]
    starts = [
        range(0, n - span + 1, s)
        for n, span, s in zip(padded.shape[1:], spans, strides, strict=True)
    ]
    y = np.zeros((len(k), *map(len, starts)))
    for f, kernels in enumerate(k):
        first = f // (len(k) // groups) * k.shape[1]
        for place in np.ndindex(*y.shape[1:]):
            cells = tuple(
                slice(start[i], start[i] + span, d)
                for start, i, span, d in zip(starts, place, spans, dilation, strict=True)
            )
            under = padded[(slice(first, first + k.shape[1]), *cells)]
            y[(f, *place)] = (under * kernels).sum()
    return y


@st.composite
def cases(draw: Any) -> Any:
    """Random sizes, strides, dilations, paddings and groups in one to three dimensions."""
    rank = draw(st.integers(1, 3))

    def small(low: int, high: int) -> Any:
        return tuple(draw(st.lists(st.integers(low, high), min_size=rank, max_size=rank)))

    size, strides, dilation = small(1, 3), small(1, 3), small(1, 2)
    pairs = st.tuples(st.integers(0, 2), st.integers(0, 2))
    padding = tuple(draw(st.lists(pairs, min_size=rank, max_size=rank)))
    groups = draw(st.integers(1, 2))
    extra = small(0, 2)
    spatial = tuple(d * (k - 1) + 1 + e for k, d, e in zip(size, dilation, extra, strict=True))
    channels, filters = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    x = random.integers(-5, 6, (channels, *spatial)).astype(float)
    k = random.integers(-5, 6, (filters, channels // groups, *size)).astype(float)
    options = {"size": size, "strides": strides, "dilation": dilation, "padding": padding}
    return x, k, options, groups


@settings(max_examples=80)
@given(cases())
def test_correlation_is_the_sum_over_the_window_in_every_layout(case):
    """Whole numbers, so that both ways give exactly the same."""
    x, k, options, groups = case
    first = Correlate(channels="first", groups=groups, **options)
    last = Correlate(channels="last", groups=groups, **options)
    expected = _loops(x, k, options, groups)
    turned = np.moveaxis(k, (0, 1), (-1, -2))

    np.testing.assert_array_equal(first.forward(x[None], k)[0], expected)
    np.testing.assert_array_equal(
        last.forward(np.moveaxis(x, 0, -1)[None], turned)[0], np.moveaxis(expected, 0, -1)
    )
    assert first.output_shape(x.shape, k.shape) == expected.shape


@settings(max_examples=60)
@given(cases())
def test_backward_is_the_adjoint_of_forward(case):
    """⟨g, x ⋆ K⟩ = ⟨∂x, x⟩ = ⟨∂K, K⟩, exactly in whole numbers: forward is linear in each."""
    x, k, options, groups = case
    operation = Correlate(channels="first", groups=groups, **options)
    y = operation.forward(x[None], k)
    g = np.random.default_rng(1).integers(-4, 5, y.shape).astype(float)
    dx, dk = operation.backward(g, y, x[None], k)

    assert (g * y).sum() == (dx * x).sum() == (dk * k).sum()


@settings(max_examples=60)
@given(cases())
def test_pooling_of_random_windows(case):
    x, _, options, _ = case
    size, strides = options["size"], options["strides"]
    starts = [range(0, n - k + 1, s) for n, k, s in zip(x.shape[1:], size, strides, strict=True)]
    largest = MaxPool(size=options["size"], strides=options["strides"], channels="first")
    mean = AveragePool(size=options["size"], strides=options["strides"], channels="first")
    for operation, reduce in ((largest, np.max), (mean, np.mean)):
        found = operation.forward(x[None])[0]
        for place in np.ndindex(len(x), *map(len, starts)):
            cells = [
                slice(start[i], start[i] + k)
                for start, i, k in zip(starts, place[1:], size, strict=True)
            ]

            assert found[place] == pytest.approx(reduce(x[(place[0], *cells)]))


def test_ties_in_max_pooling_go_to_the_first_in_reading_order():
    pool = MaxPool(size=(2, 2))
    x = np.array([[[3.0, 3.0], [3.0, 1.0]]])

    assert pool.backward(np.ones((1, 1, 1)), pool.forward(x), x)[0].tolist() == [[[1, 0], [0, 0]]]


def test_average_pooling_with_and_without_counting_the_padding():
    x = np.array([[4.0, 8.0]])
    options: Any = {"size": (2,), "strides": (1,), "padding": ((1, 0),)}

    assert AveragePool(**options).forward(x)[0].tolist() == [4, 6]
    assert AveragePool(count_padding=True, **options).forward(x)[0].tolist() == [2, 6]


@pytest.mark.parametrize(
    ("n", "k", "s", "p", "d", "places"),
    [
        (5, 3, 1, 0, 1, 3),
        (7, 5, 2, 1, 1, 3),
        (32, 5, 2, 0, 1, 14),
        (6, 3, 1, 1, 1, 6),
        (7, 3, 1, 0, 2, 3),
        (2, 3, 1, 0, 1, 0),
    ],
)
def test_output_sizes(n, k, s, p, d, places):
    """floor((n + 2p - d(k - 1) - 1)/s) + 1, with sizes from published exercises."""
    window = Windows.of((k,), (s,), (d,), ((p, p),))

    assert window.places((n,)) == (places,)


@pytest.mark.parametrize(
    ("strides", "matrix"),
    [
        ((1, 1), [[0, 0, 1], [0, 4, 6], [4, 12, 9]]),
        ((2, 2), [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]),
    ],
)
def test_the_published_example_of_a_transposed_convolution(strides, matrix):
    """[[0, 1], [2, 3]] spread with itself: Dive into Deep Learning, section 14.10."""
    x = np.array([[0.0, 1], [2, 3]])

    assert (
        CorrelateTransposed(size=(2, 2), strides=strides).forward(x[None], x)[0].tolist() == matrix
    )


@settings(max_examples=60)
@given(cases())
def test_a_transposed_convolution_is_a_full_convolution_of_spread_values(case):
    """Zeros between the values and between the weights, then scipy's full convolution, cut off."""
    x, k, options, _ = case
    x, k = x[0], k[0, 0]
    strides, dilation = options["strides"], options["dilation"]

    def spread(a: Any, steps: Any) -> Any:
        wide = np.zeros([(n - 1) * s + 1 for n, s in zip(a.shape, steps, strict=True)])
        wide[tuple(slice(None, None, s) for s in steps)] = a
        return wide

    full = scipy.signal.convolve(spread(x, strides), spread(k, dilation), "full", "direct")
    pads = [
        (min(p, n // 3), min(q, n // 3))
        for (p, q), n in zip(options["padding"], full.shape, strict=True)
    ]
    inner = tuple(slice(p, n - q) for (p, q), n in zip(pads, full.shape, strict=True))
    operation = CorrelateTransposed(
        size=k.shape, strides=strides, dilation=dilation, padding=tuple(pads)
    )

    np.testing.assert_array_equal(operation.forward(x[None], k)[0], full[inner])


def test_every_channel_by_itself_where_there_are_as_many_groups():
    random = np.random.default_rng(8)
    x, k = random.normal(size=(3, 5, 5)), random.normal(size=(3, 1, 2, 2))
    found = Correlate(size=(2, 2), channels="first", groups=3).forward(x[None], k)[0]
    for c in range(3):
        np.testing.assert_allclose(found[c], scipy.signal.correlate2d(x[c], k[c, 0], "valid"))


def test_what_cancels_is_zero():
    """0.1 + 0.2 - 0.3 under a window, and as its gradients, is 0 and not 5.6e-17."""
    x = np.array([[0.1, 0.2, 0.3]])
    k = np.array([1.0, 1.0, -1.0])
    ones = np.ones((1, 1))
    operation = Correlate(size=(3,))

    assert operation.forward(x, k)[0, 0] == 0
    assert AveragePool(size=(3,)).forward(np.array([[0.1, 0.2, -0.3]]))[0, 0] == 0
    assert operation.backward(ones, ones, x, k)[0].tolist() == [[1, 1, -1]]


@pytest.mark.parametrize(
    ("n", "k", "s", "p", "d", "extra", "size"),
    [(4, 3, 1, 0, 1, 0, 6), (5, 3, 2, 1, 1, 0, 9), (5, 3, 2, 1, 1, 1, 10), (6, 3, 3, 1, 2, 2, 20)],
)
def test_sizes_of_transposed_convolutions(n, k, s, p, d, extra, size):
    """(n - 1)·s - 2p + d(k - 1) + output padding + 1, as PyTorch documents it."""
    operation = CorrelateTransposed(
        size=(k,), strides=(s,), padding=((p, p),), dilation=(d,), extra=(extra,)
    )

    assert operation.output_shape((n,), (k,)) == (size,)
    assert operation.forward(np.ones((1, n)), np.ones(k)).shape == (1, size)


@settings(max_examples=60, deadline=None)
@given(cases(), st.sampled_from(["correlate", "transposed", "max", "average", "pad"]))
def test_backward_is_the_slope_of_forward_for_random_windows(case, kind):
    """(f(x + h) - f(x - h))/2h for every element of every input, with all options at random."""
    x, k, options, groups = case
    random = np.random.default_rng(9)
    x = random.permutation(x.size).reshape(x.shape) + random.uniform(0, 0.3, x.shape)  # no ties
    size, strides = options["size"], options["strides"]
    pads = tuple(
        (min(p, n - 1), min(q, n - 1)) for (p, q), n in zip(options["padding"], size, strict=True)
    )
    made: dict[str, Any] = {
        "correlate": lambda: Correlate(channels="first", groups=groups, **options),
        "transposed": lambda: CorrelateTransposed(
            channels="first",
            groups=groups,
            size=size,
            strides=strides,
            dilation=options["dilation"],
        ),
        "max": lambda: MaxPool(channels="first", size=size, strides=strides, padding=pads),
        "average": lambda: AveragePool(channels="first", size=size, strides=strides, padding=pads),
        "pad": lambda: ZeroPad(channels="first", padding=options["padding"]),
    }
    operation = made[kind]()
    if kind == "transposed":
        k = random.normal(size=(x.shape[0], 2, *size))
    arrays = [x[None], k] if kind in ("correlate", "transposed") else [x[None]]
    y = operation.forward(*arrays)
    dy = random.normal(size=y.shape)
    for slot, gradient in enumerate(operation.backward(dy, y, *arrays)):
        for place in np.ndindex(arrays[slot].shape):
            both = []
            for step in (1e-4, -1e-4):
                moved = [a.copy() for a in arrays]
                moved[slot][place] += step
                both.append(float((dy * operation.forward(*moved)).sum()))
            found = gradient[place] if slot == 0 else gradient[(0, *place)]

            assert found == pytest.approx((both[0] - both[1]) / 2e-4, rel=1e-6, abs=1e-6)
