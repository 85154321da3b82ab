"""Dilated, rounded up, adaptive: the windows of pooling in PyTorch's variants, each counted by hand."""

from itertools import product
from math import ceil, floor

import numpy as np
import pytest

import handcalc
from handcalc.errors import ProblemError
from handcalc.operations.average_pool import AveragePool
from handcalc.operations.max_pool import MaxPool
from handcalc.problem import parse
from support import answers, page, solution

RANDOM = np.random.default_rng(33)


def solved(layer: str, x, slopes=None, order: str = "last") -> tuple[np.ndarray, np.ndarray]:
    """The values of layer y, and the gradient by the input where one of the output is given."""
    text = (
        f"input: {np.asarray(x).tolist()}\nlayers:\n  - {layer}\nnotation: {{channels: {order}}}\n"
    )
    if slopes is not None:
        text += f"output_gradient: {np.asarray(slopes).tolist()}\n"
    found = answers(solution(text))
    return np.array(found["y"]), np.array(found.get("dE_dx", ()))


def windows(n, k, s=None, d=1, p=0, *, rounded_up=False):
    """The positions of each window along an axis, by walking: outside 0 … n - 1 is padding, or nothing."""
    s = s or k
    found, start = [], -p
    reach = d * (k - 1)
    while start + reach < n + p or (
        # One more may hang over, if it begins on the input or the padding before it and something
        # of the padded input is still uncovered at the step.
        rounded_up and start < n and start - s + reach < n + p - 1
    ):
        found.append([start + t * d for t in range(k)])
        start += s
    return found


GEOMETRIES = [
    # n, m cells, window, strides, dilation, padding
    ((5, 6), (2, 2), (2, 2), (1, 1), (0, 0)),
    ((5, 7), (3, 2), (2, 3), (1, 1), (1, 0)),
    ((7, 6), (2, 3), (1, 2), (2, 1), (0, 1)),
    ((6, 5), (3, 2), (3, 1), (2, 3), (1, 1)),
    ((4, 4), (3, 3), (2, 2), (1, 1), (1, 1)),
    ((5, 5), (1, 2), (3, 4), (1, 1), (0, 0)),
]


@pytest.mark.parametrize("rounded_up", [False, True])
@pytest.mark.parametrize("geometry", GEOMETRIES)
@pytest.mark.parametrize("counts", [None, False, True])
def test_each_window_by_walking(geometry, counts, rounded_up):
    """Maxima (counts: None) and means, whose padding counts or not; what hangs over never does."""
    spatial, size, strides, dilation, padding = geometry
    x = RANDOM.permutation(spatial[0] * spatial[1]).reshape(spatial)
    axes = [
        windows(n, k, s, d, p, rounded_up=rounded_up)
        for n, k, s, d, p in zip(spatial, size, strides, dilation, padding, strict=True)
    ]
    word = "max" if counts is None else "average"
    more = "" if counts is None else f", count_padding: {str(counts).lower()}"
    layer = (
        f"{word}_pooling2d: {{name: y, pool_size: {list(size)}, strides: {list(strides)}, dilation_rate: "
        f"{list(dilation)}, padding: {list(padding)}, ceil_mode: {str(rounded_up).lower()}{more}}}"
    )
    slopes = RANDOM.integers(-9, 10, tuple(map(len, axes)))
    y, dx = solved(layer, x, slopes)
    expected, back = np.zeros(slopes.shape), np.zeros(spatial)
    for (i, rows), (j, columns) in product(*map(enumerate, axes)):
        inside = [
            c for c in product(rows, columns) if 0 <= c[0] < spatial[0] and 0 <= c[1] < spatial[1]
        ]
        values = [x[cell] for cell in inside]
        if counts is None:
            expected[i, j] = max(values)
            back[inside[values.index(max(values))]] += slopes[i, j]
            continue
        divisor = len(inside)
        if counts:
            divisor = sum(
                -p <= r < n + p and -q <= c < m + q
                for r, c in product(rows, columns)
                for (n, m), (p, q) in ((spatial, padding),)
            )
        expected[i, j] = sum(values) / divisor
        for cell in inside:
            back[cell] += slopes[i, j] / divisor

    assert y.shape == expected.shape
    np.testing.assert_allclose(y, expected, rtol=1e-12)
    np.testing.assert_allclose(dx, back, rtol=1e-12, atol=1e-12)


def test_cells_two_apart():
    """1 … 16 in rows of four: the corners of each 3 × 3 square."""
    y, _ = solved(
        "max_pooling2d: {name: y, pool_size: 2, dilation_rate: 2, strides: 1}",
        np.arange(1, 17).reshape(4, 4),
    )

    assert y.tolist() == [[11, 12], [15, 16]]


@pytest.mark.parametrize(
    ("options", "n", "size", "said"),
    [
        (
            "pool_size: 2, ceil_mode: true",
            5,
            3,
            "floor((n - k + s - 1)/s) + 1 = floor((5 - 2 + 2 - 1)/2) + 1 = 3",
        ),
        (
            "pool_size: 2, ceil_mode: true",
            5,
            3,
            "3/2 is rounded up to 2; the last window hangs over by 1 cell",
        ),
        (
            "pool_size: 2, strides: 3, padding: 1, ceil_mode: true",
            5,
            2,
            "floor((n + p - 1)/s) + 1 = floor((5 + 1 - 1)/3) + 1 = 2",
        ),
        (
            "pool_size: 2, strides: 3, padding: 1, ceil_mode: true",
            5,
            2,
            "5/3 is rounded up to 2, but a window more would begin behind the input",
        ),
        (
            "pool_size: 2, dilation_rate: 3, strides: 1",
            6,
            3,
            "n - d·(k - 1) - 1 + 1 = 6 - 3·(2 - 1) - 1 + 1 = 3",
        ),
    ],
)
def test_how_the_size_comes_about(options, n, size, said):
    text = f"input: {{shape: [{n}]}}\nlayers:\n  - max_pooling1d: {{name: y, {options}}}\nask: [shapes]\n"

    assert answers(solution(text)) == {"y_shape": [size]}
    assert said in " ".join(page(text).split())


@pytest.mark.parametrize(
    "options",
    [
        "pool_size: 3, strides: 2, ceil_mode: true",
        "pool_size: 2, strides: 3, padding: 1, ceil_mode: true",
        "pool_size: 2, dilation_rate: 3, strides: 2, padding: 1",
    ],
)
def test_sizes_in_letters_are_those_of_numbers(options):
    text = "input: {{shape: [{0}]}}\nlayers:\n  - max_pooling1d: {{{{name: y, {1}}}}}\nask: [shapes]\n".replace(
        "{{{{", "{{"
    ).replace("}}}}", "}}")
    (formula,) = answers(solution(text.format("N", options)))["y_shape"]
    for n in range(6, 15):
        (number,) = answers(solution(text.format(n, options)))["y_shape"]

        assert eval(formula.replace("floor", "").replace("/", "//"), {"N": n}) == number


def test_the_receptive_field_of_a_dilated_window():
    """1 + 2·(3 - 1)·1 = 5, then 5 + (2 - 1)·2 = 7."""
    text = "input: {shape: [20]}\nlayers:\n  - max_pooling1d: {name: f, pool_size: 3, dilation_rate: 2, strides: 2}\n  - average_pooling1d: {name: g, ceil_mode: true}\nask: [receptive_field]\n"

    assert answers(solution(text)) == {"f_field": [5], "g_field": [7]}


@pytest.mark.parametrize("shape", [(5, 7), (4, 6), (3, 2), (5, 1)])
@pytest.mark.parametrize("size", [(2, 3), (1, 1), (3, 4)])
@pytest.mark.parametrize("order", ["none", "last", "first"])
def test_adaptive_windows_by_their_definition(shape, size, order):
    """From floor(i·n/m) to ceil((i + 1)·n/m), in fractions of the axis."""
    full = {"none": shape, "last": (*shape, 2), "first": (2, *shape)}[order]
    x = RANDOM.permutation(int(np.prod(full))).reshape(full)
    by_channel = {"none": x[None], "last": np.moveaxis(x, -1, 0), "first": x}[order]
    result = {"none": size, "last": (*size, 2), "first": (2, *size)}[order]
    slopes = RANDOM.integers(-9, 10, result)
    each = {"none": slopes[None], "last": np.moveaxis(slopes, -1, 0), "first": slopes}[order]
    for word in ("max", "average"):
        expected, back = np.zeros(each.shape), np.zeros(by_channel.shape)
        for c, i, j in np.ndindex(each.shape):
            rows, columns = (
                range(floor(at * n / m + 1e-9), ceil((at + 1) * n / m - 1e-9))
                for at, n, m in zip((i, j), shape, size, strict=True)
            )
            cells = [(c, r, s) for r in rows for s in columns]
            values = [by_channel[cell] for cell in cells]
            if word == "max":
                expected[c, i, j] = max(values)
                back[cells[values.index(max(values))]] += each[c, i, j]
            else:
                expected[c, i, j] = np.mean(values)
                for cell in cells:
                    back[cell] += each[c, i, j] / len(cells)
        if order == "last":
            expected, back = (np.moveaxis(a, 0, -1) for a in (expected, back))
        elif order == "none":
            expected, back = expected[0], back[0]
        y, dx = solved(
            f"adaptive_{word}_pooling2d: {{name: y, output_size: {list(size)}}}",
            x,
            slopes,
            "first" if order == "first" else "last",
        )

        np.testing.assert_allclose(y, expected, rtol=1e-12)
        np.testing.assert_allclose(dx, back, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_adaptive_pooling_to_one_is_global_pooling(rank):
    x = RANDOM.permutation(3 ** (rank + 1)).reshape((3,) * (rank + 1))
    for word in ("max", "average"):
        one, _ = solved(f"adaptive_{word}_pooling{rank}d: {{name: y, output_size: 1}}", x)
        whole, _ = solved(f"global_{word}_pooling{rank}d: {{name: y}}", x)

        np.testing.assert_allclose(one.ravel(), whole.ravel(), rtol=1e-14)


def test_the_windows_of_adaptive_pooling_are_listed():
    text = "input: {shape: [5, 6]}\nlayers:\n  - adaptive_max_pooling2d: {name: y, output_size: [3, 2]}\nask: [shapes, forward]\n"
    found = " ".join(page(text).split())

    assert (
        "of 5 cells the i-th window covers floor((i - 1)·n/m) + 1 to ceil(i·n/m): 1 to 2, 2 to 4, 4 to 5"
        in found
    )
    assert "of 6 cells: 3 in each window" in found
    assert "y₁₁ = max(x₁₁, x₁₂, x₁₃, x₂₁, x₂₂, x₂₃)" in found


def test_a_size_that_is_asked_for_ends_the_letters():
    text = "input: {shape: [N, M, 3]}\nlayers:\n  - adaptive_average_pooling2d: {name: y, output_size: [7, 5]}\n  - flatten\n  - dense: {units: 2}\nask: [shapes, parameters, receptive_field]\n"
    found = answers(solution(text))

    assert found["y_shape"] == [7, 5, 3]
    assert found["total_params"] == 7 * 5 * 3 * 2 + 2


def test_a_tie_is_a_convention_there_too():
    text = "input: [3, 3, 1]\nlayers:\n  - adaptive_max_pooling1d: {name: y, output_size: 1}\noutput_gradient: [2]\n"
    found = answers(solution(text))

    assert [found[f"dE_dx{i}"] for i in (1, 2, 3)] == [2, 0, 0]
    assert "at a corner of a function" in page(text)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (
            "max_pooling1d: {padding: same, ceil_mode: true}",
            "leave ceil_mode out, or write padding in",
        ),
        ("max_pooling1d: {padding: 2}", "write less padding than the window is wide"),
        ("average_pooling1d: {dilation_rate: 9, padding: 9}", "write one no larger than the input"),
        ("max_pooling1d: {dilation_rate: 6}", "has a window of 7 but only 5 cells"),
        ("max_pooling1d: {ceil_mode: up}", "expects true or false"),
        (
            "adaptive_max_pooling1d",
            "needs its options; write {adaptive_max_pooling1d: {output_size",
        ),
        ("adaptive_max_pooling1d: {output_size: [1, 2]}", "output_size has 2 sizes; write one"),
        ("adaptive_max_pooling2d: {output_size: 1}", "slides over 2 axes; give it 2 axes"),
    ],
)
def test_what_does_not_fit_is_said(layer, said):
    entry = f"{{{layer}}}" if ":" in layer else layer
    with pytest.raises(ProblemError, match=said):
        handcalc.solve(parse(f"input: [1, 2, 3, 4, 5]\nlayers: [{entry}]\n"))


@pytest.mark.frameworks
@pytest.mark.parametrize("rounded_up", [False, True])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_every_small_window_as_pytorch_has_it(rank, rounded_up):
    torch = pytest.importorskip("torch")
    functions = torch.nn.functional
    for n, k, s, d, p in product((1, 3, 6, 7), (1, 2, 3), (1, 2, 4), (1, 2), (0, 1)):
        if p > k // 2:
            continue
        shape = (2, *(n + i for i in range(rank)))
        x = RANDOM.normal(size=(1, *shape))
        tensor = torch.tensor(x)
        options = {"size": (k,) * rank, "strides": (s,) * rank, "padding": ((p, p),) * rank}
        options |= {"ceil": rounded_up, "channels": "first"}
        pool = MaxPool.model_validate({**options, "dilation": (d,) * rank})
        try:
            expected = getattr(functions, f"max_pool{rank}d")(tensor, k, s, p, d, rounded_up)
        except RuntimeError:  # no window fits
            assert min(pool.windows.places(shape[1:])) < 1
            continue
        np.testing.assert_array_equal(pool.forward(x), expected.numpy())
        for counts in (False, True) if d == 1 and k <= n else ():
            mean = AveragePool.model_validate({**options, "count_padding": counts})
            expected = getattr(functions, f"avg_pool{rank}d")(tensor, k, s, p, rounded_up, counts)
            np.testing.assert_allclose(mean.forward(x), expected.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.frameworks
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_adaptive_windows_as_pytorch_has_them(rank):
    torch = pytest.importorskip("torch")
    for sizes in ((1, 2, 3), (4, 5, 1), (7, 2, 2)):
        x = RANDOM.normal(size=(2, *(5, 4, 3)[:rank])).round(3)
        size = sizes[:rank]
        for word, kind in (("max", "Max"), ("average", "Avg")):
            tensor = torch.tensor(x[None], requires_grad=True)
            expected = getattr(torch.nn, f"Adaptive{kind}Pool{rank}d")(size)(tensor)
            slopes = RANDOM.normal(size=tuple(expected.shape[1:])).round(3)
            expected.backward(torch.tensor(slopes[None]))
            layer = f"adaptive_{word}_pooling{rank}d: {{name: y, output_size: {list(size)}}}"
            y, dx = solved(layer, x, slopes, "first")

            np.testing.assert_allclose(y, expected[0].detach().numpy(), rtol=1e-10)
            np.testing.assert_allclose(dx, tensor.grad[0].numpy(), rtol=1e-9, atol=1e-12)
