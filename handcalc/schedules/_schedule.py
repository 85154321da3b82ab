"""The contract of a schedule: the learning rate of each step, as a formula of the first one."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal

from handcalc.fields import Given, Strict, mistake
from handcalc.formula import Formula, Number


class Schedule(Strict, ABC):
    """A learning rate that changes while the network is trained, from step to step or with `per: epoch`."""

    example: ClassVar[dict[str, Any]]

    per: Literal["step", "epoch"] = "step"

    @abstractmethod
    def rate(self, rate: Formula, t: int) -> Formula:
        """The learning rate after t whole steps, or epochs; t is 0 at first."""


def typed(given: Given) -> Number:
    """A number of the file as it stands in a formula."""
    return Number(given.value, given.text)


def positive(given: Given, name: str, instead: str) -> None:
    """A number above 0; the mistake says what to write."""
    if given.value <= 0:
        raise mistake(f"has {name}: {given.text}, which is not above 0; write {instead}")
