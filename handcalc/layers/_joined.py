"""One matrix over input and state: the parts of the column that it is multiplied by, in order."""

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from handcalc.fields import mistake

JOINED = (
    ["x", "h"],
    ["h", "x"],
    ["x", "h", "1"],
    ["h", "x", "1"],
    ["1", "x", "h"],
    ["1", "h", "x"],
)


def _joined(value: object) -> tuple[str, ...]:
    parts = [str(part) for part in value] if isinstance(value, list | tuple) else []
    if parts not in JOINED:
        raise mistake(
            "expects the parts of the column in order; write [x, h] or [h, x], with a 1 for the bias "
            "at the beginning or at the end"
        )
    return tuple(parts)


Joined = Annotated[tuple[str, ...], PlainValidator(_joined), WithJsonSchema({"type": "array"})]
