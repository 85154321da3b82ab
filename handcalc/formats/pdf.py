"""PDF: the pages of the Typst writer, set by the package typst in a folder of their own."""

import tempfile
from pathlib import Path

from handcalc.document import Document
from handcalc.errors import UsageError
from handcalc.formats import typst as pages


def write(document: Document, *, paper: str = "a4", **_: object) -> bytes:
    """The document as the bytes of a PDF file."""
    require()
    import typst

    # In a folder of its own, without packages, there is nothing else that a page could read.
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "solution.typ")
        source.write_text(pages.write(document, paper=paper), "utf-8")
        return typst.compile(
            source,
            root=Path(folder),
            package_path=folder,
            package_cache_path=folder,
            format="pdf",
        )


def require() -> None:
    """UsageError where what sets the pages is not installed."""
    try:
        import typst  # noqa: F401  # only whether it is there
    except ImportError:
        said = 'a PDF needs typst to be written; run: pip install "handcalc[pdf]"'
        raise UsageError(f"{said}, or write -o solution.tex for LaTeX") from None
