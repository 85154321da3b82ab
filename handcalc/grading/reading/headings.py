"""Which answer a column holds: its heading is a key, names one, or has a number in a series.

Learning platforms write their own words around what an author wrote: `12345: h1_in` (Canvas),
`h1_in (1.0 pts)` (Gradescope), `Response 3` (Moodle, where a question has a number and no key).
"""

import re
from collections.abc import Collection, Sequence

from handcalc.errors import FileError, count, listed, printable
from handcalc.grading.answer import UnreadableError, is_blank, number

MOST_LISTED = 60
MOST_READ = 5_000
"""Characters of a heading; Canvas writes whole questions there."""
_WORD = re.compile(r"[^\W\d]\w*(?:\[[^\[\]\s]*\]\w*|@\w+)*")
# 12345: KEY, Question 25. KEY, KEY (1.0 pts): what may stand around a key that is a mere letter.
_AROUND = re.compile(r"(?:(?:\w{1,20}\.?\s*)?\d{1,12}\s*[:.)-]?\s*)?(\S+?)\s*(?:\([^()]*\))?")
_SERIES = re.compile(r"(\D*[^\W\d])\s+(\d{1,5})(?:\s*\([^()]*\))?")
_RESPONSES = frozenset(
    [
        "response",
        "antwort",
        "réponse",
        "respuesta",
        "risposta",
        "resposta",
        "antwoord",
        "odpowiedź",
        "odpověď",
        "odpoveď",
        "ответ",
        "відповідь",
        "yanıt",
        "cevap",
        "svar",
        "vastaus",
        "válasz",
        "răspuns",
        "απάντηση",
        "回答",
        "解答",
        "응답",
        "respons",
    ]
)
"""What Moodle calls a response in its languages; questions and right answers are numbered too."""


def meant(names: Sequence[str], keys: Sequence[str]) -> tuple[dict[int, str], list[str]]:
    """The key of each column that does not bear it, by its place, and what was assumed of them."""
    known = set(keys)
    whole = {name for name in names if name in known}
    key_of: dict[int, str] = {}
    remarks = []
    for place, name in enumerate(names):
        inside = _inside(name, known) if name not in known else set()
        if len(inside) == 1 and not inside & whole:
            key_of[place] = inside.pop()
        elif len(inside) > 1:
            column = f"column {place + 1}, {shown(name)}, names {count(len(inside), 'answer')}"
            remarks.append(f"{column} ({listed(sorted(inside), 4)}) and is not read")
    if key_of:
        place, key = next(iter(key_of.items()))
        many = count(len(key_of), "column")
        remarks.append(f"{many} read as the answers that they name: {shown(names[place])} as {key}")
    elif not whole:
        key_of, remark = _numbered(names, keys)
        remarks += [remark] if remark else []
    return key_of, remarks


def refused(names: Sequence[str], keys: Sequence[str], remarks: Sequence[str], between: str) -> str:
    """Why no column is an answer, and what to write instead."""
    example = listed(list(keys[:2]), 2)
    if _readable(names) * 2 < len(names):
        wrong = f"none of its {count(len(names), 'column')} is an answer of this problem"
        why = f" ({'; '.join(remarks)})" if remarks else f" ({listed([*map(shown, names)], 4)})"
        return f"{wrong}{why}; write keys such as {example} in its first line"
    wrong = "has no line of names: its first line holds numbers"
    before = len(names) - len(keys)
    if not (0 <= before <= 3 and len(keys) <= MOST_LISTED):
        return f"{wrong}; write {between.join(['name', *keys[:2]])}{between}… above it"
    line = between.join([*("name", "id", "group")[:before], *keys])
    return f"{wrong}; its {len(names)} columns fit this line, write it above them: {line}"


def shown(name: str) -> str:
    """A heading in quotes, as much of it as fits."""
    return f"'{printable(name)[:60]}'"


def twice(place: str, names: Sequence[str], first: int, second: int) -> FileError:
    """Two columns that would overwrite each other."""
    both = f"{first + 1}, {shown(names[first])}, and {second + 1}, {shown(names[second])}"
    return FileError(f"{place}: columns {both}, are the same answer; leave one of them out")


def _inside(name: str, known: Collection[str]) -> set[str]:
    """The keys that a heading names as whole words."""
    plain = " ".join(re.sub(r"<[^<>]*>|&nbsp;", " ", name[:MOST_READ]).split())
    words = {word for word in _WORD.findall(plain) if word in known}
    around = _AROUND.fullmatch(plain[:200])
    alone = around[1] if around else ""
    # A letter such as E stands in headings of all kinds; it is a key where nothing else is said.
    return {word for word in words if not word.isalpha() or word == alone}


def responses(names: Sequence[str]) -> list[int]:
    """The columns Response 1, Response 2, …, in whatever language."""
    series: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        one = _SERIES.fullmatch(" ".join(name[:200].split()))
        word = one[1].casefold() if one else ""
        if one and int(one[2]) == len(series.get(word, ())) + 1:
            series.setdefault(word, []).append(place)
    return next((places for word, places in series.items() if word in _RESPONSES), [])


def _numbered(names: Sequence[str], keys: Sequence[str]) -> tuple[dict[int, str], str]:
    """Response 1, Response 2, …: the answers in their order, if there are as many."""
    places = responses(names)
    if not places:
        return {}, ""
    first, last = shown(names[places[0]]), shown(names[places[-1]])
    these = f"{first} to {last}" if len(places) > 1 else first
    if len(places) != len(keys):
        many, answers = count(len(places), "response"), count(len(keys), "answer")
        return {}, f"{these}: {many}, where there are {answers}"
    remark = f"{these} read as the answers in their order"
    return dict(zip(places, keys, strict=True)), f"{remark}: {listed(list(keys), 4)}"


def _readable(names: Sequence[str]) -> int:
    """How many of them are numbers, or nothing."""
    return sum(is_blank(name) or _is_number(name) for name in names)


def _is_number(text: str) -> bool:
    try:
        number(text)
    except UnreadableError:
        return False
    return True
