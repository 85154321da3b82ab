"""The perceptron's rule: w_new = w + η·(t - y)·x; nothing moves where the output is right."""

from typing import Any, ClassVar

from handcalc.optimizers._rule import Rule


class Perceptron(Rule):
    """w_new = w + η·(t - y)·x and b_new = b + η·(t - y), with the output y of the step function."""

    example: ClassVar[dict[str, Any]] = {"learning_rate": "1"}
    way: ClassVar[str] = "by its error t - y times its input, and stays where the output is right"
    counts_mistakes: ClassVar[bool] = True

    def signal(self, z: Any, y: Any, t: Any) -> Any:
        return t - y
