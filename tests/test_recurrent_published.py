"""Recurrent and character exercises as they are published; where a printed number is wrong the true one is here."""

from typing import Any

import numpy as np

from recurrent_loops import close, found, printed

HALF_SUM = {"mean_squared_error": {"factor": "half_sum"}}


def _layer(word: str, inputs: Any, **layer: Any) -> Any:
    """The answers of one layer alone."""
    notation = {"notation": {"product": layer.pop("product")}} if "product" in layer else {}
    named = {"name": "l", **layer}
    return found(input=inputs, layers=[{word: named}], ask=["forward"], **notation)


# --- simple recurrent layers ----------------------------------------------------------------------


def test_tanh_of_three_steps_cut_off():
    """A deep-learning tutorial, an RNN forward by hand: 0.9·x + 0.5·h + 0.3 from h₀ = 0.1; it cuts off."""
    options = {"weights": 0.9, "recurrent_weights": 0.5, "bias": 0.3, "initial_state": 0.1}
    answers = _layer("simple_rnn", [0.7, 0.5, 0.2], **options)

    states = [answers[f"l_h{t}"] for t in (1, 2, 3)]
    printed(states, ["0.753", "0.809", "0.708"], units=1)
    close(states, [0.7530659048695519, 0.8098293317199652, 0.7088728910256137])


def test_relu_with_the_same_input_at_every_step():
    """Step-by-step hidden state calculation of an RNN (ask.ghassem.com 1049): exact decimals."""
    options = {"weights": 0.4, "recurrent_weights": 0.6, "activation": "relu"}
    answers = _layer("simple_rnn", [3, 3, 3, 3], **options)

    printed([answers[f"l_h{t}"] for t in (1, 2, 3, 4)], ["1.2", "1.92", "2.352", "2.6112"])


def test_one_step_of_two_units():
    """RNN single timestep (pixelbank.dev): a = tanh(W_aa·a + W_ax·x + b_a)."""
    answers = _layer(
        "simple_rnn",
        [[1, 2]],
        weights=[[0.5, 0.6], [0.7, 0.8]],
        recurrent_weights=[[0.1, 0.2], [0.3, 0.4]],
        bias=[0, 0],
    )

    printed(answers["l_h_in1"], ["1.7", "2.3"])
    printed(answers["l_h1"], ["0.9354", "0.9801"])


def test_one_step_of_a_batch_of_row_vectors():
    """CS231n, assignment 3, rnn_step_forward: tanh(x·W_x + h·W_h + b), all numbers from linspace."""
    x, h = np.linspace(-0.4, 0.7, 30).reshape(3, 10), np.linspace(-0.2, 0.5, 12).reshape(3, 4)
    layer = {
        "name": "l",
        "weights": np.linspace(-0.1, 0.9, 40).reshape(10, 4),
        "recurrent_weights": np.linspace(-0.3, 0.7, 16).reshape(4, 4),
        "bias": np.linspace(-0.2, 0.4, 4),
        "initial_state": h,
    }
    answers = found(
        "l_h1",
        samples=[{"input": [row]} for row in x],
        layers=[{"simple_rnn": layer}],
        notation={"product": "xW"},
    )

    rows = [
        ["-0.58172089", "-0.50182032", "-0.41232771", "-0.31410098"],
        ["0.66854692", "0.79562378", "0.87755553", "0.92795967"],
        ["0.97934501", "0.99144213", "0.99646691", "0.99854353"],
    ]
    for s, row in enumerate(rows):
        printed(answers[f"l_h1@{s + 1}"], row)


def _scalar(inputs: Any, targets: Any, layer: Any, out: float, rate: float = 0.1) -> Any:
    """The answers for states f(W·x + U·h + b), outputs w·h and E = ½ Σ (y - t)²."""
    return found(
        input=inputs,
        layers=[
            {"simple_rnn": {"name": "l", "return_sequences": True, **layer}},
            {"dense": {"name": "y", "weights": [[out]]}},
        ],
        target=[[t] for t in targets],
        loss=HALF_SUM,
        optimizer={"sgd": {"learning_rate": rate}},
    )


def test_through_time_of_one_unit_and_three_steps():
    """Notes on BPTT with the sequence 1, 2, 3: E is half the sum over time, which they call the mean."""
    layer = {"weights": 0.5, "recurrent_weights": 0.1}
    answers = _scalar([1, 2, 3], [0.5, 1, 1.5], layer, 1.0)

    sums = [answers[f"l_h_in{t}"] for t in (1, 2, 3)]
    printed(sums, ["0.5000", "1.0462", "1.5780"])
    printed([answers[f"l_h{t}"] for t in (1, 2, 3)], ["0.4621", "0.7803", "0.9183"])
    printed(answers["E"], "0.1940")
    slopes = [answers[f"dE_dl_h_in{t}"] for t in (1, 2, 3)]
    printed(slopes, ["-0.03683", "-0.08948", "-0.09117"])
    printed(answers["dE_dl_W"], "-0.48930")
    printed(answers["dE_dl_U"], "-0.11249")
    printed(answers["dE_dw1"], "-0.72310")
    printed(answers["l_W_new"], "0.54893")
    printed(answers["l_U_new"], "0.11125", units=1)
    printed(answers["w1_new"], "1.07231")


def test_two_steps_with_a_wrong_tanh_on_the_page():
    """BPTT, a complete walkthrough (prachub.com), prints tanh(1.04621) = 0.7790; it is 0.7803.

    Everything after it on the page is right for 0.7790: L = 0.1007, dL/dy₂ = -0.442, dL/dh₂ = -0.884,
    dL/da₂ = -0.3475; the true numbers are these.
    """
    layer = {"weights": 0.5, "recurrent_weights": 0.1, "bias": 0}
    answers = _scalar([1, 2], [1, 2], layer, 2.0)

    printed(answers["l_h1"], "0.4621")
    printed(answers["l_h_in2"], "1.04621")
    close(answers["l_h2"], np.tanh(1.0462117157260009))
    close(answers["E"], 0.09938075343913763)
    close(answers["dE_dy"], [[0.9242343145200195 - 1], [-0.4393416299214359]])
    close(answers["dE_dl_h2"], -0.8786832598428718)
    close(answers["dE_dl_h_in2"], -0.3436410402997827)
    close(answers["dE_dl_h1"], -0.18589547498993933)
    close(answers["dE_dl_W"], -0.8334791554740275)
    close(answers["dE_dl_U"], -0.15880242066120803)
    close(answers["dE_dl_b"], -0.48983811517424475)
    close(answers["dE_dw1"], -0.37784371922228854)


LOGISTIC = {"activation": "sigmoid", "weights": -0.1, "recurrent_weights": 0.5, "bias": 0.4}


def test_the_gradient_of_a_weighted_sum_in_the_middle():
    """Neural Networks for Machine Learning, quiz 7, question 4: dE/dz₁ with z₀, z₁, z₂; ours begin at 1."""
    answers = _scalar([18, 9, -8], [0.1, -0.1, -0.2], LOGISTIC, 0.25)

    printed([answers[f"l_h{t}"] for t in (1, 2, 3)], ["0.2", "0.4", "0.8"])
    printed(answers["y"], ["0.05", "0.1", "0.2"])
    slopes = [-0.0008996486173452567, 0.0139341802786778, 0.015885933190868926]
    close([answers[f"dE_dl_h_in{t}"] for t in (1, 2, 3)], slopes)
    # By hand from full precision: (y - t)·v at each time, and W_hh·∂E/∂z of the next.
    h, y = [0.40105001683506847, 0.8022671862484869], [0.10026250420876712, 0.20056679656212173]
    last = (y[1] + 0.2) * 0.25 * h[1] * (1 - h[1])
    close(answers["dE_dl_h_in2"], ((y[0] + 0.1) * 0.25 + 0.5 * last) * h[0] * (1 - h[0]))


def test_a_misread_recurrent_weight_on_the_page():
    """The same quiz, question 3: y at T = 1 is -0.4994; an earlier notebook took -0.1 for -1.0: -0.6008."""
    layer = {"activation": "sigmoid", "weights": 0.5, "recurrent_weights": -1.0, "bias": -0.1}
    slip = {**layer, "recurrent_weights": -0.1}

    printed(_scalar([9, 4, -2], [0, 0, 0], layer, -0.7)["y"][1], "-0.49940485619669833")
    printed(_scalar([9, 4, -2], [0, 0, 0], slip, -0.7)["y"][1], "-0.6008075567320005", units=3)


def test_a_linear_state_with_two_biases_and_a_tanh_output():
    """nnlib, TestRecurrent: row vectors, s = x·A + a + s·M + m, y = tanh(s·O + o), dL/dy given at each time."""
    answers = found(
        input=[[-5, 10], [15, -20], [3, 4]],
        layers=[
            {
                "simple_rnn": {
                    "name": "s",
                    "activation": "linear",
                    "return_sequences": True,
                    "weights": [[0.1, 0.2, 0.3], [-0.4, 0.5, 0.6]],
                    "bias": [-0.7, 0.8, 0.9],
                    "recurrent_weights": [[1, 0, 1], [2, 1, 0], [1, 2, 3]],
                    "recurrent_bias": [0.1, -0.1, 0.5],
                }
            },
            {
                "dense": {
                    "name": "y",
                    "activation": "tanh",
                    "weights": [[0.2, 0.1, -0.2], [0.1, 0.2, -0.1], [0.2, 0.1, 0.2]],
                    "bias": [0.2, 0.2, 0.3],
                }
            },
        ],
        output_gradient=[[1, 2, 3], [3, -4, 5], [-3, 2, -7]],
        notation={"product": "xW"},
    )

    y = [
        ["0.68048", "0.83965", "0.96609"],
        ["0.99999", "0.99986", "-0.99694"],
        ["1", "1", "-0.98688"],
    ]
    printed(answers["y"], y, units=0.6)
    printed(
        answers["dE_dx"],
        [["0.13982", "0.24855"], ["0.00783", "0.02819"], ["-0.00365", "-0.02738"]],
    )
    printed(
        answers["dE_ds_W"],
        [["-0.43214", "0.23833", "-1.99021"], ["1.16713", "0.58568", "3.31054"]],
    )
    both = ["0.11996", "0.33347", "0.21769"]
    printed(answers["dE_ds_b"], both)
    printed(answers["dE_ds_d"], both)
    printed(
        answers["dE_ds_U"],
        [
            ["0.72889", "-0.10012", "-0.54170"],
            ["0.34309", "0.59968", "-0.51560"],
            ["0.20058", "0.63773", "-0.41713"],
        ],
    )


# --- characters ---------------------------------------------------------------------------------------


def _one_hot(word: str, vocabulary: str) -> Any:
    return [[int(letter == other) for other in vocabulary] for letter in word]


def test_the_letters_of_hello_in_alphabetical_order():
    """A character RNN with softmax, three states, vocabulary e, h, l, o, all five letters read."""
    random = np.random.RandomState(42)
    W, U, V = (random.randn(*size) * 0.1 for size in ((3, 4), (3, 3), (4, 3)))
    answers = found(
        input=_one_hot("hello", "ehlo"),
        layers=[
            {
                "simple_rnn": {
                    "name": "l",
                    "return_sequences": True,
                    "weights": W,
                    "recurrent_weights": U,
                }
            },
            {"dense": {"name": "p", "weights": V, "activation": "softmax"}},
        ],
        ask=["forward"],
    )

    states = [
        ["-0.01382555", "-0.02340942", "0.05420283"],
        ["0.04443694", "-0.01856152", "-0.03442808"],
        ["0.07519177", "0.15496216", "-0.05275223"],
        ["0.04600643", "0.135502", "-0.08259774"],
        ["0.14079667", "0.05777251", "-0.08181014"],
    ]
    printed(answers["l"], states, units=0.51)
    shares = [
        ["0.24920744", "0.2496621", "0.25092641", "0.25020405"],
        ["0.25076593", "0.2501551", "0.25076896", "0.24831001"],
        ["0.24983535", "0.2490453", "0.2469025", "0.25421685"],
        ["0.25048855", "0.24970352", "0.24660006", "0.25320788"],
        ["0.25110552", "0.24948492", "0.2499378", "0.24947176"],
    ]
    printed(answers["p"], shares, units=0.51)


def _hello(truncate: dict[str, int]) -> Any:
    return found(
        input=_one_hot("hell", "helo"),
        layers=[
            {
                "simple_rnn": {
                    "name": "l",
                    "return_sequences": True,
                    "weights": [
                        [0.13309074, 0.17127598, -0.15813858, -0.04525709],
                        [-0.09057376, -0.14782509, 0.06502781, 0.14093142],
                        [0.04669049, 0.01720516, 0.03336642, 0.1781491],
                        [-0.07548864, -0.02664684, 0.11772184, -0.07503803],
                    ],
                    "recurrent_weights": [
                        [0.07809908, -0.13063158, 0.05358797, 0.05681267],
                        [0.01768576, 0.15217173, 0.23846673, 0.09969253],
                        [0.09635959, 0.06631399, -0.17052794, 0.00988055],
                        [0.01199125, -0.01561548, 0.10577997, 0.10847363],
                    ],
                    "bias": [0, 0, 0, 0],
                    **truncate,
                }
            },
            {
                "dense": {
                    "name": "p",
                    "weights": [
                        [0.0247689, -0.11553708, 0.21316413, 0.08569605],
                        [-0.05522459, -0.0882109, 0.00430406, -0.00389115],
                        [0.17101969, -0.2330526, -0.04581541, 0.06289344],
                        [0.07365608, 0.006953, 0.08645168, 0.14256647],
                    ],
                    "bias": [0, 0, 0, 0],
                    "activation": "softmax",
                }
            },
        ],
        target=_one_hot("ello", "helo"),
        loss="categorical_crossentropy",
        optimizer={"sgd": {"learning_rate": 0.1}},
    )


def test_one_update_of_hello_with_gradients_of_one_step():
    """FINA, class 9, RNN: h e l l → e l l o, the loss summed over four letters, each gradient within its time."""
    answers = _hello({"truncate": 1})

    printed(answers["l"][3], ["-0.16336421", "0.09076021", "0.01915223", "0.1318987"], units=0.6)
    printed(answers["p"][3], ["0.25212182", "0.25205417", "0.24162498", "0.25419902"], units=0.6)
    printed(answers["E"], "5.5276")
    columns = np.transpose(answers["l_W_new"])
    printed(columns[0], ["0.12231057", "-0.08855317", "0.0407201", "-0.08301614"], units=3)
    printed(columns[1], ["0.18243302", "-0.15990655", "0.00627016", "-0.02754347"], units=3)
    printed(columns[2], ["-0.14441681", "0.06357504", "0.02430831", "0.12374518"], units=3)
    printed(answers["l_b_new"], ["0.01409863", "-0.01151364", "-0.0259635", "-0.00240078"], units=3)


def test_the_same_through_time():
    """What the page leaves out: with all paths ∂L/∂b_h is -0.142172, 0.183876, … instead of -0.140986, 0.115136."""
    answers = _hello({})

    through = [-0.14217161136691675, 0.18387583342925531, 0.24700084425299673, 0.019942388612104428]
    close(answers["dE_dl_b"], through, 1e-7)  # the source adds 1e-8 under the logarithm
    first = [0.11299961637619103, 0.025514895522019628, 0.07325888372285193, 0.08717642881816895]
    close(np.array(answers["dE_dl_W"])[:, 0], first, 1e-7)
