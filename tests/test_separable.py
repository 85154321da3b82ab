"""Separable convolution: a kernel for each channel, then 1 × 1 kernels over the channels."""

from typing import Any

import numpy as np
import pytest
import scipy.signal

from support import answers, page, solution

RANDOM = np.random.default_rng(31)


def _solved(x: Any, options: str, more: str = "") -> dict[str, Any]:
    rank = np.ndim(x) - 1
    layer = f"separable_conv{rank}d: {{name: y, {options}}}"
    return answers(solution(f"input: {np.asarray(x).tolist()}\nlayers:\n  - {layer}\n{more}"))


def _by_channel(x: Any, kernel: Any) -> Any:
    """Each channel with each of its own kernels, channels last: channel 1 first, all its kernels."""
    channels, each = kernel.shape[-2:]
    sums = [
        scipy.signal.correlate(x[..., c], kernel[..., c, m], "valid", "direct")
        for c in range(channels)
        for m in range(each)
    ]
    return np.stack(sums, axis=-1)


@pytest.mark.parametrize(("shape", "taps"), [((6, 2), (3,)), ((4, 5, 3), (2, 3))])
@pytest.mark.parametrize("each", [1, 2])
def test_both_halves(shape, taps, each):
    x, channels = RANDOM.integers(-4, 5, shape), shape[-1]
    depthwise = RANDOM.integers(-3, 4, (*taps, channels, each))
    pointwise = RANDOM.integers(-3, 4, (*(1 for _ in taps), channels * each, 2))
    options = f"depthwise_kernel: {depthwise.tolist()}, pointwise_kernel: {pointwise.tolist()}"

    found = _solved(x, f"{options}, bias: [1, -2]")

    sums = _by_channel(x, depthwise)
    assert np.array(found["y_depthwise"]).tolist() == sums.tolist()
    mixed = sums @ pointwise.reshape(channels * each, 2) + [1, -2]
    assert np.array(found["y"]).tolist() == mixed.tolist()


def test_it_is_a_convolution_whose_kernel_is_a_product():
    """K_uv,c,f = Σ_m d_uv,c,m·p_cm,f: what is separated, and what it saves."""
    x = RANDOM.integers(-4, 5, (4, 4, 2))
    depthwise, pointwise = (
        RANDOM.integers(-3, 4, (3, 2, 2, 2)),
        RANDOM.integers(-3, 4, (1, 1, 4, 3)),
    )
    options = f"depthwise_kernel: {depthwise.tolist()}, pointwise_kernel: {pointwise.tolist()}"
    kernel = np.einsum("uvcm,cmf->uvcf", depthwise, pointwise.reshape(2, 2, 3))
    whole = f"input: {x.tolist()}\nlayers: [{{conv2d: {{name: y, kernel: {kernel.tolist()}}}}}]\n"

    assert _solved(x, options)["y"] == answers(solution(whole))["y"]


def test_channels_first_has_the_kernels_of_pytorch():
    """The same numbers with their axes moved give the same values with theirs moved."""
    x = RANDOM.integers(-4, 5, (4, 3, 2))
    depthwise, pointwise = (
        RANDOM.integers(-3, 4, (2, 2, 2, 2)),
        RANDOM.integers(-3, 4, (1, 1, 4, 3)),
    )
    options = f"depthwise_kernel: {depthwise.tolist()}, pointwise_kernel: {pointwise.tolist()}"
    slopes = RANDOM.integers(-3, 4, (3, 2, 3))
    last = _solved(x, options, f"output_gradient: {slopes.tolist()}\n")
    by_filter = np.moveaxis(depthwise.reshape(2, 2, 4), -1, 0)[:, None]
    moved = np.transpose(pointwise, (3, 2, 0, 1))
    options = f"depthwise_kernel: {by_filter.tolist()}, pointwise_kernel: {moved.tolist()}"
    turned = np.moveaxis(slopes, -1, 0).tolist()

    first = _solved(
        np.moveaxis(x, -1, 0),
        options,
        f"output_gradient: {turned}\nnotation: {{channels: first}}\n",
    )

    for name in ("y_depthwise", "y", "dE_dx"):
        assert first[name] == np.moveaxis(np.array(last[name]), -1, 0).tolist()
    kernel = np.array(last["dE_dy_depthwise_kernel"]).reshape(2, 2, 4)
    assert np.array(first["dE_dy_depthwise_kernel"])[:, 0].tolist() == (
        np.moveaxis(kernel, -1, 0).tolist()
    )


def test_gradients_are_small_changes_divided():
    """(E(w + h) - E(w - h))/2h for every weight, by solving the file again."""
    x = RANDOM.integers(-4, 5, (3, 3, 2))
    weights = {
        "depthwise_kernel": RANDOM.integers(-3, 4, (2, 2, 2, 1)).astype(float),
        "pointwise_kernel": RANDOM.integers(-3, 4, (1, 1, 2, 2)).astype(float),
        "bias": np.array([0.5, -0.5]),
    }
    target = f"target: {RANDOM.integers(-3, 4, (2, 1, 2)).tolist()}\nloss: mean_squared_error\n"

    def solved(changed: dict[str, Any]) -> dict[str, Any]:
        options = ", ".join(f"{word}: {numbers.tolist()}" for word, numbers in changed.items())
        return _solved(x, f"{options}, strides: [1, 2], activation: sigmoid", target)

    found = solved(weights)
    for word, numbers in weights.items():
        for place in [*np.ndindex(numbers.shape)][::3]:
            step = np.zeros(numbers.shape)
            step[place] = 1e-5
            up, down = (solved({**weights, word: numbers + s * step})["E"] for s in (1, -1))
            if word == "bias":
                gradient = found[f"dE_db{place[0] + 1}"]
            else:
                gradient = np.array(found[f"dE_dy_{word}"])[place]

            assert gradient == pytest.approx((up - down) / 2e-5, rel=1e-6, abs=1e-9)


def test_padding_strides_and_dilation_are_those_of_the_first_half():
    text = (
        "input: {shape: [9, 9, 2]}\nlayers:\n  - separable_conv2d: {name: y, filters: 5, kernel_size: 3, "
        "padding: same, strides: 2}\n  - separable_conv2d: {name: z, filters: 4, kernel_size: 2, "
        "dilation_rate: 2, use_bias: false}\nask: [shapes, parameters]\n"
    )
    found = answers(solution(text))

    assert (found["y_shape"], found["z_shape"]) == ([5, 5, 5], [3, 3, 4])
    # 3·3·2 + 2·5 + 5 and 2·2·5 + 5·4
    assert (found["y_params"], found["z_params"]) == (33, 40)


def test_the_page_shows_both_halves():
    text = """
input: [[1, 2], [3, -1], [0, 2]]
layers:
  - separable_conv1d: {name: y, depthwise_kernel: [[[1], [0.5]], [[2], [1]]], pointwise_kernel: [[[1], [-1]]]}
output_gradient: [[1], [2]]
"""
    written = page(text)

    assert "y_depthwise[1,1] = k⁽¹⁾₁₁₁·x₁₁ + k⁽¹⁾₂₁₁·x₂₁ = 1·1 + 2·3 = 7" in written
    assert "y₁₁ = p⁽¹⁾₁₁₁·y_depthwise[1,1] + p⁽¹⁾₁₂₁·y_depthwise[1,2] = 1·7 + (-1)·0 = 7" in written
    assert "∂E/∂p⁽¹⁾₁₁₁ = ∂E/∂y₁₁·y_depthwise[1,1] + ∂E/∂y₂₁·y_depthwise[2,1]" in written


def test_without_numbers_it_is_worked_in_symbols():
    text = "input: {shape: [3, 2]}\nlayers: [{separable_conv1d: {name: y, filters: 1, kernel_size: 2}}]\n"

    assert "y₁₁ = b1 + p⁽¹⁾₁₁₁·y_depthwise[1,1] + p⁽¹⁾₁₂₁·y_depthwise[1,2]" in page(text)
