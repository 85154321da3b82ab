"""Every number that the published exercise behind net-2-2-2 prints, by hand and by its notebook."""

import cmath

import pytest

import handcalc
from handcalc.formats import write
from support import answers, one

# The pages by hand, in the order in which they print their numbers.
BY_HAND = {
    "h1_in": "0.43",
    "h2_in": "0.36",
    "h1_out": "0.605",
    "h2_out": "0.589",
    "o1_in": "1.0413",
    "o2_in": "1.2132",
    "o1_out": "0.739",
    "o2_out": "0.770",
    "dE_do1_out": "0.649",
    "do1_out_do1_in": "0.192",
    "do1_in_dw5": "0.605",
    "dE_dw5": "0.075",
    "w5_new": "0.6925",
    "do1_in_dw6": "0.589",
    "dE_dw6": "0.073",
    "w6_new": "0.1927",
    "dE_do2_out": "0.76",
    "do2_out_do2_in": "0.1771",
    "dE_dw7": "0.081",
    "w7_new": "0.3919",
    "dE_dw8": "0.079",
    "w8_new": "0.7921",
    "dE_dh1_out_via_o1_in": "0.0872",
    "dE_dh1_out_via_o2_in": "0.0538",
    "dE_dh1_out": "0.141",
    "dE_dw1": "0.0067",
    "w1_new": "0.49933",
    "dE_dw2": "0.00336",
    "w2_new": "0.2996",
    "dE_dh2_out_via_o1_in": "0.0249",
    "dE_dh2_out_via_o2_in": "0.1076",
    "dE_dh2_out": "0.1325",
    "dE_dw3": "0.0064",
    "w3_new": "0.0993",
    "dE_dw4": "0.0032",
    "w4_new": "0.3996",
}

NOTEBOOK = {
    "h1_in": 0.43,
    "h2_in": 0.36,
    "E": 0.5002522842154867,
    "w5_new": 0.6924173351299006,
    "w6_new": 0.19262800738978184,
    "w7_new": 0.3918584264618821,
    "w8_new": 0.7920846271084422,
}
SEQUENTIAL = {
    "w1_new": 0.4993346585658121,
    "w2_new": 0.29966732928290607,
    "w3_new": 0.09936796905620592,
    "w4_new": 0.399683984528103,
}
# Gradient descent proper, from a program of its own: plain arithmetic, line by line.
SIMULTANEOUS = {
    "w1_new": 0.4993249014146314,
    "w2_new": 0.2996624507073157,
    "w3_new": 0.09935835265142673,
    "w4_new": 0.39967917632571337,
}


@pytest.mark.parametrize(("key", "printed"), BY_HAND.items())
def test_by_hand_arithmetic_gives_the_printed_number(key, printed):
    assert one(handcalc.load("net-2-2-2"), key)[1] == printed


@pytest.mark.parametrize(("key", "value"), {**NOTEBOOK, **SIMULTANEOUS}.items())
def test_full_precision_gives_the_notebook(key, value):
    found = answers(handcalc.solve("net-2-2-2"))[key]

    assert found == pytest.approx(value, abs=2e-16)


@pytest.mark.parametrize(("key", "value"), {**NOTEBOOK, **SEQUENTIAL}.items())
def test_sequential_updates_give_the_notebook(key, value):
    problem = handcalc.load("net-2-2-2").model_copy(update={"update": "sequential"})

    assert answers(handcalc.solve(problem))[key] == pytest.approx(value, abs=2e-16)


def test_the_printed_error_is_a_slip_and_said_to_be_one():
    """The source prints 0.498; its own numbers are (0.649² + 0.76²)/2 = 0.4994005."""
    page = write(handcalc.solve("net-2-2-2"), "terminal")

    assert one(handcalc.load("net-2-2-2"), "E")[1] == "0.4994"
    assert 0.4994 <= (0.649**2 + 0.76**2) / 2 < 0.4995
    assert "The source prints E ≈ 0.498" in page


def test_the_solution_names_the_difference_of_the_two_orders_of_updating():
    page = " ".join(write(handcalc.solve("net-2-2-2"), "terminal").split())

    assert "w1_new would be 0.49934 instead of 0.49933" in page


def test_rounded_display_of_exact_values():
    """With --carry exact the same file shows the full-precision values, cut off."""
    problem = handcalc.load("net-2-2-2")

    assert one(problem, "w5_new", carry="exact")[1] == "0.6924"
    assert one(problem, "o1_in", carry="exact")[1] == "1.0419"


def test_the_convolution_chain_gives_every_printed_matrix():
    """10 × 6, 5 × 3, 4 × 2 and 2 × 1, as the source prints them."""
    found = answers(handcalc.solve("cnn-11x7"))
    first = [[round(0.23 + (i + j) / 10, 2) for j in range(6)] for i in range(10)]

    assert found["conv1"] == [[pytest.approx(v) for v in row] for row in first]
    assert found["pool1"] == [
        [0.43, 0.63, 0.83],
        [0.63, 0.83, 1.03],
        [0.83, 1.03, 1.23],
        [1.03, 1.23, 1.43],
        [1.23, 1.43, 1.63],
    ]
    assert found["conv2"] == [[1.698, 2.218], [2.218, 2.738], [2.738, 3.258], [3.258, 3.778]]
    assert found["pool2"] == [[2.738], [3.778]]
    assert found["flatten1"] == [2.738, 3.778]


def test_the_gradients_of_the_kernels_of_the_chain():
    """A program of its own: nested loops forward, complex steps for the slopes."""
    x = [[(i + j + 1) / 10 for j in range(7)] for i in range(11)]

    def convolve(a, k):
        return [
            [
                sum(k[u][v] * a[i + u][j + v] for u in (0, 1) for v in (0, 1))
                for j in range(len(a[0]) - 1)
            ]
            for i in range(len(a) - 1)
        ]

    def pool(a):
        return [
            [
                max((a[2 * i + u][2 * j + v] for u in (0, 1) for v in (0, 1)), key=lambda z: z.real)
                for j in range(len(a[0]) // 2)
            ]
            for i in range(len(a) // 2)
        ]

    def dense(a, w, b):
        return [1 / (1 + cmath.exp(-(row[0] * a[0] + row[1] * a[1] + b))) for row in w]

    def error(k1, k2):
        a = [row[0] for row in pool(convolve(pool(convolve(x, k1)), k2))]
        h = dense(a, [[0.5, 0.3], [0.1, 0.4]], 0.3)
        o = dense(h, [[0.7, 0.2], [0.4, 0.8]], 0.5)
        return ((o[0] - 0.09) ** 2 + (o[1] - 0.01) ** 2) / 2

    found = answers(handcalc.solve("cnn-11x7"))
    kernels = [[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6], [0.7, 0.8]]]
    for n in (0, 1):
        for u in (0, 1):
            for v in (0, 1):
                moved = [[[complex(w) for w in row] for row in k] for k in kernels]
                moved[n][u][v] += 1e-30j

                assert found[f"dE_dK{n + 1}"][u][v] == pytest.approx(
                    error(*moved).imag / 1e-30, rel=1e-12
                )
    assert found["E"] == pytest.approx(error(*kernels).real, rel=1e-14)
