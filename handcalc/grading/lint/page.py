"""The findings as an experienced examiner would tell them: by what is to be done, the worst first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from handcalc.document import Block, Code, Document, Heading, Inlines, Note, Paragraph, words
from handcalc.errors import count, listed
from handcalc.grading.checking import shown_marks
from handcalc.grading.lint.findings import Alike, Guess, Linted
from handcalc.grading.lint.sentences import MOST_KEYS, capital, in_cells, sentence, unseen
from handcalc.library import called
from handcalc.problem import Problem

MOST_SENTENCES = 12
"""Mistakes of one section that are told; the JSON has all."""
MOST_PAIRS = 6


def document(problem: Problem, found: Linted) -> Document:
    """The findings, for the author."""
    title = f"What marking cannot tell: {problem.title or problem.origin.name}"
    name = called(problem.origin.path, problem.origin.name)
    blocks = tuple(_numbered(_blocks(found, name)))
    return Document(problem.origin.name, title, blocks, record=record(problem, found))


def _numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    number = 0
    for block in blocks:
        if isinstance(block, Heading):
            number += 1
            yield Heading(2, block.title, str(number))
        else:
            yield block


def _blocks(found: Linted, name: str) -> Iterator[Block]:
    yield Paragraph(words(_summary(found)))
    same = unseen(found, lambda trial: trial.same and not trial.sized)
    near = unseen(found, lambda trial: not trial.same)
    sized = unseen(found, lambda trial: trial.sized)
    yield from _section("Change numbers: these mistakes change nothing", map(sentence, same))
    yield from _section(
        "Ask for more decimals: these change less than rounding does",
        map(sentence, near),
    )
    yield from _section(
        "Change sizes: with these mistakes the same size or count comes out", map(sentence, sized)
    )
    yield from _section("What a guess earns", map(words, _guessed(found)))
    if found.flat:
        keys = listed(found.flat, MOST_KEYS)
        said = f"These slopes round to 0, although they are not 0: {keys}."
        yield from _section("Saturated: choose smaller weights or inputs", [words(said)])
    pairs = [words(_pair(pair)) for pair in found.alike[:MOST_PAIRS]]
    if len(found.alike) > MOST_PAIRS:
        pairs.append(words(f"{count(len(found.alike) - MOST_PAIRS, 'more pair')} are alike."))
    yield from _section("Marking names both or none of these mistakes", pairs)
    if (same or near or found.copies or found.flat) and not found.symbolic:
        yield Note("remark", words("Other numbers are looked for by ", _fix(name), "."))
    for said in found.untried:
        yield Note("remark", words(said))


def _fix(name: str) -> Code:
    return Code(f"handcalc lint {name} --fix")


def _section(title: str, sentences: Iterable[Inlines]) -> Iterator[Block]:
    every = list(sentences)
    if every:
        yield Heading(2, words(title))
        yield from map(Paragraph, every[:MOST_SENTENCES])
    if len(every) > MOST_SENTENCES:
        yield Paragraph(words(f"… and {len(every) - MOST_SENTENCES} more."))


def _summary(found: Linted) -> str:
    tried = len({trial.mistake for trial in found.trials})
    answers = len({trial.group for trial in found.trials})
    whole = f"{count(tried, 'mistake')} tried in {count(answers, 'answer')}"
    if not tried and found.untried:
        return "Nothing was tried."
    if not tried:
        return "No mistake that is known can be made in these answers."
    some = {trial.mistake for trial in found.blind} - set(found.unseen)
    parts = [f"{len(found.unseen)} seen in no answer"] * bool(found.unseen)
    parts += [f"{len(some)} seen in some answers only"] * bool(some)
    if parts:
        return f"{whole}: {', '.join(parts)}."
    return f"{whole}: none passes for right."


def _guessed(found: Linted) -> Iterator[str]:
    for guess in found.guesses:
        yield from _guess(guess, found)
    if found.copies:
        single = [copy for copy in found.copies if found.groups[copy.key] == copy.key]
        cells = [copy.key for copy in found.copies if found.groups[copy.key] != copy.key]
        copied = [f"{copy.key} ({copy.leaf.key} = {copy.text})" for copy in single]
        every = [*copied, *in_groups(found, cells)]
        yield f"A number of the problem, copied, passes in {listed(every, MOST_KEYS)}."
    earned = [guess for guess in found.guesses if guess.marks]
    for guess in earned[:1]:
        of, other = (
            shown_marks(found.of),
            "".join(f", one of {more.text}s {shown_marks(more.marks)}" for more in earned[1:]),
        )
        follows = "" if found.symbolic else ": what follows from a wrong answer counts"
        yield f"A sheet of {guess.text}s would earn {shown_marks(guess.marks)} of {of} marks{other}{follows}."


def _guess(guess: Guess, found: Linted) -> Iterator[str]:
    if guess.nearly:
        more = f"; {guess.decimals} decimals show it" if guess.decimals else ""
        yield f"A bare {guess.text} passes in {_answers(found, guess.nearly)}{more}."
    if guess.exactly:
        yield f"{guess.text} is the answer in {_answers(found, guess.exactly)}."


def in_groups(found: Linted, keys: Sequence[str]) -> list[str]:
    """Some answers, the cells of a matrix together."""
    cells = Counter(found.groups.values())
    some = Counter(found.groups.get(key, key) for key in keys)
    single = {found.groups.get(key, key): key for key in keys}
    return [in_cells(single[group], group, count, cells[group]) for group, count in some.items()]


def _answers(found: Linted, keys: Iterable[str]) -> str:
    return listed(in_groups(found, list(keys)), MOST_KEYS)


def _pair(pair: Alike) -> str:
    """The bias was left out, and the stride was ignored: h1_in (0.13)."""
    every = [f"{key} ({number})" if number else key for key, number in pair.answers]
    answers = listed(every, MOST_KEYS)
    return f"{capital(pair.told[0])}, or {pair.told[1]}: {answers}."


def record(problem: Problem, found: Linted) -> dict[str, Any]:
    """What programs read: the contract of lint --format json."""
    mistakes: dict[str, dict[str, Any]] = {}
    for trial in found.trials:
        known = mistakes.setdefault(
            trial.mistake,
            {"seen_nowhere": trial.mistake in found.unseen, "seen_in": [], "unseen_in": {}},
        )
        if not trial.blind:
            known["seen_in"].append(trial.key)
            continue
        known["unseen_in"][trial.key] = {
            "told": trial.told,
            "right": trial.right,
            "with_mistake": trial.wrong,
            "changes_nothing": trial.same,
            "in_one_form": trial.partly,
            "decimals": trial.decimals,
            "because": {cause.leaf.key: cause.text for cause in trial.causes},
            "instead": trial.instead or None,
        }
    return {
        "problem": problem.origin.name,
        "marks": found.of,
        "mistakes": mistakes,
        "guesses": {
            guess.text: {
                "right_in": list(guess.exactly),
                "passes_in": list(guess.nearly),
                "decimals": guess.decimals,
                "earns_everywhere": round(guess.marks, 6),
            }
            for guess in found.guesses
        },
        "copied": {copy.key: copy.leaf.key for copy in found.copies},
        "saturated": found.flat,
        "alike": [
            {"mistakes": list(pair.mistakes), "answers": dict(pair.answers)} for pair in found.alike
        ],
        "not_tried": found.untried,
    }
