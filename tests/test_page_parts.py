"""Parts of a page: the way from a number to the loss, matrices beside elements, slopes derived once, what repeats."""

import numpy as np
import pytest

import handcalc
from handcalc import library
from handcalc.document import Brackets
from handcalc.formats import write
from support import page, solution

NET = """
input: [0.2, 0.1]
layers:
  - dense: {name: h, weights: [[0.5, 0.3], [0.1, 0.4]], bias: 0.3, activation: sigmoid}
  - dense: {name: o, weights: [[0.7, 0.2], [0.4, 0.8]], bias: 0.5, activation: sigmoid}
target: [0.09, 0.01]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.1}}
"""


# --- the way ------------------------------------------------------------------------------------------


def test_the_way_from_the_loss_stands_before_the_factors():
    shown = page(NET)

    assert "E ← o1_out ← o1_in ← w5" in shown
    assert "E ← … ← h1_out ← h1_in ← w1" in shown  # ∂E/∂h1_out is found by then


def test_a_fork_has_a_line_for_each_of_its_ways():
    lines = [line.strip() for line in page(NET).splitlines()]
    place = lines.index("E ← o1_out ← o1_in ← h1_out")

    assert lines[place + 1] == "E ← o2_out ← o2_in ← h1_out"


def test_a_kernel_is_said_to_be_used_at_every_place_once():
    """A kernel of 2 × 2 on 3 × 3 cells stands at four places."""
    shown = page("""
input: [[1, 2, 0], [0, 1, 3], [2, 1, 1]]
layers:
  - conv2d: {name: c, kernel: [[1, 2], [0, -1]], bias: 0}
  - flatten
  - dense: {name: o, weights: [[1, -1, 0.5, 2]]}
target: 1
loss: mean_squared_error
""")

    assert shown.count("is used at 4 places of the window: 4 paths, and they are added.") == 1


def test_the_slope_of_an_activation_is_derived_where_it_is_first_used():
    shown = page(NET)

    assert shown.count("Where the slope of sigmoid comes from:") == 1
    assert shown.index("3.1  ") < shown.index("Where the slope of sigmoid") < shown.index("3.2  ")
    assert "d/dz a = a·(1 - a)" in shown


def test_a_single_answer_stands_on_the_numbers_that_it_needs():
    """∂E/∂w5 needs h1_out and o1_out: not the weights of the other output, not its target, not η."""
    shown = write(handcalc.solve("net-2-2-2", ["dE_dw5"]), "terminal", width=200)
    given = shown[: shown.index("Convention")]

    assert "weights of o   w5 = 0.7, w6 = 0.2\n" in given
    assert "t1 = 0.09\n" in given
    assert "t2" not in given
    assert "η" not in given


# --- matrices -----------------------------------------------------------------------------------------


def numbers(rows):
    return np.array([[float(eval_fraction(cell)) for cell in row] for row in rows])


def eval_fraction(cell):
    top, _, bottom = cell.replace(",", "").partition("/")
    return float(top) / float(bottom or 1)


@pytest.mark.parametrize("name", library.names())
def test_every_product_of_matrices_gives_what_stands_behind_it(name):
    """Numpy multiplies the numbers that are shown; what is rounded is off by a few units of its last digits."""
    for block in handcalc.solve(name).blocks:
        if isinstance(block, Brackets):
            first, _, second, *rest = block.parts
            found = numbers(first) @ numbers(second)
            if rest[0] == "+":
                found = found + numbers(rest[1])
            wanted = numbers(rest[-1])
            size = 1 + np.abs(numbers(first)) @ np.abs(numbers(second))

            assert found.shape == wanted.shape
            assert np.abs(found - wanted) == pytest.approx(0 * wanted, abs=float(2e-3 * size.max()))


@pytest.mark.parametrize(
    ("product", "weights", "said"),
    [
        ("Wx", "[[0.5, 0.3], [0.1, 0.4]]", "z = W·x + b"),
        ("WTx", "[[0.5, 0.1], [0.3, 0.4]]", "z = Wᵀ·x + b"),
        ("xW", "[[0.5, 0.1], [0.3, 0.4]]", "z = x·W + b"),
    ],
)
def test_each_convention_has_its_own_product(product, weights, said):
    """The same weighted sums, 0.43 and 0.36, in the layout of the course."""
    text = NET.replace("[[0.5, 0.3], [0.1, 0.4]]", weights) + f"notation: {{product: {product}}}\n"
    document = solution(text)
    first = next(block for block in document.blocks if isinstance(block, Brackets))
    row = (("0.43", "0.36"),)

    assert f"As matrices, {said}:" in write(document, "terminal", width=200)
    assert first.parts[-1] == (row if product == "xW" else tuple(zip(*row, strict=True)))


@pytest.mark.parametrize(
    ("product", "by_weights", "by_input"),
    [("Wx", "δ·xᵀ", "Wᵀ·δ"), ("WTx", "x·δᵀ", "W·δ"), ("xW", "xᵀ·δ", "δ·Wᵀ")],
)
def test_gradients_in_matrices_have_the_layout_of_the_course(product, by_weights, by_input):
    """Each product has the shape that its letters say, and gives what stands behind it."""
    own = (
        "[[0.5, 0.3], [0.1, 0.4], [0.2, -0.6]]"
        if product == "Wx"
        else "[[0.5, 0.1, 0.2], [0.3, 0.4, -0.6]]"
    )
    next_ = (
        "[[0.7, 0.2, 0.1], [0.4, 0.8, -0.3]]"
        if product == "Wx"
        else "[[0.7, 0.4], [0.2, 0.8], [0.1, -0.3]]"
    )
    text = NET.replace("[[0.5, 0.3], [0.1, 0.4]]", own).replace("[[0.7, 0.2], [0.4, 0.8]]", next_)
    document = solution(f"{text}notation: {{product: {product}}}\n")
    shown = write(document, "terminal", width=200)

    assert f"∂E/∂W = {by_weights}, with δ = ∂E/∂z:" in shown
    assert f"∂E/∂x = {by_input}:" in shown
    for block in document.blocks:
        if isinstance(block, Brackets) and len(block.parts) == 5:
            first, _, second, _, wanted = block.parts
            assert numbers(first) @ numbers(second) == pytest.approx(numbers(wanted), abs=3e-4)


def test_the_view_decides_what_stands_there_and_no_answer():
    from handcalc.problem import parse

    views = {
        view: handcalc.solve(parse(NET), view=view) for view in ("elements", "matrices", "both")
    }
    blocks = {view: [b for b in s.blocks if isinstance(b, Brackets)] for view, s in views.items()}
    pages = {view: write(s, "terminal", width=200) for view, s in views.items()}

    assert not blocks["elements"]
    # Forward through both layers; back: both matrices of weights, and what comes to the hidden layer.
    assert len(blocks["both"]) == len(blocks["matrices"]) == 5
    assert "h2_in = w3·x1" in pages["both"]
    assert "h2_in = w3·x1" not in pages["matrices"]
    values = [{k: a.value for k, a in s.answers.items()} for s in views.values()]
    assert values[0] == values[1] == values[2]


def test_rounded_numbers_that_a_product_would_not_give_are_not_shown_as_one():
    """δ and x rounded to one decimal: 0.649·0.192 is 0.1 there, and 0.1·0.6 not the gradient that the factors give."""
    carried = NET + "rounding: {decimals: 1, carry: rounded}\n"
    for block in solution(carried).blocks:
        if isinstance(block, Brackets) and len(block.parts) == 5 and block.parts[-2] == "≈":
            first, _, second, _, wanted = block.parts
            found = numbers(first) @ numbers(second)
            assert np.abs(found - numbers(wanted)).max() <= 0.0501


# --- what repeats -------------------------------------------------------------------------------------


def test_layers_of_the_same_sizes_are_counted_once_in_a_large_network():
    """ResNet-50 has 53 convolutions, of which 1 × 1·64·256 is met five times; its 25,557,032 weights, PyTorch's, stay."""
    document = handcalc.solve("resnet-50")
    shown = write(document, "terminal", width=120)

    assert shown.count("= 1·1·64·256") == 1
    assert "each like an earlier one" in shown
    assert document.answers["total_params"].value == 25_557_032
    assert write(handcalc.solve("resnet-50", level="full"), "terminal").count("1·1·64·256") > 3


def test_of_several_samples_the_gradients_stand_in_one_table():
    """A row for each weight: those of the samples, and their mean."""
    text = """
samples:
  - {input: [1, 2], target: 1}
  - {input: [0, 1], target: 0}
layers:
  - dense: {name: o, weights: [[0.1, 0.2], [0.3, 0.4], [0.1, 0.1], [0.2, 0.5]], bias: [0, 0, 0, 0]}
  - dense: {name: y, weights: [[1, 1, 1, 1]]}
loss: mean_squared_error
"""
    document = solution(text)
    shown = write(document, "terminal", width=120)
    each = [document.answers[f"dE_dw1@{sample}"].value for sample in (1, 2)]

    assert "gradient   sample 1   sample 2" in shown
    assert document.answers["dE_dw1"].value == pytest.approx(sum(each) / 2, abs=1e-12)


# --- what is said, and what not -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kernel", "whole"), [("[[1, 2], [-1, 0]]", True), ("[[1, 2], [-1, 0.5]]", False)]
)
def test_a_page_of_whole_numbers_says_nothing_of_rounding(kernel, whole):
    shown = page(f"input: [[1, 6], [5, 3]]\nlayers: [{{conv2d: {{name: c, kernel: {kernel}}}}}]\n")

    assert ("rounded to 4 decimals" not in shown) == whole


def test_softmax_with_binary_cross_entropy_is_not_passed_over():
    """Each of two outputs that add to 1 would be counted alone."""
    text = (
        "input: [1, 2]\nlayers: [{dense: {name: o, weights: [[1, 0], [0, 1]], activation: %s}}]\n"
    )
    text += "target: [1, 0]\nloss: %s\n"
    said = "counts each of them as if it were alone"

    assert said in page(text % ("softmax", "binary_crossentropy"))
    assert said not in page(text % ("softmax", "categorical_crossentropy"))
    assert said not in page(text % ("sigmoid", "binary_crossentropy"))
