"""The conventions under which a problem is worked, each in a sentence."""

from collections.abc import Iterable
from math import prod

from handcalc.errors import count, listed
from handcalc.fields import Array, Usual
from handcalc.layers._layer import Layer
from handcalc.losses._loss import Loss
from handcalc.losses.binary_crossentropy import BinaryCrossentropy
from handcalc.network import Quantity
from handcalc.network.graph import RATE, SLOPE
from handcalc.network.notation import STAGES
from handcalc.operations.affine import Affine
from handcalc.operations.average_pool import AveragePool
from handcalc.operations.correlate import Correlate
from handcalc.operations.softmax import Softmax
from handcalc.optimizers._optimizer import Optimizer, Start
from handcalc.questions._page import Page

FULL_PRECISION = "Computed with full precision"
"""What the sentence on rounding begins with, which a page of whole numbers does without."""
_SLIDES = {
    False: "Convolution means cross-correlation, {}: the kernel slides over the input as it stands.",
    True: "Convolution in the strict sense, {}: the kernel is turned by 180° before it slides.",
}
_SUMS = {
    1: "s(t) = Σ x(t {} a)·k(a)",
    2: "s(i, j) = Σ x(i {0} m, j {0} n)·k(m, n)",
    3: "s(h, i, j) = Σ x(h {0} l, i {0} m, j {0} n)·k(l, m, n)",
}


def of(page: Page) -> Iterable[str]:
    """One sentence for each convention that changes a number or a way to write it."""
    problem, rounding = page.problem, page.steps.policy.rounding
    product = {
        "Wx": "z = W·x + b, a row of W for each neuron",
        "xW": "z = x·W + b, a row of W for each input",
        "WTx": "z = Wᵀ·x + b, a row of W for each input",
    }[problem.notation.product]
    operations = [node.operation for node in page.network.nodes]
    if any(_is_dense(layer) for layer in problem.layers):
        yield f"Dense layers compute {product}."
    constants = {operation.constant for operation in operations if isinstance(operation, Affine)}
    for place in ("first", "last"):
        if place in constants:
            line = "column" if problem.notation.product == "Wx" else "row"
            yield f"The {place} {line} of W is the bias: it belongs to a constant input of 1."
    slides = [operation for operation in operations if isinstance(operation, Correlate)]
    yield from _slides(page)
    if any(s.channels != "none" and s.groups == 1 and type(s) is Correlate for s in slides):
        yield "With channels, Y_i = B_i + Σ_j X_j ⋆ K_ij: filter i has a kernel for each channel j."
    for operation in operations:
        if isinstance(operation, AveragePool) and any(map(any, operation.windows.padding)):
            counts = "counts as zeros" if operation.count_padding else "is left out of the means"
            yield f"In average pooling the padding {counts} (count_padding)."
            break
    yield from _of_layers(page)
    if page.wanted is not None:
        yield from (f"Loss: {title}." for title in page.loss_titles)
    yield from _corners(page)
    yield from _of_pairs(page)
    if page.network.mixes and SLOPE in page.network.quantities:
        yield "The gradients of the outputs are given for the loss of the whole batch: no mean is taken of them."
    yield from _training(page)
    if (
        page.updates
        and RATE in page.network.quantities
        and _several(page)
        and problem.rule is None
        and problem.gradients is None
    ):
        what = "learned numbers" if page.network.of_values else "weights"
        yield (
            f"All gradients are found with the {what} as they were; then all {what} are updated at once."
            if problem.update == "simultaneous"
            else "Layer by layer from the output back, weights are updated before the gradient passes through them."
        )
    if page.network.symbolic:
        yield from _unused_numbers(page)
        return
    how = {"half_up": "rounded", "half_even": "rounded half to even", "truncate": "cut off"}[
        rounding.mode
    ]
    places = (
        f"{how} to {count(rounding.decimals, 'decimal')}, those too small for that to 3 digits"
        + (", some answers to another number of decimals," if rounding.keys else ",")
    )
    yield (
        f"Worked by hand: each number is {places} when it is written and used as it is written."
        if page.steps.policy.carries
        else f"{FULL_PRECISION}; numbers are {places} where they are shown, and ≈ stands where the numbers shown do not give the result exactly."
    )


def _of_pairs(page: Page) -> Iterable[str]:
    """A loss that takes outputs for independent ones which add to 1."""
    for aim, loss in zip(page.network.aims, page.network.losses, strict=False):
        output = page.network.producer(loss.name).inputs[0]
        nodes = [node for node in page.network.nodes if node.output == output]
        shares = any(isinstance(node.operation, Softmax) for node in nodes)
        if shares and isinstance(aim.loss, BinaryCrossentropy):
            yield (
                "The outputs of a softmax add to 1, and this loss counts each of them as if it were alone: for one class "
                "of several courses take categorical_crossentropy."
            )


def _corners(page: Page) -> Iterable[str]:
    """Which slope is taken where a loss has a corner, if an output lies there."""
    if page.network.symbolic or not {"gradients", "update"} & set(page.questions):
        return
    values, (o, t) = page.steps.result.values, page.loss_letters
    for node in page.network.nodes:
        loss = node.operation
        if not isinstance(loss, Loss) or not loss.corner:
            continue
        if loss.at_corner(*(values[name] for name in node.inputs)):
            yield loss.corner.format(o=o, t=t)


def _several(page: Page) -> bool:
    """Is there more than one number that is learned?"""
    return sum(prod(quantity.shape) for quantity in page.network.learned) > 1


def _is_dense(layer: Layer) -> bool:
    """Is it a dense layer, or one for every step?"""
    return layer.word == "dense" or getattr(getattr(layer, "layer", None), "word", "") == "dense"


def _of_layers(page: Page) -> Iterable[str]:
    """Options of layers that stand in formulas as numbers alone; where the channels stand."""
    problem = page.problem
    for layer, planned in zip(problem.layers, page.layers, strict=True):
        said = "; ".join(layer.says(planned.receives, problem.conventions))
        if said:
            yield f"Layer {planned.name} ({layer.word}): {said}."
    operations = (node.operation for node in page.network.nodes)
    if problem.notation.channels == "first" and any(
        getattr(operation, "channels", "none") == "first" for operation in operations
    ):
        yield "The first axis of an array is that of its channels (channels: first)."


def _unused_numbers(page: Page) -> Iterable[str]:
    """Some numbers without the others give none: that they were passed over is said."""
    network = page.network
    given = [
        q
        for q in network.of_kind("input", "learned")
        if q.name in network.given and not isinstance(network.sources[q.name][0], Usual)
    ]
    missing = [name_of(q) for q in given if q.name in network.without_numbers]
    read = network.read_by_value
    unused = [
        name_of(q) for q in given if q.name not in read and q.name not in network.without_numbers
    ]
    if missing and unused:
        yield (
            f"The file has no numbers for {listed(missing)}, so everything is worked in symbols; "
            f"those for {listed(unused)} are not used."
        )


def _slides(page: Page) -> Iterable[str]:
    """Whether kernels slide as they stand or turned; where both occur, in which layers."""
    found: dict[tuple[bool, int], list[str]] = {}
    for node in page.network.nodes:
        if isinstance(node.operation, Correlate):
            kind = (node.operation.flip, len(node.operation.size))
            found.setdefault(kind, []).append(page.network.quantities[node.output].layer)
    for (flip, rank), layers in found.items():
        said = _SLIDES[flip].format(_SUMS[rank].format("-" if flip else "+"))
        yield f"Layer{'s' * (len(layers) > 1)} {listed(layers)}: {said}" if len(found) > 1 else said


def name_of(quantity: Quantity) -> str:
    """input, weights of h."""
    return f"{quantity.label.given} {quantity.layer}".strip()


def _training(page: Page) -> Iterable[str]:
    """How many steps there are, and which samples each of them sees."""
    problem = page.problem
    if not problem.trains:
        alone, optimizer = problem.gradients is not None, problem.optimizer
        if optimizer is not None and (optimizer.start or optimizer.first_step > 1 or alone):
            yield from _memory(optimizer)
        return
    plan = problem.batches
    epochs, rest = divmod(plan.steps, plan.per_epoch)
    said = f"Training goes on for {count(plan.steps, 'step')}"
    if plan.samples > 1 and not plan.whole:
        said += f", {count(epochs, 'epoch')}" * (rest == 0)
        said += ", one sample at a time" if plan.size == 1 else f", {plan.size} samples at a time"
        if plan.seed is not None:
            said += f", in another order in every epoch, shuffled from the seed {plan.seed}"
        else:
            said += ", in the order that is given" if plan.order else ", in the order of the file"
    elif plan.samples > 1:
        said += ", each with all samples"
    yield f"{said}."
    if page.network.quantities.get(RATE) and problem.optimizer and problem.optimizer.state:
        yield from _memory(problem.optimizer)


def _at_first(optimizer: Optimizer, words: Iterable[str]) -> str:
    """M = 0, v = 0, Π = 1."""
    return listed([f"{STAGES.get(word, word)} = {optimizer.state[word]}" for word in words])


def _single(start: Start | None) -> Array | None:
    """The one number with which a row begins for all that is learned."""
    return start if isinstance(start, Array) and not start.shape else None


def _memory(optimizer: Optimizer) -> Iterable[str]:
    """What the optimizer remembers at first, and how many steps it has made before."""
    kept, start = optimizer.kept, optimizer.start
    given = [f"{word} = {number.text(())}" for word in kept if (number := _single(start.get(word)))]
    arrays = [word for word in kept if word in start and not _single(start[word])]
    rest = [word for word in kept if word not in start]
    given += [f"{listed(arrays)} {'are' if len(arrays) > 1 else 'is'} as given"] if arrays else []
    if given:
        said = f"Before the first step {listed(given)}"
        yield f"{said}{f'; {_at_first(optimizer, rest)}' if rest else ''}."
    elif all(optimizer.state[word] == "0" for word in kept):
        yield from ["What the optimizer remembers is 0 before the first step."] * bool(kept)
    else:
        yield f"Before the first step {_at_first(optimizer, kept)}."
    if optimizer.clip_norm is not None:
        yield "‖g‖ is the length of all gradients together, the root of the sum of their squares over all that is learned."
    if optimizer.first_step > 1:
        yield f"In the first step of this file t = {optimizer.first_step}: the optimizer has made others before."
