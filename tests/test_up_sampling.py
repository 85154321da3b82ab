"""Finer grids: copies of every cell, or values between the cells as Keras and PyTorch find them."""

import math

import numpy as np
import pytest

import handcalc
from handcalc.errors import ProblemError
from handcalc.operations.up_sample_bilinear import UpSampleBilinear
from handcalc.problem import parse
from support import answers, page, solution

RANDOM = np.random.default_rng(32)


def both_ways(layer: str, x, slopes, order: str = "last"):
    text = (
        f"input: {np.asarray(x).tolist()}\nlayers:\n  - {layer}\n"
        f"output_gradient: {np.asarray(slopes).tolist()}\nnotation: {{channels: {order}}}\n"
    )
    found = answers(solution(text))
    return np.array(found["y"]), np.array(found["dE_dx"])


@pytest.mark.parametrize(
    ("rank", "shape", "size", "order"),
    [
        (1, (3, 2), (2,), "last"),
        (1, (2, 3), (3,), "first"),
        (2, (2, 3), (2, 3), "last"),
        (2, (2, 3, 2), (3, 1), "last"),
        (2, (2, 2, 3), (2, 2), "first"),
        (3, (2, 1, 3), (2, 2, 1), "last"),
        (3, (2, 1, 2, 2), (1, 3, 2), "first"),
    ],
)
def test_copies_are_a_kronecker_product(rank, shape, size, order):
    """Times a block of ones, x ⊗ 1; the gradient of a cell is the sum over its copies."""
    x = RANDOM.integers(-9, 10, shape)
    ones = np.ones(
        {"first": (*[1] * (len(shape) - rank), *size)}.get(
            order, (*size, *[1] * (len(shape) - rank))
        )
    )
    expected = np.kron(x, ones)
    slopes = RANDOM.integers(-9, 10, expected.shape)
    y, dx = both_ways(f"up_sampling{rank}d: {{name: y, size: {list(size)}}}", x, slopes, order)

    assert y.tolist() == expected.tolist()
    for cell in np.ndindex(x.shape):
        one = np.zeros(x.shape)
        one[cell] = 1
        assert dx[cell] == (np.kron(one, ones) * slopes).sum()


def interpolated(x: np.ndarray, size: tuple[int, int], *, align_corners: bool) -> np.ndarray:
    """Each value by a tent over every cell: max(0, 1 - |distance|) along both axes, held at the edges."""
    rows, columns = x.shape
    out = np.zeros((rows * size[0], columns * size[1]))
    for i, j in np.ndindex(out.shape):
        at = []
        for place, n, k in ((i, rows, size[0]), (j, columns, size[1])):
            if align_corners:
                where = place * (n - 1) / (n * k - 1) if n * k > 1 else 0.0
            else:
                where = min(max((place + 0.5) / k - 0.5, 0.0), n - 1.0)
            at.append(where)
        for u, v in np.ndindex(x.shape):
            tent = max(0.0, 1 - abs(at[0] - u)) * max(0.0, 1 - abs(at[1] - v))
            out[i, j] += tent * x[u, v]
    return out


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("size", [(2, 2), (3, 2), (1, 4), (5, 3)])
@pytest.mark.parametrize("shape", [(2, 3), (1, 4), (4, 1)])
def test_values_between_cells_are_sums_of_tents(shape, size, align_corners):
    x = RANDOM.integers(-9, 10, shape).astype(float)
    expected = interpolated(x, size, align_corners=align_corners)
    slopes = RANDOM.integers(-9, 10, expected.shape)
    options = (
        f"size: {list(size)}, interpolation: bilinear, align_corners: {str(align_corners).lower()}"
    )
    y, dx = both_ways(f"up_sampling2d: {{name: y, {options}}}", x, slopes)
    unit = np.eye(x.size).reshape(x.size, *shape)
    adjoint = [
        (interpolated(one, size, align_corners=align_corners) * slopes).sum() for one in unit
    ]

    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(dx.ravel(), adjoint, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("align_corners", "rows"),
    [
        (
            "false",
            [
                [1, 1.25, 1.75, 2],
                [1.5, 1.75, 2.25, 2.5],
                [2.5, 2.75, 3.25, 3.5],
                [3, 3.25, 3.75, 4],
            ],
        ),
        (
            "true",
            [
                [1, 4 / 3, 5 / 3, 2],
                [5 / 3, 2, 7 / 3, 8 / 3],
                [7 / 3, 8 / 3, 3, 10 / 3],
                [3, 10 / 3, 11 / 3, 4],
            ],
        ),
    ],
)
def test_the_published_example_of_pytorch(align_corners, rows):
    """nn.Upsample of [[1, 2], [3, 4]] in its documentation, with both conventions."""
    text = f"input: [[1, 2], [3, 4]]\nlayers:\n  - up_sampling2d: {{name: y, interpolation: bilinear, align_corners: {align_corners}}}\n"

    np.testing.assert_allclose(answers(solution(text))["y"], rows, rtol=1e-12)


def test_shares_are_fractions_and_add_up_to_one():
    text = "input: {shape: [2, 2]}\nlayers:\n  - up_sampling2d: {name: y, interpolation: bilinear}\nask: [forward, gradients]\n"
    found = page(text)

    assert "y₂₂ = (9/16)·x₁₁ + (3/16)·x₁₂ + (3/16)·x₂₁ + (1/16)·x₂₂" in found
    assert "the i-th lies at (i - 1/2)/2 + 1/2" in found
    up = UpSampleBilinear(size=(3, 7))
    for n in (1, 2, 5):
        for place in range(7 * n):
            assert sum(share for _, share in up.shares(place, 7, n)) == 1


def test_the_size_in_letters():
    text = "input: {shape: [N, 4, 2]}\nlayers:\n  - up_sampling2d: {name: y, size: [3, 2], interpolation: bilinear}\nask: [shapes]\n"

    assert answers(solution(text)) == {"y_shape": ["3*N", 8, 2]}


def test_the_gradient_passes_on_into_a_convolution():
    """Each cell of the kernel's input is copied: its gradient is the sum over four slopes."""
    text = "input: [[2]]\nlayers:\n  - conv2d: {name: c, kernel: [[3]]}\n  - up_sampling2d: {name: u}\noutput_gradient: [[1, 2], [3, 4]]\noptimizer: {sgd: {learning_rate: 0.1}}\n"
    found = answers(solution(text))

    assert found["dE_dK1"] == [[2 * (1 + 2 + 3 + 4)]]
    assert found["K1_new"] == [[3 - 0.1 * 20]]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("align_corners: true", "aligns no corners; write interpolation: bilinear"),
        ("interpolation: cubic", "'cubic' is not known here"),
        ("size: [1, 2, 3]", "size has 3 sizes; write one for all axes or 2"),
    ],
)
def test_what_does_not_fit_is_said(options, said):
    text = f"input: [[1, 2], [3, 4]]\nlayers: [{{up_sampling2d: {{{options}}}}}]\n"
    with pytest.raises(ProblemError, match=said):
        handcalc.solve(parse(text))


@pytest.mark.frameworks
@pytest.mark.parametrize("mode", ["nearest", "bilinear", "corners"])
def test_as_pytorch_has_it(mode):
    torch = pytest.importorskip("torch")
    x = RANDOM.normal(size=(2, 3, 4)).round(3)
    size = (3, 2)
    options = "" if mode == "nearest" else ", interpolation: bilinear"
    options += ", align_corners: true" if mode == "corners" else ""
    tensor = torch.tensor(x[None], requires_grad=True)
    aligned = None if mode == "nearest" else mode == "corners"
    word = "nearest" if mode == "nearest" else "bilinear"
    expected = torch.nn.Upsample(scale_factor=size, mode=word, align_corners=aligned)(tensor)
    slopes = RANDOM.normal(size=tuple(expected.shape[1:])).round(3)
    expected.backward(torch.tensor(slopes[None]))
    y, dx = both_ways(f"up_sampling2d: {{name: y, size: [3, 2]{options}}}", x, slopes, "first")

    np.testing.assert_allclose(y, expected[0].detach().numpy(), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(dx, tensor.grad[0].numpy(), rtol=1e-9, atol=1e-12)
    assert math.prod(y.shape) == x.size * 6
