"""How a run begins: the network of the problem, the data that fit it, and the order of the steps."""

import random
from pathlib import Path

from handcalc import data
from handcalc.errors import UsageError
from handcalc.learning.networks import Networks
from handcalc.learning.run import Run
from handcalc.problem import Problem
from handcalc.problem.batches import Batches
from handcalc.problem.model import MOST_STEPS


def begin(
    problem: Problem,
    path: Path | None = None,
    *,
    target: str = "",
    labels: Path | None = None,
    divide: float | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    seed: int | None = None,
    validation: float = 0.0,
) -> Run:
    """The run of a problem on data; what is not said is as in its file."""
    networks = Networks(problem)
    source = data.source(problem, path, target=target, labels=labels, divide=divide)
    examples = data.taken(source, networks.form)
    networks.refuse_astray(source.path, examples)
    own, held = _parted(examples, validation, _seed(problem, seed) or 0)
    batches = _batches(problem, len(own), epochs, batch_size, seed)
    networks.refuse_large(batches.size)
    return Run(networks, own, held, batches)


def _parted(
    examples: data.Examples, share: float, seed: int
) -> tuple[data.Examples, data.Examples]:
    """Samples to learn from, and a share of them, drawn from the seed, that is held back."""
    import numpy as np

    if not share:
        return examples, examples.some(slice(0, 0))
    held = max(1, round(share * len(examples)))
    if held >= len(examples):
        said = f"--validation {share:g} leaves none of {len(examples)} samples to learn from"
        raise UsageError(f"{said}; write less, or give more data")
    rows = list(range(len(examples)))
    random.Random(f"{seed} validation").shuffle(rows)  # noqa: S311  # an order, no secret
    return (examples.some(np.sort(rows[held:])), examples.some(np.sort(rows[:held])))


def _seed(problem: Problem, seed: int | None) -> int | None:
    """The seed of the command line, or that of the file."""
    return problem.order if seed is None and isinstance(problem.order, int) else seed


def _batches(
    problem: Problem, samples: int, epochs: int | None, size: int | None, seed: int | None
) -> Batches:
    """The samples of each step: all at once unless it is said how many, in their order unless there is a seed."""
    size = min(size or problem.batch_size or samples, samples)
    steps = (epochs or problem.epochs or 1) * -(-samples // size)
    if epochs is None and problem.steps is not None:
        steps = problem.steps
    if steps > MOST_STEPS:
        said = f"these are {steps:,} steps, and up to {MOST_STEPS:,} are made"
        raise UsageError(f"{said}; write fewer epochs, or a larger --batch-size")
    chosen = _seed(problem, seed)
    order = problem.order if chosen is None and isinstance(problem.order, tuple) else ()
    if order and sorted(order) != list(range(1, samples + 1)):
        said = (
            f"{problem.origin.path}: order is that of {len(order)} samples, and here are {samples}"
        )
        raise UsageError(f"{said}; write order: {{seed: 1}}, or --seed 1")
    return Batches(samples, size, steps, order or (), chosen)
