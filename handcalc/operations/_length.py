"""How long a formula is when it is written out: z·σ(z) has its argument twice, and so on inside of it."""

from collections.abc import Mapping

from handcalc.formula import Formula, Terms
from handcalc.formula.tokens import UnreadableFormulaError
from handcalc.formula.walk import parts
from handcalc.operations._composed import as_node
from handcalc.operations._derived import Opaque
from handcalc.operations._handle import Handle
from handcalc.operations._tensor import Shape

MOST_WRITTEN = 5_000
"""Parts up to which a formula is written out, however often they are repeated."""
MOST_REPEATED = 4
"""How often, on an average, a part of a longer one can stand in it."""


def bounded(handle: Handle, shapes: Mapping[str, Shape]) -> None:
    """Refuse a formula that grows very long by what its functions repeat: silu(silu(silu(…)))."""
    operation, names = as_node(handle)
    tensors = [Opaque(slot, shapes[name]) for slot, name in enumerate(names)]
    sizes: dict[int, tuple[Formula, int]] = {}

    def written(node: Formula) -> int:
        if id(node) not in sizes:
            inside = parts(node)
            if isinstance(inside, Terms):
                size = len(inside) * written(inside[0])
            else:
                size = sum(map(written, inside))
            sizes[id(node)] = node, 1 + size
        return sizes[id(node)][1]

    whole = written(operation.definition((0,) * len(handle.shape), *tensors))
    if whole > max(MOST_WRITTEN, MOST_REPEATED * len(sizes)):
        said = f"is {whole:,} parts long when its functions are written out"
        raise UnreadableFormulaError(f"{said}; give parts of it names of their own")
