"""Hebb's rule: what is active together is tied together, w_new = w + η·t·x."""

from typing import Any, ClassVar, Literal

from handcalc.optimizers._rule import Rule


class Hebb(Rule):
    """w_new = w + η·t·x and b_new = b + η·t, with the target t; `by: output` takes the output y in its place."""

    example: ClassVar[dict[str, Any]] = {"learning_rate": "1"}
    way: ClassVar[str] = "by what its output is, or ought to be, times its input"

    by: Literal["target", "output"] = "target"

    def signal(self, z: Any, y: Any, t: Any) -> Any:
        return t if self.by == "target" else y
