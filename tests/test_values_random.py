"""Random formulas over scalars, lists and matrices: every value and gradient against numpy's complex steps."""

import random
import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

import handcalc
from handcalc.problem import parse

STEP = 1e-30
"""A step in the imaginary direction: f(x + ih) = f(x) + ihf'(x) to the last digit."""
Arrays = dict[str, Any]
Function = Callable[[Arrays], Any]
SHAPES: tuple[tuple[int, ...], ...] = ((), (2,), (3,), (2, 3), (3, 2))


def _where(holds: Any, a: Any, b: Any) -> Any:
    return np.where(holds, a, b)


def _shifted_exp(z: Any) -> Any:
    return np.exp(z - z.real.max(axis=-1, keepdims=True))


# What each word is, in numpy, for complex numbers: what is compared are the real parts.
SINGLE: dict[str, Callable[[Any], Any]] = {
    "exp({})": np.exp,
    "ln(1 + {}^2)": lambda z: np.log(1 + z * z),
    "sqrt(2 + {}²)": lambda z: np.sqrt(2 + z * z),
    "sin({})": np.sin,
    "cos({})": np.cos,
    "tanh({})": np.tanh,
    "σ({})": lambda z: 1 / (1 + np.exp(-z)),
    "relu({})": lambda z: _where(z.real > 0, z, 0),
    "|{}|": lambda z: _where(z.real > 0, z, -z),
    "abs({})": lambda z: _where(z.real > 0, z, -z),
    "softplus({})": lambda z: np.log(1 + np.exp(z)),
    "step({})": lambda z: _where(z.real > 0, 1.0, 0.0) + 0 * z,
    "sign({})": lambda z: np.sign(z.real) + 0 * z,
    "where({} > 0.25, 3, -1)": lambda z: _where(z.real > 0.25, 3.0, -1.0) + 0 * z,
    "leaky_relu({})": lambda z: _where(z.real > 0, z, 0.01 * z),
    "silu({})": lambda z: z / (1 + np.exp(-z)),
    "({})²": lambda z: z * z,
    "({})^3": lambda z: z * z * z,
    "2^({})": lambda z: np.exp(np.log(2) * z),
    "1/(1 + ({})^2)": lambda z: 1 / (1 + z * z),
    "-({})": lambda z: -z,
    "½({})": lambda z: z / 2,
    "2({} - 1)": lambda z: 2 * (z - 1),
}
PAIRS: dict[str, Callable[[Any, Any], Any]] = {
    "{} + {}": lambda a, b: a + b,
    "{} - ({})": lambda a, b: a - b,
    "({})·({})": lambda a, b: a * b,
    "({})*({})": lambda a, b: a * b,
    "({})/(2 + ({})²)": lambda a, b: a / (2 + b * b),
    "(1 + |{}|)^({})": lambda a, b: np.exp(b * np.log(1 + _where(a.real > 0, a, -a))),
    "max({}, {})": lambda a, b: _where(a.real >= b.real, a + 0 * b, b + 0 * a),
    "min({}, {})": lambda a, b: _where(a.real <= b.real, a + 0 * b, b + 0 * a),
    "where({0} > {1}, ({0})^2, 3({1}))": lambda a, b: _where(
        a.real > b.real, a * a + 0 * b, 3 * b + 0 * a
    ),
}
WHOLE: dict[str, Callable[[Any], Any]] = {
    "sum({})": np.sum,
    "Σ({})": np.sum,
    "mean({})": np.mean,
    "prod({})": np.prod,
    "norm({})": lambda z: np.sqrt(np.sum(z * z)),
    "max({})": lambda z: z.reshape(-1)[z.real.argmax()],
    "min({})": lambda z: z.reshape(-1)[z.real.argmin()],
}
ROWS: dict[str, Callable[[Any], Any]] = {
    "softmax({})": lambda z: _shifted_exp(z) / _shifted_exp(z).sum(axis=-1, keepdims=True),
    "log_softmax({})": lambda z: (
        z - z.real.max(axis=-1, keepdims=True) - np.log(_shifted_exp(z).sum(axis=-1, keepdims=True))
    ),
}


class Draws:
    """A random file, and beside each formula what it means in numpy."""

    def __init__(
        self,
        seed: int,
        *,
        samples: int = 1,
        learned: bool = False,
        target: bool = False,
        loss: bool = False,
        batch: str = "mean",
    ):
        self.random = random.Random(seed)
        self.samples, self.batch = samples, batch
        self.given: dict[str, list[Any]] = {}
        self.learned = set[str]()
        self.known: dict[str, tuple[int, ...]] = {}
        self.values: dict[str, tuple[str, Function]] = {}
        for name in ("x", "y", "W"):
            self._give(name, self._shape(matrix=name == "W"), samples)
        if learned:
            for name in ("w", "b"):
                self._give(name, self._shape(), 1)
                self.learned.add(name)
        if target:
            self._give("t", (), samples)
        if loss:
            self._loss()
            return
        for name in ("p", "q", "r", "s")[: self.random.randint(1, 4)]:
            text, function, shape = self._formula(self.random.randint(1, 2))
            if samples > 1 and not self._of_a_sample(text):
                # What samples have in common alone: the test below.
                text, function = (
                    f"{text} + 0*sum(x)",
                    lambda at, own=function: own(at) + 0 * np.sum(at["x"]),
                )
            self.values[name] = text, function
            self.known[name] = shape
        # The last value takes in all that there is, so that nothing is left out.
        terms = [(self._reduced(name)) for name in self.known]
        self.values["f"] = (
            " + ".join(text for text, _ in terms),
            lambda at, terms=terms: sum(function(at) for _, function in terms),
        )

    def _loss(self) -> None:
        """One value alone, (w·x·… - t)^2·…: learned numbers, inputs and the target directly in the loss."""
        terms = [self._factor(name) for name in self.known]
        self.random.shuffle(terms)
        parts = [terms[i : i + 2] for i in range(0, len(terms), 2)]
        text = " + ".join(f"({'*'.join(t for t, _ in part)})" for part in parts)

        def inner(at: Arrays) -> Any:
            return sum(np.prod([function(at) for _, function in part]) for part in parts)

        word = self.random.choice(["({})²", "tanh({})", "({})^3", "sin({})", "-({})"])
        last, last_function = self._factor(self.random.choice([*self.known]))
        self.values["f"] = (
            f"{word.format(text)}*{last}",
            lambda at: SINGLE[word](inner(at)) * last_function(at),
        )

    def _factor(self, name: str) -> tuple[str, Function]:
        """A single number of a name, for a product."""
        if not self.known[name]:
            return name, lambda at: at[name]
        word = self.random.choice(["sum({})", "mean({})", "max({})"])
        return word.format(name), lambda at: WHOLE[word](at[name])

    def _of_a_sample(self, text: str) -> bool:
        names = set(re.findall(r"[A-Za-z_]+", text))
        return bool(names & (set(self.known) - self.learned))

    def _shape(self, *, matrix: bool = False) -> tuple[int, ...]:
        return self.random.choice([s for s in SHAPES if not matrix or len(s) == 2])

    def _give(self, name: str, shape: tuple[int, ...], samples: int) -> None:
        """Numbers with two digits, none of which is twice there: no value lies at a corner."""
        self.known[name] = shape
        self.given[name] = [
            np.array(
                [self.random.randint(-150, 150) / 100 + 0.00137 for _ in range(int(np.prod(shape)))]
            ).reshape(shape)
            for _ in range(samples)
        ]

    def _formula(self, depth: int) -> tuple[str, Function, tuple[int, ...]]:
        pick = self.random.choice
        if depth == 0:
            name = pick([*self.known])
            shape = self.known[name]
            return name, lambda at: at[name], shape
        text, function, shape = self._formula(depth - 1)
        kind = pick(["single", "pair", "pair", "whole", "row", "product", "index", "turned"])
        if kind == "pair":
            other = self._formula(depth - 1)
            if _together(shape, other[2]) is not None:
                word = pick([*PAIRS])
                return (
                    word.format(text, other[0]),
                    lambda at: PAIRS[word](function(at), other[1](at)),
                    _together(shape, other[2]) or (),
                )
        if kind == "whole" and shape:
            word = pick([*WHOLE])
            return word.format(text), lambda at: WHOLE[word](function(at)), ()
        if kind == "row" and shape:
            word = pick([*ROWS])
            return word.format(text), lambda at: ROWS[word](function(at)), shape
        if kind == "product" and shape:
            name = pick([*self.known])
            other_shape = self.known[name]
            if other_shape and shape[-1] == other_shape[0]:
                found = (*shape[:-1], *other_shape[1:])
                return f"({text}) @ {name}", lambda at: function(at) @ at[name], found
        if kind == "index" and shape:
            i = self.random.randrange(shape[0])
            return f"({text})[{i + 1}]", lambda at: function(at)[i], shape[1:]
        if kind == "turned" and len(shape) == 2:
            return f"({text}).T", lambda at: function(at).T, shape[::-1]
        word = pick([*SINGLE])
        return word.format(f"({text})"), lambda at: SINGLE[word](function(at)), shape

    def _reduced(self, name: str) -> tuple[str, Function]:
        """One number of each name: Σ a², 0.3·mean a, …"""
        if self.known[name]:
            return self.random.choice(
                [
                    (f"sum({name}²)", lambda at: np.sum(at[name] ** 2)),
                    (f"0.3mean({name})", lambda at: 0.3 * np.mean(at[name])),
                    (f"tanh(sum({name}))", lambda at: np.tanh(np.sum(at[name]))),
                ]
            )
        return self.random.choice(
            [
                (f"{name}^2", lambda at: at[name] ** 2),
                (f"3{name}", lambda at: 3 * at[name]),
                (f"½{name}", lambda at: at[name] / 2),
            ]
        )

    def file(self, *, gates: bool = False) -> str:
        def of(names: list[str], sample: int) -> str:
            inner = ", ".join(f"{name}: {self.given[name][sample].tolist()}" for name in names)
            return f"{{{inner}}}"

        inputs = [name for name in self.given if name not in self.learned and name != "t"]
        lines = []
        if self.samples == 1:
            lines.append(f"input: {of(inputs, 0)}")
            lines += [f"target: {self.given['t'][0]}"] if "t" in self.given else []
        else:
            lines.append("samples:")
            for s in range(self.samples):
                target = f", target: {self.given['t'][s]}" if "t" in self.given else ""
                lines.append(f"  - {{input: {of(inputs, s)}{target}}}")
        lines += [f"learned: {of(sorted(self.learned), 0)}"] if self.learned else []
        lines.append("values:")
        lines += [f'  {name}: "{text}"' for name, (text, _) in self.values.items()]
        lines += ["gates: true"] * gates
        lines += [f"batch: {self.batch}"] * (self.samples > 1)
        lines.append("ask: [forward, gradients]")
        return "\n".join(lines) + "\n"

    def run(self, sample: int, moved: str = "", place: tuple[int, ...] = ()) -> Arrays:
        """All values of a sample; one number moved in the imaginary direction."""
        at: Arrays = {}

        def put(name: str, value: Any) -> None:
            array = np.array(value, dtype=complex)
            if name == moved:
                array[place] += 1j * STEP
            at[name] = array

        for name, arrays in self.given.items():
            put(name, arrays[sample if len(arrays) > 1 else 0])
        for name, (_, function) in self.values.items():
            put(name, function(at))
        return at

    def slope(self, name: str, sample: int) -> Any:
        shape = self.known[name]
        found = np.zeros(shape)
        for place in product(*map(range, shape)):
            found[place] = self.run(sample, name, place)["f"].imag / STEP
        return found


def _together(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...] | None:
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        return None


def _array(answers: dict[str, Any], key: str, shape: tuple[int, ...], at: str) -> Any:
    """What is answered of an array: as a whole, or number by number; each answer is taken once."""
    if key + at in answers:
        return np.array(answers.pop(key + at))
    return np.array(
        [answers.pop(f"{key}{''.join(str(i + 1) for i in p)}{at}") for p in np.ndindex(shape)]
    ).reshape(shape)


def _compared(draws: Draws, text: str, *, gates: bool) -> None:
    found = {key: a.value for key, a in handcalc.solve(parse(text)).answers.items()}
    for s in range(draws.samples):
        at = f"@{s + 1}" if draws.samples > 1 else ""
        own = draws.run(s)
        for name in draws.values:
            shape = draws.known.get(name, ())
            _near(_array(found, name, shape, at), own[name].real, f"{name}{at}")
        for name, shape in draws.known.items():
            asked = name in draws.values or name in draws.learned or not draws.learned
            if asked and name != "t":
                _near(
                    _array(found, f"df_d{name}", shape, at), draws.slope(name, s), f"df_d{name}{at}"
                )
    if draws.samples > 1:
        for name in draws.learned:
            together = np.sum if draws.batch == "sum" else np.mean
            whole = together([draws.slope(name, s) for s in range(draws.samples)], axis=0)
            _near(_array(found, f"df_d{name}", draws.known[name], ""), whole, f"df_d{name}")
    # Nothing is answered that was not compared, but for the gates.
    assert gates or not found


def _near(found: Any, expected: Any, what: str) -> None:
    scale = max(1.0, float(np.abs(expected).max(initial=0)))
    assert found.shape == expected.shape, what
    assert np.abs(found - expected).max(initial=0) <= 1e-11 * scale, what


def _drawn(seed: int, **options: Any) -> Iterator[Draws]:
    """A file whose numbers stay within bounds, away from corners; of others nothing is known."""
    draws = Draws(seed, **options)
    with np.errstate(all="ignore"):
        every = [draws.run(s) for s in range(draws.samples)]
    if all(np.isfinite(a).all() and np.abs(a).max() < 1e6 for at in every for a in at.values()):
        yield draws


@pytest.mark.parametrize("seed", range(60))
def test_values_and_gradients_are_those_of_numpy(seed):
    for draws in _drawn(seed):
        _compared(draws, draws.file(), gates=False)


@pytest.mark.parametrize("seed", range(100, 130))
def test_gate_by_gate_they_are_the_same(seed):
    for draws in _drawn(seed):
        _compared(draws, draws.file(gates=True), gates=True)


@pytest.mark.parametrize("seed", range(200, 220))
def test_with_learned_numbers_and_a_target(seed):
    for draws in _drawn(seed, learned=True, target=True):
        _compared(draws, draws.file(), gates=False)


@pytest.mark.parametrize("seed", range(300, 320))
def test_with_two_samples(seed):
    for draws in _drawn(seed, samples=2, learned=True, target=True):
        _compared(draws, draws.file(), gates=False)


@pytest.mark.parametrize("seed", range(400, 430))
def test_with_learned_numbers_in_the_only_value(seed):
    for draws in _drawn(
        seed,
        samples=seed % 3 + 1,
        learned=True,
        target=True,
        loss=True,
        batch=("mean", "sum")[seed % 2],
    ):
        _compared(draws, draws.file(), gates=False)


def test_a_weight_in_the_loss_of_several_samples_is_updated():
    """∂f/∂w = 2(wx - t)x: (2·0·1 + 2·2·3)/2 = 6, so that w goes from 2 to 2 - 0.1·6; f = (0 + 4)/2."""
    text = """
samples: [{input: {x: 1}, target: 2}, {input: {x: 3}, target: 4}]
learned: {w: 2}
values: {f: "(w*x - t)^2"}
optimizer: {sgd: {learning_rate: 0.1}}
ask: [forward, gradients, update]
"""
    found = handcalc.solve(parse(text)).answers
    assert found["df_dw"].value == pytest.approx(6)
    assert found["w_new"].value == pytest.approx(1.4)


def test_a_value_that_all_samples_have_in_common():
    """∂f/∂w = 2wx, of both samples (6·1 + 6·2)/2."""
    text = """
samples: [{input: {x: 1}}, {input: {x: 2}}]
learned: {w: 3}
values:
  r: w^2
  f: r*x
ask: [forward, gradients]
"""
    assert handcalc.solve(parse(text)).answers["df_dw"].value == pytest.approx(9)


def test_the_largest_of_ten_is_proved():
    """One case a number: cases inside of cases would take minutes."""
    found = handcalc.solve(
        parse('input: {x: [[1, 2, 3, 4, 5], [9, 5, 9, 3, 1]]}\nvalues: {f: "max(x)^2"}\n')
    ).answers

    assert found["df_dx"].value == [[0] * 5, [18, 0, 0, 0, 0]]
