"""Names in formulas: with an index in them, in several spellings, and what is said of others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from handcalc.errors import did_you_mean, nearest
from handcalc.formula.functions import TYPED
from handcalc.formula.greek import spelled
from handcalc.operations._words import WORDS


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a formula, without its index, and the index in it: W[1,2], w₁ and x12 have one."""

    base: str
    index: tuple[int, ...] = ()


_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def named(name: str, known: "Mapping[str, object]") -> Named | None:
    """The name that is meant: as it stands, or with its index taken off."""
    plain = spelled(name.translate(_LOWERED))
    for spelling in (name, plain):
        if spelling in known:
            return Named(spelling)
    joined = plain.replace("_", "")
    alike = [other for other in known if other.replace("_", "") == joined]
    if alike:
        # x_11 can be x11 or x1_1, if there are both.
        return Named(alike[0]) if len(alike) == 1 else None
    plain = plain.removesuffix("_out").replace("][", ",")
    match = re.fullmatch(r"(.+?)_?(?:\[ ?([0-9, ]+)\]|([0-9]+(?:,[0-9]+)*))", plain)
    if match is None or match[1] not in known:
        return None
    numbers = re.findall(r"[0-9]+", match[2] or match[3])
    return Named(match[1], tuple(int(n) for n in numbers))


def unknown(name: str, known: Mapping[str, object]) -> str:
    """What is said of a name that there is not."""
    if name in TYPED and name not in WORDS:
        return f"has the function {name}, which stands in no file; write another"
    near = nearest(name, [*known, *sorted(WORDS)])
    meant = f"; did you mean '{near}'?" if near else did_you_mean(name, known)
    return f"names {name}, which there is not{meant or '; give it a value first'}"
