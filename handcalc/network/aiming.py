"""Losses whose targets are numbers of classes: these decide the formula, so the loss is given them."""

from handcalc.errors import ProblemError
from handcalc.fields import Random, Shape
from handcalc.losses._loss import Loss
from handcalc.problem.ends import Aim
from handcalc.problem.origin import Origin


def aimed(origin: Origin, aim: Aim, output: Shape, target: str) -> Loss:
    """The loss of an output of some shape, for its targets, a quantity of this name."""
    if not aim.loss.by_value:
        return aim.loss
    shape, rows, wrong = aim.loss.target_shape(output), [], []
    for sample, (numbers, place) in enumerate(zip(aim.targets, aim.places, strict=True)):
        if numbers is None:
            said = "which class is meant decides the formula; write its number as the target, such as 0"
            wrong.append(origin.mistake(place, said))
            continue
        given = (
            numbers.array(shape, f"{target}@{sample}") if isinstance(numbers, Random) else numbers
        )
        row = given.floats().reshape(-1).tolist()
        said = next(filter(None, (aim.loss.target_misfit(n, output) for n in row)), "")
        if said:
            wrong.append(origin.mistake(place, said))
        rows.append(row)
    if wrong:
        raise ProblemError(origin.path, wrong)
    return aim.loss.aimed(rows, output[-1] if output else 1)
