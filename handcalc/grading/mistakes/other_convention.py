"""What the other framework counts, where Keras and PyTorch differ."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer


class OtherConvention(Mistake):
    """PyTorch's one slope of a PReLU in place of Keras's one for each value; its size of a transposed window."""

    said: ClassVar[str] = "the convention of the other framework was used, Keras or PyTorch"

    def sizes(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[Shape]:
        other = layer.output_shape(received, _other(conventions))
        if other is not None and other != layer.output_shape(received, conventions):
            yield other

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        weights = list(layer.counts(received, conventions))
        trained = _counts.total(w for w in weights if w.trained)
        other = _counts.total(layer.counts(received, _other(conventions)))
        # Other biases of a recurrent layer, and what is not trained, have a name of their own.
        recurrent = any(w.name.endswith("recurrent_kernel") for w in weights)
        if not recurrent and other not in (_counts.total(weights), trained):
            yield other


def _other(conventions: Conventions) -> Conventions:
    is_keras = conventions.framework == "keras"
    return replace(conventions, framework="pytorch" if is_keras else "keras")
