"""Small networks drawn from all the words of `layers:`, as problem files.

A word has a row in OPTIONS that draws options for an input of some shape. What is picked comes from
hypothesis, which shows the smallest network that fails, or from a seed.
"""

import json
import re
from collections.abc import Callable, Sequence
from math import prod
from random import Random
from typing import Any

import numpy as np

from handcalc.problem import parse
from handcalc.problem.flow import layer_shapes

Shape = tuple[int, ...]
Options = dict[str, Any]
PARAMETERS = ("weights", "bias", "kernel", "depthwise_kernel", "pointwise_kernel", "alpha", "table")
"""Fields with weights."""
MOST, MOST_OUTPUTS = 30, 8
"""Values of a layer behind which there may be another, and of the last one."""


class Draws:
    """Words, sizes and numbers as they are drawn: from hypothesis, or from a seed."""

    def __init__(self, pick: Callable[[Sequence[Any]], Any], seed: int) -> None:
        self.pick, self.random = pick, np.random.default_rng(seed)
        self.channels = pick(["last", "first"])
        self.product = pick(["Wx", "xW"])
        self.samples = pick([1, 2, 3])

    @classmethod
    def seeded(cls, seed: int) -> "Draws":
        return cls(Random(seed).choice, seed)

    def numbers(self, *shape: int) -> Any:
        """Numbers of two decimals, none near 0 and, as far as there are 89, all different: nothing ties."""
        n = prod(shape)
        sizes = self.random.permutation(np.arange(max(n, 89)) % 89)[:n].reshape(shape) + 11
        return (sizes * self.random.choice([-1, 1], shape) / 100).tolist()

    def zeros_and_ones(self, *shape: int) -> Any:
        return self.random.integers(0, 2, shape).tolist()

    def maybe(self, **options: Any) -> dict[str, Any]:
        """Some of the options."""
        return {name: value for name, value in options.items() if self.pick([True, False])}

    def split(self, shape: Shape, rank: int) -> tuple[Shape, int | None]:
        """The sizes of a window's axes, and how many channels there are; None without an axis for them."""
        if len(shape) == rank:
            return shape, None
        return (shape[1:], shape[0]) if self.channels == "first" else (shape[:-1], shape[-1])

    def channel_axis(self, shape: Shape) -> int:
        return 0 if self.channels == "first" else len(shape) - 1

    def kernel(self, taps: Shape, channels: int | None, filters: int) -> Any:
        if channels is None:
            return self.numbers(*taps)
        if self.channels == "first":
            return self.numbers(filters, channels, *taps)
        return self.numbers(*taps, channels, filters)


# --- a word and the options it can have --------------------------------------------------------------

FUNCTIONS = (
    "tanh",
    "sigmoid",
    "softplus",
    "elu",
    {"elu": {"alpha": 0.7}},
    "relu",
    "leaky_relu",
    {"leaky_relu": {"alpha": 0.2}},
    "linear",
    "step",
    "gelu",
    {"gelu": {"approximate": True}},
    "silu",
    "mish",
    "selu",
    "hard_sigmoid",
    "hard_tanh",
    "hard_silu",
    "softsign",
)


def rank_of(word: str) -> int:
    found = re.search("([123])d", word)
    return int(found[1]) if found else 0


def _activation(d: Draws, channels: int | None) -> Options:
    """An activation behind weights, or none; shares only where there is an axis for them."""
    shares = ("softmax", {"softmax": {"base": 2}}) if channels else ()
    return d.maybe(activation=d.pick((*FUNCTIONS, *shares)))


def _dense(d: Draws, shape: Shape, rank: int) -> Options:
    units = d.pick([2, 1, 3])
    size = (units, shape[-1]) if d.product == "Wx" else (shape[-1], units)
    bias = d.pick(["none", d.numbers(), d.numbers(units)])
    return {"weights": d.numbers(*size), "bias": bias, **_activation(d, units)}


def _maxout(d: Draws, shape: Shape, rank: int) -> Options:
    pieces = (d.pick([2, 1, 3]), d.pick([2, 1, 3]))
    size = (*pieces, *shape) if d.product == "Wx" else (*shape, *pieces)
    return {"weights": d.numbers(*size), **d.maybe(bias=d.numbers(*pieces))}


def _window(d: Draws, spatial: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
    """Taps, strides and dilation of windows that fit without padding."""
    taps = [d.pick([2, 1] if n > 1 else [1]) for n in spatial]
    dilation = [
        d.pick([1, 2] if 2 * (k - 1) < n else [1]) for k, n in zip(taps, spatial, strict=True)
    ]
    return taps, [d.pick([1, 2]) for _ in spatial], dilation


def _pads(d: Draws, reach: Sequence[int]) -> Any:
    """Padding by a word, all round, or before and after along each axis, up to some cells."""
    pairs = [[d.pick(range(n + 1)), d.pick(range(n + 1))] for n in reach]
    return d.pick(["valid", "same", "full", min(reach), pairs])


def _conv(d: Draws, shape: Shape, rank: int) -> Options:
    spatial, channels = d.split(shape, rank)
    taps, strides, dilation = _window(d, spatial)
    groups = d.pick([1, channels or 1])
    filters = groups * d.pick([1, 2])
    own = None if channels is None else channels // groups
    bias = ["none", d.numbers()] + [d.numbers(filters)] * (channels is not None)
    return {
        "kernel": d.kernel(tuple(taps), own, filters),
        "bias": d.pick(bias),
        **({} if groups == 1 else {"groups": groups}),
        **d.maybe(strides=strides, dilation_rate=dilation, flip=True, padding=_pads(d, taps)),
        **_activation(d, channels),
    }


def _depthwise(d: Draws, shape: Shape, rank: int) -> Options:
    spatial, channels = d.split(shape, rank)
    taps, strides, dilation = _window(d, spatial)
    filters = (channels or 1) * d.pick([1, 2])
    return {
        "kernel": d.kernel(tuple(taps), None if channels is None else 1, filters),
        **d.maybe(strides=strides, dilation_rate=dilation, padding=_pads(d, taps)),
        **(d.maybe(bias=d.numbers(filters)) if channels else {}),
    }


def _transposed(d: Draws, shape: Shape, rank: int) -> Options:
    spatial, channels = d.split(shape, rank)
    taps, strides, dilation = _window(d, [3] * len(spatial))
    filters = d.pick([1, 2])
    # With the axes for filters and channels in the other order.
    kernel = d.numbers(*taps)
    if channels is not None and d.channels == "first":
        kernel = d.numbers(channels, filters, *taps)
    elif channels is not None:
        kernel = d.numbers(*taps, filters, channels)
    cut = d.pick(["same", "valid", [[d.pick([0, 1]), 0] for _ in spatial]])
    options = {"kernel": kernel, "strides": strides, "dilation_rate": dilation, "padding": cut}
    if cut != "same":
        options["output_padding"] = [d.pick(range(s)) for s in strides]
        ends = [
            (n - 1) * s + m * (k - 1) + 1 + more - (0 if cut == "valid" else sum(cut[i]))
            for i, (n, s, m, k, more) in enumerate(
                zip(spatial, strides, dilation, taps, options["output_padding"], strict=True)
            )
        ]
        if min(ends) < 1:
            options["padding"] = "valid"
    return {**options, **d.maybe(bias=d.numbers()), **_activation(d, channels)}


def _separable(d: Draws, shape: Shape, rank: int) -> Options:
    spatial, channels = d.split(shape, rank)
    assert channels
    taps, strides, dilation = _window(d, spatial)
    each, filters, ones = d.pick([1, 2]), d.pick([1, 2]), [1] * rank
    first = d.channels == "first"
    made = channels * each
    return {
        "depthwise_kernel": d.numbers(*((made, 1, *taps) if first else (*taps, channels, each))),
        "pointwise_kernel": d.numbers(
            *((filters, made, *ones) if first else (*ones, made, filters))
        ),
        "bias": d.pick(["none", d.numbers(), d.numbers(filters)]),
        **d.maybe(strides=strides, dilation_rate=dilation, padding=_pads(d, taps)),
        **_activation(d, filters),
    }


def _local(d: Draws, shape: Shape, rank: int) -> Options:
    spatial, channels = d.split(shape, rank)
    taps, strides, _ = _window(d, spatial)
    places = [(n - k) // s + 1 for n, k, s in zip(spatial, taps, strides, strict=True)]
    filters, cells = d.pick([1, 2]), prod(taps) * (channels or 1)
    kernel, out = d.numbers(prod(places), cells), tuple(places)
    if channels is not None and d.channels == "first":
        kernel, out = d.numbers(filters, prod(places), cells), (filters, *places)
    elif channels is not None:
        kernel, out = d.numbers(prod(places), cells, filters), (*places, filters)
    return {
        "kernel": kernel,
        "kernel_size": taps,
        "strides": strides,
        **d.maybe(bias=d.numbers(*out)),
        **_activation(d, channels),
    }


def _pooling(d: Draws, shape: Shape, rank: int) -> Options:
    spatial, _ = d.split(shape, rank)
    size, strides, dilation = _window(d, spatial)
    reach = [k - 1 for k in size]
    padding = d.pick(["valid", "same", [[r, 0] for r in reach], min(reach)])
    options = {"pool_size": size, "strides": strides, "padding": padding}
    more = {} if padding == "same" else d.maybe(ceil_mode=True)
    return {**options, **more, **d.maybe(dilation_rate=dilation)}


def _average(d: Draws, shape: Shape, rank: int) -> Options:
    return {**_pooling(d, shape, rank), **d.maybe(count_padding=True)}


def _cut(d: Draws, shape: Shape, rank: int) -> Options:
    spatial, _ = d.split(shape, rank)
    befores = [d.pick(range(n)) for n in spatial]
    return {"cropping": [[b, d.pick(range(n - b))] for b, n in zip(befores, spatial, strict=True)]}


def _up(d: Draws, shape: Shape, rank: int) -> Options:
    if rank == 3:
        return {"size": d.pick([[1, 2, 1], [3, 1, 1], [1, 1, 2]])}
    smooth = d.pick([{}, {"interpolation": "bilinear", "align_corners": d.pick([False, True])}])
    return {"size": [d.pick([2, 1, 3]) for _ in range(rank)], **(smooth if rank == 2 else {})}


def _prelu(d: Draws, shape: Shape, rank: int) -> Options:
    shared = [axis for axis in range(1, len(shape) + 1) if d.pick([False, True])]
    size = [1 if axis in shared else n for axis, n in enumerate(shape, 1)]
    alpha = d.pick([d.numbers(*size), d.numbers()])
    return {"alpha": alpha, **({"shared_axes": shared} if shared else {})}


def _dropout(d: Draws, shape: Shape, rank: int) -> Options:
    masks = [d.zeros_and_ones(*shape), {"seed": 3}, d.zeros_and_ones(d.samples, *shape)]
    return {"rate": d.pick([0.5, 0.2, 0]), **_mask(d, masks)}


def _mask(d: Draws, masks: list[Any]) -> Options:
    return {
        **d.maybe(mask=d.pick(masks)),
        **d.maybe(scaling="plain", training=False),
    }


def _spatial_dropout(d: Draws, shape: Shape, rank: int) -> Options:
    _, channels = d.split(shape, rank)
    masks = [d.zeros_and_ones(channels or 1), {"seed": 3}]
    return {"rate": d.pick([0.5, 0.2]), **_mask(d, masks)}


def _noise(d: Draws, shape: Shape, rank: int) -> Options:
    return d.maybe(noise=d.pick([d.numbers(*shape), d.numbers(d.samples, *shape)]))


def _normalization(d: Draws, shape: Shape, rank: int) -> Options:
    own = shape[d.channel_axis(shape)]
    mean = d.pick([0.5, d.numbers(own)])
    variance = d.pick([2.25, np.abs(d.numbers(own)).tolist()])
    return {"mean": mean, "variance": variance}


def _every_step(d: Draws, shape: Shape, rank: int) -> Options:
    inner = [word for word in ("dense", "activation", "conv1d", "conv2d") if _fits(word, shape[1:])]
    word = d.pick([*inner, "flatten", "max_pooling1d"] if len(shape) == 3 else inner)
    return {"layer": {word: options_of(d, word, shape[1:])}}


def _reshape(d: Draws, shape: Shape, rank: int) -> Options:
    n = prod(shape)
    first = d.pick([k for k in range(1, n + 1) if n % k == 0])
    return {"target_shape": d.pick([[first, n // first], [n], [first, 1, n // first]])}


def _embedding(d: Draws, shape: Shape, rank: int) -> Options:
    return {"table": d.numbers(4, d.pick([2, 1, 3])), **d.maybe(one_hot=True)}


def _permute(d: Draws, shape: Shape, rank: int) -> Options:
    axes = range(1, len(shape) + 1)
    return {"dims": d.pick([list(axes)[::-1], [*axes[1:], 1]])}


def _repeat(d: Draws, shape: Shape, rank: int) -> Options:
    return {"n": d.pick([2, 1, 3])}


def _function(d: Draws, shape: Shape, rank: int) -> Options:
    return {"function": d.pick((*FUNCTIONS, "softmax"))}


def _axis(d: Draws, shape: Shape, rank: int) -> Options:
    return d.maybe(axis=d.pick(range(1, len(shape) + 1)))


def _dot(d: Draws, shape: Shape, rank: int) -> Options:
    return {"axes": d.pick(range(1, len(shape) + 1)), **d.maybe(normalize=True)}


def _zeros(d: Draws, shape: Shape, rank: int) -> Options:
    return {"padding": d.pick([1, [[0, 1]] * rank, [2] * rank])}


def _whole(d: Draws, shape: Shape, rank: int) -> Options:
    return d.maybe(keepdims=True)


def _adaptive(d: Draws, shape: Shape, rank: int) -> Options:
    return {"output_size": [d.pick(range(1, n + 1)) for n in d.split(shape, rank)[0]]}


def _formula(d: Draws, shape: Shape, rank: int) -> Options:
    return {
        "formula": d.pick(("x^2 - 3*x", "sin(x)*x", "2*x/(1 + x^2)", "exp(-x) + 1", "x - tanh(x)"))
    }


def _none(d: Draws, shape: Shape, rank: int) -> Options:
    return {}


OPTIONS: dict[str, Callable[[Draws, Shape, int], Options]] = {
    "dense": _dense,
    "maxout": _maxout,
    "embedding": _embedding,
    "flatten": _none,
    "reshape": _reshape,
    "permute": _permute,
    "repeat_vector": _repeat,
    "activation": _function,
    "formula": _formula,
    "softmax": _axis,
    "prelu": _prelu,
    "dropout": _dropout,
    "gaussian_noise": _noise,
    "normalization": _normalization,
    "unit_normalization": _none,
    "time_distributed": _every_step,
    "add": _none,
    "subtract": _none,
    "multiply": _none,
    "average": _none,
    "maximum": _none,
    "minimum": _none,
    "concatenate": _axis,
    "dot": _dot,
}
MERGING = ("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot")
_SLIDING: dict[str, tuple[int, Callable[[Draws, Shape, int], Options]]] = {
    "conv#d": (3, _conv),
    "conv#d_transpose": (3, _transposed),
    "depthwise_conv#d": (2, _depthwise),
    "separable_conv#d": (2, _separable),
    "locally_connected#d": (2, _local),
    "max_pooling#d": (3, _pooling),
    "average_pooling#d": (3, _average),
    "global_max_pooling#d": (3, _whole),
    "global_average_pooling#d": (3, _whole),
    "adaptive_max_pooling#d": (3, _adaptive),
    "adaptive_average_pooling#d": (3, _adaptive),
    "zero_padding#d": (3, _zeros),
    "cropping#d": (3, _cut),
    "up_sampling#d": (3, _up),
    "spatial_dropout#d": (3, _spatial_dropout),
}
"""Up to so many axes."""
OPTIONS |= {
    word.replace("#", str(n)): draw
    for word, (most, draw) in _SLIDING.items()
    for n in range(1, most + 1)
}
WORDS = sorted(OPTIONS)
SHAPES: dict[int, tuple[Shape, ...]] = {
    0: ((3,), (2, 3), (2, 2, 2)),
    1: ((4,), (4, 2), (5, 1)),
    2: ((3, 3), (3, 4), (3, 3, 2), (4, 3, 1)),
    3: ((2, 3, 2), (2, 2, 3, 2)),
}
"""Shapes for words that slide over so many axes, the channels last."""


def options_of(d: Draws, word: str, shape: Shape) -> Options:
    """Options that a word can have for an input of this shape."""
    return OPTIONS[word](d, shape, rank_of(word))


def _fits(word: str, shape: Shape) -> bool:
    """Can this word stand behind values of this shape?"""
    rank = rank_of(word)
    if word.startswith("separable"):
        return len(shape) == rank + 1
    if rank:
        return len(shape) in (rank, rank + 1)
    few = {"maxout": (1,), "repeat_vector": (1,), "time_distributed": (2, 3), "embedding": ()}
    return len(shape) in few.get(word, (1, 2, 3))


def shapes_for(word: str, channels: str) -> list[Shape]:
    """Shapes of an input that the word can take, with the channels where they stand."""
    rank, found = rank_of(word), list[Shape]()
    few: dict[str, list[Shape]] = {
        "maxout": [(3,), (2,)],
        "repeat_vector": [(3,)],
        "time_distributed": [(3, 2), (2, 3, 3)],
        "embedding": [(3,)],
    }
    if not rank:
        return few.get(word, list(SHAPES[0]))
    for shape in SHAPES[rank]:
        with_channels = len(shape) > rank
        moved = (shape[-1], *shape[:-1]) if with_channels and channels == "first" else shape
        found += [moved] if _fits(word, moved) else []
    return found


# --- a file with such words --------------------------------------------------------------------------


class Net:
    """A problem file while it is being drawn."""

    def __init__(self, d: Draws) -> None:
        self.d = d
        self.file: dict[str, Any] = {
            "layers": [],
            "notation": {"weights": "matrix", "channels": d.channels, "product": d.product},
        }
        self.shapes: dict[str, Shape] = {}
        self.last = "input"
        self.whole = False
        """Is the input made of whole numbers, which nothing can be moved along?"""

    @property
    def shape(self) -> Shape:
        return self.shapes[self.last]

    @property
    def text(self) -> str:
        return json.dumps(self.file)

    def start(self, shape: Shape, *, whole: bool) -> None:
        """The input, one for each sample; sometimes two of them, put together."""
        d, self.whole = self.d, whole
        several = not whole and d.pick([False, False, True])
        names = ["u", "v"] if several else ["input"]
        self._put_in(names, shape)
        if several:
            self.add(d.pick(["add", "multiply"]), {"from": names})

    def add(self, word: str, options: dict[str, Any]) -> None:
        """One more layer, with the shape that it gives on."""
        self.last = f"l{len(self.file['layers']) + 1}"
        self.file["layers"].append({word: {"name": self.last, **options}})
        shape = layer_shapes(parse(self.text))[self.last]
        assert shape is not None, self.text
        self.shapes[self.last] = shape

    def alone(self, word: str, shape: Shape, options: dict[str, Any]) -> None:
        """Just this layer, of as many inputs as it takes, and the gradient of its output."""
        d, self.whole = self.d, word == "embedding"
        count = 2 if word in ("subtract", "dot") else 3
        names = ["u", "v", "w"][:count] if word in MERGING else ["input"]
        self._put_in(names, shape)
        self.add(word, {"from": names, **options} if len(names) > 1 else options)
        self.file["output_gradient"] = d.numbers(*self.shape)
        self.file["batch"] = "sum"

    def _put_in(self, names: list[str], shape: Shape) -> None:
        """Numbers for each input in each sample."""
        d, size = self.d, (self.d.samples, len(names), *shape)
        drawn = d.random.integers(0, 4, size).tolist() if self.whole else d.numbers(*size)
        given_ = [dict(zip(names, sample, strict=True)) for sample in drawn]
        given_ = [{"inputs": sample} for sample in given_] if len(names) > 1 else given_
        self.file |= {"samples": given_} if d.samples > 1 else given_[0]
        self.shapes = dict.fromkeys(names, shape)

    def draw(self, word: str) -> None:
        """A layer of this word behind the last one."""
        d = self.d
        if word in MERGING:
            same = [name for name, shape in self.shapes.items() if shape == self.shape]
            count = 2 if word in ("subtract", "dot") else d.pick([2, 3])
            names = [self.last, *(d.pick(same) for _ in range(count - 1))]
            self.add(word, {"from": names, **options_of(d, word, self.shape)})
        elif word == "use":
            n = self.shape[-1]
            self.add("dense", {"weights": d.numbers(n, n), "bias": d.numbers(n)})
            first = self.last
            self.add("activation", {"function": "tanh"})
            self.add("use", {"layer": first})
        else:
            self.add(word, options_of(d, word, self.shape))

    def finish(self) -> None:
        """A loss, or the gradient of the output; what learns."""
        d, file = self.d, self.file
        if prod(self.shape) > MOST_OUTPUTS:
            self.add("flatten", {})
            size = (2, *self.shape) if d.product == "Wx" else (*self.shape, 2)
            self.add("dense", {"weights": d.numbers(*size)})
        word = d.pick(
            ["squared", "yes_or_no", "one_of_several", "gradient", "gradient_each", "two_outputs"]
        )
        if word == "yes_or_no":
            self.add("activation", {"function": "sigmoid"})
        elif word == "one_of_several":
            self.add("softmax", {})
        size = self.shape
        if word.startswith("gradient"):
            each = word == "gradient_each" and d.samples > 1
            file["output_gradient"] = d.numbers(*([d.samples] if each else []), *size)
        elif word == "two_outputs":
            self._two_outputs()
        else:
            squared = {"factor": d.pick(["mean", "sum", "half_sum", "half_mean"])}
            crossed = {"log": d.pick(["e", "2", "10"])}
            file["loss"] = {
                "squared": {"mean_squared_error": squared},
                "yes_or_no": {"binary_crossentropy": crossed},
                "one_of_several": {"categorical_crossentropy": crossed},
            }[word]
            targets = [
                d.numbers(*size) if word == "squared" else np.abs(d.numbers(*size)).tolist()
                for _ in range(d.samples)
            ]
            self._give("target", targets)
        form = d.pick(["subtract", "add"])
        file["optimizer"] = {"sgd": {"learning_rate": 0.25, "form": form}}
        file["batch"] = d.pick(["mean", "sum"])

    def _two_outputs(self) -> None:
        d, names = self.d, [self.last]
        others = [name for name in self.shapes if name[0] == "l" and name != self.last]
        names += [d.pick(others)] if others else []
        loss = {"mean_squared_error": {"factor": "half_sum"}}
        outputs = {name: {"loss": loss, "weight": d.pick([1, 0.5, 3])} for name in names}
        targets = [
            {name: d.numbers(*self.shapes[name]) for name in names} for _ in range(d.samples)
        ]
        self.file["outputs"] = outputs
        if d.samples > 1:
            self._give("targets", targets)
        else:
            for name in names:
                outputs[name]["target"] = targets[0][name]

    def _give(self, field: str, numbers: list[Any]) -> None:
        if self.d.samples == 1:
            self.file[field] = numbers[0]
            return
        for sample, own in zip(self.file["samples"], numbers, strict=True):
            sample[field] = own


def network(d: Draws, word: str) -> Net:
    """A small network in which a word stands, with others before and behind it."""
    net = Net(d)
    net.start(d.pick(shapes_for(word, d.channels)), whole=word == "embedding")
    if word in MERGING or word == "use" or (word != "embedding" and d.pick([False, True])):
        net.add(
            *d.pick(
                [
                    ("activation", {"function": d.pick(FUNCTIONS)}),
                    ("prelu", _prelu(d, net.shape, 0)),
                    ("gaussian_noise", _noise(d, net.shape, 0)),
                ]
            )
        )
    net.draw(word)
    for _ in range(d.pick([1, 0, 2])):
        fit = [other for other in (*WORDS, "use") if _fits(other, net.shape)]
        if prod(net.shape) <= MOST:
            net.draw(d.pick(fit))
    net.finish()
    return net
