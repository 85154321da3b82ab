"""Two biases for each gate where there is one, or one where there are two."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from handcalc.fields import Shape
from handcalc.grading.mistakes import _counts
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.layers._layer import Conventions, Layer

_BIASES = "biases"


class OtherBiases(Mistake):
    """4·2·units biases of an LSTM, as PyTorch keeps them, in place of Keras's 4·units; a GRU's the same."""

    said: ClassVar[str] = "two biases were counted where there is one, or one where there are two"

    def counts(self, layer: Layer, received: Shape, conventions: Conventions) -> Iterator[int]:
        weights = list(layer.counts(received, conventions))
        if not any(w.name.endswith("recurrent_kernel") for w in weights):
            return
        biases = _counts.biases(weights)
        single = _counts.without(biases, _BIASES)
        doubled = [replace(w, sizes=((_BIASES, 2), *w.sizes)) for w in single]
        if biases:
            own = single if biases != single else doubled
            yield _counts.others(weights, biases) + _counts.total(own)
