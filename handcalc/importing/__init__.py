"""A Keras model as a problem file: its layers, their names and where each takes its input from."""

from dataclasses import dataclass
from pathlib import Path

from handcalc.importing import agreement, archive, graph, writing
from handcalc.importing.graph import Untranslatable


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of the problem file, and what is to be said of it."""

    text: str
    remarks: tuple[str, ...]
    layers: int
    agreed: int
    """Layers whose input has the shape that the model says."""


def import_model(path: Path, *, skip: bool = False) -> Imported:
    """The problem file of a model in a `.keras` archive or in a JSON configuration.

    ImportFailure lists all that cannot be translated; with `skip` those layers are left out.
    """
    config = archive.read(path)
    found = graph.of(config, skip=skip)
    text = writing.problem_file(path.stem, found)
    agreed = agreement.check(text, found)
    return Imported(text, tuple(found.remarks), len(found.layers), agreed)


__all__ = ["Imported", "Untranslatable", "import_model"]
