"""lint: what it says passes does pass, what it says hides a mistake does hide it, and other numbers mend it.

Each reason is arithmetic that can be done by hand; `check` marks what lint says of single answers.
"""

import json
from functools import cache
from math import log10, tanh

import pytest
from typer.testing import CliRunner

import handcalc
from handcalc import library
from handcalc.cli._app import app
from handcalc.errors import HandcalcError
from handcalc.formats import write
from handcalc.formula import Number, substitute
from handcalc.grading import mistakes
from handcalc.grading.checking import check_with
from handcalc.grading.lint import lint, page, search
from handcalc.grading.lint.file_numbers import edited, numbers
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.reading.sheet import of
from handcalc.grading.scheme import Scheme
from handcalc.grading.verdict import EARNS
from handcalc.network import After, Element, build
from handcalc.network.graph import RATE
from handcalc.number import fixed
from handcalc.problem import parse
from students import Numbers, rounded, sheet

SOURCE = Numbers(
    (0.5, 0.3, 0.1, 0.4, 0.7, 0.2, 0.4, 0.8), (0.2, 0.1), (0.3, 0.5), (0.09, 0.01), 0.1
)
SLOW = Numbers(SOURCE.w, SOURCE.x, SOURCE.b, SOURCE.t, rate=0.001)

# W is symmetric, the bias 0, both ReLUs let everything through, and η is a thousandth.
BLIND = """\
input: [0.2, 0.1]  # two inputs
layers:
  - dense: {name: h, weights: [[0.5, 0.3], [0.3, 0.4]], bias: 0, activation: relu}   # symmetric
  - dense: {name: o, weights: [[0.7, 0.2], [0.4, 0.8]], bias: 0.5, activation: sigmoid}
target: [0.09, 0.01]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.001}}
rounding: {decimals: 3}
"""

# 1·0.05 - 0.06 = -0.01, so near 0 that tanh z and z agree to four decimals.
NEAR_ZERO = """\
input: [0.05]
layers:
  - dense: {name: h, weights: [[1]], bias: -0.06, activation: tanh}
  - dense: {name: o, weights: [[0.7]], bias: 0.2, activation: sigmoid}
target: [0]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.5}}
"""


@cache
def _linted(text):
    return lint(parse(text, name="net"))


def _blind(text):
    return {(trial.mistake, trial.key): trial for trial in _linted(text).blind}


def _causes(trial):
    return {cause.leaf.key: cause.text for cause in trial.causes}


def _page(text, format="terminal"):
    return write(page.document(parse(text, name="net"), _linted(text)), format, width=80)


def _with_decimals(text, decimals):
    kept = [line for line in text.splitlines() if not line.startswith("rounding:")]
    return "\n".join([*kept, f"rounding: {{decimals: {decimals}}}"])


# --- what passes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [BLIND, NEAR_ZERO, SOURCE.problem(2)], ids=["blind", "tanh", "two"]
)
def test_check_agrees_with_lint_on_every_answer(text):
    """A sheet that is right but for one answer earns that answer where lint says so, and nowhere else."""
    scheme = Scheme(parse(text))
    found = _linted(text)
    steps = [step for answer in scheme.answers.values() for step in answer.steps]
    right = {s.key: fixed(scheme.steps.exact(s.ref), s.decimals) for s in steps}

    def earns(key, typed):
        entries = check_with(scheme, of({**right, key: typed})).entries
        return next(entry.verdict for entry in entries if entry.key == key) in EARNS

    said = {(trial.key, trial.wrong): trial.blind for trial in found.trials}
    said |= {(trial.key, number): False for trial in found.trials for number in trial.numbers}
    # Every one that is near the right number, and some of the others.
    near = {at: b for at, b in said.items() if abs(float(at[1]) - float(right[at[0]])) < 0.02}
    for (key, typed), blind in {**near, **dict(list(said.items())[::7])}.items():
        assert earns(key, typed) == blind, (key, typed)
    for guess in found.guesses:
        for key in (*guess.exactly, *guess.nearly):
            assert earns(key, guess.text)


def test_a_mistake_that_marking_lets_pass_is_one_that_lint_names():
    """With a learning rate of 1/1000 the new weights are the old ones, to three decimals."""
    found = _linted(SLOW.problem(3))

    assert {"updated_weights", "plus_in_update"} <= {trial.mistake for trial in found.blind}
    assert "plus_in_update" in found.unseen
    assert not any(t.mistake == "updated_weights" for t in lint(parse(SOURCE.problem(6))).blind)


def test_the_learning_rate_is_what_hides_the_sign_of_an_update():
    """W + η·∂E/∂w and w - η·∂E/∂w differ by 2·0.001·∂E/∂w."""
    trial = _blind(SLOW.problem(3))["plus_in_update", "w5_new"]
    gradient = float(sheet(SLOW, rounded(6), carries=False)["dE_dw5"])

    assert _causes(trial) == {"eta": "0.001"}
    # So many decimals that the two differ by more than a unit of the last one.
    assert trial.decimals >= -log10(2 * SLOW.rate * abs(gradient))


@pytest.mark.parametrize("text", [BLIND, NEAR_ZERO, SLOW.problem(3)], ids=["blind", "tanh", "slow"])
def test_the_decimals_that_are_said_to_show_a_mistake_show_it(text):
    found = _blind(text)
    told = {trial.decimals for trial in found.values() if trial.decimals}

    assert told
    for decimals in told:
        finer = _blind(_with_decimals(text, decimals))
        said = {at for at, trial in found.items() if trial.decimals == decimals}
        assert not {at for at in said if at in finer and not finer[at].partly}


def test_what_changes_nothing_at_all_is_not_said_to_want_more_decimals():
    found, finer = _blind(BLIND), _blind(_with_decimals(BLIND, 12))
    same = {at for at, trial in found.items() if trial.same}

    assert same
    assert same <= set(finer)
    assert not any(found[at].decimals for at in same)


# --- what hides a mistake -----------------------------------------------------------------------


def test_a_bias_of_0_hides_what_is_done_with_biases():
    found = _blind(BLIND)

    for mistake in ("bias_forgotten", "bias_twice"):
        trial = found[mistake, "h1_in"]
        assert trial.same
        assert _causes(trial) == {"b1": "0"}
        assert (mistake, "o1_in") not in found


def test_a_symmetric_matrix_hides_that_it_was_transposed():
    trial = _blind(BLIND)["weights_transposed", "h1_in"]

    assert trial.same
    assert _causes(trial) == {"w2": "0.3", "w3": "0.3"}


def test_the_slope_of_a_relu_that_lets_pass_is_1():
    """∂E/∂h_in = ∂E/∂h_out·1: no number of decimals shows that a factor is missing."""
    trials = [t for (_, key), t in _blind(BLIND).items() if key == "dE_dh1_in"]

    assert any(_causes(trial) == {"dh1_out_dh1_in": "1"} for trial in trials)
    assert all(trial.same for trial in trials if "dh1_out_dh1_in" in _causes(trial))


def test_that_the_slope_of_a_relu_is_taken_at_z_or_at_a_is_no_mistake():
    """max(0, z) is above 0 where z is: whatever the numbers are, both give the same."""
    of_relu = ("dE_dh1_in", "dE_dh2_in", "dE_dw1", "dE_dw2", "dE_dw3", "dE_dw4")
    tried = {t.key for t in _linted(BLIND).trials if t.mistake == "slope_at_the_wrong_value"}

    assert tried
    assert not tried & set(of_relu)


def test_near_0_tanh_z_is_z():
    """1 - z² and 1 - tanh² z differ by about 2/3·z⁴ = 7e-9."""
    trial = _blind(NEAR_ZERO)["slope_at_the_wrong_value", "dE_dh1_in"]

    assert not trial.same
    assert "h1_in" in _causes(trial)
    assert float(_causes(trial)["h1_in"]) == -0.01
    assert 8 <= trial.decimals <= 11


@pytest.mark.skipif("activation_forgotten" not in mistakes.MISTAKES, reason="not a mistake yet")
def test_near_0_it_is_not_seen_that_tanh_was_forgotten():
    trial = _blind(NEAR_ZERO)["activation_forgotten", "h1_out"]

    assert round(tanh(-0.01), 4) == -0.01
    assert "tanh" in trial.told
    # tanh(-0.01) = -0.0099997.
    assert trial.decimals == 7


def test_zeros_are_followed_back_to_the_one_that_makes_them():
    """∂E/∂w = ∂E/∂z·h, and h is the 0 of a ReLU: there an update up or down the gradient is none."""
    text = BLIND.replace("[0.3, 0.4]]", "[-0.3, -0.4]]")
    found = _blind(text)

    assert handcalc.solve(parse(text)).answers["h2_out"].value == 0
    assert _causes(found["plus_in_update", "w6_new"]) == {"h2_out": "0"}


# --- guesses ------------------------------------------------------------------------------------


def test_a_bare_0_passes_for_numbers_that_are_too_small():
    """∂E/∂w2 is 0.0034, which two decimals write 0.00."""
    found = lint(parse(SOURCE.problem(2)))

    assert "dE_dw2" in found.zero
    assert "h1_in" not in found.zero


def test_an_error_that_is_nearly_0_is_earned_by_a_0():
    """The error 0.5 - 0.5004 is -0.0004, which three decimals write 0.000 and four do not."""
    text = """
input: [0]
layers: [{dense: {name: o, weights: [[0.7]], bias: none, activation: sigmoid}}]
target: [0.5004]
loss: {mean_squared_error: {factor: half_sum}}
rounding: {decimals: 3}
"""
    zero = next(guess for guess in _linted(text).guesses if guess.text == "0")

    assert zero.nearly[:2] == ("E", "dE_do1_out")
    assert "dE_do1_out" in _linted(text).zero
    assert "dE_do1_out" not in _linted(_with_decimals(text, 5)).zero
    # Neither its sign nor its digits are worth a word beside that.
    slips = {"sign", "digits_swapped", "point_moved"}
    assert not slips & {trial.mistake for trial in _linted(text).blind if trial.key in zero.nearly}


def test_slips_of_the_pen_are_planted_too():
    """0.43 with its digits swapped is 0.34, with another sign -0.43."""
    seen = {t.mistake: t.numbers for t in _linted(SOURCE.problem(2)).trials if t.key == "h1_in"}

    assert seen["sign"] == {"-0.43"}
    assert {"4.03", "0.34"} & seen["digits_swapped"]


def test_what_a_sheet_of_zeros_earns():
    """ReLU of -1 is 0: one of two answers."""
    text = "input: [1]\nlayers: [{dense: {name: h, weights: [[-1]], activation: relu}}]\n"
    found = lint(parse(text))
    zero = next(guess for guess in found.guesses if guess.text == "0")

    assert (zero.exactly, zero.nearly) == (("h1_out",), ())
    assert (zero.marks, found.of) == (1, 2)
    # It is so by nature, and nothing that other numbers should mend.
    assert "h1_out" not in found.guessed


def test_a_sheet_of_ones_follows_from_itself():
    """With weight 1 and no bias each z is the 1 before it; σ(1) is 0.73."""
    ones = next(g for g in lint(handcalc.load("vanishing-gradient")).guesses if g.text == "1")

    assert ones.exactly == ("z1[1]",)
    assert ones.marks > 6


def test_an_old_weight_passes_for_a_new_one_that_hardly_moves():
    copied = {copy.key: copy.leaf.key for copy in _linted(SLOW.problem(3)).copies}

    assert copied["w5_new"] == "w5"
    assert not any(key.startswith("w") for key in _copied(SOURCE.problem(4)))


def test_a_maximum_is_one_of_its_numbers_and_no_guess():
    assert not lint(handcalc.load("max-pooling-4x4")).copies


def _copied(text):
    return {copy.key for copy in lint(parse(text)).copies}


def test_a_saturated_slope_is_told():
    """σ'(20) = 2e-9 is 0.0000."""
    text = """
input: [20]
layers: [{dense: {name: o, weights: [[1]], bias: none, activation: sigmoid}}]
target: [0]
loss: {mean_squared_error: {factor: half_sum}}
"""
    assert lint(parse(text)).flat == ["do1_out_do1_in"]


# --- formulas, sizes and counts -----------------------------------------------------------------


class _RateForgotten(Mistake):
    """w - ∂E/∂w in place of w - η·∂E/∂w."""

    said = "the learning rate was left out"
    word = "rate_forgotten"

    def told(self, step):
        return f"{self.said} of {step.key}"

    def formulas(self, step):
        if isinstance(step.ref, After) and step.formula is not None:
            rate = step.steps.leaf(Element(RATE))
            yield substitute(step.formula, lambda leaf: Number(1) if leaf == rate else leaf)


@pytest.fixture
def rate_forgotten(monkeypatch):
    """A library of one mistake."""
    one = _RateForgotten()
    monkeypatch.setattr(mistakes, "MISTAKES", {one.word: "RateForgotten"})
    monkeypatch.setattr(mistakes, "all_of", lambda: (one,))
    monkeypatch.setattr(mistakes, "load", lambda _: one)


IN_SYMBOLS = """
input: {shape: [2]}
layers: [{dense: {name: o, units: 1, activation: sigmoid}}]
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: RATE}}
ask: [gradients, update]
"""


@pytest.mark.parametrize(("rate", "hidden"), [("1", True), ("0.5", False)])
def test_in_symbols_a_number_that_is_given_may_hide_a_mistake(rate, hidden, rate_forgotten):
    """W - 1·∂E/∂w is w - ∂E/∂w at all points."""
    found = lint(parse(IN_SYMBOLS.replace("RATE", rate)))
    tried = {trial.key for trial in found.trials}

    assert "w1_new" in tried
    assert {trial.key for trial in found.blind} == (tried if hidden else set())
    assert all(_causes(trial) == {"eta": "1"} for trial in found.blind)


def test_a_mistake_is_told_of_the_step_at_hand(rate_forgotten):
    found = lint(parse(SOURCE.problem(4).replace("learning_rate: 0.1", "learning_rate: 1")))

    assert {trial.told for trial in found.blind} >= {"the learning rate was left out of w1_new"}
    assert found.unseen == ["rate_forgotten"]


def test_windows_that_fit_hide_that_a_size_was_rounded_up():
    """(8 - 2)/2 + 1 = 4 is whole; with 9 rows 4.5 is not."""
    text = "input: {shape: [8, 8]}\nlayers: [{max_pooling2d: {name: p, pool_size: 2}}]\nask: [shapes]\n"
    found = _blind(text)
    trial = found["ceiling_for_floor", "p_shape"]

    assert trial.right == "4x4"
    assert trial.instead == "an input of 9x8 in place of 8x8"
    nine = _blind(text.replace("[8, 8]", "[9, 8]"))
    assert ("ceiling_for_floor", "p_shape") not in nine


def test_a_stride_of_1_cannot_be_ignored():
    text = "input: {shape: [8, 8, 1]}\nlayers: [{conv2d: {name: c, filters: 2, kernel_size: 3}}]\nask: [shapes]\n"

    assert "stride_ignored" not in {trial.mistake for trial in lint(parse(text)).trials}


def test_a_single_channel_hides_that_channels_were_forgotten():
    """3·3·1·4 + 4 = 40 with the channel and without it; of two channels it is 76."""
    text = "input: {shape: [8, 8, 1]}\nlayers: [{conv2d: {name: c, filters: 4, kernel_size: 3}}]\nask: [parameters]\n"
    trial = _blind(text)["channels_forgotten", "c_params"]

    assert trial.right == trial.wrong == "40"
    assert trial.instead == "an input of 8x8x2 in place of 8x8x1"
    assert not _blind(text.replace("8, 1]", "8, 2]"))


def test_two_mistakes_that_give_the_same_size_are_told_together():
    """7 × 7, 5 × 5, stride 2: without the padding of 1 it is 2 × 2, and one window fewer than 3 × 3 too."""
    (pair,) = lint(handcalc.load("shape-7x7-stride-2")).alike

    assert set(pair.mistakes) == {"padding_ignored", "window_shifted"}
    assert pair.answers == (("conv1_shape", "2x2"),)


def test_two_mistakes_that_give_the_same_numbers_are_told_together():
    """Of two samples the sum is twice the mean, and so is what a factor of 2 of the loss gives."""
    text = """
samples:
  - {input: [1, 2], target: [1]}
  - {input: [3, -1], target: [0]}
layers:
  - dense: {name: o, weights: [[0.3, -0.2]], bias: 0.1, activation: sigmoid}
loss: {mean_squared_error: {factor: half_sum}}
optimizer: {sgd: {learning_rate: 0.5}}
ask: [dE_dw1, dE_dw2]
"""
    pairs = [set(pair.mistakes) for pair in lint(parse(text)).alike]

    assert {"loss_factor", "sum_for_mean"} in pairs


def test_a_slip_in_one_cell_is_not_like_a_row_that_was_copied():
    """Of a copied row every cell is another; both may give the same number in one cell."""
    found = lint(handcalc.load("max-pooling-4x4"))
    pairs = [set(pair.mistakes) for pair in found.alike]

    assert {"row_copied", "cell_misplaced"} <= {trial.mistake for trial in found.trials}
    assert {"row_copied", "cell_misplaced"} not in pairs


def test_answers_without_a_value_are_refused_as_by_check():
    """ln(1 - σ(1000)) is ln 0."""
    text = """
input: [1000]
layers: [{dense: {name: o, weights: [[1]], bias: none, activation: sigmoid}}]
target: [0]
loss: binary_crossentropy
"""
    with pytest.raises(HandcalcError, match="E has no finite value"):
        lint(parse(text))


# --- the page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["residual-net", "cnn-relu-pool", "vgg-16", "conv-layer-symbolic"])
def test_a_page_is_80_columns_wide(name):
    text = _page(handcalc.load(name).origin.text)

    assert max(map(len, text.splitlines())) <= 80


def test_mistakes_with_the_same_reason_share_a_sentence():
    text = " ".join(_page(BLIND).split())

    assert (
        "The bias was left out, or the bias was added twice: not seen in h1_in, h2_in, where b1 = 0."
    ) in text
    assert text.count("the bias was added twice") == 1


def test_the_page_says_what_is_to_be_done():
    text = _page(BLIND)
    tasks = [line for line in text.splitlines() if line[:1].isdigit()]

    assert tasks[0].startswith("1  Change numbers")
    assert tasks[1].startswith("2  Ask for more decimals")
    assert "a sheet of 0s" in text.lower()


def test_what_is_too_large_is_not_called_fine():
    rows = ", ".join(f"[{', '.join(['0.1'] * 500)}]" for _ in range(2))
    text = f"input: {[0.1] * 500}\nlayers: [{{dense: {{name: h, weights: [{rows}], activation: tanh}}}}]\n"
    said = _page(text)

    assert "Nothing was tried." in said
    assert "Too large to be tried: h1_in" in said


def test_json_says_the_same():
    record = json.loads(_page(BLIND, "json"))
    unseen = {
        (mistake, key) for mistake, one in record["mistakes"].items() for key in one["unseen_in"]
    }

    assert unseen == set(_blind(BLIND))
    assert record["mistakes"]["plus_in_update"]["seen_nowhere"]
    assert record["mistakes"]["bias_twice"]["unseen_in"]["h1_in"]["because"] == {"b1": "0"}


# --- other numbers ------------------------------------------------------------------------------


def _proposed(text):
    return search.other_numbers(parse(text, name="net"), _linted(text), lambda _: None)


def test_other_numbers_let_more_mistakes_be_seen():
    made = _proposed(BLIND)
    text = edited(BLIND, made.changes)
    after = lint(parse(text))

    assert made.changes
    assert len(after.blind) < len(made.before.blind)
    assert len(after.unseen) < len(made.before.unseen)
    assert handcalc.solve(parse(text)).answers.keys() == handcalc.solve(parse(BLIND)).answers.keys()


def test_other_numbers_have_as_many_decimals_and_nothing_else_is_changed():
    made = _proposed(BLIND)
    before, after = BLIND.splitlines(), edited(BLIND, made.changes).splitlines()
    changed = {number.line for number, _ in made.changes}

    assert len(before) == len(after)
    for line, (old, new) in enumerate(zip(before, after, strict=True)):
        assert (old != new) == (line in changed)
        assert old.partition("#")[1:] == new.partition("#")[1:]
    for number, text in made.changes:
        if number.text != "0" and number.name != "eta":
            assert len(number.text.partition(".")[2]) == len(text.partition(".")[2])


def test_the_same_numbers_are_proposed_again():
    first, second = _proposed(NEAR_ZERO), _proposed(NEAR_ZERO)

    assert [(n.line, n.column, text) for n, text in first.changes] == [
        (n.line, n.column, text) for n, text in second.changes
    ]


def test_no_mistake_is_hidden_for_good_in_exchange():
    """Were both ReLUs open, it would be seen nowhere that a gradient was let through where one is shut."""
    before = lint(handcalc.load("residual-net"))
    made = search.other_numbers(handcalc.load("residual-net"), before, lambda _: None)

    assert made.changes
    assert not before.unseen
    assert not made.after.unseen
    assert made.after.weight < before.weight


def test_where_nothing_is_hidden_nothing_is_proposed():
    made = _proposed(SOURCE.problem(5))

    assert not made.changes
    assert not made.before.blind


def test_sizes_options_and_decimals_are_not_taken_for_numbers():
    """Of the source's file the weights, biases, inputs, targets and η can be others."""
    found = numbers(parse(SOURCE.problem(4)), lambda _: None)

    assert [number.name for number in found] == [
        "x1",
        "x2",
        *(f"w{n}" for n in range(1, 5)),
        "b1",
        *(f"w{n}" for n in range(5, 9)),
        "b2",
        "t1",
        "t2",
        "eta",
    ]


def test_a_drawing_of_zeros_and_ones_stays_what_it_is():
    text = "input: [[1, 0, 1], [0, 1, 0], [1, 0, 1]]\nlayers: [{conv2d: {kernel: [[0.5, -1], [2, 0]]}}]\n"
    names = {number.name[:1] for number in numbers(parse(text), lambda _: None)}

    assert names == {"K"}


def test_another_seed_is_another_choice():
    text = """
input: [0.3, -0.6]
layers: [{dense: {name: h, units: 2, weights: {random: {seed: 4}}, activation: tanh}}]
"""
    seed = next(number for number in numbers(parse(text), lambda _: None) if number.text == "4")

    assert len(seed.choices) > 1
    for other, values in seed.choices.items():
        drawn = build(parse(edited(text, [(seed, other)]))).arrays["h.weights"]
        assert all(drawn[ref.index] == value for ref, value in values.items())


def test_line_ends_and_a_byte_order_mark_stay():
    text = "\ufeff" + BLIND.replace("\n", "\r\n")
    found = numbers(parse(BLIND), lambda _: None)
    changes = [(number, "0.9") for number in found if number.text == "0.5"]

    assert len(changes) == 2
    assert edited(text, changes) == text.replace("0.5", "0.9")
    first = [(found[0], "0.7")]
    assert edited(text, first) == text.replace("[0.2, 0.1]", "[0.7, 0.1]", 1)


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(BLIND, "utf-8")
    return tmp_path


def _run(*arguments):
    return CliRunner().invoke(app, ["lint", *map(str, arguments)])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("net.yaml",), 0), (("net.yaml", "--strict"), 1), (("net-2-2-2", "--strict"), 0)],
)
def test_only_strict_ends_with_1(folder, arguments, code):
    assert _run(*arguments).exit_code == code


def test_a_file_with_other_numbers_is_written_beside_the_old_one(folder):
    done = _run("net.yaml", "--fix", "-o", "new.yaml")
    new = (folder / "new.yaml").read_text("utf-8")

    assert done.exit_code == 0
    assert "new.yaml" in done.stdout
    assert (folder / "net.yaml").read_text("utf-8") == BLIND
    assert new != BLIND
    assert "# symmetric" in new
    assert len(lint(parse(new)).blind) < len(_linted(BLIND).blind)


def test_the_old_file_is_not_written_over(folder):
    done = _run("net.yaml", "--fix", "-o", "net.yaml", "--force")

    assert done.exit_code != 0
    assert (folder / "net.yaml").read_text("utf-8") == BLIND


def test_a_file_with_other_numbers_is_no_report(folder):
    done = _run("net.yaml", "--fix", "-o", "report.md")

    assert done.exit_code != 0
    assert not (folder / "report.md").exists()


def test_what_is_not_better_is_not_written(folder):
    done = _run(library.folder() / "net-2-2-2.yaml", "--fix", "-o", "new.yaml")

    assert done.exit_code == 0
    assert "new.yaml is not written" in done.stdout
    assert not (folder / "new.yaml").exists()


def test_a_proposal_is_the_same_in_json(folder):
    done = json.loads(_run("net.yaml", "--fix", "-f", "json").stdout)
    lines = BLIND.splitlines()

    assert done["changes"]
    for change in done["changes"]:
        line = lines[change["line"] - 1]
        assert line[change["column"] - 1 :].startswith(change["now"])


def test_functions_with_no_value_at_some_numbers_are_linted():
    """Ln and the slope of a root have none below 0."""
    problem = parse("input: {x: 2}\nvalues: {g: ln(x), f: sqrt(g)}\n")
    found = lint(problem)

    assert found.of
    assert search.other_numbers(problem, found, lambda _: None).before is found
