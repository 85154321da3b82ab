"""Each convention of convolution and pooling in which exercises differ is a word of the file."""

import re

import pytest

import handcalc
from handcalc.formats import write
from handcalc.problem import parse
from support import answers, page, solution

PICTURE = "input: [[1, 6, 2], [5, 3, 1], [7, 0, 4]]\nlayers:\n  - conv2d: {{name: y, kernel: [[1, 2], [-1, 0]], {0}}}\n"


def picture(options: str) -> str:
    return PICTURE.format(options)


@pytest.mark.parametrize(
    ("options", "matrix"),
    [
        ("bias: none", [[8, 7], [4, 5]]),
        ("bias: 10", [[18, 17], [14, 15]]),
        ("bias: [[1, 2], [3, 4]]", [[9, 9], [7, 9]]),
        ("strides: 2", [[8]]),
        # With the kernel turned, [[0, -1], [2, 1]]: 0·1 - 1·6 + 2·5 + 1·3 = 7.
        ("flip: true", [[7, 5], [11, 3]]),
        ("padding: same", [[8, 7, 1], [4, 5, -3], [7, 8, 4]]),
        ("padding: [[0, 0], [0, 1]]", [[8, 7, 1], [4, 5, -3]]),
        ("dilation_rate: 2", [[1 * 1 + 2 * 2 - 1 * 7]]),
    ],
)
def test_words_of_a_convolution(options, matrix):
    assert answers(solution(picture(options)))["y"] == matrix


def test_a_kernel_that_is_not_turned_is_said_to_be():
    assert "the kernel slides over the input as it stands" in page(picture("bias: none"))
    assert "the kernel is turned by 180°" in page(picture("flip: true"))


def test_cells_that_the_floor_leaves_over_are_named():
    text = "input: [[1, 2, 3, 4, 5], [6, 7, 8, 9, 0]]\nlayers:\n  - max_pooling2d: {name: p, pool_size: 2}\n"

    found = page(text)

    assert "floor((n - k)/s) + 1 = floor((5 - 2)/2) + 1 = 2" in found
    assert "3/2 is floored to 1; the last column is left over" in found
    assert answers(solution(text))["p"] == [[7, 9]]


@pytest.mark.parametrize(
    ("order", "picture_", "kernel"),
    [
        ("last", "[[[1, 10], [2, 20]], [[3, 30], [4, 40]]]", "[[[[1], [2]]]]"),
        ("first", "[[[1, 2], [3, 4]], [[10, 20], [30, 40]]]", "[[[[1]], [[2]]]]"),
    ],
)
def test_channels_first_or_last(order, picture_, kernel):
    """One filter of 1 × 1 over two channels: y = 1·x_1 + 2·x_2."""
    text = f"input: {picture_}\nlayers:\n  - conv2d: {{name: y, kernel: {kernel}}}\nnotation: {{channels: {order}}}\n"
    found = answers(solution(text))["y"]
    flat = found[0] if order == "first" else [[cell[0] for cell in row] for row in found]

    assert flat == [[21, 42], [63, 84]]


def test_average_pooling_over_padding():
    text = "input: [[4, 8]]\nlayers:\n  - average_pooling2d: {{name: p, pool_size: [1, 2], strides: 1, padding: [0, [1, 0]], count_padding: {0}}}\n"

    assert answers(solution(text.format("false")))["p"] == [[4, 6]]
    assert answers(solution(text.format("true")))["p"] == [[2, 6]]


def test_one_cell_shows_what_lies_under_its_window():
    found = write(handcalc.solve(parse(picture("bias: none")), ["y[2,1]"]), "terminal", width=120)

    assert "y₂₁ = k₁₁·x₂₁ + k₁₂·x₂₂ + k₂₁·x₃₁ + k₂₂·x₃₂ = 1·5 + 2·3 + (-1)·7 + 0·0 = 4" in found
    assert re.search(r"x₃₁ +7 +k₂₁ +-1 +-7", found)


def test_the_nine_input_gradients_of_a_symbolic_layer():
    """∂E/∂x₁₁ = ∂E/∂y₁₁·k₁₁ … ∂E/∂x₂₂ = four products … ∂E/∂x₃₃ = ∂E/∂y₂₂·k₂₂."""
    text = "input: {shape: [3, 3]}\nlayers:\n  - conv2d: {name: y, kernel_size: 2, bias: none}\n  - flatten\n  - dense: {name: o, units: 1}\nloss: mean_squared_error\n"
    found = write(
        handcalc.solve(parse(text), ["dE_dx[1,1]", "dE_dx[2,2]", "dE_dK1[1,1]"]),
        "terminal",
        width=160,
    )

    assert "∂E/∂x₁₁ = ∂E/∂y₁₁·k₁₁" in found
    assert "∂E/∂x₂₂ = ∂E/∂y₁₁·k₂₂ + ∂E/∂y₁₂·k₂₁ + ∂E/∂y₂₁·k₁₂ + ∂E/∂y₂₂·k₁₁" in found
    assert "∂E/∂k₁₁ = ∂E/∂y₁₁·x₁₁ + ∂E/∂y₁₂·x₁₂ + ∂E/∂y₂₁·x₂₁ + ∂E/∂y₂₂·x₂₂" in found
