"""What a field of the problem file can hold: numbers as typed, words, names, words with options.

Everything arrives as text, so that `0.10`, `1/3` and `no` stay what was typed. A rejected value says
what to write instead; the place in the file is added by whoever read it.
"""

from handcalc.fields.constants import value_of
from handcalc.fields.letters import AsIs, Extent, NumberOrLetter, Sizes, SizesOrNumber, letters
from handcalc.fields.numbers import (
    Array,
    Given,
    Numbers,
    Random,
    Shape,
    Texts,
    Usual,
    parts,
    read_array,
)
from handcalc.fields.scalars import (
    MAX_SIZE,
    Between,
    Bit,
    Count,
    Decimals,
    Name,
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
    "AsIs",
    "Between",
    "Bit",
    "Count",
    "Decimals",
    "Extent",
    "Given",
    "Name",
    "NumberOrLetter",
    "Numbers",
    "Random",
    "Shape",
    "Sizes",
    "SizesOrNumber",
    "Strict",
    "Texts",
    "Truth",
    "Usual",
    "Whole",
    "Worded",
    "Words",
    "below",
    "letters",
    "mistake",
    "parts",
    "quoted",
    "read_array",
    "value_of",
]
