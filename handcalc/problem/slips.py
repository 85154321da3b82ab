"""What the YAML library says of a file it cannot read, in our own words and at the right place."""

import re

import yaml

# Slips that leave YAML at a loss some lines later: the pattern, whose group is pointed at, and what.
_SLIPS = (
    (r"^\s*(?:- )?(\w+) *= *\S", "an equals sign stands here; write name: value"),
    (r"^\s*(?:- )?\w+(:)[\[{\w.'\"-]", "a blank is missing after the colon; write name: value"),
    (r"^ *(\t)", "a tab stands where YAML wants spaces; indent with spaces"),
    (r"^\s*(\w+)\s*$", "this line has no colon; write name: value"),
    (
        r"^\s*(?:- )?\w+: ('(?:[^']|'')*'[^\s#,].*)$",
        "a quote stands inside the quotes; write double quotes around the text",
    ),
)

# How the library's complaint reads -> our sentence; the first that fits.
_SENTENCES = (
    (
        r"mapping values are not allowed",
        "a colon stands where a value was expected; put text with a colon in quotes",
    ),
    (r"could not find expected ':'", "this line has no colon; write name: value"),
    (
        r"expected ',' or ']'",
        "a list is not closed or a comma is missing; write [0.2, 0.1]",
    ),
    (
        r"expected ',' or '}'",
        "a mapping is not closed or a comma is missing; write {name: value}, and formulas with brackets in quotes",
    ),
    (
        r"expected '-' indicator|expected <block end>.*'?-",
        "the list's items do not start in one column; align the dashes",
    ),
    (
        r"expected key|expected <block end>",
        "this line does not fit the lines above; align it with its neighbours",
    ),
    (
        r"scanning a block scalar",
        "text that begins with | or > needs quotes; put it in quotes",
    ),
    (r"unexpected end of stream", "a quoted text is not closed; add the closing quote"),
    (
        r"unknown escape|escape character",
        "a backslash begins a special character; write it twice or use single quotes",
    ),
    (
        r"scanning an (?:alias|anchor)|alphabetic or numeric",
        "text that begins with * or & needs quotes; put it in quotes",
    ),
    (r"found character", "a character that YAML keeps for itself; put the text in quotes"),
)
_OTHERWISE = "this line cannot be read as YAML; check its brackets, quotes and colons"


def explain(text: str, error: yaml.MarkedYAMLError) -> tuple[int, int, str]:
    """Line and column, from 0, and what to write there instead."""
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    assert mark is not None
    slip = _slip(text, mark.line)
    if slip is not None:
        return slip
    said = f"{error.context or ''} {error.problem or ''}"
    if opened and opened.line != mark.line and re.search(r"flow|quoted", said):
        mark = opened  # what is not closed is shown where it opens
    sentence = next((ours for theirs, ours in _SENTENCES if re.search(theirs, said)), _OTHERWISE)
    return mark.line, mark.column, sentence


def _slip(text: str, before: int) -> tuple[int, int, str] | None:
    """A well-known slip in the lines up to the place where YAML gave up."""
    for number, line in enumerate(text.split("\n")[: before + 1]):
        for pattern, what in _SLIPS:
            found = re.search(pattern, line)
            if found:
                return number, found.start(1), what
    return None
