"""A formula as typed, `formula: "max(0, x)^2"`, or a value of `values:`; with `gates` gate by gate."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, PrivateAttr

from handcalc.fields import Shape, Truth, mistake
from handcalc.formula.syntax import Part, parse
from handcalc.formula.tokens import UnreadableFormulaError
from handcalc.layers._gated import gates_of
from handcalc.layers._label import VALUE
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit, Sources
from handcalc.operations._handle import Handle
from handcalc.operations._length import bounded
from handcalc.operations._typed import MOST_NUMBERS, Meaning
from handcalc.operations._words import WORDS

LONGEST = 2_000


def _typed(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise mistake('expects a formula; write "x + y"')
    if len(value) > LONGEST:
        raise mistake(f"has more than {LONGEST} characters; give parts of it names of their own")
    return value


Typed = Annotated[str, BeforeValidator(_typed)]


EXPONENTIALS = frozenset(
    [
        "exp",
        "sigmoid",
        "σ",
        "softmax",
        "log_softmax",
        "softplus",
        "log_sigmoid",
        "silu",
        "swish",
        "mish",
        "elu",
        "selu",
        "exponential",
    ]
)
"""Functions that are written with e^(…)."""


def _has_powers(part: Part) -> bool:
    """Is there a function in it that is written with e^(…)?"""
    own = part.kind == "call" and part.text in EXPONENTIALS
    return own or any(map(_has_powers, part.parts))


class Formula(Layer):
    """y = f(a, b, …) of inputs, learned numbers and earlier values, each by its name.

    In `layers:` x is what the layer receives. `gates: true` makes a value of every operation in it.
    """

    short: ClassVar[str] = "formula"
    example: ClassVar[dict[str, Any]] = {"formula": "x^2"}

    formula: Typed
    gates: Truth = False

    _tree: Part | None = PrivateAttr(default=None)
    _names: dict[str, int] = PrivateAttr(default_factory=dict)

    def bound(self, tree: Part, names: Mapping[str, int], sources: Sources) -> Self:
        """The same with its names looked up: of each, which of the sources it is."""
        copy = self.model_copy(update={"from_": sources})
        copy._tree, copy._names = tree, dict(names)  # noqa: SLF001  # of the same class
        return copy

    @property
    def is_clear(self) -> bool:
        return self._tree is not None

    @property
    def has_powers_of_e(self) -> bool:
        """Is e^(…) written in it?"""
        return self._tree is not None and _has_powers(self._tree)

    def misfits_of(
        self, shapes: tuple[Shape, ...], conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        try:
            handles = tuple(Handle(shape, f"#{place}") for place, shape in enumerate(shapes))
            found = self._meaning(handles)
            if found is not None and not self.gates:
                bounded(found, {handle.name: handle.shape for handle in handles})
        except UnreadableFormulaError as wrong:
            yield Misfit(("formula", *wrong.at), f"the formula {wrong}")
            return
        if found is not None and prod(found.shape) > MOST_NUMBERS:
            said = f"the formula gives {prod(found.shape):,} numbers; up to {MOST_NUMBERS:,} are worked out"
            yield Misfit(("formula",), f"{said}, make it smaller")

    def shape_of(self, shapes: tuple[Shape, ...], conventions: Conventions) -> Shape | None:
        if len(shapes) < len(set(self._names.values())):
            return None
        found = self._meaning(tuple(Handle(shape, "#") for shape in shapes))
        return None if found is None else found.shape

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return None

    def build(self, builder: Builder) -> None:
        found = self._meaning(builder.inputs)
        assert found is not None
        if self.gates:
            found = gates_of(builder, found, self.name or "g")
        builder.name(found, VALUE)

    def _meaning(self, inputs: tuple[Handle, ...]) -> Handle | None:
        """What the formula makes of its inputs; None where its names are not known.

        Before its names have been looked up it can only name what it receives.
        """
        tree, places = self._tree, self._names
        if tree is None:
            try:
                tree, places = parse(self.formula, lambda name: name == "x", WORDS), {"x": 0}
            except UnreadableFormulaError:
                return None
        return Meaning({name: inputs[place] for name, place in places.items()}).whole(tree)
