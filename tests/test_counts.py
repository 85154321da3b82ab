"""Numbers of parameters against published ones and against formulas of the layers' makers."""

import pytest

import handcalc
from handcalc.problem import parse
from support import BESIDE, answers, page, solution

# Problem, key, value: model summaries that are printed in many places.
PUBLISHED = [
    ("cnn-102x136", "conv1_params", 456),
    ("cnn-102x136", "pool1_params", 0),
    ("cnn-102x136", "conv2_params", 2_416),
    ("cnn-102x136", "dense1_params", 1_309_560),
    ("cnn-102x136", "dense2_params", 10_164),
    ("cnn-102x136", "dense3_params", 170),
    ("cnn-102x136", "total_params", 1_322_766),
    ("vgg-16", "total_params", 138_357_544),
    ("lenet-5", "total_params", 61_706),
    ("resnet-50", "total_params", 25_557_032),
    ("resnet-block", "trainable_params", 73_984),
    ("resnet-block", "non_trainable_params", 256),
    ("transformer-block", "total_params", 3_152_384),
    ("lstm-classifier", "lstm1_params", 131_584),
    ("lstm-classifier", "total_params", 2_691_713),
]


@pytest.mark.parametrize(("name", "key", "value"), PUBLISHED)
def test_published_counts(name, key, value):
    assert answers(handcalc.solve(name))[key] == value


def test_published_shapes():
    """The summary printed with the 102 × 136 network."""
    found = answers(handcalc.solve("cnn-102x136"))

    assert found["conv1_shape"] == [98, 132, 6]
    assert found["pool1_shape"] == [49, 66, 6]
    assert found["conv2_shape"] == [45, 62, 16]
    assert found["pool2_shape"] == [22, 31, 16]
    assert found["flatten1_shape"] == [10_912]


def _count(shape: str, layer: str, convention: str = "keras") -> tuple[int, list[int]]:
    text = f"input: {{shape: {shape}}}\nlayers:\n  - {layer}\nconvention: {convention}\nask: [shapes, parameters]\n"
    found = answers(solution(text))
    shapes = [value for key, value in found.items() if key.endswith("_shape")]
    return found["total_params"], shapes[-1]


# n inputs, m units; the counts that Keras and PyTorch document.
@pytest.mark.parametrize(
    ("layer", "keras", "pytorch"),
    [
        ("simple_rnn: {units: 5}", 4 * 5 + 5 * 5 + 5, 4 * 5 + 5 * 5 + 2 * 5),
        ("lstm: {units: 5}", 4 * (4 * 5 + 5 * 5 + 5), 4 * (4 * 5 + 5 * 5 + 2 * 5)),
        ("gru: {units: 5}", 165, 165),  # the count asked about in many a forum
        ("gru: {units: 5, reset_after: false}", 150, 165),
        ("bidirectional: {layer: {lstm: {units: 5}}}", 400, 440),
        ("time_distributed: {layer: {dense: {units: 3}}}", 15, 15),
        ("layer_normalization", 8, 8),
        ("batch_normalization", 16, 8),
        ("multi_head_attention: {num_heads: 2, key_dim: 3}", 3 * (4 * 6 + 6) + 6 * 4 + 4, 118),
        ("separable_conv1d: {filters: 6, kernel_size: 3}", 3 * 4 + 4 * 6 + 6, 42),
        ("dense: {units: 3}", 15, 15),
        ("prelu", 28, 1),
        ("dropout", 0, 0),
    ],
)
def test_counts_of_layers_on_a_sequence(layer, keras, pytorch):
    """Seven steps of four features."""
    assert _count("[7, 4]", layer)[0] == keras
    assert _count("[7, 4]", layer, "pytorch")[0] == pytorch


@pytest.mark.parametrize(
    ("shape", "layer", "gives"),
    [
        ("[7, 4]", "lstm: {units: 5}", [5]),
        ("[7, 4]", "lstm: {units: 5, return_sequences: true}", [7, 5]),
        ("[7, 4]", "bidirectional: {layer: {gru: {units: 5, return_sequences: true}}}", [7, 10]),
        ("[7, 4]", "bidirectional: {merge_mode: sum, layer: {gru: {units: 5}}}", [5]),
        ("[7, 4]", "time_distributed: {layer: {dense: {units: 3}}}", [7, 3]),
        ("[7]", "embedding: {input_dim: 10, output_dim: 4}", [7, 4]),
        ("[7, 4]", "permute: {dims: [2, 1]}", [4, 7]),
        ("[7]", "repeat_vector: {n: 3}", [3, 7]),
        ("[6, 8, 3]", "cropping2d: {cropping: [[1, 2], [0, 1]]}", [3, 7, 3]),
        ("[6, 8, 3]", "up_sampling2d: {size: [2, 3]}", [12, 24, 3]),
        ("[9, 9, 3]", "separable_conv2d: {filters: 4, kernel_size: 3, strides: 2}", [4, 4, 4]),
        ("[6, 3]", "concatenate: {from: [input, input, input]}", [6, 9]),
        ("[6, 3]", "concatenate: {from: [input, input], axis: 1}", [12, 3]),
        ("[6, 3]", "add: {from: [input, input]}", [6, 3]),
        ("[6, 3]", "dot: {from: [input, input], axes: 1}", [3, 3]),
    ],
)
def test_shapes_of_layers_that_are_counted(shape, layer, gives):
    assert _count(shape, layer)[1] == gives


@pytest.mark.parametrize("n", [10, 11, 14, 187])
def test_the_published_signal_model_for_any_length(n):
    """64 + 1568 + 32·L + 1, with L = floor((floor((N - 2)/2) - 2)/2)."""
    text = handcalc.load("conv1d-model").origin.text.replace("[N, 1]", f"[{n}, 1]")
    length = ((n - 2) // 2 - 2) // 2

    assert answers(solution(text))["total_params"] == 64 + 1568 + 32 * length + 1


@pytest.mark.parametrize("n", [3, 5, 9])
def test_an_input_that_is_too_small_names_the_smallest(n):
    from handcalc.errors import ProblemError

    text = handcalc.load("conv1d-model").origin.text.replace("[N, 1]", f"[{n}, 1]")
    with pytest.raises(ProblemError, match="or an input of at least 10 × 1"):
        solution(text)


def test_frozen_layers_are_counted_apart():
    text = "input: {shape: [4]}\nlayers:\n  - dense: {units: 3, trainable: false}\n  - dense: {units: 2}\nask: [parameters]\n"
    found = answers(solution(text))

    assert (found["trainable_params"], found["non_trainable_params"]) == (8, 15)


def test_the_arithmetic_is_shown():
    found = page(
        "input: {shape: [49, 66, 6]}\nlayers:\n  - conv2d: {filters: 16, kernel_size: 5}\nask: [parameters]\n"
    )

    assert "= 5·5·6·16 = 2,400   150 a filter" in found
    assert "conv1_params = kernel + bias = 2,400 + 16 = 2,416" in found


def test_one_figure_by_its_key():
    found = handcalc.solve("vgg-16", ["fc6_params"])

    assert answers(found) == {"fc6_params": 102_764_544}


def test_values_of_layers_without_numbers_are_refused_where_a_key_asks_for_them():
    from handcalc.errors import ProblemError

    text = "input: [[1, 2], [3, 4]]\nlayers: [{lstm: {units: 2}}]\n"
    with pytest.raises(ProblemError, match="its weights have no numbers; write weights:"):
        handcalc.solve(parse(text, BESIDE, "problem"), ["lstm1"])


def test_a_repeated_count_of_ten_thousand_layers_is_linear():
    """A file of many layers is counted in the time that it takes to read."""
    text = (
        "input: {shape: [8]}\nlayers:\n" + "  - dense: {units: 8}\n" * 2000 + "ask: [parameters]\n"
    )

    assert answers(solution(text))["total_params"] == 2000 * 72


@pytest.mark.parametrize(
    ("name", "multiply_adds"),
    [("cnn-102x136", 13_836_888), ("vgg-16", 15_470_264_320), ("resnet-50", 4_089_184_256)],
)
def test_published_multiply_adds(name, multiply_adds):
    """What profilers agree on that count convolutions and matrix products alone."""
    found = handcalc.solve(name, ["total_multiply_adds"])

    assert answers(found) == {"total_multiply_adds": multiply_adds}


@pytest.mark.parametrize(
    ("shape", "layer", "value"),
    [
        ("[15, 10]", "lstm: {units: 8}", 15 * 4 * (10 * 8 + 8 * 8)),
        (
            "[20, 64]",
            "multi_head_attention: {num_heads: 8, key_dim: 8}",
            20 * 4 * 64 * 64 + 2 * 20 * 20 * 64,
        ),
        ("[9, 9, 3]", "separable_conv2d: {filters: 4, kernel_size: 3}", 49 * (9 * 3 + 3 * 4)),
        ("[4, 4, 3]", "conv2d_transpose: {filters: 2, kernel_size: 3}", 16 * 9 * 3 * 2),
        ("[8, 8, 4]", "conv2d: {filters: 6, kernel_size: 3, groups: 2}", 36 * 9 * 2 * 6),
        ("[5, 7]", "dense: {units: 3}", 5 * 7 * 3),
        ("[8, 8, 4]", "max_pooling2d", 0),
    ],
)
def test_multiply_adds_of_one_layer(shape, layer, value):
    text = f"input: {{shape: {shape}}}\nlayers:\n  - {layer}\nask: [multiply_adds]\n"

    assert answers(solution(text))["total_multiply_adds"] == value


def test_the_published_receptive_fields_of_vgg_16():
    """Conv5_3 sees 196 cells of the picture, the fifth pooling 212."""
    text = handcalc.load("vgg-16").origin.text.replace("[shapes, parameters]", "[receptive_field]")
    found = answers(solution(text))

    assert found["conv13_field"] == [196, 196]
    assert found["pool5_field"] == [212, 212]


def test_dilation_and_other_strides_along_the_axes():
    """1 + 2·(3 - 1) = 5 rows; along the columns 1 + 2·(3 - 1) = 5, then 5 + (2 - 1)·2 = 7."""
    text = "input: {shape: [20, 20]}\nlayers:\n  - conv2d: {kernel_size: 3, dilation_rate: 2, strides: [1, 2]}\n  - max_pooling2d: {pool_size: [1, 2]}\nask: [receptive_field]\n"
    found = page(text)

    assert "conv1 = field + d·(k - 1)·jump = 1 + 2·(3 - 1)·1 = 5" in found
    assert "pool1 = field + (k - 1)·jump = 5 + (1 - 1)·1 = 5" in found
    assert "pool1 = field + (k - 1)·jump = 5 + (2 - 1)·2 = 7" in found
