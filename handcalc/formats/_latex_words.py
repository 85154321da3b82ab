r"""Words as LaTeX and nothing else: no character of a problem file begins a command.

Signs are written as commands, letters of Latin as they are; what pdflatex has no letter for is kept
and declared, so that it is set as [U+4E2D] there, and as the letter by engines that have it.
"""

import re
import unicodedata
from collections.abc import Iterable

from handcalc.errors import printable
from handcalc.formula.greek import NAMES

_ESCAPED = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    # Behind the end of a row they would be taken for its options.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
}
_SIGNS = {
    **{letter: rf"\{name}" for letter, name in NAMES.items()},
    "→": r"\rightarrow", "←": r"\leftarrow", "≈": r"\approx", "×": r"\times", "·": r"\cdot", "⋅": r"\cdot",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "±": r"\pm", "÷": r"\div", "−": "-", "∞": r"\infty", "√": r"\surd",
    "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∫": r"\int", "∈": r"\in", "⋆": r"\star", "∗": r"\ast",
    "ℓ": r"\ell", "′": "'", "°": r"^{\circ}", "⋮": r"\vdots", "⋯": r"\cdots", "‖": r"\Vert", "⌊": r"\lfloor",
    "⌋": r"\rfloor", "½": r"\frac{1}{2}", "µ": r"\mu", "ϵ": r"\epsilon",
}  # fmt: skip
_MARKS = {
    "…": r"\ldots{}", "—": "---", "–": "--", "’": "'", "‘": "`", "“": "``", "”": "''", "\u00a0": "~",
    "•": r"\textbullet{}", "\u2003": r"\quad{}",
}  # fmt: skip
_T1 = "ÆÐØÞßæðøþĐđıŁłŊŋŒœ"
"""Letters that its fonts have and Unicode does not take apart."""
_SAFE = re.compile("[A-Za-z0-9 .,;:()!?/+=@'-]")
_BUT_BLANKS = re.compile("[^\u00a0\u2003]+")
_HAT = re.compile("([A-Za-z])\u0302")
_RAISED = re.compile("[⁰¹²³⁴-⁹⁺⁻⁽⁾ⁿᵀᵉʷᵏᶻᵗⁱ]+")
_LOWERED = re.compile("[₀-₉₊₋₍₎]+")


def escaped(text: str) -> str:
    """Words as they are read, with the minus of print and x = 2 kept on one line."""
    shown = " ".join(text.split("\n")) if "\n" in text else text
    shown = _BUT_BLANKS.sub(lambda run: printable(run[0]), unicodedata.normalize("NFC", shown))
    shown = re.sub(r"(?<![\w.)\]-])-(?=[0-9.])", "−", shown)
    return _characters(shown.replace(" - ", " − ")).replace(" = ", "~=~")


def typed(text: str) -> str:
    """What is to be typed, in the letters of a typewriter."""
    return rf"\texttt{{{_characters(printable(text))}}}"


def _characters(text: str) -> str:
    made, at = list[str](), 0
    while at < len(text):
        if found := _HAT.match(text, at):
            made.append(rf"$\hat{{{found[1]}}}$")
        elif found := _RAISED.match(text, at):
            made.append(rf"\textsuperscript{{{_on_the_line(found[0])}}}")
        elif found := _LOWERED.match(text, at):
            made.append(rf"\textsubscript{{{_on_the_line(found[0])}}}")
        else:
            # Two hyphens, or two apostrophes, would become one sign.
            apart = "{}" if text[at] in "-'" and text[at] == text[at - 1 : at] else ""
            made.append(apart + _character(text[at]))
        at = found.end() if found else at + 1
    return "".join(made)


def _character(character: str) -> str:
    if character in _SIGNS:
        return f"${_SIGNS[character]}$"
    return _ESCAPED.get(character) or _MARKS.get(character) or character


def _on_the_line(run: str) -> str:
    return unicodedata.normalize("NFKC", run).replace("−", "$-$")


def undeclared(made: Iterable[str]) -> list[str]:
    """The characters that stand in the text as they are and that pdflatex has no letter for."""
    return sorted(set("".join(made)) - {c for c in set("".join(made)) if _is_known(c)})


def _is_known(character: str) -> bool:
    if _SAFE.match(character) or character.isascii():
        return True
    latin = "\u00c0" <= character <= "\u017f"
    return character in _T1 or (latin and len(unicodedata.normalize("NFD", character)) > 1)
