"""What is asked of a problem: questions, answers by their keys, and whether they can be given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handcalc.errors import ProblemError, UsageError, listed, nearest
from handcalc.fields import KEY
from handcalc.network import Quantity, Ref, Steps, build
from handcalc.network.formulas import Formulas
from handcalc.network.training import Training
from handcalc.network.unrolled import key_within, step_of
from handcalc.problem import Problem
from handcalc.questions import COUNTED, QUESTIONS, _figures


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions, the steps of single answers (None: all of them), and single figures (None: all).

    `more` are single answers beside whole questions.
    """

    questions: tuple[str, ...]
    targets: list[Ref] | None = None
    figures: frozenset[str] | None = None
    more: tuple[Ref, ...] = ()


def possible(problem: Problem) -> tuple[str, ...]:
    """The questions that the file's parts allow."""

    def is_there(fields: tuple[str, ...]) -> bool:
        several = "loss" in fields and problem.outputs is not None
        return several or any(getattr(problem, field) not in (None, ()) for field in fields)

    return tuple(
        word for word, q in QUESTIONS.items() if all(map(is_there, q.needs)) and not q.if_asked
    )


def keys_of(problem: Problem, most: int = 200) -> list[str]:
    """What can be asked by a key, for completion: values, numbers on the way, figures."""
    formulas = Formulas(build(problem))
    values = [*formulas.keys.known(most), *formulas.parts.known(most)]
    return [*values, *_figures.known(formulas.network)]


def asked(steps: Steps, keys: Sequence[str] = (), of_file: Sequence[str] | None = None) -> Asked:
    """What the keys of the command ask, or else the file; of one step of training its part of it."""
    problem = steps.network.problem
    counted = steps.network.counted or problem.origin.letters
    default = ("shapes", "parameters") if counted else possible(problem)
    words = (problem.ask or default) if of_file is None else of_file
    questions = tuple(word for word in QUESTIONS if word in words)
    figures = _figures.known(steps.network)
    single = list(keys) or [word for word in words if word not in QUESTIONS]
    values = [key for key in single if key not in figures]
    if values or (not single and not COUNTED.issuperset(questions)):
        _refuse_letters(problem)
        steps.network.refuse_large()
        _refuse_counted(steps)
        _refuse_clashes(steps)
    _check_rounding(steps, problem)
    if keys:
        targets = [ref for key in values for ref in _find(steps, key, list(figures))]
    else:
        targets = _listed(steps, values, list(figures))
    if not single:
        return Asked(questions)
    of_figures = {figures[key] for key in single if key in figures}
    if questions and not keys:
        whole = COUNTED.intersection(questions)
        on_the_way = _figures.on_the_way(steps.network)
        of_whole = {key for key, word in figures.items() if word in whole} - on_the_way
        wanted = of_whole | (figures.keys() & set(single))
        chosen = tuple(word for word in QUESTIONS if word in questions or word in of_figures)
        return Asked(chosen, None, frozenset(wanted), tuple(targets))
    others = possible(problem) if values or not of_figures else ()
    chosen = tuple(word for word in QUESTIONS if word in of_figures or word in others)
    return Asked(chosen, targets, frozenset(figures.keys() & set(single)))


def words_of(problem: Problem) -> list[str] | None:
    """The questions that a file with several steps of training asks of each; None where it has one step."""
    if not problem.trains:
        return None
    ask = problem.ask or possible(problem)
    return [word for word in ask if word in QUESTIONS]


def steps_asked(training: Training, keys: Sequence[str] = ()) -> dict[int, list[str]]:
    """The words and keys that are asked of each step of training: those of the command, or of the file."""
    ask = list(keys or training.problem.ask or possible(training.problem))
    whole = [word for word in ask if word in QUESTIONS]
    found = {step: list(whole) for step in training.explained} if whole else {}
    for key in ask:
        if key in whole:
            continue
        name, step = step_of(key)
        if not 1 <= step <= training.count:
            there = f"write one of step1 to step{training.count}"
            raise UsageError(f"there is no step {step} for '{key[:60]}'; {there}")
        # What is learned has the same names in every step.
        own = name if key == name else key_within(training.at(1), name)
        found.setdefault(step, []).append(own)
    return dict(sorted(found.items()))


def are_whole(by_step: Mapping[int, Sequence[str]]) -> bool:
    """Are questions asked of the steps of training, and not single answers alone?"""
    return any(word in QUESTIONS for words in by_step.values() for word in words)


def _find(steps: Steps, key: str, figures: list[str]) -> list[Ref]:
    """The steps behind a key; a figure that is misspelt is named."""
    try:
        return steps.keys.find(key)
    except UsageError:
        near = nearest(key, figures)
        if near is None:
            raise
        raise UsageError(f"there is no answer '{key[:60]}'; did you mean '{near}'?") from None


def _listed(steps: Steps, keys: list[str], figures: list[str]) -> list[Ref]:
    """The steps behind the keys of the file; all that there are not are named at once."""
    problem = steps.network.problem
    found: list[Ref] = []
    wrong = []
    for key in keys:
        try:
            found += _find(steps, key, figures)
        except UsageError as error:
            place = ("ask", (problem.ask or ()).index(key))
            wrong.append(problem.origin.mistake(place, str(error)))
    if wrong:
        raise ProblemError(problem.origin.path, wrong)
    return found


def _refuse_letters(problem: Problem) -> None:
    """Values are asked of a network whose sizes are letters."""
    letters = problem.origin.letters
    if letters:
        place = ("ask",) if problem.ask else ("layers",)
        said = f"with letters for sizes ({listed(letters)}) there are no values to work out"
        what = f"{said}; write ask: [shapes, parameters], or numbers for the letters"
        raise ProblemError(problem.origin.path, [problem.origin.mistake(place, what)])


def _refuse_counted(steps: Steps) -> None:
    """Values are asked of layers that are only counted."""
    problem, wrong = steps.network.problem, []
    for quantity in steps.network.counted:
        layer = problem.layers[quantity.number - 1]
        received = steps.network.received[quantity.number]
        said = f"the values of {layer.word} are not worked out, as "
        if large := layer.too_large(received, problem.conventions):
            said += f"{large}; write fewer, or ask: [shapes, parameters]"
        else:
            said += "its weights have no numbers"
            said += "; write weights: and its like, or ask: [shapes, parameters]"
        wrong.append(problem.origin.mistake(("layers", quantity.number - 1), said))
    if wrong:
        raise ProblemError(problem.origin.path, wrong)


def _refuse_clashes(steps: Steps) -> None:
    """Two values under one key: one of their answers would be lost."""
    problem, wrong = steps.network.problem, []
    origin = problem.origin
    for key, owners in steps.keys.clashes():
        given = next((q for q in owners if q.kind in _GIVEN and q.name.endswith(f":{key}")), None)
        if problem.values and given is not None:
            other = next(q for q in owners if q is not given)
            field, _, noun = _GIVEN[given.kind]
            said = f"'{key}' is {_called(other)} already; give the {noun} another name"
            wrong.append(origin.mistake((field, key, KEY), said))
            continue
        of_layers = [q for q in owners if q.layer]
        named = [q for q in of_layers if problem.layers[q.number - 1].name]
        # A layer whose own name is the key is the one to be called something else.
        owner = min(named or of_layers or owners, key=lambda q: q.layer != key)
        place: tuple[str | int, ...] = ("layers", owner.number - 1) if owner.layer else ()
        said = f"two values of this problem would both be called {key}"
        thing = "value" if owner.layer in (problem.values or ()) else "layer"
        if not owner.layer and owner.kind in _GIVEN:
            field, _, thing = _GIVEN[owner.kind]
            place = (field, owner.label.stem, KEY)
        wrong.append(origin.mistake(place, f"{said}; give this {thing} another name"))
    if wrong:
        raise ProblemError(origin.path, wrong)


_GIVEN = {"input": ("inputs", "an", "input"), "learned": ("learned", "a", "learned number")}
"""Where the file gives quantities of a kind by their names, and what one of them is called."""


def _called(quantity: Quantity) -> str:
    """What a quantity is, for a message about another one with its name: the step, a gate of f."""
    label = quantity.label
    if quantity.kind == "setting":
        return f"the {label.given}"
    if label.counts == "gate" and label.at is not None:
        return f"a gate of {quantity.layer}"
    if quantity.kind in _GIVEN:
        return " ".join(_GIVEN[quantity.kind][1:])
    return "the target" if quantity.kind == "target" else f"a value of {quantity.layer}"


def _check_rounding(steps: Steps, problem: Problem) -> None:
    """Decimals for answers that there are not would be passed over in silence."""
    wrong = []
    for key in problem.rounding.keys:
        try:
            if "*" not in key:
                steps.keys.find(key)
        except UsageError as error:
            wrong.append(problem.origin.mistake(("rounding", "keys", key, KEY), str(error)))
    if wrong:
        raise ProblemError(problem.origin.path, wrong)
