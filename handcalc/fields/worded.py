"""One word, or a word with its options: what layers, activations, losses and optimizers are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, core_schema

from handcalc.fields.strict import KEY, below, kind_of, mistake, quoted, wrong_at
from handcalc.fields.synonyms import word_instead


@dataclass(frozen=True)
class Worded:
    """One word, or a word with its options: `sigmoid`, `{leaky_relu: {alpha: 0.1}}`.

    Metadata of an `Annotated` type. The model behind a word is imported when the word occurs.
    """

    kind: str
    load: Callable[[str], type[BaseModel]]
    known: tuple[str, ...]
    others: tuple[str, ...] = ()
    """Words with options that someone else reads; editors are told of them."""
    meaning: Mapping[str, tuple[str, dict[str, str]]] = field(default_factory=dict, hash=False)
    """Other words for the known ones, each with the options that are its own: swish is silu."""
    functions: tuple[str, ...] = ()
    """Words of activations, which may be taken for layers."""

    def read(self, value: object) -> BaseModel:
        """The model of the word with its options; its mistakes are placed under the word."""
        if isinstance(value, BaseModel):
            return value
        value = self._in_full(value)
        typed, options = self._word_of(value)
        word, own = self.meaning.get(typed, (typed, {}))
        model = self.load(word)
        needed = [name for name, field in model.model_fields.items() if field.is_required()]
        if not isinstance(value, dict) and needed:
            raise mistake(f"{word} needs its options; write {{{word}: {{{needed[0]}: …}}}}")
        if not isinstance(value, dict):
            return model.model_validate(own)
        return below(typed, lambda: model.model_validate({**own, **options}))

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _: Any, __: GetJsonSchemaHandler) -> dict[str, Any]:
        models = {word: self.load(word).model_json_schema() for word in self.known}
        for word, model in models.items():
            if short := getattr(self.load(word), "short", ""):
                models[word] = {"anyOf": [{"type": "string"}, model], "required": [short]}
        models |= {word: models[meant] for word, (meant, _) in self.meaning.items()}
        bare = [word for word, model in models.items() if not model.get("required")]
        mapped = [
            {
                "type": "object",
                "properties": {word: model},
                "required": [word],
                "additionalProperties": False,
            }
            for word, model in models.items()
        ]
        mapped += [{"type": "object", "required": [word]} for word in self.others]
        return {"anyOf": [{"enum": bare}, *mapped] if bare else mapped}

    def _in_full(self, value: object) -> object:
        """`{formula: "z^2"}` as `{formula: {formula: "z^2"}}`, for words whose model has a `short` form."""
        if not isinstance(value, dict) or len(value) != 1:
            return value
        ((word, text),) = value.items()
        if not isinstance(text, str) or word not in self.known:
            return value
        field = getattr(self.load(word), "short", "")
        return {word: {field: text}} if field else value

    def _word_of(self, value: object) -> tuple[str, dict[str, Any]]:
        return _word_of(self.kind, value, (*self.known, *self.meaning), self._instead)

    def _instead(self, word: object) -> str:
        """What to write in place of a word that is not known."""
        return word_instead(self.kind, str(word), (*self.known, *self.meaning), self.functions)


def _word_of(
    kind: str, value: object, known: Sequence[str], instead: Callable[[object], str]
) -> tuple[str, dict[str, Any]]:
    """The word and its options, or the mistake at the place where it is."""
    a_kind = f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    example = f"write {known[0]}, or {{{known[0]}: {{…}}}} with options"
    if not isinstance(value, dict):
        if not isinstance(value, str):
            raise mistake(f"expects {a_kind}, not {kind_of(value)}; {example}")
        if value not in known:
            raise mistake(f"there is no {kind} {quoted(value)}{instead(value)}")
        return value, {}
    first, options = next(iter(value.items()), ("", None))
    if len(value) > 1 and options is None and first in known:
        raise mistake(
            f"the options of {first} stand beside it; indent them by two more blanks, below {first}:"
        )
    if len(value) != 1:
        raise mistake(f"{a_kind} is one word with its options, not {len(value)} words; {example}")
    if first not in known:
        said = f"there is no {kind} {quoted(first)}{instead(first)}"
        raise ValidationError.from_exception_data(kind, [wrong_at(said, str(first), KEY)])
    if options is not None and not isinstance(options, dict):
        said = f"the options of {first} are a mapping, not {kind_of(options)}; write {first}: {{name: value}}"
        raise ValidationError.from_exception_data(kind, [wrong_at(said, str(first))])
    return str(first), options or {}
