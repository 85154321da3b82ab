"""What is made small: the losses behind the layers, what large weights add, and the learning rate."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from handcalc.errors import ProblemError, did_you_mean, numbers_in, printable
from handcalc.fields import KEY, Array, Random, Shape, parts
from handcalc.formula.greek import lettered
from handcalc.layers._label import Label
from handcalc.network.aiming import aimed
from handcalc.network.graph import (
    DATA,
    EACH,
    LEARNED,
    LOSS,
    RATE,
    SLOPE,
    STEP,
    TARGET,
    Network,
    Node,
    Quantity,
)
from handcalc.operations._handle import Handle, made
from handcalc.operations._operation import Operation
from handcalc.operations.add import Add
from handcalc.operations.group_mean import GroupMean
from handcalc.operations.group_sum import GroupSum
from handcalc.operations.l1_penalty import L1Penalty
from handcalc.operations.l2_penalty import L2Penalty
from handcalc.operations.linear_combination import LinearCombination
from handcalc.operations.weighted_sum import WeightedSum
from handcalc.optimizers._optimizer import Optimizer
from handcalc.problem import ends
from handcalc.problem.model import Penalty

if TYPE_CHECKING:
    from handcalc.network.building import Building

_RATES = {"eta": "η", "alpha": "α"}


def add(builder: "Building") -> None:
    """What the file wants to be small, and how fast it is learned; nothing where there is no loss."""
    network, problem = builder.network, builder.network.problem
    if problem.gradients:
        _add_gradients(builder, problem.gradients_in(network.step))
    else:
        _add_losses(builder)
    if problem.finite_difference is not None and network.of_values:
        label = Label("step", "steps", "h", given="step")
        width = Array(problem.finite_difference.h.text, ())
        builder.give(Quantity(STEP, "setting", label, ()), [width])
    if problem.rule is not None:
        _add_target(builder)
    if problem.optimizer is not None and (LOSS in network.quantities or problem.rule):
        letter, stem = _RATES[problem.notation.learning_rate], problem.notation.learning_rate
        label = Label("rate", "rates", letter, stem, given="learning rate")
        rate = Array(problem.optimizer.learning_rate.text, ())
        builder.give(Quantity(RATE, "setting", label, ()), [rate])
        for name, (written, value) in problem.optimizer.settings.items():
            # λ is the rate of the penalty where there is one.
            taken = problem.penalty is not None and written.letter == "λ"
            shown = ("λd", "lambda_d") if taken else (written.letter, written.ascii)
            label = Label(name, "settings", *shown, given=written.given)
            builder.give(Quantity(name, "setting", label, ()), [Array(value.text, ())])
        _refuse_starts(network, problem.optimizer)


def _refuse_starts(network: Network, optimizer: Optimizer) -> None:
    """What the optimizer remembers at first of something that is not learned, or of other shapes."""
    learned = {q.name.removeprefix(f"{LEARNED}:"): q.shape for q in network.learned}
    origin, wrong = network.problem.origin, []
    for word, start in optimizer.start.items():
        place = ("optimizer", optimizer.word, "start", word)
        for name, own in start.items() if isinstance(start, dict) else ():
            if name not in learned:
                said = f"'{printable(name)[:60]}' is not learned{did_you_mean(name, learned)}"
                wrong.append(origin.mistake((*place, name, KEY), said))
            elif own.shape not in ((), learned[name]):
                said = (
                    f"this has {numbers_in(own.shape)}, and {name} has {numbers_in(learned[name])}"
                )
                wrong.append(origin.mistake((*place, name), f"{said}; write as many"))
        if isinstance(start, Array) and start.shape and set(learned.values()) != {start.shape}:
            name = next(iter(learned), "w")
            said = f"this has {numbers_in(start.shape)}, and what is learned has not"
            wrong.append(
                origin.mistake(place, f"{said}; write {word}: {{{name}: …}}, or one number")
            )
    if wrong:
        raise ProblemError(origin.path, wrong)


def _add_target(builder: "Building") -> None:
    """What the output ought to be, where a rule looks at it and no loss does."""
    problem, output = builder.network.problem, builder.network.quantities[builder.network.output]
    label = Label("target", "targets", problem.notation.target, given="target")
    target = Quantity(TARGET, "target", label, output.shape, about=output.name)
    builder.give(target, list(ends.targets(problem)))


def name_of(network: Network) -> str:
    """What the value that is minimized is called: of each sample, where samples meet before it."""
    return EACH if network.samples > 1 and network.of_batch else LOSS


def minimized(network: Network, value: str, number: int) -> Quantity:
    """The value of the file that is made small; its name is the letter of the loss."""
    name, label = name_of(network), Label("loss", "values", lettered(value), value, of_file=True)
    if name == LOSS:
        return Quantity(LOSS, "loss", label, (), value, number)
    return Quantity(name, "made", replace(label, passing=True), (), value, number)


def as_one_number(handle: Handle) -> Handle:
    """A list of one number as that number."""
    return handle if not handle.shape else made("sum", handle)


def _add_losses(builder: "Building") -> None:
    """The loss behind the last layer, or those of several outputs and their sum.

    Where the file gives the gradient g of the output in place of a loss, Σ g·y has it.
    """
    network, problem = builder.network, builder.network.problem
    letter, target, aims = problem.notation.loss, problem.notation.target, ends.aims(problem)
    whole = Label("loss", "losses", letter)
    data = DATA if problem.penalty else LOSS
    together = network.samples > 1 and (network.of_batch or problem.penalty is not None)
    last = EACH if together else data
    if network.of_values:
        if EACH in network.quantities:
            over = GroupMean(batch=True) if problem.batch == "mean" else GroupSum(batch=True)
            builder.make(_loss_quantity(LOSS, whole), Node(over, (EACH,), LOSS))
        return
    for aim in aims:
        single = not aim.output
        output = network.quantities[network.output if single else builder.results[aim.output].name]
        held = Quantity(
            TARGET if single else f"{TARGET}:{aim.output}",
            "target",
            Label("target", "targets", target, given="target")
            if single
            else Label("target", "targets", target, f"{target}_{aim.output}", given="target of"),
            aim.loss.target_shape(output.shape),
            "" if single else output.layer,
            0 if single else output.number,
            output.name,
        )
        part = Label("loss", "losses", letter, f"{letter}_{aim.output}", passing=True)
        name, label = (last, whole) if single else (f"{LOSS}:{aim.output}", part)
        loss = aimed(problem.origin, aim, output.shape, held.name)
        _add_loss(builder, loss, held, aim.targets, name, label)
    if problem.outputs:
        total = LinearCombination(constants=tuple(aim.weight for aim in aims))
        names = tuple(f"{LOSS}:{aim.output}" for aim in aims)
        builder.make(_loss_quantity(last, whole), Node(total, names, last))
    elif not aims and (problem.output_gradient is not None or "gradients" in (problem.ask or ())):
        output = network.quantities[network.output]
        own = Label("slope", "gradients", given="gradient of the output")
        slope = Quantity(SLOPE, "slope", own, output.shape, about=output.name)
        _add_loss(builder, WeightedSum(), slope, _slopes(network, output.shape), last, whole)
    if together and last in network.quantities:
        # Given gradients of the outputs are those of the loss of the whole batch.
        mean = problem.batch == "mean" and SLOPE not in network.quantities
        over = GroupMean(batch=True) if mean else GroupSum(batch=True)
        builder.make(_loss_quantity(data, whole), Node(over, (last,), data))
    if data in network.quantities and problem.penalty is not None:
        _add_penalties(builder, problem.penalty, whole)


def _add_gradients(builder: "Building", gradients: Mapping[str, Array | Random]) -> None:
    """E = Σ g·w over all that is learned: what has the given gradients, in place of a network."""
    network = builder.network
    letter = network.problem.notation.loss
    whole = Label("loss", "losses", letter)
    parts = tuple(f"{LOSS}:{name}" for name in gradients) if len(gradients) > 1 else (LOSS,)
    for (name, given), part in zip(gradients.items(), parts, strict=True):
        learned = network.quantities[f"{LEARNED}:{name}"]
        label = Label("slope", "gradients", given=f"gradient by {learned.label.letter}")
        slope = Quantity(f"{SLOPE}:{name}", "slope", label, learned.shape, about=learned.name)
        one = whole if part == LOSS else replace(whole, ascii=f"{letter}_{name}", passing=True)
        _add_loss(builder, WeightedSum(), slope, [given], part, one)
    if len(gradients) > 1:
        builder.make(_loss_quantity(LOSS, whole), Node(Add(), parts, LOSS))


def _add_penalties(builder: "Building", penalty: Penalty, whole: Label) -> None:
    """E = E_data + λ Σ w²: what large weights add."""
    network = builder.network
    weights = tuple(
        q.name for q in network.parameters if penalty.biases or q.label.role == "weight"
    )
    terms = [DATA]
    rates = {"l2": penalty.l2, "l1": penalty.l1}
    both = None not in rates.values()
    for word, rate in rates.items():
        if rate is None or not weights:
            continue
        letter, stem = ("λ" + word[1:], f"lambda{word[1:]}") if both else ("λ", "lambda")
        label = Label(stem, "rates of the penalty", letter, stem, given=f"penalty {word}")
        builder.give(Quantity(stem, "setting", label, ()), [Array(rate.text, ())])
        operation = L2Penalty(half=penalty.half) if word == "l2" else L1Penalty()
        name = f"{LOSS}:{word}"
        own = replace(whole, letter="R", ascii=f"R_{word}" if both else "R", passing=True)
        builder.make(Quantity(name, "made", own, ()), Node(operation, (stem, *weights), name))
        terms.append(name)
    builder.make(_loss_quantity(LOSS, whole), Node(Add(), tuple(terms), LOSS))


def _loss_quantity(name: str, label: Label) -> Quantity:
    """The loss; that of each sample is a factor on the way to it where samples meet before."""
    if name == LOSS:
        return Quantity(LOSS, "loss", label, ())
    letter = f"{label.letter}_data" if name == DATA else ""
    return Quantity(name, "made", replace(label, passing=True, ascii=letter or label.ascii), ())


def _slopes(network: Network, shape: Shape) -> list[Array | Random | None]:
    """The gradient of the output: one for all samples, or one a sample."""
    given = network.problem.output_gradient
    if isinstance(given, Array) and len(given.shape) > len(shape):
        return list(parts(given))
    return [given] * network.samples


def _add_loss(
    builder: "Building",
    loss: Operation,
    aim: Quantity,
    numbers: Sequence[Array | Random | None],
    name: str,
    label: Label,
) -> None:
    """One loss of one output, and what that is held against."""
    builder.give(aim, list(numbers))
    about = "" if name in (LOSS, EACH) else aim.about
    quantity = replace(_loss_quantity(name, label), about=about)
    builder.make(quantity, Node(loss, (aim.about, aim.name), name))
