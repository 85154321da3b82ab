"""Embedding: rows of a table looked up, and the same as one-hot rows times the table."""

import numpy as np
import pytest

from handcalc.errors import HandcalcError, ProblemError
from handcalc.problem import parse
from support import answers, page, solution

TABLE = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, -0.6]])
RANDOM = np.random.default_rng(17)


def _network(words, more: str = "", table=TABLE) -> str:
    samples = ", ".join(f"{{input: {list(w)}, target: {i}}}" for i, w in enumerate(words))
    return (
        f"samples: [{samples}]\nlayers:\n"
        f"  - embedding: {{name: a, table: {table.tolist()}{more}}}\n"
        "  - flatten: {name: f}\n"
        "  - dense: {name: o, weights: [[1, -1, 0.5, 0.2, 0.3, 0.7]], bias: 0.1, activation: tanh}\n"
        "loss: mean_squared_error\noptimizer: {sgd: {learning_rate: 0.1}}\n"
    )


def test_rows_are_looked_up_counted_from_zero():
    text = f"input: [2, 0]\nlayers: [{{embedding: {{name: a, table: {TABLE.tolist()}}}}}]\n"

    assert answers(solution(text))["a"] == TABLE[[2, 0]].tolist()
    assert "row k + 1 of the table for the number k" in page(text)


@pytest.mark.parametrize("one_hot", ["", ", one_hot: true"])
def test_a_row_looked_up_twice_gets_both_gradients(one_hot):
    """Against central differences of the loss over two samples, in each of which a row comes twice."""
    words, w = [(2, 0, 2), (1, 1, 0)], np.array([1, -1, 0.5, 0.2, 0.3, 0.7])

    def loss(table):
        outputs = [np.tanh(table[list(rows)].ravel() @ w + 0.1) for rows in words]
        return np.mean((np.array(outputs) - [0, 1]) ** 2)

    found = answers(solution(_network(words, one_hot)))
    assert found["E"] == pytest.approx(loss(TABLE))
    slopes = np.zeros((3, 2))
    for place in np.ndindex(3, 2):
        move = np.zeros((3, 2))
        move[place] = 1e-6
        slopes[place] = (loss(TABLE + move) - loss(TABLE - move)) / 2e-6

    np.testing.assert_allclose(found["dE_da_table"], slopes, rtol=1e-7)
    np.testing.assert_allclose(found["a_table_new"], TABLE - 0.1 * slopes, rtol=1e-8)


def test_one_hot_gives_the_same_answers():
    words = [(2, 0, 2), (1, 1, 0)]
    plain = answers(solution(_network(words)))
    product = answers(solution(_network(words, ", one_hot: true")))

    assert {key: product[key] for key in plain} == plain
    assert product["a_hot@1"] == np.eye(3)[[2, 0, 2]].tolist()
    assert "= 0·0.1 + 0·0.3 + 1·0.5" in page(_network(words, ", one_hot: true"))


def test_rows_that_no_word_names_get_no_gradient():
    found = answers(solution(_network([(2, 0, 2)])))

    assert found["dE_da_table"][1] == [0, 0]
    assert "a row looked up twice gets both" in page(_network([(2, 0, 2)]))


def test_whole_numbers_in_rows_give_an_axis_more():
    words, table = RANDOM.integers(0, 5, (2, 3)), RANDOM.integers(-5, 6, (5, 2))
    for more in ("", ", one_hot: true"):
        text = f"input: {words.tolist()}\nlayers: [{{embedding: {{name: a, table: {table.tolist()}{more}}}}}]\n"

        assert answers(solution(text))["a"] == table[words].tolist()


def test_the_same_table_on_two_inputs():
    """Siamese: one table, two inputs; a row that both name gets the gradients of both."""
    text = f"""
inputs: {{u: [0, 2], v: [2, 1]}}
layers:
  - embedding: {{name: a, table: {TABLE.tolist()}, one_hot: true, from: u}}
  - use: {{layer: a, name: c, from: v}}
  - subtract: {{name: d, from: [a, c]}}
output_gradient: [[1, 10], [100, 1000]]
"""
    found = answers(solution(text))

    assert found["d"] == (TABLE[[0, 2]] - TABLE[[2, 1]]).tolist()
    # Row 0: +g₁; row 2: +g₂ - g₁; row 1: -g₂.
    assert found["dE_da_table"] == [[1, 10], [-100, -1000], [99, 990]]


def test_a_table_without_numbers_stays_in_symbols():
    text = "input: [2, 0]\nlayers: [{embedding: {name: a, input_dim: 3, output_dim: 2}}]\nask: [forward]\n"
    found = page(text)

    assert "a₁₂ = v⁽¹⁾₃₂" in found
    assert "a₂₁ = v⁽¹⁾₁₁" in found


def test_a_random_table():
    text = "input: [1]\nlayers: [{embedding: {name: a, input_dim: 3, output_dim: 2, table: {random: {seed: 1}}}}]\n"

    assert np.shape(answers(solution(text))["a"]) == (1, 2)


def test_counts_and_products():
    """V·d weights; as a product of matrices n·V·d products, looked up none."""
    text = "input: {{shape: [7]}}\nlayers: [{{embedding: {{name: a, input_dim: 10, output_dim: 4{}}}}}]\nask: [shapes, parameters, multiply_adds]\n"
    found = answers(solution(text.format("")))
    product = answers(solution(text.format(", one_hot: true")))

    assert (found["a_shape"], found["a_params"]) == ([7, 4], 40)
    assert found["total_multiply_adds"] == 0
    assert product["total_multiply_adds"] == 7 * 10 * 4


def test_a_window_over_embedded_words_sees_words():
    text = f"input: [2, 0, 1]\nlayers: [{{embedding: {{table: {TABLE.tolist()}}}}}, {{conv1d: {{name: c, filters: 1, kernel_size: 2}}}}]\nask: [receptive_field, shapes]\n"
    found = answers(solution(text))

    assert found["c_field"] in (2, [2])
    assert found["embedding1_shape"] == [3, 2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("input_dim: 4", "no table with numbers and no output_dim; write output_dim: 4, or table:"),
        ("one_hot: true", "no input_dim and no output_dim; write input_dim: 4 and output_dim: 4"),
        ("table: [1, 2]", "a table that is not rows of numbers; write [[0.1, 0.2], [0.3, 0.4]]"),
        (
            "input_dim: 4, table: [[1]]",
            "says input_dim: 4 but its table has 1 row; leave input_dim",
        ),
        ("output_dim: 2, table: [[1]]", "says output_dim: 2 but its table has 1 column; leave"),
    ],
)
def test_tables_that_do_not_fit(options, said):
    with pytest.raises(ProblemError) as caught:
        parse(f"input: [0, 1]\nlayers: [{{embedding: {{{options}}}}}]\n")

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "[0, 0.5]",
            "rows 0 to 2, but number 2 of the input is 0.5; write whole numbers from 0 to 2",
        ),
        ("[3, 0]", "rows 0 to 2, but number 1 of the input is 3; write whole numbers from 0 to 2"),
        (
            "[0, -1]",
            "rows 0 to 2, but number 2 of the input is -1; write whole numbers from 0 to 2",
        ),
    ],
)
def test_numbers_that_name_no_row(words, said):
    text = f"input: {words}\nlayers: [{{embedding: {{table: {TABLE.tolist()}}}}}]\n"
    with pytest.raises(HandcalcError) as caught:
        solution(text)

    assert said in str(caught.value)


def test_values_are_refused_where_there_are_no_whole_numbers():
    text = f"input: [0, 1]\nlayers: [{{activation: relu}}, {{embedding: {{table: {TABLE.tolist()}}}}}]\nask: [forward]\n"
    text = text.replace("activation: relu", "activation: {function: relu}")
    with pytest.raises(ProblemError, match="the values of embedding are not worked out"):
        solution(text)


NORMAL = (
    "input: {x}\nlayers: [{{normalization: {{name: n, mean: {mean}, variance: {variance}}}}}]\n"
)


@pytest.mark.parametrize("channels", ["last", "first"])
def test_normalization_with_numbers(channels):
    """Against the scores that belong to the columns, or to the rows."""
    x = RANDOM.integers(-5, 6, (2, 2, 2)).astype(float)
    mean, variance = np.array([1, -2]), np.array([4, 2])
    shape = (2, 1, 1) if channels == "first" else (1, 1, 2)
    text = NORMAL.format(x=x.tolist(), mean=mean.tolist(), variance=variance.tolist())
    g = RANDOM.integers(1, 6, (2, 2, 2))
    text += f"notation: {{channels: {channels}}}\noutput_gradient: {g.tolist()}\n"
    found = answers(solution(text))

    deviation = np.sqrt(variance.reshape(shape))
    np.testing.assert_allclose(found["n"], (x - mean.reshape(shape)) / deviation, rtol=1e-12)
    np.testing.assert_allclose(found["dE_dx"], g / deviation, rtol=1e-12)


def test_one_mean_and_variance_for_all_and_no_weights():
    """Keras counts no weights where the numbers are given; without them 2·channels + 1."""
    text = NORMAL.format(x=[3, 5], mean=1, variance=4)

    assert "n₁ = (x1 - 1)/√4 = (3 - 1)/√4 = 1" in page(text)
    assert answers(solution(text + "ask: [parameters]\n"))["total_params"] == 0
    counted = "input: {shape: [5]}\nlayers: [normalization]\nask: [parameters]\n"
    assert answers(solution(counted))["total_params"] == 11


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("mean: 1", "has a mean but no variance; write both"),
        ("mean: 1, variance: 0", "has 0, but a variance is above 0; write the square"),
        ("mean: [1, 2, 3], variance: 1", "has 2 channels, but mean has 3 numbers; write one for"),
        ("mean: {random: {seed: 1}}, variance: 1", "expects one number, or a flat list"),
    ],
)
def test_means_and_variances_that_do_not_fit(options, said):
    with pytest.raises(ProblemError) as caught:
        parse(f"input: [0, 1]\nlayers: [{{normalization: {{{options}}}}}]\n")

    assert said in str(caught.value)


@pytest.mark.frameworks
def test_the_gradient_of_the_table_beside_pytorch():
    torch = pytest.importorskip("torch")
    words, table = RANDOM.integers(0, 4, 6), RANDOM.normal(size=(4, 3)).round(2)
    layer = torch.nn.Embedding.from_pretrained(torch.tensor(table), freeze=False)
    gradient = RANDOM.integers(-3, 4, (6, 3))
    layer(torch.tensor(words)).backward(torch.tensor(gradient.astype(float)))
    text = f"input: {words.tolist()}\nlayers: [{{embedding: {{name: a, table: {table.tolist()}}}}}]\noutput_gradient: {gradient.tolist()}\n"

    np.testing.assert_allclose(
        answers(solution(text))["dE_da_table"], layer.weight.grad.numpy(), rtol=1e-12
    )
