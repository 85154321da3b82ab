"""Gaussian noise: added while a network learns; nothing changes when it is used."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar, Self

from handcalc.fields import Array, Given, Numbers, Shape
from handcalc.layers._beside import not_as_large, refuse_other_count
from handcalc.layers._label import OUTPUTS, Label
from handcalc.layers._layer import Builder, Conventions, Layer, Misfit
from handcalc.operations.unchanged import Unchanged

NOISE = Label("noise", "noise", "n", given="noise of")
LEARNING = replace(OUTPUTS, heading="outputs in training")
IN_USE = replace(OUTPUTS, heading="outputs in use, without noise")


class GaussianNoise(Layer):
    """y = x + n with the noise n that is given, and y = x without it.

    `stddev` says how large it is where it is drawn; given numbers are taken as they are.
    """

    example: ClassVar[dict[str, Any]] = {"noise": ["0.1", "-0.2", "0"]}

    stddev: Given = Given.of("1")
    noise: Numbers | None = None

    def output_shape(self, received: Shape, conventions: Conventions) -> Shape | None:
        return received

    def misfits(
        self, received: Shape, conventions: Conventions, called: str, values: str
    ) -> Iterator[Misfit]:
        noise = self.noise
        if isinstance(noise, Array) and received not in (noise.shape, noise.shape[1:]):
            yield not_as_large("noise", noise, received, called, "a number for each value")

    def says(self, received: Shape, conventions: Conventions) -> Iterable[str]:
        if self.noise is None:
            yield "in use nothing is added"
        elif "stddev" in self.model_fields_set:
            said = f"its stddev of {self.stddev.text} is that of noise that is drawn"
            yield f"{said}; here the noise is given"

    def in_use(self) -> Self:
        return self.model_copy(update={"noise": None})

    def build(self, builder: Builder) -> None:
        if self.noise is None:
            builder.name(Unchanged()(builder.x), IN_USE)
            return
        if isinstance(self.noise, Array) and self.noise.shape != builder.x.shape:
            refuse_other_count("noise", self.noise, builder)
        noise = builder.given(NOISE, builder.x.shape, self.noise)
        builder.name(builder.x + noise, LEARNING)
