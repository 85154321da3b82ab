"""Concatenate: several inputs one behind the other along an axis."""

from handcalc.fields import Shape, Whole
from handcalc.layers._merging import Merging


class Concatenate(Merging):
    """The sizes along `axis`, counted from 1 and otherwise the last one, add up."""

    axis: Whole = 0

    def merged(self, shapes: tuple[Shape, ...]) -> Shape | None:
        at = (self.axis or len(shapes[0])) - 1
        if len({len(shape) for shape in shapes}) > 1 or not 0 <= at < len(shapes[0]):
            return None
        if len({(*shape[:at], *shape[at + 1 :]) for shape in shapes}) > 1:
            return None
        return (*shapes[0][:at], sum(shape[at] for shape in shapes), *shapes[0][at + 1 :])

    def local(self) -> bool:
        return self.axis == 0

    def wanted(self) -> str:
        return "give them the same sizes but along the axis, which there must be"
