"""The JSON Schema of a problem file, made from the types that read it."""

import json

from handcalc.problem.model import Problem


def schema_text() -> str:
    """The schema as it is printed and as it lies beside the shipped problems."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Problem.model_json_schema(),
    }
    schema["title"] = "A handcalc problem"
    # A file has layers, or formulas that become layers when it is read, or gradients in their place.
    schema["required"] = [field for field in schema["required"] if field != "layers"]
    schema["anyOf"] = [{"required": [field]} for field in ("layers", "values", "gradients")]
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
