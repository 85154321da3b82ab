"""The delta rule of Widrow and Hoff (ADALINE): w_new = w + η·(t - z)·x, before any threshold."""

from typing import Any, ClassVar

from handcalc.optimizers._rule import Rule


class DeltaRule(Rule):
    """w_new = w + η·(t - z)·x and b_new = b + η·(t - z), with the weighted sum z.

    It is gradient descent on 1/2 (t - z)².
    """

    example: ClassVar[dict[str, Any]] = {"learning_rate": "0.1"}
    way: ClassVar[str] = "by the error t - z of its weighted sum times its input"

    def signal(self, z: Any, y: Any, t: Any) -> Any:
        return t - z
