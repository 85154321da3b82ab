"""Parts of a problem file as text: YAML on one line, texts without quotes where they need none."""

import re
from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Writes every scalar as the text that it is: 0.10, no and 1:30 mean nothing else in a problem file."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # of this class, in place of its parents'

    def ignore_aliases(self, data: Any) -> bool:  # what is here twice is written twice
        return True


# What would be nothing stays in quotes.
_Dumper.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|)$"), ["~", "n", ""])


def _text(dumper: _Dumper, value: Any) -> yaml.ScalarNode:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text)


for _kind in (str, int, float, bool):
    _Dumper.add_representer(_kind, _text)


def flow(value: Any) -> str:
    """A value on one line."""
    text = yaml.dump(
        value,
        Dumper=_Dumper,
        default_flow_style=True,
        sort_keys=False,
        width=10**9,
        allow_unicode=True,
    )
    return text.removesuffix("...\n").strip()


def item(layer: dict[str, Any] | str) -> str:
    """A layer as an item of the list, without outer braces: conv2d: {…}."""
    text = flow(layer)
    return text[1:-1] if isinstance(layer, dict) else text
