"""YAML as an exam author means it: every scalar stays the text that was typed.

`0.10`, `1e-3`, `no`, `010` and `1:30` are not changed on the way. Repeated keys, anchors, aliases and
tags are refused, and so is a file that is larger or deeper than a problem can be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from handcalc.errors import Mistake, ProblemError, printable
from handcalc.problem.slips import explain

MAX_BYTES = 16 * 2**20
MAX_DEPTH = 24

Path: TypeAlias = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]"
)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is still being read."""

    items: Any
    key: str | None = None
    columns: dict[str, int] = field(default_factory=dict)


class _Events:
    """One pass over the events of a file: the data, or the places of its parts."""

    def __init__(self, text: str) -> None:
        self.text, self.mistakes = text, list[Mistake]()

    def mistake(self, mark: Any, what: str) -> Mistake:
        return at(self.text, mark.line, mark.column, what)

    def read(self, places: dict[Path, tuple[int, int]] | None = None) -> Any:
        """Lists, mappings and texts; None for an empty value. Fills `places` if given."""
        stack: list[_Open] = []
        path: list[str | int] = []
        root: list[Any] = []
        for event in self._events():
            kind = type(event).__name__
            mark = event.start_mark
            parent = stack[-1] if stack else None
            if kind in ("MappingEndEvent", "SequenceEndEvent"):
                stack.pop()
                if path:
                    path.pop()
                continue
            if kind not in ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent", "AliasEvent"):
                if kind == "DocumentStartEvent" and root:
                    self.mistakes.append(
                        self.mistake(mark, "a second document begins; write one problem a file")
                    )
                    break
                continue
            if kind == "AliasEvent" or event.anchor:
                self.mistakes.append(
                    self.mistake(
                        mark,
                        "text that begins with & or * needs quotes; anchors and aliases are not read",
                    )
                )
            elif event.tag and event.tag != "!":
                self.mistakes.append(
                    self.mistake(mark, "tags (!name) are not read; write the value without one")
                )
            awaits_key = (
                parent is not None and isinstance(parent.items, dict) and parent.key is None
            )
            if awaits_key:
                assert parent is not None
                self._key(parent, event, kind, path, places)
                if kind not in ("ScalarEvent", "AliasEvent"):
                    break
                continue
            value: Any = None
            if kind == "ScalarEvent":
                empty = event.implicit[0] and event.value in ("", "~", "null")
                value = None if empty else event.value
            elif kind != "AliasEvent":
                value = {} if kind == "MappingStartEvent" else []
            self._put(parent, value, root, path)
            if places is not None:
                places[tuple(path)] = (mark.line, mark.column)
            if kind in ("ScalarEvent", "AliasEvent"):
                if path:
                    path.pop()
            else:
                stack.append(_Open(value))
                if len(stack) > MAX_DEPTH:
                    self.mistakes.append(
                        self.mistake(
                            mark, f"is nested more than {MAX_DEPTH} deep; a problem is flatter"
                        )
                    )
                    break
        return root[0] if root else None

    def _key(
        self, parent: _Open, event: Any, kind: str, path: list[str | int], places: Any
    ) -> None:
        if kind != "ScalarEvent":
            if kind != "AliasEvent":
                self.mistakes.append(
                    self.mistake(
                        event.start_mark,
                        "a name is one word, not a list or mapping; write name: value",
                    )
                )
            parent.key = ""
            return
        key = event.value
        if key in parent.columns:
            first = parent.columns[key] + 1
            said = f"'{printable(key)[:40]}' is here twice, first in line {first}; keep one of them"
            self.mistakes.append(self.mistake(event.start_mark, said))
        parent.columns[key] = event.start_mark.line
        parent.key = key
        if places is not None:
            places[(*path, key, "#key")] = (event.start_mark.line, event.start_mark.column)

    def _put(
        self, parent: _Open | None, value: Any, root: list[Any], path: list[str | int]
    ) -> None:
        if parent is None:
            root.append(value)
        elif isinstance(parent.items, dict):
            assert parent.key is not None
            parent.items[parent.key] = value
            path.append(parent.key)
            parent.key = None
        else:
            path.append(len(parent.items))
            parent.items.append(value)

    def _events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            line, column, what = explain(self.text, error)
            self.mistakes.append(at(self.text, line, column, what))


def read(name: str, text: str) -> Any:
    """The content of a YAML text; ProblemError with all its mistakes."""
    strange = _CONTROL.search(text)
    if strange:
        line = text.count("\n", 0, strange.start())
        column = strange.start() - (text.rfind("\n", 0, strange.start()) + 1)
        what = f"holds the character U+{ord(strange.group()):04X}, which is not text; delete it"
        raise ProblemError(name, [at(text, line, column, what)])
    events = _Events(text)
    data = events.read()
    if events.mistakes:
        raise ProblemError(name, events.mistakes)
    return data


def places(text: str) -> dict[Path, tuple[int, int]]:
    """Line and column, from 0, of every part of a file; a name's place ends in "#key"."""
    found: dict[Path, tuple[int, int]] = {}
    _Events(text).read(found)
    return found


def at(text: str, line: int, column: int, what: str) -> Mistake:
    """A mistake with the source line it points to."""
    lines = text.split("\n")
    source = lines[line] if line < len(lines) else ""
    return Mistake(line + 1, column + 1, what, source.rstrip("\r"))
