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


def _value(formula, n):
    if isinstance(formula, list):
        return [_value(part, n) for part in formula]
    text = re.sub(r"floor\(", "(", str(formula)).replace("/", "//").replace("^", "**")
    assert re.fullmatch(r"[N0-9+*/() -]+", text)
    return eval(text, {"N": n})


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
        ),
        max_size=7,
    ),
    st.integers(1, 60),
    st.integers(1, 60),
)
def test_arithmetic_of_sizes_is_that_of_whole_numbers(steps, n, m):
    letters = {"M": OpenSize.letter("M")}
    open_size, number = OpenSize.letter("N"), n
    for sign, by in steps:
        open_size = _apply(open_size, sign, letters.get(by, by))
        number = _apply(number, sign, m if by == "M" else by)

    assert at_numbers(open_size, {"N": n, "M": m}) == number


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
