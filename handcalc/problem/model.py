"""The problem file as frozen types: what each field means and may hold."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    PrivateAttr,
    WithJsonSchema,
    model_validator,
)

from handcalc import layers, losses, optimizers, schedules
from handcalc.fields import (
    Array,
    Decimals,
    Given,
    Name,
    Numbers,
    Random,
    SizesOrNumber,
    Strict,
    Truth,
    Worded,
    Words,
    mistake,
    parts,
    read_array,
)
from handcalc.fields.scalars import Between, integer
from handcalc.layers._layer import Conventions, Layer
from handcalc.losses._loss import Loss
from handcalc.operations import ACTIVATIONS
from handcalc.optimizers._optimizer import Optimizer
from handcalc.optimizers._rule import Rule
from handcalc.problem import uses
from handcalc.problem.batches import Batches
from handcalc.problem.data import Data
from handcalc.problem.origin import Origin
from handcalc.problem.values import OF_INPUT
from handcalc.schedules._schedule import Schedule

# An empty list is refused in our own words; the schema says it to editors.
_SOME: Any = Field(json_schema_extra={"minItems": 1})

_LAYER_WORDS = (*layers.LAYERS, uses.WORD)
LayerWord = Annotated[
    Layer, Worded("layer", uses.load, _LAYER_WORDS, ("repeat",), functions=tuple(ACTIVATIONS))
]
LossWord = Annotated[
    Loss,
    Worded("loss", losses.load, tuple(losses.LOSSES)),
]
OptimizerWord = Annotated[
    Optimizer, Worded("optimizer", optimizers.load, tuple(optimizers.OPTIMIZERS))
]

ScheduleWord = Annotated[Schedule, Worded("schedule", schedules.load, tuple(schedules.SCHEDULES))]


def _as_list(value: object) -> object:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple):
        raise mistake("expects words or a list of words, not a mapping; write [a, b]")
    return value


def _letter(value: object) -> str:
    if not (isinstance(value, str) and len(value) == 1 and value.isascii() and value.isalpha()):
        raise mistake("expects one letter; write x")
    return value


def _is_list(value: object) -> object:
    if not isinstance(value, list | tuple) or not value:
        raise mistake("expects a list with at least one item; begin each item with a dash")
    return value


def _some_layers(value: object) -> object:
    # No file can have an empty tuple: it is that of an optimizer alone.
    return value if value == () else _is_list(value)


def _is_mapping(value: object) -> object:
    if not isinstance(value, dict | BaseModel):
        raise mistake("expects a mapping; write {name: value}")
    return value


class Unknown(Strict):
    """An input without numbers, or with random ones: its shape and the letter for it."""

    shape: SizesOrNumber
    symbol: Annotated[str, BeforeValidator(_letter)] = "x"
    random: Random | None = None


def _read_input(value: object) -> Array | Random | Unknown:
    if isinstance(value, dict):
        return Unknown.model_validate(value)
    return value if isinstance(value, Unknown) else read_array(value)


Input = Annotated[
    Array | Random | Unknown,
    PlainValidator(_read_input),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["array", "number", "string"]},
                {
                    "type": "object",
                    "properties": {"shape": {"type": "array"}, "symbol": {}, "random": {}},
                    "required": ["shape"],
                    "additionalProperties": False,
                },
                # Inputs by their names, as `inputs:` has them: handcalc.problem.values.
                {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": {"not": {"enum": list(OF_INPUT)}},
                },
                # An image has become numbers when this is read: handcalc.problem.picture.
                {
                    "type": "object",
                    "properties": {
                        "image": {"type": "string"},
                        "color": {"enum": ["gray", "rgb"]},
                        "divide": {"type": ["number", "string"]},
                    },
                    "required": ["image"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


_FORMULAS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"type": ["string", "number"]},
}
"""Formulas by their names; each becomes a layer when this is read: handcalc.problem.values."""


def _named(value: object) -> object:
    if not isinstance(value, dict) or not value:
        raise mistake("expects a mapping of names; write {a: …, b: …}")
    return value


_NUMBERS: dict[str, Any] = {"type": ["array", "number", "string"]}
_NUMBERS_OR_NAMED: dict[str, Any] = {"type": ["array", "number", "string", "object"]}


def _by_name(value: object) -> object:
    if isinstance(value, list | tuple):
        raise mistake("expects the gradients by name; write {w: [0.1, 0.2]}, one for each step")
    return _named(value)


class Sample(Strict):
    """One of several samples: an input, and the target if the loss is asked; or several of them by name."""

    input: Annotated[Numbers, WithJsonSchema(_NUMBERS_OR_NAMED)] | None = None
    target: Numbers | None = None
    inputs: Annotated[dict[Name, Numbers], BeforeValidator(_named)] | None = None
    targets: Annotated[dict[str, Numbers], BeforeValidator(_named)] | None = None


class Output(Strict):
    """One of several outputs: its target and its loss, and what that loss counts in the sum."""

    loss: LossWord
    target: Numbers | None = None
    weight: Given = Given.of(1)


class Penalty(Strict):
    """What large weights add to the loss: λ Σ w² for `l2`, with `half` λ/2 Σ w²; λ Σ |w| for `l1`.

    Biases, and what else is no weight (γ and β), are left out unless `biases: true`.
    """

    l2: Given | None = None
    l1: Given | None = None
    half: Truth = False
    biases: Truth = False

    def title(self, E: str = "E") -> str:
        """The formula in a few words."""
        squares = "λ/2 Σ w²" if self.half else "λ Σ w²"
        terms = [t for t, rate in ((squares, self.l2), ("λ Σ |w|", self.l1)) if rate is not None]
        if len(terms) > 1:
            terms = [squares.replace("λ", "λ2"), "λ1 Σ |w|"]
        whose = "all weights and biases" if self.biases else "all weights, biases left out"
        return f"penalty for large weights, {E} = {E}_data + {' + '.join(terms)}, over {whose}"

    @model_validator(mode="after")
    def _some(self) -> "Penalty":
        if self.l2 is None and self.l1 is None:
            raise mistake("has neither l2 nor l1; write penalty: {l2: 0.01}")
        if self.half and self.l2 is None:
            raise mistake("has half: true and no l2, of which it takes the half; leave it out")
        for word, rate in (("l2", self.l2), ("l1", self.l1)):
            if rate is not None and rate.value < 0:
                raise mistake(
                    f"has a negative {word}, which would reward large weights; write 0.01"
                )
        return self


class FiniteDifference(Strict):
    """How far a number is moved to see what its slope is: (f(x + h) - f(x))/h, or `form: central`, to both sides."""

    h: Given
    form: Literal["forward", "central"] = "forward"

    @model_validator(mode="after")
    def _some(self) -> "FiniteDifference":
        if self.h.value == 0:
            raise mistake("has h: 0, by which is divided; write 0.1")
        return self


MOST_STEPS = 1_000_000
"""Steps of training; more would take minutes."""
MOST_LISTED = 10_000
"""Samples whose order is written out."""
MOST_EXPLAINED = 100
"""Steps that are worked out in full."""


def _several(value: object) -> tuple[int, ...]:
    rows = value if isinstance(value, list | tuple) else [value]
    if not rows or len(rows) > MOST_LISTED:
        raise mistake(f"expects 1 to {MOST_LISTED:,} whole numbers; write [1, 2, 3]")
    return tuple(map(_STEP.read, rows))


def _read_order(value: object) -> int | tuple[int, ...]:
    """The numbers of the samples, or the seed from which they are shuffled."""
    if isinstance(value, dict):
        if set(value) != {"seed"}:
            raise mistake("expects numbers of samples or a seed; write [2, 1, 3] or {seed: 1}")
        return integer(value["seed"])
    if isinstance(value, int):
        return value
    return _several(value)


def _read_explained(value: object) -> tuple[int, ...]:
    steps = tuple(sorted(set(_several(value))))
    if len(steps) > MOST_EXPLAINED:
        raise mistake(f"has {len(steps)} steps; up to {MOST_EXPLAINED} are worked out in full")
    return steps


_STEP = Between(1, MOST_STEPS)
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": MOST_STEPS}
Steps = Annotated[int, _STEP]
Order = Annotated[
    int | tuple[int, ...],
    PlainValidator(_read_order),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": _COUNT, "minItems": 1},
                {
                    "type": "object",
                    "properties": {"seed": {"type": "integer"}},
                    "required": ["seed"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
Explained = Annotated[
    tuple[int, ...],
    PlainValidator(_read_explained),
    WithJsonSchema({"anyOf": [_COUNT, {"type": "array", "items": _COUNT, "minItems": 1}]}),
]


def _h_alone(value: object) -> object:
    return value if isinstance(value, dict | BaseModel) else {"h": value}


class Rounding(Strict):
    """How numbers are written: decimals, rounded or truncated, and whether rounded ones are used on.

    `carry: exact` computes with full precision and rounds what is shown; `carry: rounded` uses each
    written number as it is written, as a person with a pencil does. `keys` sets other decimals for
    some answers, with * for any letters: {"*_out": 3}.
    """

    decimals: Decimals = 4
    mode: Literal["half_up", "half_even", "truncate"] = "half_up"
    carry: Literal["exact", "rounded"] = "exact"
    keys: Annotated[dict[str, Decimals], BeforeValidator(_is_mapping)] = Field(default={})


def _part_name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_LETTERS:
        raise mistake(f"expects a name of at most {MOST_LETTERS} letters; write forward: [h*, o*]")
    return value.strip()


def _some_patterns(value: object) -> object:
    if not value or not isinstance(value, str | list | tuple):
        raise mistake("expects the answers of this part; write [h*, o*]")
    return _as_list(value)


MOST_LETTERS = 40
PartName = Annotated[str, BeforeValidator(_part_name)]
Patterns = Annotated[
    tuple[Words, ...],
    BeforeValidator(_some_patterns),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ]
        }
    ),
]


class Marking(Strict):
    """How answers are marked: what each counts, whether digits may be cut off, the decimals asked for.

    `marks` gives weights by key, with * for any letters: {"dE_*": 2}; else every answer counts 1. `parts` names
    parts of the sheet that have a subtotal: {forward: ["h*", "o*"]}. A mistake that is made again costs nothing
    the second time, unless `repeated` is `charged`. 0.62 for 0.620 is right, unless `zeros` are `required`.
    """

    marks: Annotated[dict[str, Given], BeforeValidator(_is_mapping)] = Field(default={})
    parts: Annotated[dict[PartName, Patterns], BeforeValidator(_is_mapping)] = Field(default={})
    truncation: Truth = True
    zeros: Literal["free", "required"] = "free"
    repeated: Literal["free", "charged"] = "free"
    decimals: Decimals | None = None


class Notation(Strict):
    """The letters and indices of the course.

    `weights: numbered` counts w1, w2, … through the network, by destination neuron or, with
    `numbering: source`, by the value they leave; `matrix` writes the elements of W. `product` says
    how W is kept: Wx and its rows belong to neurons, xW or WTx and they belong to inputs. `channels`
    says which axis of an input they are, and with `sizes: whole` windows that leave cells over are
    refused instead of cut off.
    """

    weights: Literal["numbered", "matrix"] = "numbered"
    numbering: Literal["destination", "source"] = "destination"
    product: Literal["Wx", "xW", "WTx"] = "Wx"
    channels: Literal["last", "first"] = "last"
    sizes: Literal["floor", "whole"] = "floor"
    values: Literal["in_out", "net_out", "z_a"] = "in_out"
    loss: Literal["E", "L", "J", "C"] = "E"
    target: Literal["t", "y", "d"] = "t"
    learning_rate: Literal["eta", "alpha"] = "eta"


class Problem(Strict):
    """An exercise: an input, layers, and what is asked of them.

    `output_gradient` is ∂E/∂output where an exercise gives it in place of a loss. `inputs` are several by
    name, for `from: a`; `outputs` gives several layers a target and a loss each, which are added up. `data` is a
    file of samples, which the network is trained on and of which one at a time is worked out. `values` are
    formulas of inputs, of `learned` numbers and of earlier values; the last one, or that of `minimize`, is
    differentiated, and `gates` takes each apart into single operations. Training goes on for `steps`, or for `epochs`
    with `batch_size` samples at a time, in the `order` of their numbers or shuffled from a seed, at a learning rate
    that follows a `schedule`; the steps of `explain` are worked out in full. For an optimizer alone `gradients` are
    given in place of a network: one by each number of `learned`, or a list of them with one for each step.
    """

    title: Words = ""
    source: Words = ""
    question: Words = ""
    input: Input | None = None
    inputs: Annotated[dict[Name, Input], BeforeValidator(_named)] | None = None
    samples: Annotated[tuple[Sample, ...], BeforeValidator(_is_list)] | None = None
    data: Data | None = None
    layers: Annotated[tuple[LayerWord, ...], BeforeValidator(_some_layers)] = _SOME
    values: Annotated[dict[str, Any], BeforeValidator(_named), WithJsonSchema(_FORMULAS)] | None = (
        None
    )
    learned: (
        Annotated[
            dict[Name, Input],
            BeforeValidator(_named),
            WithJsonSchema({"type": ["object", "array"], "minProperties": 1, "minItems": 1}),
        ]
        | None
    ) = None
    gates: Truth = False
    minimize: Words | None = None
    finite_difference: Annotated[FiniteDifference, BeforeValidator(_h_alone)] | None = None
    target: Numbers | None = None
    loss: LossWord | None = None
    outputs: Annotated[dict[str, Output], BeforeValidator(_named)] | None = None
    output_gradient: Numbers | None = None
    gradients: (
        Annotated[
            dict[Name, Annotated[Numbers, WithJsonSchema(_NUMBERS)]], BeforeValidator(_by_name)
        ]
        | None
    ) = None
    penalty: Penalty | None = None
    optimizer: OptimizerWord | None = None
    batch: Literal["mean", "sum"] = "mean"
    steps: Steps | None = None
    epochs: Steps | None = None
    batch_size: Steps | None = None
    order: Order | None = None
    schedule: ScheduleWord | None = None
    explain: Explained | None = None
    update: Literal["simultaneous", "sequential"] = "simultaneous"
    convention: Literal["keras", "pytorch"] = "keras"
    ask: Annotated[tuple[Words, ...], BeforeValidator(_as_list)] | None = None
    rounding: Rounding = Rounding()
    notation: Notation = Notation()
    marking: Marking = Marking()
    notes: Annotated[tuple[Words, ...], BeforeValidator(_as_list)] = ()

    _origin: Origin = PrivateAttr(default=Origin("problem", "problem", ""))

    def from_origin(self, origin: Origin) -> "Problem":
        """A copy that knows the file it came from."""
        copy = self.model_copy()
        copy._origin = origin  # noqa: SLF001  # of the same class
        return copy

    @property
    def rule(self) -> Rule | None:
        """The rule by which it learns where no loss is made small."""
        return self.optimizer if isinstance(self.optimizer, Rule) else None

    @property
    def trains(self) -> bool:
        """Does it go on for more than one step?"""
        several = any(length is not None for length in self.gradient_steps.values())
        words = (self.steps, self.epochs, self.batch_size)
        return several or any(word is not None for word in words)

    @property
    def gradient_steps(self) -> dict[str, int | None]:
        """For how many steps there is a gradient by each learned number; None where one serves all of them."""
        there = ((n, g) for n, g in (self.gradients or {}).items() if isinstance(g, Array))
        return {
            name: None if g.shape == self._shape_of(name) else g.shape[0]
            for name, g in there
            if g.shape
        }

    def _shape_of(self, learned: str) -> tuple[int, ...]:
        own = (self.learned or {}).get(learned)
        return own.shape if isinstance(own, Array) else ()

    def gradients_in(self, step: int) -> dict[str, Array | Random]:
        """The given gradients of one step, counted from 1."""
        return {
            name: list(parts(given))[step - 1]
            if self.gradient_steps.get(name) is not None and isinstance(given, Array)
            else given
            for name, given in (self.gradients or {}).items()
        }

    @property
    def batches(self) -> Batches:
        """The samples of each step: all at once unless `batch_size` says how many."""
        samples = len(self.samples or (1,))
        size = min(self.batch_size or samples, samples)
        given = max((n or 0 for n in self.gradient_steps.values()), default=0)
        steps = self.steps or given or (self.epochs or 1) * -(-samples // size)
        if isinstance(self.order, int):
            return Batches(samples, size, steps, seed=self.order)
        return Batches(samples, size, steps, self.order or ())

    @property
    def conventions(self) -> Conventions:
        """What the file settles for all of its layers."""
        words = self.notation
        return Conventions(words.product, words.channels, words.sizes, self.convention)

    @property
    def origin(self) -> Origin:
        """The file it came from."""
        return self._origin
