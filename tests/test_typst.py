"""Typst and PDF: what typst sets without a network, holds every number, and obeys no word of a file."""

import json
import re
import sys
from pathlib import Path

import pytest

import handcalc
from handcalc import library
from handcalc.document import Document, Heading, Line, Lines, Matrix
from handcalc.errors import UsageError
from handcalc.formats import encoded, write
from handcalc.formula import Number, Symbol
from handcalc.formula.typst import typst as typeset
from hostile import HOSTILE
from test_latex import _of_words

typst = pytest.importorskip("typst", reason="typst is not installed")

# Pages of the longest solution; more of them would be blank ones.
MOST_PAGES = 40


def _asked(source: str, folder: Path, expression: str, field: str) -> list:
    """What a compiled document answers to a query; that it compiles is part of the fact."""
    page = folder / "page.typ"
    page.write_text(
        source + "\n#context [#metadata(counter(page).final().first()) <pages>]", "utf-8"
    )
    return json.loads(typst.query(page, expression, field=field, root=folder))


def _headings(document: Document) -> list[int]:
    return [block.level for block in document.blocks if isinstance(block, Heading)]


@pytest.mark.parametrize("name", library.names())
def test_every_problem_is_set(name, tmp_path):
    document = handcalc.solve(name)
    source = write(document, "typst")

    assert _asked(source, tmp_path, "heading", "level") == _headings(document)
    assert 1 <= _asked(source, tmp_path, "<pages>", "value")[0] <= MOST_PAGES
    assert not re.search(r"Piecewise|\bnan\b|(?<![\w.^(-])-0(?![.\d])", source)
    for block in document.blocks:
        for line in getattr(block, "lines", ()):
            if isinstance(line.value, Number):
                assert typeset(line.value) in source


@pytest.mark.parametrize("name", ["adam-on-a-square", "lstm-two-units", "conv-layer-symbolic"])
def test_every_derivation_is_set(name, tmp_path):
    document = handcalc.solve(name, level="full")

    assert _asked(write(document, "typst"), tmp_path, "heading", "level") == _headings(document)


def test_a_pdf_is_the_same_each_time():
    document = handcalc.solve("net-2-2-2")
    content = encoded(document, "pdf")

    assert content.startswith(b"%PDF-")
    assert content == encoded(document, "pdf")


@pytest.mark.parametrize(("paper", "size"), [("a4", b"595"), ("letter", b"612")])
def test_the_paper(paper, size):
    content = encoded(Document("x", "x", ()), "pdf", paper=paper)

    assert re.search(rb"/MediaBox ?\[ ?0 0 " + size, content)


def test_no_word_of_a_file_is_a_command(tmp_path):
    """Everywhere that words stand: they are read as they are, and nothing is imported or shown as markup."""
    source = write(_of_words(HOSTILE), "typst")

    assert _asked(source, tmp_path, "heading", "level") == [2]
    for kind in ("link", "ref", "list", "enum", "terms", "footnote"):
        assert _asked(source, tmp_path, kind, "body") == []
    assert encoded(_of_words(HOSTILE), "pdf").startswith(b"%PDF-")


@pytest.mark.parametrize("place", range(len(HOSTILE.split())))
def test_no_sign_alone_is_a_command(place, tmp_path):
    """A sign that begins a cell or a paragraph begins no list and no heading there."""
    word = HOSTILE.split()[place]
    source = write(_of_words(f"{word} x"), "typst")

    assert _asked(source, tmp_path, "heading", "level") == [2]
    for kind in ("link", "ref", "list", "enum", "terms"):
        assert _asked(source, tmp_path, kind, "body") == []


def test_marked_cells_leave_the_rows_as_they_are(tmp_path):
    """A semicolon right behind a call would be its end, not that of the row."""
    block = Matrix(Symbol("M", "M"), (("1", "2"), ("3", "4")), frozenset({(0, 1), (1, 0)}))
    source = write(Document("x", "x", (block,)), "typst")
    equation = _asked(source, tmp_path, "math.equation", "body")[0]
    matrix = next(part for part in equation["children"] if part["func"] == "mat")

    assert [len(row) for row in matrix["rows"]] == [2, 2]


def test_a_wide_matrix_stands_in_blocks_of_its_columns(tmp_path):
    cells = tuple(f"{i}.1234" for i in range(100, 128))
    source = write(Document("x", "x", (Matrix(Symbol("M", "M"), (cells, cells)),)), "typst")

    assert all(source.count(cell) == 2 for cell in cells)
    assert len(_asked(source, tmp_path, "table", "columns")) > 1


def test_without_typst_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)

    with pytest.raises(UsageError, match=r'pip install "handcalc\[pdf\]"'):
        encoded(Document("x", "x", ()), "pdf")


def test_names_of_several_letters_are_words():
    line = Line(Symbol("pool", "pool", "1"), None, None, Number(0.5, "0.5"))
    source = write(Document("x", "x", (Lines((line,)),)), "typst")

    assert '"pool"_(1) &= 0.5' in source
