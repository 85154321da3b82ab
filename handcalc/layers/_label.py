"""Labels: what readers see of a quantity. A layer chooses them; `network/notation.py` formats them."""

from dataclasses import dataclass, replace
from typing import Self


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
    passing: bool = False
    """Is its gradient but a factor on the way to those that are asked, as ∂E/∂z of a neuron is?"""

    @property
    def stem(self) -> str:
        """The letter as it is typed."""
        return self.ascii or self.letter

    def of_units(self) -> Self:
        """The same of a layer that counts neurons; ∂E/∂z of a neuron is a factor, not a step."""
        return replace(self, by_unit=True, passing=self.word == "in")


OUTPUTS = Label("out", "outputs")
WEIGHTED_SUMS = Label("in", "weighted sums")
WEIGHTS = Label("weights", "weights", "w", given="weights of", by_unit=True, numbered=True)
KERNEL = Label("kernel", "kernel", "k", given="kernel of", kernel=True)
BIAS = Label("bias", "biases", "b", given="bias of", numbered=True)
