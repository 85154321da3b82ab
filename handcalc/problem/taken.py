"""One sample in the place of all of them: its numbers become the input and the target of the problem."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handcalc.fields import Array
from handcalc.problem.model import Problem

OF_TRAINING = ("steps", "epochs", "batch_size", "order", "schedule", "explain")
"""What says how all samples are trained on, and nothing of one."""


@dataclass(frozen=True)
class Taken:
    """A sample: which one it is, in words, its inputs, and its targets by output; "" is the last layer."""

    said: str
    inputs: Mapping[str, Array]
    """By name; of a single one that has none it is `input`."""
    targets: Mapping[str, Array] = field(default_factory=dict)
    output_gradient: Array | None = None
    """Where the file has one a sample."""

    def into(self, data: dict[str, Any]) -> dict[str, Any]:
        """The file with this sample alone."""
        left = {"input", "inputs", "target", "samples", *OF_TRAINING}
        found = {name: value for name, value in data.items() if name not in left}
        alone = self.inputs.get("input")
        found |= {"inputs": dict(self.inputs)} if alone is None else {"input": alone}
        found |= {"target": self.targets[""]} if "" in self.targets else {}
        found |= {"output_gradient": own} if (own := self.output_gradient) is not None else {}
        if isinstance(data.get("outputs"), dict):
            found["outputs"] = {
                name: {**own, "target": self.targets[name]} if name in self.targets else own
                for name, own in data["outputs"].items()
            }
        return found


def untrained(problem: Problem) -> Problem:
    """What is worked out of a problem that is trained on data: one step at most."""
    return problem.model_copy(update=dict.fromkeys(OF_TRAINING))
