"""Where the samples of a network are: `data: {file: digits.csv, target: digit, divide: 16}`.

A file lies in the folder of the problem, or it is one that ships: data/digits-0-1.csv is there for every problem.
"""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from handcalc import library
from handcalc.errors import ProblemError, printable
from handcalc.fields import Given, Strict, Words, quoted
from handcalc.problem.beside import DATA, located, place_of
from handcalc.problem.origin import Origin
from handcalc.problem.picture import Divisor
from handcalc.problem.pixels import UnreadError


def _file(value: object) -> str:
    return place_of(value, DATA)


File = Annotated[str, PlainValidator(_file), WithJsonSchema({"type": "string"})]


class Data(Strict):
    """A file of samples, or a folder with a folder of images for each class; what divides its inputs.

    `target` is the column of the targets of a .csv, `labels` the file of those of IDX.
    """

    file: File
    target: Words = ""
    labels: File | None = None
    divide: Divisor = Given.of(1)

    def places(self, origin: Origin) -> tuple[Path, Path | None]:
        """The file of the inputs and, where it is another one, that of the targets."""
        wrong, found = [], dict[str, Path]()
        for word, name in (("file", self.file), ("labels", self.labels)):
            try:
                if name is not None:
                    found[word] = _located(Path(origin.path).parent, name)
            except UnreadError as error:
                said = f"{quoted(name)} {printable(str(error))}"
                wrong.append(origin.mistake(("data", word), said))
        if wrong:
            raise ProblemError(origin.path, wrong)
        return found["file"], found.get("labels")


def _located(folder: Path, name: str) -> Path:
    try:
        located(folder, name, DATA)
    except UnreadError:
        with suppress(UnreadError):
            return located(library.folder(), name, DATA)
        raise
    return folder / name


def name_in(folder: Path, path: Path, *, ships: bool = True) -> str | None:
    """How a problem in a folder calls a file: one below the folder, or one that ships."""
    own = path.resolve()
    for place in (folder, library.folder())[: 1 + ships]:
        if own.is_relative_to(place.resolve()):
            name = own.relative_to(place.resolve()).as_posix()
            beside = folder / name
            hidden = place != folder and beside.exists() and not beside.samefile(own)
            return None if hidden else name
    return None
