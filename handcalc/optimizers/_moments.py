"""What Adam and its kin share: two decays, a small number, and the moments m and v."""

from collections.abc import Mapping
from typing import ClassVar

from handcalc.fields import Given
from handcalc.optimizers._optimizer import Letter, Optimizer


class Moments(Optimizer):
    """The options β1, β2 and ε."""

    letters: ClassVar[Mapping[str, Letter]] = {
        "beta_1": Letter("β1", "beta_1", "decay of the mean"),
        "beta_2": Letter("β2", "beta_2", "decay of the mean square"),
        "epsilon": Letter("ε", "epsilon", "epsilon"),
    }

    beta_1: Given = Given.of("0.9")
    beta_2: Given = Given.of("0.999")
    epsilon: Given = Given.of("1e-8")
