"""One sample of the data of a problem as its input and its target, in numbers as a person writes them."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handcalc import data, library
from handcalc.errors import UsageError, count, printable
from handcalc.fields import Array, Given, Shape, Texts, parts, value_of
from handcalc.problem import Problem, Taken, ends, parse, read_text
from handcalc.problem.flow import output_shape

if TYPE_CHECKING:
    from handcalc.arrays import Array as Numpy

LONGEST = 60
"""Letters of the name of a class."""
_ONE = Given.of(1)


def load(problem: str | Path, *, sample: int | None = None) -> Problem:
    """The problem in a file, or the one that ships under a name; with one sample, counted from 1, of its data.

    Of a file with `samples:` it is one of these.
    """
    path = library.resolve(problem)
    text, name = read_text(path), path.stem
    if sample is None:
        return parse(text, str(path), name)
    whole = parse(text, str(path), name, on_data=True)
    chosen = _written_out(whole, sample) if whole.samples else _of_data(whole, sample)
    return parse(text, str(path), name, sample=chosen)


def _written_out(problem: Problem, number: int) -> Taken:
    """One of the samples that stand in the file."""
    samples = problem.samples or ()
    _refuse_beyond(problem.origin.path, number, len(samples))
    own: Any = samples[number - 1]
    targets = dict(own.targets or {}) | ({} if own.target is None else {"": own.target})
    said = f"Sample {number} of the {len(samples)} in the file"
    slopes, output = problem.output_gradient, output_shape(problem)
    each = isinstance(slopes, Array) and slopes.shape == (len(samples), *(output or ()))
    of_sample = list(parts(slopes))[number - 1] if isinstance(slopes, Array) and each else None
    return Taken(said, dict(own.inputs or {ends.INPUT: own.input}), targets, of_sample)


def _of_data(problem: Problem, number: int) -> Taken:
    """One of the samples of `data:`."""
    path, own = problem.origin.path, problem.data
    if own is None:
        said = f"{path}: there are no samples of which --sample {number} could be one"
        raise UsageError(f"{said}; write data: {{file: digits.csv}}, or leave --sample out")
    form, source = data.form(problem), data.source(problem)
    stored = data.read(source.path, source.wanted(form, number))
    _refuse_beyond(printable(str(source.path)), number, len(stored))
    fit = data.fitted(source.path, stored, form)
    row = slice(number - 1, number)
    typed = iter(stored.typed.inputs if stored.typed else ())
    inputs, targets = {}, {}
    shapes = list(form.inputs.values())
    for (name, shape), (numbers,) in zip(
        form.inputs.items(), data.parted(fit.inputs[row], shapes), strict=True
    ):
        inputs[name] = _array(numbers, shape, [*islice(typed, numbers.size)], own.divide)
    for name, (numbers,) in zip(
        form.outputs, data.parted(fit.targets[row], form.targets), strict=False
    ):
        one = [stored.typed.target] if stored.typed and numbers.size == 1 else []
        targets[name] = _array(numbers, numbers.shape, one, _ONE)
    said = f"Sample {number} of {printable(own.file)}{_class(stored, number, source.target)}"
    return Taken(said, inputs, targets)


def _refuse_beyond(path: str, number: int, samples: int) -> None:
    if number > samples:
        said = f"{path} has {count(samples, 'sample')}, and no sample {number}"
        raise UsageError(f"{said}; write --sample {samples}, or a smaller number")


def _class(stored: data.Examples, number: int, column: str) -> str:
    """What a sample is: what stands in the column of the targets, the name of its class, or a single number."""
    if stored.typed:
        said = f"{column} {stored.typed.target}"
    elif stored.targets[number - 1].size != 1:
        return ""
    else:
        value = stored.targets[number - 1].item()
        named = stored.classes[int(value)] if stored.classes else ""
        said = f"class {named}" if named else f"target {_written(value, '', _ONE)}"
    return f", {printable(said)[:LONGEST]}"


def _array(numbers: "Numpy", shape: Shape, typed: Sequence[str], divisor: Given) -> Array:
    """Numbers as somebody would type them, divided."""
    flat = numbers.reshape(-1).tolist()
    texts = iter(
        [_written(n, t, divisor) for n, t in zip(flat, typed or [""] * len(flat), strict=True)]
    )

    def rows(sizes: Shape) -> Texts:
        return tuple(rows(sizes[1:]) for _ in range(sizes[0])) if sizes else next(texts)

    return Array(rows(shape), shape)


def _written(value: float, typed: str, divisor: Given) -> str:
    """5/16 of whole numbers; else as typed, or the shortest decimal that leads to the same float."""
    whole = float(value).is_integer() and abs(value) < 1e15
    own = str(int(value)) if whole else repr(float(value))
    if divisor.value == 1:
        return typed.strip() if _is(typed, value) else own
    if not (whole and float(divisor.value).is_integer()):
        return repr(float(value) / float(divisor.value))
    number, parts = int(value), int(divisor.value)
    return str(number // parts) if number % parts == 0 else f"{number}/{parts}"


def _is(typed: str, value: float) -> bool:
    """Is this how a problem file would have the number? 4. and +2 are read, and not written."""
    if typed.strip().startswith("+") or typed.strip().endswith("."):
        return False
    try:
        return float(value_of(typed.strip())) == value
    except ValueError:
        return False
