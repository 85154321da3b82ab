"""What does not fit together in training for several steps."""

from collections.abc import Iterator

from handcalc.problem import ends
from handcalc.problem.ends import without_numbers
from handcalc.problem.exact_yaml import Path
from handcalc.problem.model import MOST_STEPS, Problem

Wrong = tuple[Path, str]


def by_rule(problem: Problem, *, has_target: bool) -> Iterator[Wrong]:
    """A rule without a loss knows one dense layer and its targets."""
    if [layer.word for layer in problem.layers] != ["dense"] or problem.values is not None:
        said = "this rule is that of a single dense layer"
        yield ("optimizer",), f"{said}; write sgd and a loss for other networks"
    if not has_target:
        yield ("optimizer",), "this rule needs a target; write target: [1]"
    if ends.has_loss(problem):
        yield ("loss",), "this rule needs no loss; leave it out, or write sgd"


def misfits(problem: Problem, present: set[str], *, on_data: bool) -> Iterator[Wrong]:
    """Steps that nothing trains, samples that there are not, steps beyond the last one.

    What is trained on data has its samples, and how many of them, in another file.
    """
    optimizer = problem.optimizer
    if optimizer is not None and optimizer.clip_norm is not None and problem.update == "sequential":
        said = (
            "the length of all gradients is not known while layers are updated one after the other"
        )
        yield ("update",), f"{said}; leave it out, or clip_norm"
    samples = len(problem.samples or ())
    if not problem.trains:
        for field in ("order", "schedule", "explain"):
            if getattr(problem, field) is not None:
                yield (field,), f"{field} belongs to several steps; write steps: 5, or epochs: 3"
        return
    words = (w for w in ("steps", "epochs", "batch_size") if getattr(problem, w) is not None)
    word = next(words, "gradients")
    if problem.steps is not None and problem.epochs is not None:
        yield (
            ("epochs",),
            "epochs stands beside steps, which says how many already; leave one of them out",
        )
    if "gradients" in present:
        yield from _beyond(problem)
        return
    if optimizer is None and "optimizer" not in present:
        yield (word,), "nothing is trained; write optimizer: {sgd: {learning_rate: 0.1}}"
    elif optimizer is not None and not (ends.has_loss(problem) or problem.minimize or problem.rule):
        yield (word,), "there is no loss to train with; write loss: mean_squared_error"
    if problem.explain is not None and problem.data is not None:
        said = "of training on data no step is written out"
        yield ("explain",), f"{said}; leave explain out, or write samples: in place of data"
    if on_data:
        return
    if without_numbers(problem):
        said = "training needs numbers, and this problem has letters"
        yield (word,), f"{said}; leave it out, or give data: handcalc train PROBLEM --data FILE"
    for field in ("epochs", "batch_size", "order") if not samples else ():
        if getattr(problem, field) is not None:
            said = f"{field} belongs to samples"
            yield (field,), f"{said}; write samples: [{{input: [0, 1], target: [1]}}], or steps: 5"
    named = list(problem.order) if isinstance(problem.order, tuple) else []
    named_wrong = bool(named and samples) and sorted(named) != list(range(1, samples + 1))
    if named_wrong:
        said = f"order names each of the {samples} samples once"
        yield (
            ("order",),
            f"{said}; write the numbers 1 to {samples} in another order, or {{seed: 1}}",
        )
    if problem.order is not None and samples and problem.batches.whole and not named_wrong:
        said = "with all samples in every step their order changes nothing"
        yield ("order",), f"{said}; write batch_size: 1, or leave order out"
    if (problem.batch_size or 0) > samples > 0:
        said = f"batch_size is {problem.batch_size}, and there are {samples} samples"
        yield ("batch_size",), f"{said}; write {samples} or less"
    yield from _beyond(problem)


def _beyond(problem: Problem) -> Iterator[Wrong]:
    """More steps than are worked out, and steps beyond the last one."""
    steps = problem.batches.steps
    if steps > MOST_STEPS:
        yield ("epochs",), f"these are {steps:,} steps; up to {MOST_STEPS:,} are worked out"
    for i, step in enumerate(problem.explain or ()):
        if step > steps:
            yield ("explain", i), f"there is no step {step}; the last one is {steps}"
