"""Matrices and tables of a page, each in a box in which it moves where it is wider than the page."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from handcalc.document import Brackets, Cell, Matrix, Rows, Table
from handcalc.formats._html_places import Places, matrix_size
from handcalc.formats._html_words import Words, plain_words


class Tables:
    """Writes them; cells have the addresses of what they show."""

    def __init__(self, places: Places, words: Words) -> None:
        self._places, self._words = places, words

    def matrix(self, block: Matrix) -> str:
        """Cells between brackets, with the numbers of rows and columns beside them."""
        above, before = block.first
        count, columns = len(block.rows), len(block.rows[0])
        whole = matrix_size(block)
        part = f", of which {count} × {columns}" if block.of else ""
        at = self._places.at_matrix(block)
        numbers = "".join(f'<th scope="col">{before + j}</th>' for j in range(columns))
        body = (
            f'<tr><th scope="row">{above + i}</th>'
            + "".join(self._cell(block, i, j) for j in range(columns))
            + "</tr>"
            for i in range(count)
        )
        name = self._words.math(block.name, bare=at.startswith(" id"))
        size = f'<span class="size">{whole[0]} × {whole[1]}{part}</span>'
        table = f'<table class="matrix"{at}>\n<caption>{name} {size}</caption>'
        found = ' class="r"' if self._places.is_found(block) else ""
        return _boxed(table, f"<tr><td></td>{numbers}</tr>", body, found)

    def _cell(self, block: Matrix, row: int, column: int) -> str:
        written = plain_words(block.rows[row][column])
        shown = f"<mark>{written}</mark>" if (row, column) in block.marked else written
        return f"<td{self._places.at_cell(block, row, column)}>{shown}</td>"

    def brackets(self, block: Brackets) -> str:
        """An equation of matrices; what stands behind its last sign is its result."""
        *before, result = map(_bracketed, block.parts)
        left = f'<math displaystyle="true">{"".join(before)}</math>'
        right = f'<span class="r"><math displaystyle="true">{result}</math></span>'
        return f'<div class="brackets">{left}{right}</div>'

    def table(self, block: Table) -> str:
        """Words, formulas and numbers; those that a step finds can be hidden."""
        hidden = block.numeric - {0} if self._places.within_step else frozenset()
        body = [
            [
                f'<span class="r">{shown}</span>' if shown and j in hidden else shown
                for j, shown in enumerate(map(self._shown, row))
            ]
            for row in block.rows
        ]
        return rows([plain_words(head) for head in block.header], body, block.numeric)

    def _shown(self, cell: Cell) -> str:
        if isinstance(cell, tuple):
            return self._words.given(cell)
        return plain_words(cell) if isinstance(cell, str) else self._words.math(cell)


def _bracketed(part: Rows | str) -> str:
    """A matrix in brackets, or the sign between two of them, or before a result."""
    if isinstance(part, str):
        return f'<mo form="infix">{escape(part)}</mo>'
    rows = (
        f"<mtr>{''.join(f'<mtd><mn>{plain_words(cell)}</mn></mtd>' for cell in row)}</mtr>"
        for row in part
    )
    return f'<mrow><mo form="prefix">[</mo><mtable>{"".join(rows)}</mtable><mo form="postfix">]</mo></mrow>'


def rows(
    heads: Sequence[str],
    body: Sequence[Sequence[str]],
    numeric: frozenset[int],
    kind: str = "",
    attributes: Sequence[str] = (),
) -> str:
    """A table from written cells; the first of a row says what the others are about."""
    columns = "".join(
        f'<th scope="col"{_right(i, numeric)}>{head}</th>' if head else "<td></td>"
        for i, head in enumerate(heads)
    )
    name = f' class="{kind}"' if kind else ""
    made = (
        f"<tr{attributes[i] if attributes else ''}>{_row(cells, numeric)}</tr>"
        for i, cells in enumerate(body)
    )
    return _boxed(f"<table{name}>", f"<tr>{columns}</tr>", made)


def _row(cells: Sequence[str], numeric: frozenset[int]) -> str:
    first = f'<th scope="row"{_right(0, numeric)}>{cells[0]}</th>'
    return first + "".join(
        f"<td{_right(i, numeric)}>{cell}</td>" for i, cell in enumerate(cells) if i
    )


def _right(column: int, numeric: frozenset[int]) -> str:
    return ' class="n"' if column in numeric else ""


def _boxed(table: str, head: str, body: Iterable[str], kind: str = "") -> str:
    made = "\n".join(body)
    return f"""<div class="scroll">{table}
<thead>{head}</thead>
<tbody{kind}>
{made}
</tbody>
</table></div>"""
