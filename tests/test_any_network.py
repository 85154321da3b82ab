"""Networks drawn from all the words of `layers:`, against slopes that are measured from outside.

A network is a file. It is solved, so that it proves itself; then one number of the file is moved a little
to either side, the file is read anew and worked out forwards. What the loss does is the slope that the
solution must have said: nothing of the way back is used on that side. And each word alone, with options
drawn at random, is held against the same layer in PyTorch.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from math import prod
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handcalc
from handcalc import layers
from handcalc.layers._counted import Counted
from handcalc.network.building import build
from handcalc.network.graph import LOSS
from handcalc.network.notation import Notation
from handcalc.network.passes import forward, loss_of
from handcalc.problem import parse
from handcalc.problem.flow import layer_shapes
from support import answers

Shape = tuple[int, ...]
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
        """Numbers of two decimals, none of them near 0."""
        sizes, signs = self.random.integers(11, 100, shape), self.random.choice([-1, 1], shape)
        return (sizes * signs / 100).tolist()

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
)


def _rank(word: str) -> int:
    found = re.search("([123])d", word)
    return int(found[1]) if found else 0


def _activation(d: Draws, channels: int | None) -> dict[str, Any]:
    """An activation behind weights, or none; shares only where there is an axis for them."""
    shares = ("softmax", {"softmax": {"base": 2}}) if channels else ()
    return d.maybe(activation=d.pick((*FUNCTIONS, *shares)))


def _dense(d: Draws, shape: Shape) -> dict[str, Any]:
    units = d.pick([2, 1, 3])
    size = (units, shape[-1]) if d.product == "Wx" else (shape[-1], units)
    bias = d.pick(["none", d.numbers(), d.numbers(units)])
    return {"weights": d.numbers(*size), "bias": bias, **_activation(d, units)}


def _window(d: Draws, spatial: Shape, least: int = 1) -> tuple[list[int], list[int], list[int]]:
    """Taps, strides and dilation of windows that fit without padding."""
    taps = [d.pick(range(min(n, max(least, 2)), 0, -1)) for n in spatial]
    dilation = [d.pick([1, 2] if 2 * (k - 1) < n else [1]) for k, n in zip(taps, spatial)]
    return taps, [d.pick([1, 2]) for _ in spatial], dilation


def _pads(d: Draws, reach: Sequence[int]) -> Any:
    """Padding by a word, all round, or before and after along each axis, up to some cells."""
    pairs = [[d.pick(range(n + 1)), d.pick(range(n + 1))] for n in reach]
    return d.pick(["valid", "same", "full", min(reach), pairs])


def _conv(d: Draws, shape: Shape, rank: int) -> dict[str, Any]:
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


def _depthwise(d: Draws, shape: Shape, rank: int) -> dict[str, Any]:
    spatial, channels = d.split(shape, rank)
    taps, strides, dilation = _window(d, spatial)
    filters = (channels or 1) * d.pick([1, 2])
    return {
        "kernel": d.kernel(tuple(taps), None if channels is None else 1, filters),
        **d.maybe(strides=strides, dilation_rate=dilation, padding=_pads(d, taps)),
        **(d.maybe(bias=d.numbers(filters)) if channels else {}),
    }


def _transposed(d: Draws, shape: Shape, rank: int) -> dict[str, Any]:
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
                zip(spatial, strides, dilation, taps, options["output_padding"])
            )
        ]
        if min(ends) < 1:
            options["padding"] = "valid"
    return {**options, **d.maybe(bias=d.numbers()), **_activation(d, channels)}


def _separable(d: Draws, shape: Shape, rank: int) -> dict[str, Any]:
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


def _local(d: Draws, shape: Shape, rank: int) -> dict[str, Any]:
    spatial, channels = d.split(shape, rank)
    taps, strides, _ = _window(d, spatial)
    places = [(n - k) // s + 1 for n, k, s in zip(spatial, taps, strides)]
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


def _pooling(d: Draws, shape: Shape, word: str) -> dict[str, Any]:
    spatial, _ = d.split(shape, _rank(word))
    size, strides, dilation = _window(d, spatial, least=2)
    reach = [k - 1 for k in size]
    padding = d.pick(["valid", "same", [[r, 0] for r in reach], min(reach)])
    counts = d.maybe(count_padding=True) if word.startswith("average") else {}
    return {
        "pool_size": size,
        "strides": strides,
        "padding": padding,
        **d.maybe(dilation_rate=dilation),
        **({} if padding == "same" else d.maybe(ceil_mode=True)),
        **counts,
    }


def _cut(d: Draws, shape: Shape, rank: int) -> dict[str, Any]:
    spatial, _ = d.split(shape, rank)
    befores = [d.pick(range(n)) for n in spatial]
    return {"cropping": [[b, d.pick(range(n - b))] for b, n in zip(befores, spatial)]}


def _up(d: Draws, shape: Shape, rank: int) -> dict[str, Any]:
    smooth = d.pick([{}, {"interpolation": "bilinear", "align_corners": d.pick([False, True])}])
    return {"size": [d.pick([2, 1, 3]) for _ in range(rank)], **(smooth if rank == 2 else {})}


def _prelu(d: Draws, shape: Shape) -> dict[str, Any]:
    shared = [axis for axis in range(1, len(shape) + 1) if d.pick([False, True])]
    size = [1 if axis in shared else n for axis, n in enumerate(shape, 1)]
    alpha = d.pick([d.numbers(*size), d.numbers()])
    return {"alpha": alpha, **({"shared_axes": shared} if shared else {})}


def _dropout(d: Draws, shape: Shape) -> dict[str, Any]:
    masks = [d.zeros_and_ones(*shape), {"seed": 3}, d.zeros_and_ones(d.samples, *shape)]
    return {"rate": d.pick([0.5, 0.2, 0]), **_mask(d, masks)}


def _mask(d: Draws, masks: list[Any]) -> dict[str, Any]:
    return {
        **d.maybe(mask=d.pick(masks)),
        **d.maybe(scaling="plain", training=False),
    }


def _spatial_dropout(d: Draws, shape: Shape, rank: int) -> dict[str, Any]:
    _, channels = d.split(shape, rank)
    masks = [d.zeros_and_ones(channels or 1), {"seed": 3}]
    return {"rate": d.pick([0.5, 0.2]), **_mask(d, masks)}


def _noise(d: Draws, shape: Shape) -> dict[str, Any]:
    return d.maybe(noise=d.pick([d.numbers(*shape), d.numbers(d.samples, *shape)]))


def _normalization(d: Draws, shape: Shape) -> dict[str, Any]:
    own = shape[d.channel_axis(shape)]
    mean = d.pick([0.5, d.numbers(own)])
    variance = d.pick([2.25, np.abs(d.numbers(own)).tolist()])
    return {"mean": mean, "variance": variance}


def _every_step(d: Draws, shape: Shape) -> dict[str, Any]:
    inner = [word for word in ("dense", "activation", "conv1d", "conv2d") if _fits(word, shape[1:])]
    word = d.pick([*inner, "flatten", "max_pooling1d"] if len(shape) == 3 else inner)
    return {"layer": {word: _options(d, word, shape[1:])}}


def _reshape(d: Draws, shape: Shape) -> dict[str, Any]:
    n = prod(shape)
    first = d.pick([k for k in range(1, n + 1) if n % k == 0])
    return {"target_shape": d.pick([[first, n // first], [n], [first, 1, n // first]])}


OPTIONS: dict[str, Callable[[Draws, Shape], dict[str, Any]]] = {
    "dense": _dense,
    "embedding": lambda d, shape: {
        "table": d.numbers(4, d.pick([2, 1, 3])),
        **d.maybe(one_hot=True),
    },
    "flatten": lambda d, shape: {},
    "reshape": _reshape,
    "permute": lambda d, shape: {
        "dims": d.pick([list(range(len(shape), 0, -1)), [*range(2, len(shape) + 1), 1]])
    },
    "repeat_vector": lambda d, shape: {"n": d.pick([2, 1, 3])},
    "activation": lambda d, shape: {"function": d.pick((*FUNCTIONS, "softmax"))},
    "softmax": lambda d, shape: d.maybe(axis=d.pick(range(1, len(shape) + 1))),
    "prelu": _prelu,
    "dropout": _dropout,
    "gaussian_noise": _noise,
    "normalization": _normalization,
    "time_distributed": _every_step,
    **{word: lambda d, shape: {} for word in ("add", "subtract", "multiply", "average")},
    **{word: lambda d, shape: {} for word in ("maximum", "minimum")},
    "concatenate": lambda d, shape: d.maybe(axis=d.pick(range(1, len(shape) + 1))),
    "dot": lambda d, shape: {
        "axes": d.pick(range(1, len(shape) + 1)),
        **d.maybe(normalize=True),
    },
}
MERGING = ("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot")
for n in (1, 2, 3):
    OPTIONS |= {
        f"conv{n}d": lambda d, shape, n=n: _conv(d, shape, n),
        f"conv{n}d_transpose": lambda d, shape, n=n: _transposed(d, shape, n),
        f"max_pooling{n}d": lambda d, shape, n=n: _pooling(d, shape, f"max_pooling{n}d"),
        f"average_pooling{n}d": lambda d, shape, n=n: _pooling(d, shape, f"average_pooling{n}d"),
        f"zero_padding{n}d": lambda d, shape, n=n: {"padding": d.pick([1, [[0, 1]] * n, [2] * n])},
        f"cropping{n}d": lambda d, shape, n=n: _cut(d, shape, n),
        f"up_sampling{n}d": lambda d, shape, n=n: _up(d, shape, n),
        f"spatial_dropout{n}d": lambda d, shape, n=n: _spatial_dropout(d, shape, n),
    }
    for kind in ("max", "average"):
        OPTIONS[f"global_{kind}_pooling{n}d"] = lambda d, shape: d.maybe(keepdims=True)
        OPTIONS[f"adaptive_{kind}_pooling{n}d"] = lambda d, shape, n=n: {
            "output_size": [d.pick(range(1, size + 1)) for size in d.split(shape, n)[0]]
        }
    if n < 3:
        OPTIONS |= {
            f"depthwise_conv{n}d": lambda d, shape, n=n: _depthwise(d, shape, n),
            f"separable_conv{n}d": lambda d, shape, n=n: _separable(d, shape, n),
            f"locally_connected{n}d": lambda d, shape, n=n: _local(d, shape, n),
        }
WORDS = sorted(OPTIONS)
SHAPES: dict[int, tuple[Shape, ...]] = {
    0: ((3,), (2, 3), (2, 2, 2)),
    1: ((4,), (4, 2), (5, 1)),
    2: ((3, 3), (3, 4), (3, 3, 2), (4, 3, 1)),
    3: ((2, 3, 2), (2, 2, 3, 2)),
}
"""Shapes for words that slide over so many axes, the channels last."""


def _options(d: Draws, word: str, shape: Shape) -> dict[str, Any]:
    return OPTIONS[word](d, shape)


def _fits(word: str, shape: Shape) -> bool:
    """Can this word stand behind values of this shape?"""
    rank = _rank(word)
    if word == "dense":
        return len(shape) == 1 or prod(shape[:-1]) > 1
    if word.startswith("separable"):
        return len(shape) == rank + 1
    if rank:
        return len(shape) in (rank, rank + 1)
    few = {"repeat_vector": (1,), "time_distributed": (2, 3), "embedding": ()}
    return len(shape) in few.get(word, (1, 2, 3))


def _shapes_for(word: str, channels: str) -> list[Shape]:
    rank = _rank(word)
    few = {"repeat_vector": [(3,)], "time_distributed": [(3, 2), (2, 3, 3)], "embedding": [(3,)]}
    if not rank:
        return few.get(word, list(SHAPES[0]))
    found = []
    for shape in SHAPES[rank]:
        with_channels = len(shape) > rank
        moved = (shape[-1], *shape[:-1]) if with_channels and channels == "first" else shape
        found += [moved] if _fits(word, moved) else []
    return found


def test_every_word_that_is_worked_out_can_be_drawn():
    """A new layer needs a row here; those that are counted alone have no values to compare."""
    worked_out = {word for word in layers.LAYERS if not issubclass(layers.load(word), Counted)}

    assert worked_out == set(WORDS)


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
        drawn = [
            {
                name: d.random.integers(0, 4, shape).tolist() if whole else d.numbers(*shape)
                for name in names
            }
            for _ in range(d.samples)
        ]
        if d.samples > 1:
            self.file["samples"] = [{"inputs": s} if several else dict(s) for s in drawn]
        else:
            self.file |= {"inputs": drawn[0]} if several else drawn[0]
        self.shapes = dict.fromkeys(names, shape)
        if several:
            self.add(d.pick(["add", "multiply"]), {"from": names})

    def add(self, word: str, options: dict[str, Any]) -> None:
        """One more layer, with the shape that it gives on."""
        self.last = f"l{len(self.file['layers']) + 1}"
        self.file["layers"].append({word: {"name": self.last, **options}})
        shape = layer_shapes(parse(self.text))[self.last]
        assert shape is not None, self.text
        self.shapes[self.last] = shape

    def draw(self, word: str) -> None:
        """A layer of this word behind the last one."""
        d = self.d
        if word in MERGING:
            same = [name for name, shape in self.shapes.items() if shape == self.shape]
            count = 2 if word in ("subtract", "dot") else d.pick([2, 3])
            names = [self.last, *(d.pick(same) for _ in range(count - 1))]
            self.add(word, {"from": names, **_options(d, word, self.shape)})
        elif word == "use":
            n = self.shape[-1]
            self.add("dense", {"weights": d.numbers(n, n), "bias": d.numbers(n)})
            first = self.last
            self.add("activation", {"function": "tanh"})
            self.add("use", {"layer": first})
        else:
            self.add(word, _options(d, word, self.shape))

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
        if any("separable" in next(iter(layer)) for layer in file["layers"]):
            del file["optimizer"]
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
        for sample, own in zip(self.file["samples"], numbers):
            sample[field] = own


def network(d: Draws, word: str) -> Net:
    """A small network in which a word stands, with others before and behind it."""
    net = Net(d)
    net.start(d.pick(_shapes_for(word, d.channels)), whole=word == "embedding")
    if word in MERGING or word == "use" or (word != "embedding" and d.pick([False, True])):
        net.add(
            *d.pick(
                [
                    ("activation", {"function": d.pick(FUNCTIONS)}),
                    ("prelu", _prelu(d, net.shape)),
                    ("gaussian_noise", _noise(d, net.shape)),
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


@st.composite
def networks(draw: Any, word: str) -> Net:
    """The same from hypothesis, which shows the smallest network that fails."""
    pick = lambda options: draw(st.sampled_from(list(options)))  # noqa: E731
    return network(Draws(pick, draw(st.integers(0, 2**16))), word)


# --- the slopes that are measured --------------------------------------------------------------------

PARAMETERS = ("weights", "bias", "kernel", "depthwise_kernel", "pointwise_kernel", "alpha", "table")


def _loss(file: dict[str, Any]) -> float:
    """The loss of a file, worked out forwards alone."""
    made = build(parse(json.dumps(file)))
    with np.errstate(all="ignore"):
        return loss_of(made, forward(made, made.arrays)[LOSS])


def _moved(file: dict[str, Any], path: Sequence[Any], by: float) -> dict[str, Any]:
    """The file with one number moved."""
    changed = deepcopy(file)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] += by
    return changed


def _slope(file: dict[str, Any], path: Sequence[Any]) -> float | None:
    """∂E/∂number by central differences of two widths; None at a corner, where there is none."""
    here, width = _loss(file), 1e-4
    above, below, near, nearer = (
        _loss(_moved(file, path, by)) for by in (width, -width, width / 2, -width / 2)
    )
    right, left = (above - here) / width, (here - below) / width
    if not abs(right - left) <= 1e-2 * (1 + abs(right) + abs(left)):
        return None
    return (4 * (near - nearer) / width - (above - below) / (2 * width)) / 3


def _in(file: dict[str, Any]) -> Iterator[tuple[str, str, list[Any], Shape]]:
    """The weights of a file: layer, field, where they stand, and their shape."""
    for i, layer in enumerate(file["layers"]):
        (word, options), path = next(iter(layer.items())), ["layers", i]
        name, path = options["name"], [*path, word]
        if word == "time_distributed":
            ((inner, options),) = options["layer"].items()
            path = [*path, "layer", inner]
        for field in PARAMETERS:
            if not isinstance(options.get(field, "none"), str):
                yield name, field, [*path, field], np.shape(options[field])


def _element(found: dict[str, Any], key: str, index: Shape, sample: str = "") -> float:
    """One element of an answer, be it a nested one or single ones by key."""
    whole = found.get(f"{key}{sample}")
    if whole is not None:
        return float(np.asarray(whole)[index])
    return float(found[key + ",".join(str(i + 1) for i in index) + sample])


def _agree(found: float, measured: float | None, what: str) -> None:
    if measured is not None:
        assert found == pytest.approx(measured, rel=1e-6, abs=1e-8), what


def check(net: Net, places: int) -> None:
    """Some weights, some inputs: ∂E/∂ each of them is the slope that is measured, and it moves so."""
    file, d = net.file, net.d
    made = build(parse(net.text))
    names = {q.name: Notation(made).whole(q) for q in made.quantities.values()}
    letters = [names[q.name] for q in made.inputs]
    asked = [f"dE_d{letter}" for letter in letters]
    file["ask"] = ["forward", "gradients", *asked]
    file["ask"] += [] if "output_gradient" in file else ["loss"]
    file["ask"] += ["update"] if "optimizer" in file else []
    found = answers(handcalc.solve(parse(net.text), level="brief"))
    weights = list(_in(file))
    for n in d.random.permutation(len(weights))[:places]:
        layer, field, path, shape = weights[n]
        index = tuple(int(d.random.integers(0, size)) for size in shape)
        key, place = names[f"{layer}.{field}"], [*path, *index]
        slope = _element(found, f"dE_d{key}", index)
        _agree(slope, _slope(file, place), f"dE_d{key}{list(index)} of {net.text}")
        value = file
        for step in place:
            value = value[step]
        if "optimizer" not in file:
            continue
        new = np.asarray(found[f"{key}_new"])[index]
        assert new == pytest.approx(value - 0.25 * slope, rel=1e-12, abs=1e-14)
    if net.whole:
        return
    for name, letter in zip([n for n in net.shapes if n[0] != "l"], letters, strict=True):
        s, shape = int(d.random.integers(0, d.samples)), net.shapes[name]
        index = tuple(int(d.random.integers(0, size)) for size in shape)
        own = ["samples", s] if d.samples > 1 else []
        path = [*own, *(["inputs"] if len(letters) > 1 else []), name, *index]
        at = f"@{s + 1}" if d.samples > 1 else ""
        # The gradient by an input is that of the loss of its sample; the loss of all is their mean.
        share = d.samples if file["batch"] == "mean" else 1
        measured = _slope(file, path)
        slope = _element(found, f"dE_d{letter}", index, at) / share
        _agree(slope, measured, f"dE_d{letter}{list(index)} of {net.text}")


@pytest.mark.parametrize("word", [*WORDS, "use"])
@settings(max_examples=1)
@given(data=st.data())
def test_a_network_with_this_word(word, data):
    check(data.draw(networks(word)), places=2)
