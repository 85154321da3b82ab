"""Fields that several layers have: activation and bias."""

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from handcalc import operations
from handcalc.errors import did_you_mean
from handcalc.fields import Array, Random, Worded, mistake, quoted, read_array
from handcalc.operations._operation import Operation

Activation = Annotated[
    Operation, Worded("activation", operations.load, tuple(operations.ACTIVATIONS))
]
_BIAS_WORDS = ("none", "first_weight", "last_weight")


def _read_bias(value: object) -> Array | Random | str:
    if isinstance(value, str) and value in _BIAS_WORDS:
        return value
    if isinstance(value, str) and value[:1].isalpha():
        raise mistake(f"{quoted(value)} is no bias{did_you_mean(value, _BIAS_WORDS)}")
    return read_array(value)


Bias = Annotated[
    Array | Random | str,
    PlainValidator(_read_bias),
    WithJsonSchema(
        {"anyOf": [{"enum": list(_BIAS_WORDS)}, {"type": ["number", "string", "array", "object"]}]}
    ),
]
