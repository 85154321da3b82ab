"""Parts and steps: each folds below its heading, has an address and a line in the contents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from handcalc.document import Block, Heading, Note
from handcalc.formats._html_blocks import Blocks
from handcalc.formats._html_places import Places

FEWEST = 5
"""Headings from which on a page has a table of contents."""


@dataclass(slots=True)
class Fold:
    """A numbered heading, its blocks, and what is numbered below it."""

    heading: Heading
    blocks: list[Block] = field(default_factory=list)
    inner: list["Fold"] = field(default_factory=list)


class Steps:
    """What stands before the first step, the parts with their steps, and the notes at the end."""

    def __init__(self, blocks: Sequence[Block], places: Places) -> None:
        self._places, self._blocks = places, Blocks(places)
        self._before, self.parts, self._after = list[Block](), list[Fold](), list[Block]()
        here = self._before
        for block in blocks:
            if isinstance(block, Heading) and block.number:
                fold = Fold(block)
                inside = block.level > 2 and bool(self.parts)
                (self.parts[-1].inner if inside else self.parts).append(fold)
                here = fold.blocks
            else:
                here.append(block)
        # What is said of the whole page at its end stays when the last step is folded.
        while self.parts and here and isinstance(here[-1], Note):
            self._after.insert(0, here.pop())

    def body(self) -> str:
        """All of it, in order."""
        made = [
            *map(self._blocks.write, self._before),
            *(self._folding(part, "part") for part in self.parts),
            *map(self._blocks.write, self._after),
        ]
        return "\n".join(made)

    def contents(self) -> str:
        """Links to all steps, where there are so many that one looks for them."""
        if sum(1 + len(part.inner) for part in self.parts) < FEWEST:
            return ""
        listed = "\n".join(map(self._listed, self.parts))
        return f"""<nav aria-label="Contents">
<details class="contents"><summary>Contents</summary>
<ol>
{listed}
</ol>
</details>
</nav>
"""

    def _listed(self, fold: Fold) -> str:
        to = quoteattr(f"#step-{fold.heading.number}")
        link = f"<a href={to}>{self._blocks.titled(fold.heading)}</a>"
        inner = "\n".join(map(self._listed, fold.inner))
        return f"<li>{link}\n<ol>\n{inner}\n</ol></li>" if inner else f"<li>{link}</li>"

    def _folding(self, fold: Fold, kind: str) -> str:
        """Open, so that everything is there for whoever prints it or runs no script."""
        self._places.enter(fold.heading.number)
        blocks = "\n".join((*self._uses(fold), *map(self._blocks.write, fold.blocks)))
        inner = "\n".join(self._folding(step, "step") for step in fold.inner)
        return f"""<details class="{kind}" open="open">
<summary>{self._blocks.heading(fold.heading)}{"".join(self._addresses(fold))}</summary>
{blocks}
{inner}
</details>"""

    def _addresses(self, fold: Fold) -> Iterator[str]:
        for key in self._places.without_place(fold.heading.number):
            yield f'<span id="{key}"></span>'

    def _uses(self, fold: Fold) -> Iterator[str]:
        """The earlier steps whose values are used."""
        behind = self._places.behind(fold.heading.number)
        if behind:
            links = ", ".join(map(self._blocks.words.to_step, behind))
            yield f'<p class="uses">uses {links}</p>'
