"""What is said about a broken problem file, word for word as the pages in `mistakes` show it.

A new case is a heading, a `yaml` block with the broken file and an empty `text` block, which
`pytest --renew` fills. A control character is written as its picture: ␀, ␛, ␉.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from handcalc.errors import ProblemError
from handcalc.problem import parse
from handcalc.solving import solve

PAGES = sorted((Path(__file__).parent / "mistakes").glob("*.md"))
NAME = "problem.yaml"

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_CASE = re.compile(
    r"^## (?P<title>.+)\n"
    r"(?:(?!#|```).*\n)*"  # a remark of the teacher
    r"```yaml\n(?P<file>(?:.*\n)*?)```\n\n"
    r"```text\n(?P<message>(?:.*\n)*?)```$",
    re.MULTILINE,
)
_SAID = re.compile(rf"{re.escape(NAME)}:[1-9][0-9]*:[1-9][0-9]*: .+(?:; .+|\?)")
_PICTURES = {0x2400 + code: chr(code) for code in range(32)}


@dataclass(frozen=True)
class Case:
    """A broken file and the message about it."""

    page: Path
    title: str
    file: str
    message: str

    @property
    def id(self) -> str:
        """The page and the heading as one word: `numbers/a-leading-zero`."""
        return f"{self.page.stem}/{re.sub('[^a-z0-9]+', '-', self.title.lower()).strip('-')}"


def cases() -> list[Case]:
    """The cases of all pages."""
    return [
        Case(page, found["title"], found["file"], found["message"])
        for page in PAGES
        for found in _CASE.finditer(page.read_text(encoding="utf-8"))
    ]


def said_about(text: str) -> str:
    """The message about a file; empty if nothing is wrong with it."""
    try:
        solve(parse(text, NAME))
    except ProblemError as error:
        return f"{error}\n"
    return ""


def write_anew(case: Case, message: str) -> None:
    """Put a message into the `text` block of its case."""
    page = case.page.read_text(encoding="utf-8")
    found = next(f for f in _CASE.finditer(page) if f["title"] == case.title)
    start, end = found.span("message")
    case.page.write_text(page[:start] + message + page[end:], encoding="utf-8", newline="\n")


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_a_broken_file_is_explained(case: Case, renew: bool) -> None:
    said = said_about(case.file.translate(_PICTURES))
    assert said, "nothing is wrong with this file"
    heads = [line for line in said.splitlines() if not line.startswith("    ")]
    assert [head for head in heads if not _SAID.fullmatch(head)] == [], "where, what, what instead"
    if renew:
        write_anew(case, said)
    else:
        assert said == case.message


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_a_title_and_cases(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    headings = _HEADING.findall(text)
    assert text.startswith("# ")
    assert headings == [found["title"] for found in _CASE.finditer(text)]
    assert len(headings) == len(set(headings)) > 0
