"""Cropping, permuting and repeating: where each number goes, and where its gradient comes back from."""

import numpy as np
import pytest

import handcalc
from handcalc.errors import ProblemError
from handcalc.problem import parse
from support import answers, page, solution

RANDOM = np.random.default_rng(31)


def both_ways(layer: str, x, slopes, notation: str = "channels: last"):
    """The values of the last layer and the gradient by the input, for a given gradient of the output."""
    text = (
        f"input: {np.asarray(x).tolist()}\nlayers:\n  - {layer}\n"
        f"output_gradient: {np.asarray(slopes).tolist()}\nnotation: {{{notation}}}\n"
    )
    found = answers(solution(text))
    return np.array(found["y"]), np.array(found["dE_dx"])


@pytest.mark.parametrize("order", ["last", "first", "none"])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_what_is_cut_off_has_gradient_zero(rank, order):
    pairs = [(1, 0), (0, 2), (1, 1)][:rank]
    spatial, channels = (4, 5, 3)[:rank], {"last": (2,), "none": ()}.get(order, ())
    shape = (2, *spatial) if order == "first" else (*spatial, *channels)
    x = RANDOM.integers(-9, 10, shape)
    lead = 1 if order == "first" else 0
    kept = (slice(None),) * lead + tuple(
        slice(p, n - q) for n, (p, q) in zip(spatial, pairs, strict=True)
    )
    slopes = RANDOM.integers(-9, 10, x[kept].shape)
    cropping = [list(pair) for pair in pairs]
    if np.asarray(x).ndim == 1:
        # A list has the gradient of each value under a key of its own.
        text = f"input: {x.tolist()}\nlayers:\n  - cropping1d: {{name: y, cropping: {cropping}}}\noutput_gradient: {slopes.tolist()}\n"
        found = answers(solution(text))
        y, dx = np.array(found["y"]), np.array([found[f"dE_dx{i + 1}"] for i in range(len(x))])
    else:
        word = "first" if order == "first" else "last"
        y, dx = both_ways(
            f"cropping{rank}d: {{name: y, cropping: {cropping}}}", x, slopes, f"channels: {word}"
        )
    expected = np.zeros(x.shape)
    expected[kept] = slopes

    assert y.tolist() == x[kept].tolist()
    assert dx.tolist() == expected.tolist()


def test_cropping_undoes_zero_padding():
    x = RANDOM.integers(-9, 10, (2, 3))
    text = f"input: {x.tolist()}\nlayers:\n  - zero_padding2d: {{padding: [[1, 2], [0, 3]]}}\n  - cropping2d: {{name: y, cropping: [[1, 2], [0, 3]]}}\n"

    assert answers(solution(text))["y"] == x.tolist()


@pytest.mark.parametrize("dims", [(1, 2, 3), (3, 1, 2), (2, 3, 1), (3, 2, 1)])
def test_axes_are_counted_from_one(dims):
    """y[i, j, k] is x at the place whose axis dims[0] is i, by a loop over all places."""
    x = RANDOM.integers(-9, 10, (2, 3, 4))
    shape = tuple(x.shape[d - 1] for d in dims)
    slopes = RANDOM.integers(-9, 10, shape)
    y, dx = both_ways(f"permute: {{name: y, dims: {list(dims)}}}", x, slopes)

    assert y.shape == shape
    for index in np.ndindex(shape):
        place = tuple(index[dims.index(axis + 1)] for axis in range(3))
        assert y[index] == x[place]
        assert dx[place] == slopes[index]


REPEATED = """
samples:
  - {input: [1, 2], target: [0]}
  - {input: [-1, 3], target: [1]}
layers:
  - repeat_vector: {name: r, n: 3}
  - flatten
  - dense: {name: o, weights: [[1, 2, 3, 4, 5, 6]]}
loss: mean_squared_error
ask: [o1_out, dE_dx1, dE_dx2]
"""


def test_gradients_of_all_uses_are_added():
    """The six weights act as 1 + 3 + 5 on the first value and 2 + 4 + 6 on the second."""
    found = answers(solution(REPEATED))
    for sample, (x, t) in enumerate((((1, 2), 0), ((-1, 3), 1)), 1):
        o = 9 * x[0] + 12 * x[1]

        assert found[f"o1_out@{sample}"] == o
        assert found[f"dE_dx1@{sample}"] == 2 * (o - t) * 9
        assert found[f"dE_dx2@{sample}"] == 2 * (o - t) * 12


def test_in_symbols_each_use_is_a_term():
    text = "input: {shape: [2]}\nlayers:\n  - repeat_vector: {name: r, n: 2}\n  - permute: {name: p, dims: [2, 1]}\nask: [forward, gradients]\n"
    found = page(text)

    assert "p₁₂ = r₂₁" in found
    assert "∂E/∂x1 = ∂E/∂r₁₁ + ∂E/∂r₂₁" in found


def test_the_size_that_remains_is_worked_out():
    text = "input: {shape: [N, 8]}\nlayers:\n  - cropping2d: {name: c, cropping: [[1, 2], [0, 3]]}\nask: [shapes]\n"
    found = page(text)

    assert answers(solution(text)) == {"c_shape": ["N - 3", 5]}
    assert "rows    = n - 1 - 2 = N - 1 - 2 = N - 3" in found
    assert "columns = n - 0 - 3 = 8 - 0 - 3 = 5" in found


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("cropping2d: {cropping: 2}", "cuts off all it receives; write less"),
        ("permute: {dims: [1, 1]}", "has axes 1, 2; write each of them once"),
        ("repeat_vector: {n: 2}", "repeats a list; write - flatten before it"),
    ],
)
def test_what_does_not_fit_is_said(layer, said):
    with pytest.raises(ProblemError, match=said):
        handcalc.solve(parse(f"input: [[1, 2, 3], [4, 5, 6]]\nlayers: [{{{layer}}}]\n"))
