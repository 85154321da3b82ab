"""The gradient by a whole input as one operation on arrays, shown to be what the chain rule gives.

Every element of it is worked out both ways: in symbols sympy proves them equal, with numbers they agree.
"""

from collections.abc import Sequence
from itertools import islice
from math import prod

from handcalc.document import Line, Lines
from handcalc.errors import ProofError, count
from handcalc.formula import Formula, Leaf, Partial, Slide, Sum, Symbol, algebra, evaluate, total
from handcalc.network import Element, Gradient, Node
from handcalc.network.formulas import Elements
from handcalc.operations._operation import Identity
from handcalc.operations._tensor import Tensor, indices
from handcalc.questions._page import Page

MOST_COMPARED = 400
"""Elements that are worked out both ways."""
MOST_WORK = 2000
"""Terms of their sums, all together."""
CLOSE = 1e-9


def write(page: Page, name: str, sample: int | None) -> None:
    """∂E/∂K = x ⋆ ∂E/∂y, where the quantity goes into one operation that knows such an identity."""
    consumers = page.network.consumers(name)
    if len(consumers) != 1 or page.level == "brief" or name not in page.network.reaching:
        return
    node, slot = consumers[0]
    shapes = [page.network.quantities[n].shape for n in node.inputs]
    identity = node.operation.identity(slot, *shapes)
    if identity is None:
        return
    samples = _samples(page, name, sample)
    page.say(
        "All at once, for each sample, and the samples added:"
        if len(samples) > 1
        else "All at once:"
    )
    page.add(Lines((_line(page, node, slot, identity),)))
    if identity.right is not None:
        _legend(page, identity)
    if identity.said:
        page.say(f"{identity.said[0][0].upper()}{'; '.join(identity.said)[1:]}.")
    page.say(_shown_to_hold(page, node, slot, identity, samples))


def _samples(page: Page, name: str, sample: int | None) -> tuple[int | None, ...]:
    """The samples that the gradient is summed over: what they share gets a part from each where they meet."""
    shared = page.network.mixes and not page.network.per_sample(name)
    return tuple(page.steps.samples) if shared and page.steps.samples else (sample,)


def _legend(page: Page, identity: Identity) -> None:
    """What the sign means, when it comes up for the first time."""
    if not page.first_time(f"sign {identity.turned} {identity.full}"):
        return
    sign = ("∗" if identity.turned else "⋆") + "full" * identity.full
    turned = "turned by 180°" if identity.turned else "as it stands"
    where = "every place where the two touch" if identity.full else "every place inside the first"
    page.say(f"Here {sign} slides the second, {turned}, over {where}.")


def _line(page: Page, node: Node, slot: int, identity: Identity) -> Line:
    notation, quantities = page.steps.notation, page.network.quantities

    def whole(what: tuple[str, str]) -> Leaf:
        word, index = what
        if word == "dy":
            return _by(page, node.output, index)
        own = quantities[node.inputs[node.operation.slots.index(word)]]
        return _indexed(notation.whole_symbol(own), index)

    left, right = whole(identity.left), identity.right
    made: Formula = (
        left if right is None else Slide(left, whole(right), identity.turned, identity.full)
    )
    return Line(_by(page, node.inputs[slot], identity.index), made)


def _by(page: Page, name: str, index: str) -> Partial:
    whole = page.steps.notation.whole_gradient(page.network.quantities[name])
    return Partial(whole.of, _indexed(whole.by, index))


def _indexed(symbol: Symbol, index: str) -> Symbol:
    """The symbol of one channel or kernel: K_ij."""
    if not index:
        return symbol
    return Symbol(symbol.base, f"{symbol.key}_{index}", index, symbol.sup)


def _shown_to_hold(
    page: Page, node: Node, slot: int, identity: Identity, samples: Sequence[int | None]
) -> str:
    """Both ways, element by element."""
    steps, name = page.steps, node.inputs[slot]
    tensors = [_tensors(page, node, slot, sample) for sample in samples]
    shape, worst, compared = page.network.quantities[name].shape, 0.0, 0
    work = 0
    for index in islice(indices(shape), MOST_COMPARED):
        ref = Gradient(Element(name, index, samples[0] if len(samples) == 1 else None))
        other = total(identity.element(index, own) for own in tensors)
        if page.network.symbolic:
            own = steps.formula(ref)
            assert own is not None
            if not algebra.equal(page.with_slopes(own), other):
                raise ProofError(steps.key(ref), "the identity gives another sum")
        else:
            found, expected = steps.exact(ref), float(evaluate(other, steps.exact_leaf))
            scale = max(1.0, abs(found))
            if abs(found - expected) > CLOSE * scale:
                raise ProofError(steps.key(ref), f"the identity gives {expected!r}, not {found!r}")
            worst = max(worst, abs(found - expected) / scale)
        compared += 1
        work += len(own_terms.terms) if isinstance(own_terms := steps.formula(ref), Sum) else 1
        if work > MOST_WORK:
            break
    if page.network.symbolic:
        return f"Written out, these are the same {count(compared, 'sum')}: sympy finds every difference to be 0."
    of = "" if compared == prod(shape) else "first "
    close = "exactly" if worst == 0 else f"to {worst:.0e}".replace("e-0", "e-")
    comes = "comes" if compared == 1 else "come"
    return f"Worked out that way, the {of}{count(compared, 'value')} {comes} out the same, {close}."


def _tensors(page: Page, node: Node, slot: int, sample: int | None) -> dict[str, Tensor]:
    """What goes into an operation in one sample, and the gradient that arrives at its result."""
    steps = page.steps
    tensors: dict[str, Tensor] = {
        word: steps.tensor(other, sample, steps.backward_view(node, slot))
        for word, other in zip(node.operation.slots, node.inputs, strict=False)
    }
    tensors["dy"] = Elements(
        page.network.quantities[node.output].shape,
        lambda index: steps.leaf(Gradient(Element(node.output, index, sample))),
    )
    return tensors
