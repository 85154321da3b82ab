"""Dropout and noise: with a mask while a network learns, without one when it is used."""

import numpy as np
import pytest

from handcalc.errors import HandcalcError, ProblemError
from handcalc.problem import parse
from support import answers, page, shown, solution

RANDOM = np.random.default_rng(8)


def _solve(x, layer: str, more: str = "") -> dict:
    text = f"input: {np.asarray(x).tolist()}\nlayers: [{{{layer}}}]\n{more}"
    return answers(solution(text))


def _by_x(found: dict) -> list[float]:
    return [found[f"dE_dx{i}"] for i in (1, 2, 3)]


@pytest.mark.parametrize(
    ("options", "factor"),
    [
        ("rate: 0.5, mask: [1, 0, 1]", 2),
        ("rate: 0.2, mask: [1, 0, 1]", 1.25),
        ("rate: 1/3, mask: [1, 0, 1]", 1.5),
        ("rate: 0, mask: [1, 0, 1]", 1),
        ("rate: 0.2, mask: [1, 0, 1], scaling: plain", 1),
        ("rate: 0.2, mask: [1, 0, 1], training: true", 1.25),
    ],
)
def test_in_training_what_is_kept_is_scaled(options, factor):
    found = _solve(
        [2, 3, -4], f"dropout: {{name: d, {options}}}", "output_gradient: [1, 10, 100]\n"
    )

    assert found["d"] == [2 * factor, 0, -4 * factor]
    assert _by_x(found) == [factor, 0, 100 * factor]


@pytest.mark.parametrize(
    ("options", "factor"),
    [
        ("rate: 0.2", 1),
        ("rate: 0.2, scaling: plain", 0.8),
        ("rate: 0.2, mask: [1, 0, 1], training: false", 1),
        ("rate: 0.2, mask: [1, 0, 1], training: false, scaling: plain", 0.8),
    ],
)
def test_in_use_nothing_is_dropped(options, factor):
    found = _solve(
        [2, 3, -4], f"dropout: {{name: d, {options}}}", "output_gradient: [1, 10, 100]\n"
    )

    np.testing.assert_allclose(found["d"], [2 * factor, 3 * factor, -4 * factor], rtol=1e-15)
    np.testing.assert_allclose(_by_x(found), [factor, 10 * factor, 100 * factor], rtol=1e-15)


@pytest.mark.parametrize(("rate", "mean"), [("0.5", 1), ("0.2", 1), ("3/4", 1)])
def test_inverted_dropout_keeps_the_mean_over_all_masks(rate, mean):
    """Σ over the masks of probability × value: p = 1 - rate for each that is kept."""
    kept = 1 - (0.75 if rate == "3/4" else float(rate))
    total = 0.0
    for mask, probability in (([1], kept), ([0], 1 - kept)):
        found = _solve([1], f"dropout: {{name: d, rate: {rate}, mask: {mask}}}")
        total += probability * found["d"][0]

    assert total == pytest.approx(mean)


def test_the_factor_is_written_without_loss():
    text = "input: [7]\nlayers: [{{dropout: {{name: d, rate: {}, mask: [1]}}}}]\n"

    assert "1.25·d_m1·x1 = 1.25·1·7 = 8.75" in page(text.format("0.2"))
    assert "(10/7)·d_m1·x1 = (10/7)·1·7 = 10" in page(text.format("0.3"))


def test_the_page_says_that_nothing_is_dropped_in_use():
    text = "input: [7, 8]\nlayers: [{dropout: {name: d}}, {gaussian_noise: {name: n}}]\noutput_gradient: [1, 2]\n"
    found = page(text)

    assert "Layer d: outputs in use, nothing is dropped" in found
    assert "Layer n: outputs in use, without noise" in found
    assert "Outside of learning nothing is changed" in found


def test_each_sample_can_have_a_mask_of_its_own():
    text = "samples: [{input: [1, 2]}, {input: [3, 4]}]\nlayers: [{dropout: {name: d, mask: [[1, 0], [0, 1]]}}]\n"
    found = answers(solution(text))

    assert (found["d@1"], found["d@2"]) == ([2, 0], [0, 8])


def test_a_drawn_mask_is_the_same_every_time_and_another_for_each_sample_and_seed():
    ones = [1] * 64
    text = "samples: [{{input: {0}}}, {{input: {0}}}]\nlayers: [{{dropout: {{name: d, rate: 0.25, mask: {{seed: {1}}}}}}}]\n"
    first = answers(solution(text.format(ones, 3)))
    other = answers(solution(text.format(ones, 4)))

    assert first == answers(solution.__wrapped__(text.format(ones, 3)))
    assert first["d@1"] != first["d@2"] != other["d@2"]
    assert set(first["d@1"]) == {0, 4 / 3}
    kept = np.count_nonzero([first["d@1"], first["d@2"], other["d@1"], other["d@2"]])
    # 256 draws with probability 3/4: within four deviations of √(256·3/16).
    assert abs(kept - 192) < 4 * np.sqrt(48)


@pytest.mark.parametrize(
    ("rank", "notation"),
    [(1, "last"), (2, "last"), (3, "last"), (1, "first"), (2, "first"), (3, "first")],
)
def test_spatial_dropout_drops_whole_channels(rank, notation):
    spatial = (2, 3, 2)[:rank]
    shape = (2, *spatial) if notation == "first" else (*spatial, 2)
    x, axis = RANDOM.integers(1, 9, shape), 0 if notation == "first" else rank
    expected = np.moveaxis(x.copy(), axis, 0)
    expected[0] = 0
    gradient = RANDOM.integers(1, 9, shape)
    more = f"notation: {{channels: {notation}}}\noutput_gradient: {gradient.tolist()}\n"
    found = _solve(x, f"spatial_dropout{rank}d: {{name: s, mask: [0, 1]}}", more)

    assert found["s"] == (2 * np.moveaxis(expected, 0, axis)).tolist()
    assert np.count_nonzero(found["dE_dx"]) == gradient.size // 2


def test_a_spatial_mask_can_be_written_for_each_value_or_each_sample():
    text = "samples: [{{input: [[1, 2], [3, 4]]}}, {{input: [[5, 6], [7, 8]]}}]\nlayers: [{{spatial_dropout1d: {{name: s, mask: {}}}}}]\n"
    whole = answers(solution(text.format([[1, 0], [1, 0]])))
    own = answers(solution(text.format([[1, 0], [0, 1]])))

    assert (whole["s@1"], whole["s@2"]) == ([[2, 0], [6, 0]], [[10, 0], [14, 0]])
    assert (own["s@1"], own["s@2"]) == ([[2, 0], [6, 0]], [[0, 12], [0, 16]])


NETWORK = """
samples: [{{input: [1, 2], target: 1}}, {{input: [0.5, -1], target: 0}}]
layers:
  - dense: {{name: h, weights: [[0.5, -0.2], [0.1, 0.3], [0.4, 0.4]], activation: sigmoid}}
  - {layer}
  - dense: {{name: o, weights: [[0.3, 0.7, -0.1]], bias: 0.1}}
loss: mean_squared_error
optimizer: {{sgd: {{learning_rate: 0.1}}}}
"""


@pytest.mark.parametrize(
    ("layer", "between"),
    [
        ("dropout: {rate: 0.2, mask: [1, 0, 1]}", lambda a: a * [1.25, 0, 1.25]),
        ("dropout: {rate: 0.2, mask: [[1, 0, 1], [0, 1, 1]], scaling: plain}", lambda a: a * [[1, 0, 1], [0, 1, 1]]),
        ("gaussian_noise: {noise: [0.1, -0.2, 0.3]}", lambda a: a + np.array([0.1, -0.2, 0.3])),
        ("gaussian_noise: {stddev: 0.1}", lambda a: a),
    ],
)  # fmt: skip
def test_gradients_through_a_network_of_two_samples(layer, between):
    """Against the central differences of the loss, worked out in numpy."""
    x, t = np.array([[1, 2], [0.5, -1]]), np.array([1, 0])

    def loss(w):
        a = between(1 / (1 + np.exp(-x @ w.T)))
        return np.mean((a @ [0.3, 0.7, -0.1] + 0.1 - t) ** 2)

    w, step = np.array([[0.5, -0.2], [0.1, 0.3], [0.4, 0.4]]), 1e-6
    found = answers(solution(NETWORK.format(layer=layer)))
    assert found["E"] == pytest.approx(loss(w))
    for number, place in enumerate(np.ndindex(3, 2), 1):
        move = np.zeros((3, 2))
        move[place] = step
        slope = (loss(w + move) - loss(w - move)) / (2 * step)

        assert found[f"dE_dw{number}"] == pytest.approx(slope, rel=1e-7, abs=1e-12)
        assert found[f"w{number}_new"] == pytest.approx(w[place] - 0.1 * slope, rel=1e-7)


def test_noise_can_be_drawn_and_is_added():
    text = "samples: [{input: [1, 2]}, {input: [1, 2]}]\nlayers: [{gaussian_noise: {name: n, noise: {random: {seed: 4}}}}]\n"
    found = answers(solution(text))
    noise = np.array([found["n@1"], found["n@2"]]) - [1, 2]

    assert (np.abs(noise) <= 1).all()
    assert (noise[0] != noise[1]).any()


def test_symbols_with_a_mask():
    text = "input: {shape: [2]}\nlayers: [{dropout: {name: d, rate: 0.2, mask: [1, 0]}}]\n"

    assert "d₂ = 1.25·d_m2·x2" in page(text)


def test_rounded_by_hand():
    text = "input: [0.333]\nlayers: [{dropout: {name: d, rate: 0.3, mask: [1]}}]\nrounding: {decimals: 2, carry: rounded}\n"

    # (10/7)·0.333 = 0.4757: the factor is a fraction, not 1.43.
    assert shown(solution(text)) == {"d": ["0.48"]}


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("dropout: {mask: [1, 0.5]}", ":2:31: is 0.5; write 1 for a value that is kept, 0 for"),
        ("dropout: {mask: [1, 0, 1]}", "receives 2 values, but its mask has 3; write a 1 or a 0"),
        ("dropout: {rate: 1}", "is 1; write the share that is dropped, from 0 to below 1"),
        ("dropout: {rate: -0.1}", "is -0.1; write the share that is dropped, from 0 to below 1"),
        ("dropout: {training: true}", "has no mask; write mask: {seed: 1} to draw one"),
        ("dropout: {mask: {random: {seed: 1}}}", "a seed; write [1, 0, 1] or {seed: 3}"),
        ("spatial_dropout1d: {mask: [1, 0]}", "a 1 or a 0 for each channel, 1 in all"),
        ("spatial_dropout2d: {mask: [1]}", "receives 2 values, but drops channels of 2 axes"),
        ("gaussian_noise: {noise: [1]}", "but its noise has 1; write a number for each value"),
    ],
)
def test_masks_and_noise_that_do_not_fit(layer, said):
    with pytest.raises(ProblemError) as caught:
        parse(f"input: [1, 2]\nlayers: [{{{layer}}}]\n")

    assert said in str(caught.value)


def test_a_mask_for_another_number_of_samples_is_refused():
    text = "samples: [{input: [1, 2]}, {input: [3, 4]}]\nlayers: [{dropout: {mask: [[1, 0], [0, 1], [1, 1]]}}]\n"
    with pytest.raises(HandcalcError, match="for 3 samples, but there are 2 samples; write one"):
        solution(text)
