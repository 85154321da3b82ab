"""Labels: what readers see of a quantity. A layer chooses them; `network/notation.py` formats them."""

from dataclasses import dataclass, replace
from typing import Literal, Self, TypeAlias

Way: TypeAlias = Literal["", "forward", "backward"]
Role: TypeAlias = Literal["weight", "bias", "scaling"]


@dataclass(frozen=True, slots=True)
class Label:
    """What a quantity is of its layer, and how its elements are called.

    `word` stands beside the name of the layer (h1_in, conv1_kernel); the values that a layer gives on have
    the word `out`, and are named by the layer alone where they are cells. `letter` is the symbol of an
    element, w, k or γ, with `stem` in its key; values without a letter bear the name of their layer.
    """

    word: str
    heading: str
    """Its elements in the plural, for headings: weighted sums, outputs."""
    letter: str = ""
    ascii: str = ""
    """The letter in keys, where it is none of ASCII: eta for η."""
    given: str = ""
    """What it is called among the given numbers: weights of, before the name of the layer."""
    by_unit: bool = False
    """Does it count neurons (h1_out) instead of cells (conv1[2,3])?"""
    numbered: bool = False
    """Are its elements counted through the network (w1, w2, …) where the file counts weights so?"""
    kernel: bool = False
    """Are its axes those of a kernel: cells of a window, channels and filters?"""
    below: str = ""
    """What stands below the letter: the gate f of the weights W_f."""
    at: int | None = None
    """The time of a sequence or the number of a head: it stands right behind the word and the letter."""
    counts: Literal["time", "head", "gate"] = "time"
    """What `at` counts."""
    way: "Way" = ""
    """Of a sequence that is read both ways: which of them."""
    stage: Literal["", "in"] = ""
    """Is it a weighted sum, before the function whose value has the same word?"""
    own: bool = False
    """Is its letter enough on a page, without the name of the layer, where no other layer has it too?"""
    slices: str = ""
    """What its matrices belong to, where its first axis counts no channels: Neuron."""
    role: Role = "weight"
    """Of what is learned: does it weigh what is multiplied by it, is it a bias, or γ or β of a normalization?"""
    of_file: bool = False
    """Is it a value of the file, whose name is that of its layer: q of `values: {q: x + y}`?"""
    passing: bool = False
    """Is its gradient but a factor on the way to those that are asked, as ∂E/∂z of a neuron is?"""

    @property
    def stem(self) -> str:
        """The letter as it is typed."""
        return self.ascii or self.letter

    @property
    def unique(self) -> str:
        """What no other quantity of the layer is called."""
        return self.called(self.stage)

    def called(self, weighted_sum: str) -> str:
        """The same with the file's word for weighted sums: f_in2, f_net2."""
        stage = weighted_sum if self.stage else ""
        parts = (self.way, self.word, self.below, stage)
        return "_".join(filter(None, parts)) + ("" if self.at is None else str(self.at))

    def of_units(self) -> Self:
        """The same of a layer that counts neurons; ∂E/∂z of a neuron is a factor, not a step."""
        return replace(self, by_unit=True, passing=self.word == "in")


OUTPUTS = Label("out", "outputs")
VALUE = Label("out", "values", of_file=True)
WEIGHTED_SUMS = Label("in", "weighted sums")
WEIGHTS = Label("weights", "weights", "w", given="weights of", by_unit=True, numbered=True)
KERNEL = Label("kernel", "kernel", "k", given="kernel of", kernel=True)
BIAS = Label("bias", "biases", "b", given="bias of", numbered=True, role="bias")
