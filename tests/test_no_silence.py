"""What a file gives and what a page says of it, where single answers stand beside whole questions."""

import re

import pytest

import handcalc
from handcalc import library
from handcalc.errors import ProblemError, times
from handcalc.formats import write
from handcalc.network import build
from handcalc.posing import pose
from handcalc.problem import load
from handcalc.problem.flow import layer_names
from support import answers, page, solution

NET = "input: [1, 2]\nlayers: [{dense: {name: h, weights: [[1, 2]]}}]\ntarget: [1]\nloss: mean_squared_error\noptimizer: {sgd: {learning_rate: 0.1}}\n"


@pytest.mark.parametrize(
    ("ask", "unused"),
    [
        ("[forward]", "the target, the loss, the optimizer"),
        ("[forward, E]", "the optimizer"),
        ("[forward, dE_dw1]", "the optimizer"),
        ("[forward, w1_new]", ""),
        ("[shapes, h1_out]", "the target, the loss, the optimizer"),
        ("[shapes, E]", "the optimizer"),
        ("[shapes]", "the numbers of the input, the numbers of h, the target, the loss, the optimizer"),
    ],
)  # fmt: skip
def test_what_is_not_used_is_what_no_answer_comes_from(ask, unused):
    text = page(NET + f"ask: {ask}\n")

    assert (f"Given and not used here: {unused};" in text) == bool(unused)
    assert ("Given and not used" in text) == bool(unused)


def test_a_question_of_sizes_beside_a_value_asks_for_sizes_alone():
    """Padding and jump of a window are answers to their own keys, of a dense layer there are none."""
    found = answers(solution(NET + "ask: [shapes, E]\n"))

    assert list(found) == ["h_shape", "E"]


def test_frozen_layers_do_not_move():
    text = NET.replace("[[1, 2]]}", "[[1, 2]], trainable: false}")

    assert "No parameter is learned, so that nothing moves." in page(text)
    assert "moves against its gradient" not in page(text)


@pytest.mark.parametrize(
    "update", ["update: simultaneous\n", "update: sequential\n"], ids=lambda text: text[8:-1]
)
def test_two_kernels_of_one_layer_are_updated_one_behind_the_other(update):
    """The first kernel's gradient is a slope of the loss only where the second one is as it was."""
    text = "input: [[1, 2], [3, 4]]\nlayers: [{separable_conv1d: {depthwise_kernel: [[[1], [2]]], pointwise_kernel: [[[1], [2]]]}}]\ntarget: [[1], [2]]\nloss: {mean_squared_error: {factor: half_sum}}\noptimizer: {sgd: {learning_rate: 0.1}}\n"
    found = answers(solution(text + update))
    # y_t = Σ_c p_c k_c x_tc = (1·1·1 + 2·2·2, 1·1·3 + 2·2·4) = (9, 19), so that ∂E/∂y = (8, 17).
    pointwise = [8 * 1 + 17 * 3, 2 * (8 * 2 + 17 * 4)]
    seen = [1, 2] if "simultaneous" in update else [1 - 0.1 * pointwise[0], 2 - 0.1 * pointwise[1]]
    depthwise = [seen[0] * (8 * 1 + 17 * 3), seen[1] * (8 * 2 + 17 * 4)]

    assert found["dE_dconv1_pointwise_kernel"] == [[[n] for n in pointwise]]
    assert found["dE_dconv1_depthwise_kernel"][0] == [[pytest.approx(n)] for n in depthwise]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("input: [[1, 2], [3, 4]]\nlayers: [{dense: {name: b1, weights: [[0.5, 0.3]], bias: 0.1}}, {conv2d: {kernel: [[1], [2]], bias: 0.2}}]\n", "b1"),
        ("inputs: {p: [1, 2]}\nlayers: [{multiply: {name: p1, from: [p, p]}}]\n", "p1"),
        ("input: [1, 2]\nlayers: [{prelu: {name: a, alpha: [0.1, 0.2]}}, {activation: {name: a_alpha, function: relu}}]\n", "a_alpha"),
    ],
)  # fmt: skip
def test_two_values_under_one_key_are_refused(text, key):
    with pytest.raises(ProblemError, match=f"would both be called {key}; give this layer another"):
        solution(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "input: {h: 1}\nvalues: {f: h^2}\nfinite_difference: 0.1\n",
            "problem.yaml:1:9: 'h' is the step already; give the input another name",
        ),
        (
            "input: {x: 1}\nlearned: {eta: 2}\nvalues: {f: x*eta}\noptimizer: {sgd: {learning_rate: 0.1}}\n",
            "problem.yaml:2:11: 'eta' is the learning rate already; give the learned number another name",
        ),
        (
            "input: {x: 2, f_1: 3}\nvalues: {f: (x + f_1)*x}\ngates: true\n",
            "problem.yaml:1:15: 'f_1' is a gate of f already; give the input another name",
        ),
        (
            "input: [x, h]\nvalues: {f: h^2*x}\nfinite_difference: 0.1\n",
            "problem.yaml:1:12: 'h' is the step already; give the input another name",
        ),
    ],
)
def test_a_name_that_another_thing_has_is_pointed_at(text, said):
    with pytest.raises(ProblemError) as refused:
        solution(text)

    assert said in str(refused.value)


def test_a_symbolic_layer_beside_the_path_has_gradients_of_0():
    text = "input: {shape: [2]}\nlayers: [{conv1d: {kernel_size: 1}}, {flatten: {from: input}}]\nask: gradients\n"

    assert "The loss does not depend on layer conv1" in page(text)


@pytest.mark.parametrize("size", ["N", "1000000000"])
@pytest.mark.parametrize(
    "layer", ["dropout: {mask: {seed: 1}}", "spatial_dropout1d: {mask: [1, 0]}"]
)
def test_masks_of_large_inputs_are_not_laid_out(layer, size):
    text = f"input: {{shape: [{size}, 2]}}\nlayers: [{{{layer}}}]\nask: [shapes]\n"
    (shape,) = answers(solution(text)).values()

    assert shape[1] == 2


@pytest.mark.parametrize("sheet", ["h1_out: 7\nE: 0\n", "h1_out: 1e300\nE: 1\n"])
def test_a_loss_without_a_value_is_marked(tmp_path, sheet):
    """1 - 7 has no logarithm, and the sheet is marked all the same."""
    problem, file = tmp_path / "p.yaml", tmp_path / "s.yaml"
    problem.write_text(
        "input: [1.2]\nlayers: [{dense: {name: h, weights: [[0.5]], bias: 0.1, activation: sigmoid}}]\ntarget: [1]\nloss: binary_crossentropy\n"
    )
    file.write_text(sheet)
    entries = {entry.key: entry for entry in handcalc.check(str(problem), str(file)).entries}

    assert (entries["h1_out"].verdict.name, entries["h1_out"].mistake) == ("WRONG", "")


# --- the question alone -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", library.names())
def test_a_question_says_what_its_network_is(name):
    """Every layer with its activation and its windows, the loss, the rule of the update, and how many decimals."""
    problem = load(name)
    network = build(problem)
    shown = re.sub(r"\s+", " ", write(pose(problem), "terminal", width=300))
    layers = [layer for layer in problem.layers if layer.word != "formula"]
    for layer, called in zip(problem.layers, layer_names(problem.layers), strict=True):
        if layer.word == "formula" or len(layers) > 40:
            continue
        assert f" {called} " in shown
        activation = getattr(layer, "activation", None)
        if activation is not None and not layer.shares:
            assert type(activation).__name__.lower()[:4] in shown.lower().replace(" ", "")
    for node in network.nodes:
        windows = getattr(node.operation, "windows", None)
        if windows is not None and len(layers) <= 40:
            assert times(windows.size) in shown
    for typed in (problem.values or {}).values():
        assert re.sub(r"\s+", " ", str(typed)) in shown
    if problem.optimizer is not None and (problem.ask is None or "update" in problem.ask):
        assert problem.optimizer.word in shown
    if not (network.symbolic or network.counted or (problem.ask and "shapes" in problem.ask)):
        assert f"{problem.rounding.decimals} decimal" in shown
