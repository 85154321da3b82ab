"""Normalizations against loops over groups of values, and central differences; what a page of one says."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from support import answers, page, solution

RANDOM = np.random.default_rng(8)


def numbers(*shape: int) -> Any:
    return RANDOM.normal(size=shape).round(2)


def problem(x: Any, layer: str, more: str = "") -> str:
    """Samples along the first axis of x through one layer named y."""
    samples = "".join(f"  - {{input: {one.tolist()}}}\n" for one in x)
    return f"samples:\n{samples}layers:\n  - {layer}\n{more}"


def outputs(found: dict[str, Any], samples: int, word: str = "y") -> Any:
    return np.array([found[f"{word}@{n + 1}" if samples > 1 else word] for n in range(samples)])


def same(found: Any, expected: Any, tolerance: float = 1e-11) -> None:
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def normalized(
    x: Any,
    group_of: Callable[[tuple[int, ...]], Any],
    epsilon: float,
    less: int = 0,
    outside: bool = False,
    centered: bool = True,
) -> Any:
    """(x - μ)/√(σ² + ε) over all values that `group_of` puts together, number by number."""
    groups: dict[Any, list[tuple[int, ...]]] = {}
    for at in np.ndindex(x.shape):
        groups.setdefault(group_of(at), []).append(at)
    y = np.zeros(x.shape)
    for places in groups.values():
        values = [float(x[at]) for at in places]
        mean = sum(values) / len(values) if centered else 0.0
        variance = sum((v - mean) ** 2 for v in values) / (len(values) - less)
        root = math.sqrt(variance) + epsilon if outside else math.sqrt(variance + epsilon)
        for at, value in zip(places, values, strict=True):
            y[at] = (value - mean) / root
    return y


def scaled(y: Any, gamma: Any, beta: Any, axes: Iterable[int]) -> Any:
    """γ·y + β with a number for each place of some axes of a sample."""
    wide = [n if at - 1 in tuple(axes) else 1 for at, n in enumerate(y.shape)]
    return y * np.reshape(gamma, wide) + np.reshape(beta, wide)


# --- batch normalization ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "channels", "axis"),
    [
        ((4, 3), "last", 1),
        ((3, 4, 2), "last", 2),
        ((2, 3, 2, 2), "last", 3),
        ((2, 2, 2, 3), "first", 1),
        ((1, 2, 2, 3), "first", 1),
        ((1, 3, 2, 2), "last", 3),
    ],
)
def test_each_channel_has_a_mean_and_a_variance_over_samples_and_places(shape, channels, axis):
    """Lists, sequences and pictures; one picture has places enough."""
    x, n = numbers(*shape), shape[axis]
    gamma, beta = numbers(n), numbers(n)
    layer = f"batch_normalization: {{name: y, gamma: {gamma.tolist()}, beta: {beta.tolist()}}}"
    found = answers(solution(problem(x, layer, f"notation: {{channels: {channels}}}\n")))
    y = normalized(x, lambda at: at[axis], 1e-3)

    same(outputs(found, shape[0]), scaled(y, gamma, beta, (axis - 1,)))


@pytest.mark.parametrize(
    ("options", "keywords"),
    [
        ("epsilon: 0", {"epsilon": 0}),
        ("epsilon: 0.25", {"epsilon": 0.25}),
        ("epsilon: 0, unbiased: true", {"epsilon": 0, "less": 1}),
        ("epsilon: 0.1, epsilon_outside: true", {"epsilon": 0.1, "outside": True}),
    ],
)
def test_what_is_divided_by(options, keywords):
    x = numbers(4, 2)
    layer = f"batch_normalization: {{name: y, gamma: 1, {options}}}"

    same(
        outputs(answers(solution(problem(x, layer))), 4),
        normalized(x, lambda at: at[1], **keywords),
    )


def test_the_epsilon_of_a_framework_is_said_and_used():
    """Keras adds 0.001, PyTorch 0.00001."""
    x = numbers(3, 1)
    for framework, epsilon in (("keras", 1e-3), ("pytorch", 1e-5)):
        text = problem(x, "batch_normalization: {name: y, gamma: 1}", f"convention: {framework}\n")
        same(outputs(answers(solution(text)), 3), normalized(x, lambda at: 0, epsilon))
        name = {"keras": "Keras", "pytorch": "PyTorch"}[framework]
        assert f"ε is 1e-{3 if framework == 'keras' else 5}, as in {name}" in page(text)


def test_a_trained_network_uses_its_running_statistics():
    """(x - m)/√(v + ε), whatever else is in the batch."""
    x, m, v = numbers(2, 3), numbers(3), np.array([0.5, 1.25, 2])
    layer = f"batch_normalization: {{name: y, moving_mean: {m.tolist()}, moving_variance: {v.tolist()}, epsilon: 0.01}}"
    found = answers(solution(problem(x, layer)))

    same(
        outputs(found, 2),
        [[(x[i, c] - m[c]) / math.sqrt(v[c] + 0.01) for c in range(3)] for i in range(2)],
    )
    assert not [key for key in found if "mean" in key]


@pytest.mark.parametrize("framework", ["keras", "pytorch"])
@pytest.mark.parametrize("momentum", ["", "momentum: 0.75, "])
def test_the_running_statistics_after_a_batch(framework, momentum):
    """Keras keeps the share of the old ones, PyTorch takes it of the new, whose variance is over n - 1."""
    x, m, v = numbers(4, 2), numbers(2), np.array([0.5, 2])
    layer = f"batch_normalization: {{name: y, {momentum}training: true, moving_mean: {m.tolist()}, moving_variance: {v.tolist()}}}"
    found = answers(solution(problem(x, layer, f"convention: {framework}\n")))
    share = float(momentum[10:14]) if momentum else {"keras": 0.99, "pytorch": 0.1}[framework]
    new = 1 - share if framework == "keras" else share
    for c in range(2):
        mean = sum(x[:, c]) / 4
        squares = sum((x[:, c] - mean) ** 2)
        variance = squares / (4 if framework == "keras" else 3)
        same(found["y_moving_mean_new"][c], (1 - new) * m[c] + new * mean)
        same(found["y_moving_variance_new"][c], (1 - new) * v[c] + new * variance)
        same(found["y_variance"][c], squares / 4)


def test_a_share_is_written_as_a_person_writes_it():
    """1 - 0.9 is 0.1; of PyTorch's 0.1 of 3 values the variance gets 0.1·3/2 = 0.15."""
    layer = "batch_normalization: {name: y, momentum: %s, moving_mean: [0], moving_variance: [1]}"
    x = numbers(3, 1)

    assert "m_new = 0.9·m + 0.1·μ" in page(problem(x, layer % "0.9"))
    assert "v_new = 0.9·v + 0.15·σ²" in page(problem(x, layer % "0.1", "convention: pytorch\n"))


# --- one sample by itself --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "axis", "over"),
    [
        ((4,), "-1", (0,)),
        ((3, 4), "-1", (1,)),
        ((3, 4), "2", (1,)),
        ((3, 4), "1", (0,)),
        ((3, 4), "[1, 2]", (0, 1)),
        ((2, 2, 3), "[-2, -1]", (1, 2)),
    ],
)
@pytest.mark.parametrize("layer", ["layer_normalization", "rms_normalization"])
def test_a_sample_is_normalized_along_some_axes(layer, shape, axis, over):
    """γ has a number for each value along them; RMS subtracts nothing and has no β."""
    x, sizes = numbers(2, *shape), [shape[a] for a in over]
    gamma, beta = numbers(*sizes), numbers(*sizes)
    rms = layer == "rms_normalization"
    moved = "" if rms else f", beta: {beta.tolist()}"
    options = f"name: y, axis: {axis}, epsilon: 0.01, gamma: {gamma.tolist()}{moved}"
    found = answers(solution(problem(x, f"{layer}: {{{options}}}")))
    y = normalized(
        x,
        lambda at: (at[0], *(n for a, n in enumerate(at[1:]) if a not in over)),
        0.01,
        centered=not rms,
    )

    same(outputs(found, 2), scaled(y, gamma, 0 * beta if rms else beta, over))


@pytest.mark.parametrize("channels", ["first", "last"])
@pytest.mark.parametrize(
    ("layer", "groups"),
    [
        ("group_normalization: {name: y, groups: 2, gamma: G, beta: B}", 2),
        ("group_normalization: {name: y, groups: 1, gamma: G, beta: B}", 1),
        ("group_normalization: {name: y, groups: 4, gamma: G, beta: B}", 4),
        ("instance_normalization: {name: y, gamma: G, beta: B}", 4),
    ],
)
def test_runs_of_channels_are_normalized_together(layer, groups, channels):
    """Four channels in runs; an instance normalization has a run for each."""
    x = numbers(2, 4, 3, 2) if channels == "first" else numbers(2, 3, 2, 4)
    axis = 1 if channels == "first" else 3
    gamma, beta = numbers(4), numbers(4)
    layer = layer.replace("G", str(gamma.tolist())).replace("B", str(beta.tolist()))
    found = answers(solution(problem(x, layer, f"notation: {{channels: {channels}}}\n")))
    y = normalized(x, lambda at: (at[0], at[axis] // (4 // groups)), 1e-3)

    same(outputs(found, 2), scaled(y, gamma, beta, (axis - 1,)))


def test_a_unit_normalization_gives_each_row_the_length_1():
    x = numbers(2, 3, 2)
    found = answers(solution(problem(x, "unit_normalization: {name: y}")))

    same(outputs(found, 2), [[[v / math.hypot(*row) for v in row] for row in one] for one in x])
    same(outputs(found, 2, "y_length"), [[[math.hypot(*row)] for row in one] for one in x])


# --- gradients -------------------------------------------------------------------------------------


def _slope(function: Callable[[Any], float], array: Any) -> Any:
    slope = np.zeros(array.shape)
    for at in np.ndindex(array.shape):
        up, down = array.copy(), array.copy()
        up[at] += 1e-5
        down[at] -= 1e-5
        slope[at] = (function(up) - function(down)) / 2e-5
    return slope


@pytest.mark.parametrize(
    ("layer", "group_of", "keywords"),
    [
        ("batch_normalization", lambda at: at[1], {}),
        ("batch_normalization: unbiased: true", lambda at: at[1], {"less": 1}),
        ("batch_normalization: epsilon_outside: true", lambda at: at[1], {"outside": True}),
        ("layer_normalization", lambda at: at[0], {}),
        ("layer_normalization: unbiased: true", lambda at: at[0], {"less": 1}),
        ("rms_normalization", lambda at: at[0], {"centered": False}),
        ("group_normalization: groups: 2", lambda at: (at[0], at[1] // 2), {}),
    ],
)
@pytest.mark.parametrize("batch", ["sum", "mean"])
def test_gradients_are_the_slopes_of_the_loops(layer, group_of, keywords, batch):
    """Σ g·y over three samples of four features, added or averaged, by x, γ and β."""
    word, _, option = layer.partition(": ")
    x, g, gamma, beta = numbers(3, 4), numbers(4), numbers(4), numbers(4)
    # Where samples meet, given gradients are those of the loss of the whole batch.
    share = 1 if batch == "sum" or "batch" in layer else 1 / 3
    centered = keywords.get("centered", True)
    options = f"name: y, epsilon: 0.1, gamma: {gamma.tolist()}" + f", {option}" * bool(option)
    options += f", beta: {beta.tolist()}" * centered
    more = (
        f"output_gradient: {g.tolist()}\nbatch: {batch}\noptimizer: {{sgd: {{learning_rate: 1}}}}\n"
    )
    found = answers(solution(problem(x, f"{word}: {{{options}}}", more)))

    def loss(x: Any, gamma: Any) -> float:
        return share * float((normalized(x, group_of, 0.1, **keywords) * gamma * g).sum())

    samples = [[found[f"dE_dx{c + 1}@{n + 1}"] for c in range(4)] for n in range(3)]
    same(np.multiply(samples, share), _slope(lambda x: loss(x, gamma), x), 1e-8)
    same(found["dE_dy_gamma"], _slope(lambda gamma: loss(x, gamma), gamma), 1e-8)
    if centered:
        same(found["dE_dy_beta"], 3 * share * g)
