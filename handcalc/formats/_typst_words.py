r"""Words as Typst and nothing else: no character of a problem file begins a function or a mark."""

import re
import unicodedata

from handcalc.errors import printable

# A backslash before a sign makes it a sign; before a letter it would not.
_MARKS = re.compile(r"""[\\#*_$@<>\[\]{}`~"'/]|(?:--|-\?|\.\.\.)|^\s*(?:[-+=/]|\d+\.)""")
_BUT_BLANKS = re.compile("[^\u00a0\u2003]+")


def escaped(text: str) -> str:
    """Words as they are read, with the minus of print and x = 2 kept on one line."""
    shown = _BUT_BLANKS.sub(
        lambda run: printable(run[0]), unicodedata.normalize("NFC", " ".join(text.split("\n")))
    )
    shown = re.sub(r"(?<![\w.)\]-])-(?=[0-9.])", "−", shown).replace(" - ", " − ")
    # Twice the same mark, as in --, is none once there is a backslash before each.
    shown = _MARKS.sub(lambda found: re.sub(r"([^A-Za-z0-9\s])", r"\\\1", found[0]), shown)
    return shown.replace(" = ", "\u00a0=\u00a0")


def quoted(text: str) -> str:
    """A string of Typst's own language."""
    return f'"{_in_quotes(printable(text))}"'


def source(drawing: str) -> str:
    """A string with the lines of a drawing."""
    return f'"{_in_quotes(drawing)}"'


def _in_quotes(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def typed(text: str) -> str:
    """What is to be typed, in the letters of a typewriter."""
    return f"#raw({quoted(text)});"
