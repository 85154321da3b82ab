"""How good a network is on some samples: the mean loss, the share that is right, the confusion."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Literal, TypeAlias

from handcalc.data import Examples, Form, parted
from handcalc.losses._loss import Loss
from handcalc.network.graph import LOSS, Network

if TYPE_CHECKING:
    from handcalc.arrays import Array

Kind: TypeAlias = Literal["numbers", "classes", "hot", "yes_no", "sign"]
"""What an output says: numbers, the class of the largest one, which is given as its number or as a row with a
one, or yes and no at the two sides of 1/2 or of 0."""
FEW = 100
"""Classes of which a table of confusions is kept."""


@dataclass(frozen=True)
class Measure:
    """Sums over samples: of their losses, and how many answers there are and are right."""

    samples: int = 0
    total: float = 0.0
    answers: int = 0
    right: int = 0
    confused: "Array | None" = None
    """How often class i was taken for class j."""

    @property
    def loss(self) -> float:
        """The mean loss of a sample."""
        return self.total / self.samples if self.samples else 0.0

    @property
    def accuracy(self) -> float | None:
        """The share of right answers, where an answer is right or wrong."""
        return self.right / self.answers if self.answers else None

    def __add__(self, other: "Measure") -> "Measure":
        tables = [m.confused for m in (self, other) if m.confused is not None]
        return Measure(
            self.samples + other.samples,
            self.total + other.total,
            self.answers + other.answers,
            self.right + other.right,
            sum(tables[1:], start=tables[0]) if tables else None,
        )


def kinds_of(examples: Examples, form: Form) -> tuple[Kind, ...]:
    """When each output is right, from the targets of all samples."""
    own = parted(examples.targets, form.targets)
    pairs = zip(own, form.outputs.values(), strict=True)
    return tuple(_kind(targets, output.loss, prod(output.shape)) for targets, output in pairs)


def _kind(targets: "Array", loss: Loss | None, outputs: int) -> Kind:
    import numpy as np

    if loss is not None and loss.by_value:
        return "classes"
    values = set(np.unique(targets)[:3].tolist())
    if values <= {0, 1}:
        if outputs == 1:
            return "sign" if getattr(loss, "from_logits", False) else "yes_no"
        hot = bool((targets.sum(axis=-1) == 1).all())
        return "hot" if hot else "numbers"
    return "sign" if outputs == 1 and values <= {-1, 1} else "numbers"


def measured(
    network: Network, values: "dict[str, Array]", kinds: Sequence[Kind], *, confused: bool = False
) -> Measure:
    """The measure of one batch from what its forward pass has made; of several outputs, all their answers."""
    n = network.samples
    total = 0.0
    if LOSS in network.quantities:
        # Where samples meet there is one loss, of all of them.
        times = n if network.mixes and network.problem.batch == "mean" else 1
        total = float(values[LOSS].sum()) * times
    answers = right = 0
    table = None
    for target, kind in zip(network.of_kind("target"), kinds, strict=True):
        if kind == "numbers":
            continue
        guessed, meant, classes = _answers(values[target.about], values[target.name], kind)
        answers, right = answers + len(meant), right + int((guessed == meant).sum())
        if confused and classes <= FEW and len(kinds) == 1:
            table = _confused(guessed, meant, classes)
    return Measure(n, total, answers, right, table)


def _confused(guessed: "Array", meant: "Array", classes: int) -> "Array":
    """How often class i was taken for class j."""
    import numpy as np

    table = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(table, (meant, guessed), 1)
    return table


def _answers(y: "Array", t: "Array", kind: Kind) -> "tuple[Array, Array, int]":
    """What the network says and what is so, as numbers of classes, and how many of these there are."""
    if kind in ("classes", "hot"):
        meant = t.argmax(axis=-1) if kind == "hot" else t
        return y.argmax(axis=-1).reshape(-1), meant.astype(int).reshape(-1), y.shape[-1]
    border = 0.5 if kind == "yes_no" else 0.0
    return (y > border).astype(int).reshape(-1), (t > border).astype(int).reshape(-1), 2
