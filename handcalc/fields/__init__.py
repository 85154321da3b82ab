"""What a field of the problem file can hold: numbers as typed, words, names, words with options.

Everything arrives as text, so that `0.10`, `1/3` and `no` stay what was typed. A rejected value says
what to write instead; the place in the file is added by whoever read it.
"""

from handcalc.fields.numbers import Array, Given, Numbers, Random, Shape, Texts, read_array
from handcalc.fields.scalars import (
    MAX_SIZE,
    Between,
    Bit,
    Count,
    Decimals,
    Name,
    Sizes,
    Truth,
    Whole,
    Words,
)
from handcalc.fields.strict import KEY, Strict, below, mistake, quoted
from handcalc.fields.worded import Worded

__all__ = [
    "KEY",
    "MAX_SIZE",
    "Array",
    "Between",
    "Bit",
    "Count",
    "Decimals",
    "Given",
    "Name",
    "Numbers",
    "Random",
    "Shape",
    "Sizes",
    "Strict",
    "Texts",
    "Truth",
    "Whole",
    "Worded",
    "Words",
    "below",
    "mistake",
    "quoted",
    "read_array",
]
