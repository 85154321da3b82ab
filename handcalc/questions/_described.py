"""The network of an exercise in words: a row a layer, with what is needed to solve it."""

import re
from collections.abc import Iterator
from typing import Any

from handcalc.document import Cell, Line, Lines, Table
from handcalc.errors import count, times
from handcalc.fields import Given
from handcalc.formula import Symbol
from handcalc.formula.greek import lettered
from handcalc.layers._layer import Layer
from handcalc.layers.formula import Formula
from handcalc.network import After, Quantity, Stage, Steps, build, updating
from handcalc.operations._operation import Operation
from handcalc.operations._windows import Windows
from handcalc.optimizers._optimizer import NEW
from handcalc.questions._page import Page

MOST_ROWS = 40
"""Layers that are described one by one; of more of them the questions that count have a table of their own."""
_SAID = ("name", "from_", "trainable", "flip", "use_bias", "bias", "units", "filters", "gates")
_OF_WINDOWS = ("kernel_size", "pool_size", "strides", "padding", "dilation_rate", "output_size")
_NAMES = {
    "conv": "convolution",
    "depthwise_conv": "depthwise convolution",
    "separable_conv": "separable convolution",
    "conv_transpose": "transposed convolution",
    "simple_rnn": "simple RNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "rms_normalization": "RMS normalization",
}


def write(page: Page) -> None:
    """What the layers are, from which each takes its values, and how large what it gives is."""
    _values(page)
    rows = list(_rows(page)) if len(page.problem.layers) <= MOST_ROWS else []
    if not rows:
        return
    header = ("layer", "from", "what it is", "gives")
    # What is asked is not given away.
    left_out = {1} if not any(row[1] for row in rows) else set[int]()
    left_out |= {3} if "shapes" in page.questions else set()
    kept = [i for i in range(len(header)) if i not in left_out]
    shown = tuple(tuple(row[i] for i in kept) for row in rows)
    sizes = frozenset(place for place, i in enumerate(kept) if header[i] == "gives")
    page.add(Table(tuple(header[i] for i in kept), shown, sizes))


def goal(page: Page) -> None:
    """The loss, and the rule by which something is learned, for the first number that is."""
    asked = set(page.questions)
    if {"loss", "gradients", "update"} & asked:
        for title in page.loss_titles:
            page.say(f"Loss: {title}.")
    steps = _of_one_step(page)
    learned = steps.learned_elements
    if "update" not in asked or not learned:
        return
    rest = f", and so for {'both' if len(learned) == 2 else f'all {len(learned)}'}"
    who = "learned numbers" if page.network.of_values else "weights and biases"
    rest = f"{rest} {who}" if len(learned) > 1 else ""
    page.say("The update of ", steps.leaf(learned[0]), f" ({page.optimizer.word}){rest}:")
    # In the first step t is 1, in others another number.
    rows = updating.rows(steps, learned[0], others={"t": Symbol("t", "t")})
    shown = [ref for ref in steps.stages(learned[0]) if isinstance(ref, Stage | After)]
    words = [ref.word if isinstance(ref, Stage) else NEW for ref in shown]
    pairs = zip(shown, words, strict=True)
    page.add(Lines(tuple(Line(steps.leaf(ref), rows[word]) for ref, word in pairs)))


def _of_one_step(page: Page) -> Steps:
    """The formulas of a step of training, which sees the samples of its batch alone."""
    problem = page.problem
    batches = problem.batches
    if batches.whole or problem.samples is None:
        return page.steps
    own = tuple(problem.samples[i] for i in batches.at(1))
    return Steps(build(problem.model_copy(update={"samples": own})), page.steps.policy)


def _values(page: Page) -> None:
    """The formulas of the file, as they are typed."""
    values = page.problem.values or {}
    own = [layer for layer in page.problem.layers if isinstance(layer, Formula)]
    for name, layer in [(layer.name, layer) for layer in own if layer.name in values]:
        page.say("", Symbol(lettered(name), name), f" = {layer.formula}")


def _rows(page: Page) -> Iterator[tuple[Cell, ...]]:
    values = page.problem.values or {}
    before = ""
    for number, (planned, layer) in enumerate(
        zip(page.layers, page.problem.layers, strict=True), 1
    ):
        if planned.name not in values:
            chained = planned.sources in ((), (before,)) or (number == 1 and not layer.sources)
            gives = times(planned.gives) or "1"
            described = _described(page, layer, number)
            yield planned.name, "" if chained else ", ".join(planned.sources), described, gives
        before = planned.name


def _result(page: Page, number: int) -> Quantity | None:
    """What a layer gives on: the last quantity that it makes."""
    made = [q for q in page.network.of_kind("made", "loss") if q.layer and q.number == number]
    return made[-1] if made else None


def _described(page: Page, layer: Layer, number: int) -> str:
    """dense, 2 neurons, sigmoid; convolution, 3 filters of 5 × 5, stride 1, no padding, ReLU."""
    if layer.shares:
        return f"as {layer.shares}, with the same weights"
    parts = [kind_of(layer), *_sizes(page, layer, number), *_options(layer)]
    parts += _without_bias(page, layer, number)
    if not layer.trainable:
        parts.append("its weights are not learned")
    return ", ".join(parts)


def kind_of(layer: Layer) -> str:
    """The words of a layer without the number of its axes."""
    word = re.sub(r"(?<=[a-z])[123]d", "", layer.word)
    return _NAMES.get(word, word.replace("_", " "))


def _sizes(page: Page, layer: Layer, number: int) -> Iterator[str]:
    """How many neurons, and the window that slides over what it receives."""
    network = page.network
    if layer.word == "dense" and (result := _result(page, number)) is not None:
        yield count(result.shape[-1] if result.shape else 1, "neuron")
        return
    units = getattr(layer, "units", None)
    if layer.word in ("simple_rnn", "lstm", "gru") and (result := _result(page, number)):
        units = result.shape[-1]
    if isinstance(units, int):
        yield count(units, "unit")
    nodes = (node for node in network.nodes if network.quantities[node.output].number == number)
    operations = (node.operation for node in nodes)
    windows = next((own for o in operations if (own := getattr(o, "windows", None))), None)
    if isinstance(windows, Windows):
        yield from _window(page, layer, number, windows)


def _window(page: Page, layer: Layer, number: int, windows: Windows) -> Iterator[str]:
    kernels = [q for q in page.network.parameters if q.number == number and q.label.kernel]
    size = times(windows.size)
    filters = getattr(layer, "filters", None)
    if kernels and filters is None:
        filters = _filters(page, number, len(windows.size))
    if not kernels:
        yield f"windows of {size}"
    elif filters is None:
        yield f"a kernel of {size}"
    else:
        yield f"{count(filters, 'filter')} of {size}"
    yield f"stride {_one_or_all(windows.strides)}"
    if any(d != 1 for d in windows.dilation):
        yield f"dilation {_one_or_all(windows.dilation)}"
    pads = set(windows.padding)
    if pads == {(0, 0)}:
        yield "no padding"
    elif len(pads) == 1 and len(set(*pads)) == 1:
        yield f"padding {windows.padding[0][0]}"
    else:
        yield f"padding {', '.join(f'{p} before and {q} behind' for p, q in windows.padding)}"
    if getattr(layer, "flip", False):
        yield "the kernel turned by 180°"


def _filters(page: Page, number: int, axes: int) -> int | None:
    """How many filters there are, where what the layer gives has an axis for them."""
    result = _result(page, number)
    if result is None or len(result.shape) <= axes:
        return None
    first = page.problem.notation.channels == "first"
    return result.shape[0 if first else -1]


def _one_or_all(sizes: tuple[int, ...]) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else times(sizes)


def _options(layer: Layer) -> Iterator[str]:
    """What else the file says of it: the activation by its name, other options with their words."""
    # What a recurrent layer does where the file says nothing is part of the exercise.
    squash, gate = getattr(layer, "squash", None), getattr(layer, "gate", None)
    if squash is not None:
        yield activation_name(squash) + (f", gates {activation_name(gate)}" if gate else "")
    for name, field in type(layer).model_fields.items():
        value: Any = getattr(layer, name)
        if name in (*_SAID, *_OF_WINDOWS) or value is None or value == field.default:
            continue
        if squash is not None and name in ("activation", "recurrent_activation"):
            continue
        if isinstance(value, Operation):
            yield activation_name(value)
        elif isinstance(value, bool):
            yield f"{name}: {str(value).lower()}"
        elif isinstance(value, Given):
            yield f"{name.replace('_', ' ')} {value.text}"
        elif isinstance(value, int | str):
            yield f"{name.replace('_', ' ')} {value}"
        elif isinstance(value, tuple) and value and all(isinstance(v, int) for v in value):
            yield f"{name.replace('_', ' ')} {times(value)}"


def activation_name(operation: Operation) -> str:
    """sigmoid; leaky ReLU, alpha 0.1."""
    camel = type(operation).__name__
    name = re.sub(r"(?<!^)(?=[A-Z])", " ", camel).lower()
    for word, spelled in (("relu", "ReLU"), ("elu", "ELU"), ("gelu", "GELU"), ("selu", "SELU")):
        name = re.sub(rf"\b{word}", spelled, name)
    name = {"silu": "SiLU", "formula": "a formula"}.get(name, name)
    own = [
        f"{field.replace('_', ' ')} {value.text if isinstance(value, Given) else value}"
        for field, info in type(operation).model_fields.items()
        if isinstance(value := getattr(operation, field), Given | int | str)
        and not isinstance(value, bool)
        and value != info.default
    ]
    return ", ".join([name, *own])


def _without_bias(page: Page, layer: Layer, number: int) -> Iterator[str]:
    """A layer of weighted sums that has none."""
    own = [q for q in page.network.parameters if q.number == number]
    if own and hasattr(layer, "bias") and not any(q.label.role == "bias" for q in own):
        constant = getattr(layer, "bias", None)
        if constant not in ("first_weight", "last_weight"):
            yield "no bias"
