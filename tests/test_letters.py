"""Sizes as letters: the formulas against the same files with numbers, and against published ones."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handcalc
from handcalc.errors import ProblemError
from handcalc.formula.open_size import OpenSize, at_numbers
from support import answers, page, solution

MODELS = {
    "signal": "input: {shape: [N, 1]}\nlayers: [{conv1d: {filters: 16, kernel_size: 3}}, max_pooling1d, {conv1d: {filters: 32, kernel_size: 3}}, max_pooling1d, flatten, {dense: {units: 1}}]",
    "strides": "input: {shape: [N, N, 3]}\nlayers: [{conv2d: {filters: 4, kernel_size: 5, strides: 3, padding: 2}}, {average_pooling2d: {pool_size: 3, strides: 2}}, flatten, {dense: {units: N}}]",
    "same": "input: {shape: [N, 7, 3]}\nlayers: [{conv2d: {filters: 4, kernel_size: 3, strides: 2, padding: same}}, {conv2d: {filters: 2, kernel_size: 1, strides: 3, padding: same}}, {max_pooling2d: {padding: same}}, flatten]",
    "transposed": "input: {shape: [N, 4]}\nlayers: [{conv1d_transpose: {filters: 3, kernel_size: 3, strides: 2}}, {conv1d_transpose: {filters: 3, kernel_size: 4, strides: 2, padding: same}}, {up_sampling1d: {size: 3}}, {cropping1d: {cropping: 2}}]",
    "recurrent": "input: {shape: [N, 6]}\nlayers: [{lstm: {units: N, return_sequences: true}}, {bidirectional: {layer: {gru: {units: 4}}}}, {dense: {units: 2}}]",
    "attention": "input: {shape: [N, 8]}\nlayers: [{multi_head_attention: {num_heads: 2, key_dim: N}}, {add: {from: [multi_head_attention1, input]}}, layer_normalization]",
    "separable": "input: {shape: [N, 9, 6]}\nlayers: [{separable_conv2d: {filters: 4, kernel_size: 3, strides: 2}}, batch_normalization, global_average_pooling2d, {reshape: {target_shape: [2, 2]}}]",
}
ASK = "\nask: [shapes, parameters, multiply_adds, receptive_field]\n"


@pytest.mark.parametrize("n", [16, 17, 18, 19, 20, 21, 40, 97])
@pytest.mark.parametrize("model", MODELS)
def test_formulas_give_what_is_counted_with_numbers(model, n):
    """Python works the printed formula out; the file with a number is counted without any letter."""
    text = MODELS[model] + ASK
    with_letter = answers(solution(text))
    with_number = answers(solution(re.sub(r"\bN\b", str(n), text)))

    assert list(with_letter) == list(with_number)
    for key, formula in with_letter.items():
        assert _value(formula, n) == with_number[key], key


WINDOWS = {
    "strides": "[{conv2d: {filters: F, kernel_size: K, strides: S, padding: 1}}, {conv2d: {filters: 2, kernel_size: K, strides: 2}}, flatten, {dense: {units: 3}}]",
    "same": "[{conv2d: {filters: 3, kernel_size: K, strides: S, padding: same}}, {conv2d: {filters: 2, kernel_size: K, padding: same}}]",
    "full": "[{conv2d: {filters: 3, kernel_size: K, strides: S, padding: full, dilation_rate: 2}}]",
    "pooling": "[{max_pooling2d: {pool_size: K}}, {average_pooling2d: {pool_size: 2, strides: S}}]",
    "ceil": "[{max_pooling2d: {pool_size: K, ceil_mode: true}}, {average_pooling2d: {pool_size: 2, strides: 2}}]",
    "an axis each": "[{conv2d: {filters: 3, kernel_size: [K, 3], strides: [1, S]}}]",
    "separable": "[{separable_conv2d: {filters: 4, kernel_size: K, strides: 2}}, {depthwise_conv2d: {kernel_size: 2, strides: S}}]",
    "locally connected": "[{locally_connected2d: {filters: 4, kernel_size: K, strides: S}}]",
    "transposed": "[{conv2d_transpose: {filters: 4, kernel_size: K, strides: S, output_padding: 0}}]",
    "transposed same": "[{conv2d_transpose: {filters: 4, kernel_size: K, strides: S, padding: same}}]",
}


@pytest.mark.parametrize("numbers", [(30, 2, 2), (31, 3, 1), (40, 5, 4), (47, 1, 3), (29, 4, 3)])
@pytest.mark.parametrize("size", ["N", 40])
@pytest.mark.parametrize("layers", WINDOWS.values(), ids=WINDOWS)
def test_windows_in_letters(layers, size, numbers):
    """Kernel, strides and pools as letters, against the same file with numbers in their places."""
    text = f"input: {{shape: [{size}, {size}, 4]}}\nlayers: {layers}" + ASK
    own = dict(zip("NKSF", (*numbers, 5), strict=True))
    put_in = re.sub(r"\b[NKSF]\b", lambda letter: str(own[letter[0]]), text)
    with_letters, with_numbers = answers(solution(text)), answers(solution(put_in))

    for key, formula in with_letters.items():
        assert _value(formula, **own) == with_numbers[key], key


def test_the_formulas_of_a_convolution_as_courses_write_them():
    """(W - F)/S + 1 and F·F·D·K + K; with W = 227, F = 11, S = 4, K = 96 the 55 and 34,944 of AlexNet."""
    text = "input: {shape: [W, W, D]}\nlayers: [{conv2d: {filters: K, kernel_size: F, strides: S}}]"
    found = answers(solution(text + ASK))

    assert found["conv1_shape"] == ["floor((W - F)/S) + 1", "floor((W - F)/S) + 1", "K"]
    assert found["conv1_params"] == "D*F^2*K + K"
    alexnet = {"W": 227, "F": 11, "S": 4, "K": 96, "D": 3}
    assert _value(found["conv1_shape"], **alexnet) == [55, 55, 96]
    assert _value(found["conv1_params"], **alexnet) == 34_944


def test_how_large_a_window_can_be_is_said():
    text = (
        "input: {shape: [28, 28, 1]}\nlayers: [{conv2d: {filters: 8, kernel_size: K, padding: 1}}]"
    )

    assert "K is at most 30: with 31, layer 1 'conv1' has a window of 31 × 31" in page(text)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (
            "conv2d: {filters: K, kernel_size: K}",
            "K stands for a size of a layer and for one of a window",
        ),
        (
            "conv2d_transpose: {filters: 2, kernel_size: K, strides: S}",
            "whether its window is smaller hangs on letters",
        ),
        (
            "max_pooling2d: {pool_size: K, strides: 2, ceil_mode: true}",
            "would begin behind the input hangs on its letters",
        ),
    ],
)
def test_windows_whose_size_has_no_one_formula_are_refused(layer, said):
    with pytest.raises(ProblemError, match=said):
        solution(f"input: {{shape: [N, N, 4]}}\nlayers: [{{{layer}}}]\nask: [shapes]\n")


def test_whole_sizes_hang_on_the_letters_of_windows():
    text = "input: {shape: [9, 9]}\nnotation: {sizes: whole}\nlayers: [{conv2d: {kernel_size: K, strides: 2}}]"
    with pytest.raises(ProblemError, match="whether its places are whole hangs on them"):
        solution(text + "\nask: [shapes]\n")


def _value(formula, n=0, **numbers):
    """Python works the printed formula out."""
    if isinstance(formula, list):
        return [_value(part, n, **numbers) for part in formula]
    text = re.sub(r"floor\(", "(", str(formula)).replace("/", "//").replace("^", "**")
    assert re.fullmatch(r"[A-Z0-9+*/() -]+", text)
    return eval(text, {"N": n, **numbers})


def test_the_published_formulas_of_the_signal_model():
    """64 + 1568 + 32·L + 1 with L = floor((floor((N - 2)/2) - 2)/2), for N of at least 10."""
    found = answers(handcalc.solve("conv1d-model"))

    assert found["conv1_shape"] == ["N - 2", 16]
    assert found["pool1_shape"] == ["floor((N - 2)/2)", 16]
    assert found["pool2_shape"] == ["floor((N - 6)/4)", 32]
    assert found["total_params"] == f"32*floor((N - 6)/4) + {64 + 1568 + 1}"
    assert "N is at least 10" in page(handcalc.load("conv1d-model").origin.text)


def test_the_formulas_of_the_textbooks_in_letters():
    """LSTM 4(nm + n² + n) and 4(nm + n² + 2n), GRU 3(nm + n² + 2n); a product of matrices n·m."""
    text = "input: {shape: [T, m]}\nlayers: [{lstm: {units: n}}, {dense: {units: k}}]\nask: [parameters]\n"
    gru = text.replace("lstm", "gru")

    assert answers(solution(text))["lstm1_params"] == "4*m*n + 4*n^2 + 4*n"
    assert answers(solution(text + "convention: pytorch\n"))["lstm1_params"] == (
        "4*m*n + 4*n^2 + 8*n"
    )
    assert answers(solution(gru))["gru1_params"] == "3*m*n + 3*n^2 + 6*n"
    assert answers(solution(text))["dense1_params"] == "k*n + k"


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from("+-*"), st.integers(-7, 7)),
            st.tuples(st.just("//"), st.integers(1, 6)),
            st.tuples(st.sampled_from("+-*"), st.just("M")),
            st.tuples(st.sampled_from(["+", "-", "*", "//"]), st.just("K")),
        ),
        max_size=7,
    ),
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(1, 9),
)
def test_arithmetic_of_sizes_is_that_of_whole_numbers(steps, n, m, k):
    letters = {"M": OpenSize.letter("M"), "K": OpenSize.letter("K", 2)}
    open_size, number = OpenSize.letter("N"), n
    for sign, by in steps:
        open_size = _apply(open_size, sign, letters.get(by, by))
        number = _apply(number, sign, {"M": m, "K": k}.get(by, by))

    assert at_numbers(open_size, {"N": n, "M": m, "K": k}) == number


def _apply(size, sign, by):
    if sign == "+":
        return size + by
    if sign == "-":
        return by - size
    return size * by if sign == "*" else size // by


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ("[forward]", "there are no values to work out"),
        ("[gradients]", "there are no values to work out"),
        ("[parameters, conv1]", "there are no values to work out"),
    ],
)
def test_values_are_refused(ask, said):
    with pytest.raises(ProblemError, match=said):
        solution(MODELS["signal"] + f"\nask: {ask}\n")


def test_letters_that_do_not_fit_each_other_are_named():
    text = "input: {shape: [N, 4]}\nlayers: [{conv1d: {name: c, filters: 4, kernel_size: 3}}, {add: {from: [c, input]}}]\n"
    with pytest.raises(
        ProblemError, match=r"\(N - 2\) × 4 from c and N × 4 from input; give them one shape"
    ):
        solution(text)


def test_words_are_no_letters():
    with pytest.raises(ProblemError, match="expects a whole number, not 'two'"):
        solution("input: {shape: [4]}\nlayers: [{dense: {units: two}}]\n")


UNET = """
input: {shape: [N, 2]}
layers:
  - conv1d: {name: a, filters: 4, kernel_size: 3, padding: same}
  - max_pooling1d: {name: p}
  - conv1d: {name: deep, filters: 8, kernel_size: 3, padding: same}
  - max_pooling1d
  - up_sampling1d: {size: 4}
  - concatenate: {from: [up1, a]}
ask: [shapes, parameters]
"""


def test_sizes_that_fit_in_steps_only():
    """Two poolings and a path around them: multiples of 4."""
    assert "N is 4, or more in steps of 4." in page(UNET)
    assert answers(solution(UNET))["concatenate1_shape"] == ["4*floor(N/4)", 12]


def test_a_letter_for_which_no_number_fits_is_refused():
    text = "input: {shape: [N, 4]}\nlayers: [{reshape: {target_shape: [7, 9]}}]\n"
    with pytest.raises(ProblemError):
        solution(text)
