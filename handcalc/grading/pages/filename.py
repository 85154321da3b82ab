"""The names of files for people: in their own script, safe on every file system, each there once."""

import re
import unicodedata

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"/\\|?*%\s]+')
MOST_BYTES = 120
"""File systems take 255 bytes; a name has an ending, and a number where it is there twice."""


def unique(name: str, otherwise: str, taken: set[str]) -> str:
    """Łukasz-Żak, 李雷; Łukasz-Żak-2 where that is taken already; `taken` remembers."""
    first = safe(name) or safe(otherwise)
    chosen, number = first, 1
    while _folded(chosen) in taken:
        number += 1
        chosen = f"{first}-{number}"
    taken.add(_folded(chosen))
    return chosen


def safe(name: str) -> str:
    """A name without what some file system refuses: separators, wild cards, control characters, dots at the ends."""
    composed = unicodedata.normalize("NFC", name)
    shown = "".join(c for c in composed if unicodedata.category(c)[0] not in "CZ" or c == " ")
    plain = _UNSAFE.sub("-", shown).strip("-. ")
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    return plain.encode()[:MOST_BYTES].decode(errors="ignore").strip("-. ")


def _folded(name: str) -> str:
    """As file systems compare that tell neither upper case nor composed letters apart."""
    return unicodedata.normalize("NFKD", name.casefold())
