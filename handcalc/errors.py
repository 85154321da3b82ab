"""Every way to fail: its wording and its exit code.

A message says where, what, and what to write instead. All mistakes of a file come together.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

UNUSABLE = 2
MOST_MISTAKES = 20
"""Mistakes of one file that are written out."""


class HandcalcError(Exception):
    """Something the user can mend; `str` is the whole message."""

    exit_code = UNUSABLE


class UsageError(HandcalcError):
    """The command line asks for something that is not there."""


class FileError(HandcalcError):
    """A file cannot be read or written."""


class ProofError(HandcalcError):
    """A result did not stand its own check; nothing is printed as a solution."""

    def __init__(self, step: str, what: str) -> None:
        super().__init__(
            f"step {step} does not stand its check: {what}. No solution is printed; "
            "this is a fault of handcalc or numbers beyond its reach, please report the problem file."
        )


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake of a file: the place (counted from 1), what is wrong, what to write instead."""

    line: int
    column: int
    what: str
    source: str = ""

    def render(self, name: str) -> str:
        """`file:line:column: what; instead`, with the line and a mark under the place."""
        head = f"{name}:{self.line}:{self.column}: {self.what}"
        if not self.source.strip():
            return head
        start = max(0, self.column - 60)
        shown = printable(self.source[start : start + 76].rstrip())
        return f"{head}\n    {shown}\n    {' ' * (self.column - 1 - start)}^"


class ProblemError(HandcalcError):
    """A problem file that cannot be used, with all its mistakes in the order of the file."""

    def __init__(self, name: str, mistakes: Iterable[Mistake]) -> None:
        self.name = name
        self.mistakes = sorted(set(mistakes))
        lines = [mistake.render(name) for mistake in self.mistakes[:MOST_MISTAKES]]
        if len(self.mistakes) > MOST_MISTAKES:
            lines.append(f"… and {len(self.mistakes) - MOST_MISTAKES} more mistakes")
        super().__init__("\n".join(lines))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'dense'?`, or the words there are, when none is near."""
    words = list(known)
    near = nearest(word, words)
    if near:
        return f"; did you mean '{near}'?"
    if len(words) <= 1:
        return f"; write {words[0]}" if words else ""
    return f"; write one of {listed(words)}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    known = list(known)
    for other in known:
        if other.lower() == word.lower():
            return other
    for other in known:
        # LeakyReLU for leaky_relu, hardtanh for hard_tanh
        if other.lower().replace("_", "") == word.lower().replace("_", ""):
            return other
    near = difflib.get_close_matches(word[:80], known, n=1, cutoff=0.6)
    return near[0] if near else None


def count(n: int, noun: str) -> str:
    """1 neuron, 2 neurons."""
    plural = {"bias": "biases", "axis": "axes", "class": "classes"}.get(noun, f"{noun}s")
    return f"{n} {noun if n == 1 else plural}"


def times(shape: Iterable[int]) -> str:
    """3 × 3: the sizes of an array; a sum among them in brackets."""
    sizes = [str(n) for n in shape]
    return " × ".join(f"({n})" if len(sizes) > 1 and _is_sum(n) else n for n in sizes)


def numbers_in(shape: Sequence[int]) -> str:
    """3 × 3 numbers; one number, where it has no brackets."""
    return f"{times(shape)} numbers" if shape else "one number"


def _is_sum(text: str) -> bool:
    """Is there a blank outside of all brackets?"""
    depth = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if c == " " and depth == 0:
            return True
    return False


def listed(words: Sequence[str], most: int = 12) -> str:
    """a, b, c: at most so many."""
    more = f", … ({len(words) - most} more)" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def sentence(text: str) -> str:
    """A remark with the sign at its end: a question keeps its own."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def printable(text: str) -> str:
    """Foreign text without control characters, so that no terminal obeys it."""
    return "".join(c if c.isprintable() else "�" for c in text)


def safe(text: str) -> str:
    """Foreign text in a cell that no spreadsheet takes for a formula, without control characters."""
    shown = text.strip()
    if not shown or shown.replace(" ", "").isalnum():
        return shown
    if not (shown.isascii() and shown.isprintable()):
        shown = printable(shown)
    # Some spreadsheets read the wide signs of East Asian keyboards like the narrow ones.
    first = shown[:1] if shown.isascii() else unicodedata.normalize("NFKC", shown[:1])
    # Who opens commas as semicolons, or the other way round, makes cells of the parts of a name.
    shown = _INSIDE.sub(r"\1'", shown)
    return f"'{shown}" if first in _FORMULA else shown


_INSIDE = re.compile(r"([,;|]\s*)(?=[=+\-@−\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b])")
_FORMULA = ("=", "+", "-", "@", "−")
"""What a formula of a spreadsheet begins with."""
