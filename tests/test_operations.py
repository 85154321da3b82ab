"""One contract for every operation and loss; a new one is tested by being listed."""

from typing import Any

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

from handcalc import losses, operations
from handcalc.formula import Partial, Symbol, algebra, evaluate, substitute
from handcalc.formula.calculus import derive
from handcalc.losses._loss import Loss
from handcalc.network.formulas import Elements
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._operation import Operation, as_floats
from handcalc.operations._tensor import indices
from handcalc.operations.affine import Affine

FLAGS = ("shapes", "positive", "unit", "classes")


def _cases() -> list[Any]:
    found = []
    for package, words in ((operations, operations.OPERATIONS), (losses, losses.LOSSES)):
        for word in words:
            kind: Any = package.load(word)
            for i, example in enumerate(kind.examples):
                options = {k: v for k, v in example.items() if k not in FLAGS}
                shapes = example.get("shapes", ((4,),))
                low, high = (0.1, 0.9) if "unit" in example else (-2.0, 2.0)
                low = 0.2 if "positive" in example else low
                operation = kind.model_validate(options)
                if "classes" in example:
                    operation = operation.of_classes(example["classes"])
                case = (operation, shapes, low, high)
                found.append(pytest.param(*case, id=f"{word}-{i}"))
    return found


CASES = _cases()
# A formula as typed is one where it is typed: tests/test_values.py.
WITHOUT_OPTIONS = [word for word in operations.ACTIVATIONS if word != "formula"]
SAMPLES = 3


def _slots(operation: Operation, shapes: Any) -> tuple[str, ...]:
    """The slot of each input; the last one may stand for several."""
    more = len(shapes) - len(operation.slots) if operation.several else 0
    return (*operation.slots, *operation.slots[-1:] * max(more, 0))[: len(shapes)]


def _inputs(operation: Operation, shapes: Any, low: float, high: float) -> list[Any]:
    """Random inputs away from corners: data slots with a sample axis, parameters without."""
    random = np.random.default_rng(7)
    made = []
    for slot, shape in zip(_slots(operation, shapes), shapes, strict=True):
        full = shape if slot in operation.parameters else (SAMPLES, *shape)
        values = random.uniform(low, high, full)
        made.append(np.where(np.abs(values) < 0.05, 0.3, values))
    return made


def _symbols(
    arrays_: list[Any], shapes: Any, names: str = "abcd"
) -> tuple[list[Elements], dict[Symbol, float]]:
    """Tensors of symbols for one sample, and the values behind them."""
    values: dict[Symbol, float] = {}

    def tensor(letter: str, array: Any, shape: Any) -> Elements:
        def at(index: tuple[int, ...]) -> Symbol:
            symbol = Symbol(letter, letter + "_".join(map(str, index)))
            values[symbol] = float(array[index])
            return symbol

        return Elements(shape, at)

    made = [tensor(n, a, s) for n, a, s in zip(names, arrays_, shapes, strict=False)]
    return made, values


def _one_sample(operation: Operation, inputs: list[Any]) -> list[Any]:
    """The inputs as a definition sees them: of the first sample, or of all at once."""
    return [
        x if slot in operation.parameters or operation.over_samples else x[0]
        for slot, x in zip(_slots(operation, inputs), inputs, strict=True)
    ]


def _seen(operation: Operation, shapes: Any) -> list[Any]:
    """The shapes of what a definition sees."""
    return [
        shape if slot in operation.parameters or not operation.over_samples else (SAMPLES, *shape)
        for slot, shape in zip(_slots(operation, shapes), shapes, strict=True)
    ]


@pytest.mark.parametrize(("operation", "shapes", "low", "high"), CASES)
def test_declared_shape_is_the_computed_shape(operation, shapes, low, high):
    output = operation.forward(*_inputs(operation, shapes, low, high))

    samples = () if operation.of_batch else (SAMPLES,)
    assert (*samples, *operation.output_shape(*shapes)) == output.shape


@pytest.mark.parametrize(("operation", "shapes", "low", "high"), CASES)
def test_definition_is_what_forward_computes(operation, shapes, low, high):
    inputs = _inputs(operation, shapes, low, high)
    output = operation.forward(*inputs)
    tensors, values = _symbols(_one_sample(operation, inputs), _seen(operation, shapes))
    seen = output if operation.over_samples else output[0]
    for index in operation.results(*_seen(operation, shapes)):
        formula = operation.definition(index, *tensors)

        assert seen[index] == pytest.approx(float(evaluate(formula, values.__getitem__)), rel=1e-12)


@pytest.mark.parametrize(("operation", "shapes", "low", "high"), CASES)
def test_backward_is_the_slope_of_forward(operation, shapes, low, high):
    """Each ∂(Σ g·output)/∂input against (f(x + h) - f(x - h))/2h."""
    inputs = _inputs(operation, shapes, low, high)
    output = operation.forward(*inputs)
    upstream = np.random.default_rng(11).uniform(-1, 1, output.shape)
    gradients = operation.backward(upstream, output, *inputs)
    slots = _slots(operation, shapes)
    for slot, (name, gradient) in enumerate(zip(slots, gradients, strict=False)):
        of_each = name in operation.parameters and not operation.of_batch
        summed = gradient.sum(axis=0) if of_each else gradient
        for place in np.ndindex(inputs[slot].shape):
            slopes = []
            for step in (1e-6, -1e-6):
                moved = [x.copy() for x in inputs]
                moved[slot][place] += step
                slopes.append(float((upstream * operation.forward(*moved)).sum()))

            assert summed[place] == pytest.approx(
                (slopes[0] - slopes[1]) / 2e-6, rel=1e-6, abs=1e-8
            )


@pytest.mark.parametrize(("operation", "shapes", "low", "high"), CASES)
def test_gradients_of_a_batch_are_the_sums_of_those_of_its_samples(operation, shapes, low, high):
    """Parameters, whose gradients may be made of all samples at once; and numbers that are only measured."""
    inputs, slots = _inputs(operation, shapes, low, high), _slots(operation, shapes)
    output = operation.forward(*inputs)
    gradient = np.random.default_rng(8).uniform(-1, 1, output.shape)
    every = range(len(inputs))
    with as_floats():
        assert np.allclose(operation.forward(*inputs), output, rtol=0, atol=1e-13)
        found = operation.backward_of_batch(every, gradient, output, *inputs)
    single = operation.backward(gradient, output, *inputs)

    for slot, word in enumerate(slots):
        if slot == operation.value_slot and operation.by_value:
            continue
        part, whole = single[slot], found[slot]
        if word in operation.parameters:
            part = part.sum(axis=0)
            whole = whole.sum(axis=0) if whole.ndim > part.ndim else whole
        assert whole.shape == part.shape
        assert np.allclose(whole, part, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("operation", "shapes", "low", "high"), CASES)
def test_partial_is_what_sympy_differentiates(operation, shapes, low, high):
    inputs = _inputs(operation, shapes, low, high)
    output = operation.forward(*inputs)
    own = _seen(operation, shapes)
    tensors, values = _symbols(_one_sample(operation, inputs), own)
    whole = output if operation.over_samples else output[0]
    result, outputs = _symbols([whole], [whole.shape], "r")
    slots = 1 if isinstance(operation, Loss) else len(shapes)
    for slot in range(slots):
        for by in indices(own[slot]):
            reached = set(operation.reached(slot, by, *own))
            for index in operation.results(*_seen(operation, shapes)):
                definition = operation.definition(index, *tensors)
                leaf = tensors[slot][by]
                assert isinstance(leaf, Symbol)
                expected = algebra.derivative_at(definition, leaf, values.__getitem__)
                if index not in reached:
                    assert expected == 0
                    continue
                partial = operation.partial(index, slot, by, result[0], *tensors)
                found = evaluate(partial, lambda s: {**values, **outputs}[s])

                assert float(found) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    "word",
    [
        word
        for word in operations.ACTIVATIONS
        if issubclass(operations.load(word), Elementwise) and word != "step"
    ],
)
def test_derivation_rule_by_rule_ends_at_the_slope_that_is_used(word):
    kind: Any = operations.load(word)
    operation: Any = kind.model_validate(kind.examples[0])
    assert isinstance(operation, Elementwise)
    z = Symbol("z", "z")
    _, derivative = derive(operation.expanded(z), z)
    slope = substitute(
        operation.slope(z, Symbol("a", "a")), lambda s: operation.of(z) if s.key == "a" else s
    )  # type: ignore[return-value]

    assert algebra.is_derivative(derivative, operation.of(z), z)
    assert algebra.equal(derivative, slope)


@pytest.mark.parametrize(("operation", "shapes", "low", "high"), CASES)
def test_what_is_overridden_is_what_the_definition_says(operation, shapes, low, high):
    """Elements reached and slopes, read off the definition and in the operation's own idiom."""
    inputs = _inputs(operation, shapes, low, high)
    own = _seen(operation, shapes)
    tensors, values = _symbols(_one_sample(operation, inputs), own)
    whole = operation.forward(*inputs)
    whole = whole if operation.over_samples else whole[0]
    result, outputs = _symbols([whole], [whole.shape], "r")
    for slot in range(1 if isinstance(operation, Loss) else len(shapes)):
        for by in indices(own[slot]):
            said = operation.reached(slot, by, *own)
            derived = Operation.reached(operation, slot, by, *own)

            assert set(derived) <= set(said), f"slot {slot}, {by}"
            for index in said:
                idiom = operation.partial(index, slot, by, result[0], *tensors)
                found = float(evaluate(idiom, lambda s: {**values, **outputs}[s]))
                if index not in derived:
                    assert found == 0
                    continue
                slope = Operation.partial(operation, index, slot, by, result[0], *tensors)
                again = float(evaluate(slope, values.__getitem__))

                assert found == pytest.approx(again, rel=1e-9, abs=1e-12)


# Other implementations of the same functions.
ORACLES: dict[str, Any] = {
    "sigmoid": scipy.special.expit,
    "tanh": lambda z: 1 - 2 / (np.exp(2 * z) + 1),
    "relu": lambda z: (z + np.abs(z)) / 2,
    "leaky_relu": lambda z: np.maximum(0.01 * z, z),
    "elu": lambda z: np.where(z > 0, z, scipy.special.expm1(z)),
    "exponential": lambda z: np.sinh(z) + np.cosh(z),
    "gelu": lambda z: z * scipy.special.ndtr(z),
    "hard_sigmoid": lambda z: np.interp(z, [-3, 3], [0, 1]),
    "hard_silu": lambda z: z * np.interp(z, [-3, 3], [0, 1]),
    "hard_tanh": lambda z: (np.abs(z + 1) - np.abs(z - 1)) / 2,
    "log_sigmoid": scipy.special.log_expit,
    "log_softmax": lambda z: scipy.special.log_softmax(z, axis=-1),
    # tanh(ln u) = (u² - 1)/(u² + 1)
    "mish": lambda z: z * (1 - 2 / ((1 + np.exp(z)) ** 2 + 1)),
    "relu6": lambda z: (np.abs(z) - np.abs(z - 6)) / 2 + 3,
    "selu": lambda z: (
        1.0507009873554804934193349852946
        * np.where(z > 0, z, 1.6732632423543772848170429916717 * scipy.special.expm1(z))
    ),
    "silu": lambda z: z * scipy.special.expit(z),
    "softsign": lambda z: np.sign(z) * (1 - 1 / (1 + np.abs(z))),
    "tanh_shrink": lambda z: z - 1 + 2 / (np.exp(2 * z) + 1),
    "threshold": lambda z: np.where(z > 0, z, 0.0),
    "softplus": lambda z: -scipy.special.log_expit(-z),
    "linear": lambda z: +z,
    "step": lambda z: np.heaviside(z, 0.0),
    "softmax": lambda z: scipy.special.softmax(z, axis=-1),
    "normalize": lambda z: z / np.sum(z, axis=-1)[..., None],
}


@pytest.mark.parametrize("word", WITHOUT_OPTIONS)
def test_activation_agrees_with_another_implementation(word):
    operation: Any = operations.load(word).model_validate({})
    z = np.random.default_rng(5).uniform(0.1 if word == "normalize" else -4, 4, (5, 6))

    np.testing.assert_allclose(operation.forward(z), ORACLES[word](z), rtol=1e-12, atol=1e-15)


def test_losses_agree_with_scipy():
    random = np.random.default_rng(3)
    y, t = random.uniform(0.05, 0.95, (4, 3)), random.uniform(0, 1, (4, 3))
    p = y / y.sum(axis=1, keepdims=True)

    def loss(word: str, **options: str) -> Any:
        return losses.load(word).model_validate(options)

    square = np.linalg.norm(y - t, axis=1) ** 2
    for factor, scale in {"sum": 1, "half_sum": 2, "mean": 3, "half_mean": 6}.items():
        found = loss("mean_squared_error", factor=factor).forward(y, t)
        np.testing.assert_allclose(found, square / scale, rtol=1e-14)
    entropy = -(scipy.special.xlogy(t, y) + scipy.special.xlog1py(1 - t, -y)).mean(axis=1)
    np.testing.assert_allclose(loss("binary_crossentropy").forward(y, t), entropy, rtol=1e-13)
    divergence = scipy.special.rel_entr(t, p).sum(axis=1) + scipy.special.entr(t).sum(axis=1)
    np.testing.assert_allclose(
        loss("categorical_crossentropy").forward(p, t), divergence, rtol=1e-12
    )
    np.testing.assert_allclose(
        loss("categorical_crossentropy", log="2").forward(p, t), divergence / np.log(2), rtol=1e-12
    )


def test_cross_entropy_terms_with_factor_zero_are_zero():
    """A class that is not wanted adds nothing, even at probability 0."""
    t, y = np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]])
    for word in losses.LOSSES:
        kind: Any = losses.load(word)
        loss: Any = kind.model_validate({} if word != "formula" else {"formula": "o - t"})
        if loss.takes_shares and not loss.by_value:
            assert loss.forward(y, t)[0] == 0


def test_relu_slope_at_zero_is_a_convention():
    zero, one = np.zeros((1, 1)), np.ones((1, 1))
    for slope in (0, 1):
        relu: Any = operations.load("relu").model_validate({"slope_at_zero": slope})

        assert relu.backward(one, zero, zero)[0][0, 0] == slope


def test_step_at_zero_is_a_convention():
    for value in (0, 1):
        step: Any = operations.load("step").model_validate({"at_zero": value})

        assert step.forward(np.zeros((1, 1)))[0, 0] == value


def test_extreme_inputs_stay_finite():
    z = np.array([[-1e4, -800.0, 0.0, 800.0, 1e4]])
    for word in WITHOUT_OPTIONS:
        # A sum of 0 has no shares, and e^800 is beyond the floats.
        if word not in ("normalize", "exponential"):
            operation: Any = operations.load(word).model_validate({})
            output = operation.forward(z)
            gradient = operation.backward(np.ones_like(z), output, z)[0]

            assert np.isfinite(output).all()
            assert np.isfinite(gradient).all()


def test_a_sum_below_the_rounding_error_of_its_terms_is_zero():
    """0.1 + 0.2 - 0.3 is 5.6e-17 in floats; a neuron at exactly 0 must be at 0."""
    affine = Affine()
    z = affine.forward(np.array([[1.0, 1.0]]), np.array([[0.1, 0.2]]), np.array([-0.3]))

    assert z[0, 0] == 0.0


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(1, 5), st.integers(1, 5), st.sampled_from(["Wx", "xW", "WTx"]))
def test_affine_is_a_sum_of_products_for_any_shape(data, units, inputs, layout):
    """z_i by two nested loops, in every layout and with every kind of bias."""
    floats = st.floats(-3, 3, width=32)
    x = data.draw(arrays.arrays(float, (2, inputs), elements=floats))
    W = data.draw(arrays.arrays(float, (units, inputs), elements=floats))
    b = data.draw(arrays.arrays(float, st.sampled_from([(units,), ()]), elements=floats))
    found = Affine(layout=layout).forward(x, W if layout == "Wx" else W.T, b)
    for s in range(2):
        for i in range(units):
            total = sum(W[i, j] * x[s, j] for j in range(inputs)) + (b[i] if b.ndim else b)

            assert found[s, i] == pytest.approx(total, abs=1e-12)


def test_shortcuts_are_proved_by_sympy():
    """Output minus target behind softmax, (o - t)/n behind sigmoid: every line of the derivation, in symbols."""

    def vector(letter: str, n: int) -> Elements:
        return Elements((n,), lambda i: Symbol(letter, f"{letter}{i[0]}"))

    for word, activation, n in (
        ("categorical_crossentropy", "softmax", 3),
        ("binary_crossentropy", "sigmoid", 2),
    ):
        loss: Any = losses.load(word).model_validate({})
        behind: Any = operations.load(activation).model_validate({})
        z, y, t = vector("z", n), vector("y", n), vector("t", n)
        short = loss.shortcut(behind, (0,), y, t)
        outputs = {y[i]: behind.definition((i,), z) for i in range(n)}

        def seen(formula: Any, outputs: Any = outputs) -> Any:
            return substitute(formula, lambda s: outputs.get(s, s))

        energy = seen(loss.definition((), y, t))
        lines = [seen(formula) for formula, _ in short.lines]
        if short.targets_add_to_one:
            last: Any = {t[0]: 1 - (t[1] + t[2])}
            energy = substitute(energy, lambda s, last=last: last.get(s, s))
            lines = [substitute(line, lambda s, last=last: last.get(s, s)) for line in lines]
        for line in lines:
            assert algebra.is_derivative(line, energy, z[0])  # type: ignore[arg-type]


def test_a_partial_derivative_is_named_by_what_it_is_of_and_by():
    of, by = Symbol("E", "E@2", sample=2), Symbol("w", "w5", "5")

    assert Partial(of, by).key == "dE_dw5@2"
