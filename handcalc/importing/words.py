"""One layer of Keras as a word of the problem file with its options: the fields have Keras's names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from pydantic import BaseModel, ValidationError

from handcalc import layers, operations
from handcalc.errors import printable

_WORDS = {word.replace("_", ""): word for word in layers.LAYERS}

# Layers that are an activation with other options.
_ACTIVATIONS = {"relu", "leakyrelu", "elu", "activation"}
# Activations that have another name here, or other numbers unless they are said.
_OTHERWISE: dict[str, Any] = {
    "leaky_relu": {"leaky_relu": {"alpha": 0.2}},
    "swish": "silu",
    "hard_swish": "hard_silu",
}
# Layers that change no shape and have no weights.
_PASSING = {
    "activityregularization",
    "alphadropout",
    "gaussiandropout",
    "identity",
    "masking",
    "rescaling",
    "randombrightness",
    "randomcontrast",
    "randomflip",
    "randomrotation",
    "randomtranslation",
    "randomzoom",
}
# Options that change neither a size nor a count.
_WITHOUT_SIZE = {
    "activation",
    "autocast",
    "backward_layer",
    "batch_input_shape",
    "batch_shape",
    "beta_regularizer",
    "data_format",
    "dropout",
    "dtype",
    "embeddings_constraint",
    "embeddings_initializer",
    "embeddings_regularizer",
    "epsilon",
    "flash_attention",
    "go_backwards",
    "implementation",
    "input_length",
    "interpolation",
    "lora_alpha",
    "lora_rank",
    "mask_zero",
    "momentum",
    "name",
    "noise_shape",
    "quantization_config",
    "recurrent_activation",
    "recurrent_dropout",
    "renorm_clipping",
    "renorm_momentum",
    "seed",
    "stateful",
    "synchronized",
    "time_major",
    "trainable",
    "unit_forget_bias",
    "unroll",
    "virtual_batch_size",
    "weights",
    "zero_output_for_mask",
}
_ENDINGS = ("_initializer", "_regularizer", "_constraint")


@dataclass(slots=True)
class Translated:
    """A word and its options as they are written, with what could not be said."""

    word: str
    options: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


class NoWordError(Exception):
    """There is no word for the layer; `str` says why."""


def translated(
    kind: str, config: dict[str, Any], received: Sequence[int | None] = ()
) -> Translated:
    """The word for a class of Keras, and its options; `received` is the shape of its input."""
    plain = kind.lower()
    if plain in _ACTIVATIONS:
        return _activation(plain, config)
    if plain in _PASSING or (plain == "normalization" and config.get("mean") is not None):
        return passing(kind)
    if plain not in _WORDS:
        raise NoWordError(f"there is no layer {printable(kind)[:40]}")
    word = _WORDS[plain]
    made = Translated(word)
    fields = layers.load(word).model_fields
    for key, value in config.items():
        if value is None or key in ("name", "trainable"):
            continue
        if key in fields:
            made.options.update(_option(key, value, made, config, received))
        elif key in ("axis", "attention_axes"):
            _refuse_other_axes(key, value, received)
        elif not (key in _WITHOUT_SIZE or key.endswith(_ENDINGS)):
            made.remarks += _unsaid(key, value)
    if word in ("attention", "additive_attention"):
        made.options.update(_scores_of(word, config))
    made.options = dict(_needed(word, made.options))
    return made


def passing(kind: str) -> Translated:
    """A layer that changes no shape and has no weights."""
    said = f"{printable(kind)[:40]} is written as activation: linear, which keeps shape and counts"
    return Translated("activation", {"function": "linear"}, [said])


def _option(
    key: str,
    value: Any,
    made: Translated,
    config: dict[str, Any],
    received: Sequence[int | None],
) -> dict[str, Any]:
    """One option as the file writes it; what there is no word for is remarked."""
    match key:
        case "activation" | "recurrent_activation" | "function":
            return _function(key, value, made)
        case "backward_layer" if _as_forward(config):
            return {}
        case "layer" | "backward_layer":
            inner = translated(str(value.get("class_name")), _config(value))
            made.remarks += inner.remarks
            return {key: {inner.word: inner.options} if inner.options else inner.word}
        case "padding" if value == "causal":
            taps, dilation = _single(config["kernel_size"]), _single(config.get("dilation_rate", 1))
            return {key: [[(taps - 1) * dilation, 0]]}
        case "strides" if value == config.get("pool_size"):
            return {}
        case "axis" | "axes" if made.word in ("concatenate", "dot"):
            return _axes(key, value, received)
        case "target_shape":
            return {key: _whole_shape(value, received)}
        case "interpolation" if value not in ("nearest", "bilinear"):
            made.remarks.append(
                f"interpolation: {_said(value)} has no word here; it is nearest now"
            )
            return {}
        case "dims" | "shared_axes":
            return {key: value if isinstance(value, list) else [value]}
        case _:
            return {key: _short(value)}


def _whole_shape(target: Any, received: Sequence[int | None]) -> list[Any]:
    """A shape with -1 in it, from the number of values there are."""
    if not isinstance(target, list) or -1 not in target:
        return target if isinstance(target, list) else [target]
    known = prod(n for n in target if isinstance(n, int) and n > 0)
    if None in received or not received:
        raise NoWordError("target_shape: -1 stands for a size that the file does not tell")
    whole = prod(n for n in received if n is not None)
    return [whole // max(known, 1) if n == -1 else n for n in target]


def _config(layer: Any) -> dict[str, Any]:
    config = layer.get("config") if isinstance(layer, dict) else None
    return config if isinstance(config, dict) else {}


def _function(key: str, value: Any, made: Translated) -> dict[str, Any]:
    name = str(value.get("class_name") if isinstance(value, dict) else value)
    if name == "linear":
        return {} if key == "activation" else {key: name}
    if name in _OTHERWISE:
        return {key: _OTHERWISE[name]}
    if name in operations.ACTIVATIONS:
        return {key: name}
    made.remarks.append(
        f"the activation {printable(name)[:40]} is left out; sizes and counts do not depend on it"
    )
    return {} if key == "activation" else {key: "linear"}


def _activation(kind: str, config: dict[str, Any]) -> Translated:
    """Layers that are an activation alone; recurrent ones have tanh of their own."""
    made = Translated("activation")
    if kind == "activation":
        made.options = _function("function", config.get("activation", "linear"), made)
        return made
    slope = config.get("negative_slope", config.get("alpha", 0.0)) or 0.0
    if kind == "elu":
        made.options = {"function": {"elu": {"alpha": config.get("alpha", 1.0)}}}
    elif slope:
        made.options = {"function": {"leaky_relu": {"alpha": slope}}}
        for key in ("max_value", "threshold"):
            made.remarks += _unsaid(key, config.get(key))
    else:
        made.options = {"function": _rectifier(config, made)}
    return made


def _rectifier(config: dict[str, Any], made: Translated) -> Any:
    """ReLU, which Keras cuts off at `max_value` or lets begin at a `threshold`."""
    most, start = config.get("max_value"), config.get("threshold")
    if most:
        made.remarks += _unsaid("threshold", start)
        return "relu6" if most == 6 else {"relu": {"max_value": most}}
    return {"threshold": {"threshold": start}} if start else "relu"


def _axes(key: str, value: Any, received: Sequence[int | None]) -> dict[str, Any]:
    """Keras counts the samples as axis 0, so that its numbers are ours; -1 is the last."""
    values = value if isinstance(value, list) else [value]
    if key == "axis" and values == [-1]:
        # Where channels stand first, the axis that is usual here is another than the last.
        return {key: str(len(received))} if len(received) > 2 else {}
    if any(not isinstance(n, int) or n < 1 for n in values):
        raise NoWordError(
            f"{key}: {_said(value)} counts from the end; name the axis from the front"
        )
    return {key: _short(values)}


def _refuse_other_axes(key: str, value: Any, received: Sequence[int | None]) -> None:
    """Normalization along the channels and attention between steps are what there are words for."""
    values = value if isinstance(value, list) else [value]
    rank = len(received)
    usual = (
        [list(range(1, rank))]
        if key == "attention_axes"
        else [[-1], [rank], [1] if rank > 1 else [rank]]
    )
    if rank and values not in usual:
        raise NoWordError(f"{key}: {_said(value)} is another axis than that of the channels")


def _as_forward(config: dict[str, Any]) -> bool:
    """Is the layer that reads backwards like the one that reads forwards?"""
    ways = [
        {k: v for k, v in _config(way).items() if k not in ("name", "go_backwards")}
        for way in (config.get("layer"), config.get("backward_layer"))
    ]
    return ways[0] == ways[1]


def _scores_of(word: str, config: dict[str, Any]) -> dict[str, Any]:
    """Keras does not divide by √d; its additive scores have no projections, and a scale is one weight more."""
    if word == "additive_attention":
        raise NoWordError("additive attention of Keras has no projections, ours has")
    if config.get("use_scale") or config.get("score_mode") not in (None, "dot"):
        raise NoWordError("an attention with a learned scale has no word")
    return {"scale": False}


def _unsaid(key: str, value: Any) -> list[str]:
    """An option that there is no field for."""
    if value in (False, 0, "", [], {}, None):
        return []
    return [f"{printable(key)[:40]}: {_said(value)} is not written"]


def _said(value: Any) -> str:
    return printable(str(value))[:60]


def _single(value: Any) -> int:
    found = value[0] if isinstance(value, list) and value else value
    if not isinstance(found, int):
        raise NoWordError("its sizes are no numbers")
    return found


def _short(value: Any) -> Any:
    """[3, 3] is 3, [[1, 1], [1, 1]] is 1; [[0, 1], [0, 1]] stays what it is."""
    one = value
    while isinstance(one, list) and one and all(part == one[0] for part in one[1:]):
        one = one[0]
    return value if isinstance(one, list) else one


def _needed(word: str, options: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """The options that are not what is taken without them."""
    model = layers.load(word)
    try:
        whole = model.model_validate(options)
    except ValidationError as error:
        raise NoWordError(f"{_place(error)}: {error.errors()[0]['ctx']['what']}") from None
    return [
        (key, value)
        for key, value in options.items()
        if getattr(whole, key) != _default(model, key)
    ]


def _default(model: type[BaseModel], key: str) -> Any:
    return model.model_fields[key].get_default(call_default_factory=True)


def _place(error: ValidationError) -> str:
    return ".".join(str(part) for part in error.errors()[0]["loc"])
