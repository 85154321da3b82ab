"""The problems that ship: found by name, listed with their titles, without reading YAML."""

import re
from pathlib import Path

from handcalc.errors import FileError, did_you_mean

_TITLE = re.compile(r"^title:\s*(['\"]?)(.*?)\1\s*$", re.MULTILINE)


def folder() -> Path:
    """The folder of the shipped problems: inside an installed package, or beside its source."""
    package = Path(__file__).parent
    inside = package / "problems"
    return inside if inside.is_dir() else package.parent / "problems"


def names() -> list[str]:
    """The names of the shipped problems."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def title(name: str) -> str:
    """The title line of a shipped problem; empty for a file of one's own."""
    if name not in names():
        return ""
    found = _TITLE.search((folder() / f"{name}.yaml").read_text(encoding="utf-8"))
    return found.group(2) if found else ""


def resolvable(problem: str) -> bool:
    """Is this the name of a shipped problem, or a file?"""
    return problem in names() or Path(problem).suffix in (".yaml", ".yml")


def called(path: str, name: str) -> str:
    """What to type for a problem: its name if it ships, else its file."""
    return name if Path(path) == folder() / f"{name}.yaml" else path


def resolve(problem: str | Path) -> Path:
    """The file behind what was typed: `-`, a path, or the name of a shipped problem."""
    path = Path(problem)
    if str(problem) == "-" or path.is_file():
        return path
    shipped = folder() / f"{path.name}.yaml"
    if path.name == str(problem) and shipped.is_file():
        return shipped
    if path.is_dir():
        raise FileError(f"{path} is a folder; write the name of a problem file in it")
    if path.suffix in (".yaml", ".yml") or path.parent != Path():
        raise FileError(f"{path}: there is no such file; check the name, or see: handcalc list")
    if Path(f"{path}.yaml").is_file():
        raise FileError(f"there is no problem '{path}'; did you mean the file {path}.yaml?")
    raise FileError(f"there is no problem '{path}'{did_you_mean(str(path), names())}")
