"""Numbers beside the input: one for each value, the same for all samples or sample by sample."""

from handcalc.errors import HandcalcError, count, times
from handcalc.fields import Array, Shape
from handcalc.layers._layer import Builder, Misfit


class UnfitError(HandcalcError):
    """What only shows when the numbers of all samples are there: a misfit found while building."""

    def __init__(self, misfit: Misfit) -> None:
        super().__init__(misfit.what)
        self.misfit = misfit


def not_as_large(field: str, numbers: Array, received: Shape, called: str, instead: str) -> Misfit:
    """What is said of numbers that do not belong to the values one by one."""
    sizes = times(numbers.shape) if numbers.shape else "one number"
    said = f"{called} receives {times(received)} values, but its {field} has {sizes}"
    return Misfit((field,), f"{said}; write {instead}, or a list of such, one for each sample")


def refuse_other_count(field: str, numbers: Array, builder: Builder) -> None:
    """A list with one entry a sample is as long as there are samples."""
    given, samples = numbers.shape[0], builder.samples
    if given != samples:
        there = f"there {'is' if samples == 1 else 'are'} {count(samples, 'sample')}"
        said = f"this {field} is for {count(given, 'sample')}, but {there}"
        raise UnfitError(Misfit((field,), f"{said}; write one for each, or one for all"))
