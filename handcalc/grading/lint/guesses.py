"""What is earned without working it out: by a 0, a 1, a copied number."""

from collections.abc import Iterable, Iterator, Sequence

from handcalc.formula import leaves
from handcalc.grading.lint.findings import Copy, Guess
from handcalc.grading.lint.nature import Nature
from handcalc.grading.lint.planting import Planted, Sheets
from handcalc.grading.lint.variants import Variants
from handcalc.grading.step import Step
from handcalc.network import Element, Local, Ref
from handcalc.operations._tensor import indices

GUESSES = ("0", "1")
MOST_GIVEN = 60
"""Numbers of the problem that are tried in one answer."""
ZERO = 1e-12
"""Below this a number is 0: what binary arithmetic leaves of it."""


class Guesses:
    """The guesses in every answer; they are marked together with the mistakes."""

    def __init__(self, sheets: Sheets, steps: Sequence[Step]) -> None:
        self.sheets, self.steps = sheets, steps
        self.inputs = list(_inputs(sheets))[:MOST_GIVEN]
        self._copied: dict[Planted, Ref] = {}
        for step in steps:
            near = [ref for ref in self._given(step) if self._is_near(step, ref)]
            for ref in near:
                self._copied.setdefault((step.ref, self._text(ref)), ref)

    @property
    def planted(self) -> Iterator[Planted]:
        """All of them."""
        for step in self.steps:
            yield from ((step.ref, guess) for guess in GUESSES)
        yield from self._copied

    def guessed(self, passing: set[Planted], earned: Sequence[float]) -> Iterator[Guess]:
        """0 and 1, and what each earns."""
        for text, whole in zip(GUESSES, earned, strict=True):
            exactly, nearly, wanted = [], [], []
            for step in self.steps:
                off = float(text) - self.sheets.exact[step.ref]
                if (step.ref, text) in passing and abs(off) <= ZERO:
                    exactly.append(step.key)
                elif (step.ref, text) in passing:
                    nearly.append(step.key)
                    wanted.append(self.sheets.decimals(step.ref, off))
            told = [places for places in wanted if places is not None]
            decimals = max(told) if told and len(told) == len(wanted) else None
            yield Guess(text, tuple(exactly), tuple(nearly), whole, decimals)

    def copies(self, passing: set[Planted], draws: Variants) -> Iterator[Copy]:
        """Answers that a number of the problem is taken for, unless they take one by nature."""
        steps, told = self.sheets.scheme.steps, set[Ref]()
        for planted, ref in self._copied.items():
            step = self.sheets.steps[planted[0]]
            guessed = any((step.ref, guess) in passing for guess in GUESSES)
            if planted in passing and not guessed and step.ref not in told:
                told.add(step.ref)
                if not Nature(step, draws).takes(ref):
                    yield Copy(step.key, steps.leaf(ref), self._text(ref))

    def natural(self, guesses: Iterable[Guess], draws: Variants) -> set[str]:
        """Answers that are a 0 or a 1 whatever the numbers are, again and again."""
        exactly = {key: float(guess.text) for guess in guesses for key in guess.exactly}
        return {
            step.key
            for step in self.steps
            if step.key in exactly and Nature(step, draws).is_often(exactly[step.key])
        }

    def _given(self, step: Step) -> list[Ref]:
        return list(dict.fromkeys([*self._own(step), *self.inputs]))

    def _own(self, step: Step) -> list[Ref]:
        """The numbers of the problem that its formulas name."""
        steps = self.sheets.scheme.steps
        every = (steps.ref(leaf) for route in step.routes[-1:] for leaf in leaves(route))
        return [ref for ref in dict.fromkeys(every) if steps.is_given(ref)][:MOST_GIVEN]

    def _is_near(self, step: Step, ref: Ref) -> bool:
        """May it pass? 0 and 1 are guesses of their own."""
        value = self.sheets.scheme.steps.exact(ref)
        size = max(abs(self.sheets.exact[step.ref]), 1.0)
        near = abs(value - self.sheets.exact[step.ref]) <= 20 * step.asked * size
        return near and value not in (0.0, 1.0)

    def _text(self, ref: Ref) -> str:
        return self.sheets.scheme.steps.written(ref).text


def flat(sheets: Sheets, steps: Sequence[Step]) -> list[str]:
    """Slopes of activations behind the answers that are below half a unit, although they are not 0."""
    found: dict[str, None] = {}
    for step in steps:
        for ref in step.before():
            if isinstance(ref, Local) and step.slope_of_activation(ref) is not None:
                slope = abs(sheets.scheme.steps.exact(ref))
                if 0 < slope < 0.5 * step.asked:
                    found[sheets.scheme.steps.key(ref)] = None
    return list(found)


def _inputs(sheets: Sheets) -> Iterator[Element]:
    steps = sheets.scheme.steps
    for quantity in steps.network.inputs:
        for index in indices(quantity.shape):
            for sample in steps.samples or (None,):
                yield Element(quantity.name, index, sample)
