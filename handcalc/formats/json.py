"""JSON: the answers for programs. `value` is at full precision, `shown` as the solution writes it."""

import json

from handcalc.document import Document


def write(document: Document, **_: object) -> str:
    """The contract: {"handcalc": 1, "problem": NAME, "answers": {KEY: {value, shown, shape}}}."""
    if document.record is not None:
        return json.dumps(document.record, ensure_ascii=False, indent=1) + "\n"
    answers = {
        key: {"value": a.value, "shown": a.shown, "shape": list(a.shape)}
        for key, a in document.answers.items()
    }
    content = {"handcalc": 1, "problem": document.problem, "answers": answers}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
