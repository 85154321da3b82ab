"""Networks drawn from all the words of `layers:`, against slopes that are measured from outside.

A network is a file. It is solved, so that it proves itself; then one number of the file is moved a little
to either side, the file is read anew and worked out forwards. What the loss does is the slope that the
solution must have said: nothing of the way back is used on that side. And each word alone, with options
drawn at random, is held against the same layer in PyTorch.
"""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import handcalc
from drawing import PARAMETERS, WORDS, Draws, Net, Shape, network, options_of, rank_of, shapes_for
from handcalc import layers
from handcalc.layers._counted import Counted
from handcalc.network.building import build
from handcalc.network.graph import LOSS
from handcalc.network.notation import Notation
from handcalc.network.passes import forward, loss_of, run
from handcalc.problem import parse
from support import answers


def test_every_word_that_is_worked_out_can_be_drawn():
    """A new layer needs a row here; those that are counted alone have no values to compare."""
    worked_out = {word for word in layers.LAYERS if not issubclass(layers.load(word), Counted)}

    assert worked_out == set(WORDS)


@st.composite
def networks(draw: Any, word: str) -> Net:
    """The same from hypothesis, which shows the smallest network that fails."""
    pick = lambda options: draw(st.sampled_from(list(options)))  # noqa: E731
    return network(Draws(pick, draw(st.integers(0, 2**16))), word)


# --- the slopes that are measured --------------------------------------------------------------------


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
@settings(max_examples=2)
@given(data=st.data())
def test_a_network_with_this_word(word, data):
    """The plainest such network, and one that is drawn."""
    net = data.draw(networks(word))
    assume(np.isfinite(_loss(net.file)))  # the angle of a list of zeros is none

    check(net, places=2)


@pytest.mark.parametrize("word", WORDS)
def test_each_word_alone(word):
    """Σ g·y of this one layer: where only this fails, the word itself is wrong."""
    d = Draws.seeded(sum(map(ord, word)))
    net = Net(d)
    shape = d.pick(shapes_for(word, d.channels))
    net.alone(word, shape, options_of(d, word, shape))
    check(net, places=3)


# --- the same layer in PyTorch -----------------------------------------------------------------------


class Torch:
    """Each word in PyTorch, on tensors of one sample in the layout of the file."""

    def __init__(self, d: Draws) -> None:
        self.torch = pytest.importorskip("torch")
        self.F, self.d = self.torch.nn.functional, d

    def of(self, word: str, xs: list[Any], o: dict[str, Any]) -> Any:
        """What the layer makes of its inputs; numbers of options are tensors."""
        rank = rank_of(word)
        if not rank:
            return getattr(self, word)(xs, o)
        name = word.replace(f"{rank}d", "")
        x = self._first(xs[0], rank)
        y = getattr(self, f"sliding_{name}")(x, o, rank)
        return self._given_back(y, xs[0].ndim, rank)

    # --- layouts ---

    def _first(self, x: Any, rank: int) -> Any:
        """1 × channels × cells, as PyTorch has it."""
        if x.ndim == rank:
            return x[None, None]
        return x[None] if self.d.channels == "first" else x.movedim(-1, 0)[None]

    def _given_back(self, y: Any, axes: int, rank: int) -> Any:
        if y.ndim == 2:
            return y[0]
        if axes == rank:
            return y[0, 0]
        return y[0] if self.d.channels == "first" else y[0].movedim(0, -1)

    def _kernel(self, kernel: Any, rank: int) -> Any:
        """The last two axes of a kernel go to the front: filters × channels × taps."""
        if kernel.ndim == rank:
            return kernel[None, None]
        return kernel if self.d.channels == "first" else kernel.movedim((-1, -2), (0, 1))

    def _padded(self, x: Any, o: dict[str, Any], taps: Sequence[int], value: float = 0.0) -> Any:
        sides = _sides(o, taps, x.shape[2:])
        return self.F.pad(x, [n for pair in reversed(sides) for n in pair], value=value)

    def _finished(self, y: Any, o: dict[str, Any]) -> Any:
        """The bias, one for each filter or one for all, and the activation, with shares along the channels."""
        bias = o.get("bias", "none")
        if not isinstance(bias, str):
            y = y + (bias if bias.ndim == 0 else bias.reshape(1, -1, *[1] * (y.ndim - 2)))
        return self._activated(y, o.get("activation", "linear"), axis=1)

    def _activated(self, z: Any, function: Any, axis: int) -> Any:
        word, options = (
            next(iter(function.items())) if isinstance(function, dict) else (function, {})
        )
        torch, F = self.torch, self.F
        if word == "softmax":
            return torch.softmax(z * np.log(options.get("base", np.e)), dim=axis)
        return {
            "tanh": torch.tanh,
            "sigmoid": torch.sigmoid,
            "softplus": F.softplus,
            "elu": lambda z: F.elu(z, options.get("alpha", 1.0)),
            "relu": torch.relu,
            "leaky_relu": lambda z: F.leaky_relu(z, options.get("alpha", 0.01)),
            "linear": lambda z: z,
            "step": lambda z: (z > 0).to(z.dtype) + 0 * z,
            "gelu": lambda z: F.gelu(z, approximate="tanh" if options else "none"),
            "silu": F.silu,
            "mish": F.mish,
            "selu": F.selu,
            # PyTorch's own slope of it is 1/6 in 32 bits.
            "hard_sigmoid": lambda z: (z / 6 + 0.5).clamp(0, 1),
            "hard_tanh": F.hardtanh,
            "hard_silu": F.hardswish,
            "softsign": F.softsign,
        }[word](z)

    # --- layers that slide ---

    def sliding_conv(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        kernel = self._kernel(o["kernel"], rank)
        if o.get("flip"):
            kernel = kernel.flip(tuple(range(2, 2 + rank)))
        return self._finished(self._correlated(x, kernel, o, o.get("groups", 1)), o)

    def _correlated(self, x: Any, kernel: Any, o: dict[str, Any], groups: int) -> Any:
        rank = x.ndim - 2
        convolve = getattr(self.F, f"conv{rank}d")
        strides, dilation = o.get("strides", 1), o.get("dilation_rate", 1)
        padded = self._padded(x, o, kernel.shape[2:])
        return convolve(padded, kernel, None, strides, 0, dilation, groups)

    def sliding_depthwise_conv(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        kernel = self._kernel(o["kernel"], rank)
        return self._finished(self._correlated(x, kernel, o, x.shape[1]), o)

    def sliding_separable_conv(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        depthwise, pointwise = o["depthwise_kernel"], self._kernel(o["pointwise_kernel"], rank)
        if self.d.channels == "last":
            # taps × channels × multiplier: the kernels of one channel side by side.
            depthwise = depthwise.movedim((-2, -1), (0, 1)).flatten(0, 1)[:, None]
        made = self._correlated(x, depthwise, o, x.shape[1])
        return self._finished(getattr(self.F, f"conv{rank}d")(made, pointwise), o)

    def sliding_conv_transpose(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        kernel, strides, dilation = (
            self._kernel(o["kernel"], rank),
            o["strides"],
            o["dilation_rate"],
        )
        spread = getattr(self.F, f"conv_transpose{rank}d")
        y = spread(x, kernel, None, strides, 0, 0, 1, dilation)
        cut, wide = o["padding"], [n * s for n, s in zip(x.shape[2:], strides, strict=True)]
        if cut == "same":
            before = [max(n - w, 0) // 2 for n, w in zip(y.shape[2:], wide, strict=True)]
            ends = [b + w for b, w in zip(before, wide, strict=True)]
        else:
            pairs = [(0, 0)] * rank if cut == "valid" else cut
            before = [p for p, _ in pairs]
            more = o["output_padding"]
            ends = [n - q + r for n, (_, q), r in zip(y.shape[2:], pairs, more, strict=True)]
        # Cells behind the last window are 0 before the bias.
        y = self.F.pad(y, [n for _ in range(rank) for n in (0, max(*strides, 1))])
        for axis, (begin, end) in enumerate(zip(before, ends, strict=True), 2):
            y = y.narrow(axis, begin, end - begin)
        return self._finished(y, o)

    def sliding_locally_connected(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        seen = x[0]
        for axis, (k, s) in enumerate(zip(o["kernel_size"], o["strides"], strict=True), 1):
            seen = seen.unfold(axis, k, s)
        places = seen.shape[1 : 1 + rank]
        seen = seen.flatten(1 + rank).flatten(1, rank).movedim(0, 1)  # places × channels × cells
        kernel = o["kernel"]
        if kernel.ndim == 2:
            y = (seen.flatten(1) * kernel).sum(1)[None]
        elif self.d.channels == "first":
            y = (kernel * seen.flatten(1)[None]).sum(2)
        else:
            cells = seen.movedim(1, 2).flatten(1)  # the channels of a cell side by side
            y = (kernel * cells[:, :, None]).sum(1).movedim(1, 0)
        y = y.reshape(1, y.shape[0], *places)
        bias = o.get("bias")
        if bias is not None:
            y = y + (self._first(bias, rank) if bias.ndim > rank else bias)
        return self._finished(y, {"activation": o.get("activation", "linear")})

    def sliding_max_pooling(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        pool = getattr(self.F, f"max_pool{rank}d")
        dilation, ceil = o.get("dilation_rate", 1), o.get("ceil_mode", False)
        if isinstance(o["padding"], int):
            return pool(x, o["pool_size"], o["strides"], o["padding"], dilation, ceil)
        padded = self._padded(x, o, o["pool_size"], -np.inf)
        return pool(padded, o["pool_size"], o["strides"], 0, dilation, ceil)

    def sliding_average_pooling(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        """Σ x/Σ 1 under windows of ones; what hangs over the end is neither."""
        channels = x.shape[1]
        ones, padded = self.torch.ones_like(x), self._padded(x, o, o["pool_size"])
        counted = self._padded(ones, o, o["pool_size"], float(o.get("count_padding", False)))
        if o.get("ceil_mode"):
            # As many places as PyTorch has for a maximum.
            places = self.sliding_max_pooling(x, o, rank).shape[2:]
            hanging = [
                max((m - 1) * s + dil * (k - 1) + 1 - n, 0)
                for m, s, dil, k, n in zip(
                    places,
                    o["strides"],
                    o.get("dilation_rate", [1] * rank),
                    o["pool_size"],
                    padded.shape[2:],
                    strict=True,
                )
            ]
            over = [n for more in reversed(hanging) for n in (0, more)]
            padded, counted = self.F.pad(padded, over), self.F.pad(counted, over)
        window = self.torch.ones((channels, 1, *o["pool_size"]), dtype=x.dtype)
        convolve = getattr(self.F, f"conv{rank}d")
        rest = (None, o["strides"], 0, o.get("dilation_rate", 1), channels)
        return convolve(padded, window, *rest) / convolve(counted, window, *rest)

    def sliding_global_max_pooling(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        return x.amax(tuple(range(2, x.ndim)), keepdim=o.get("keepdims", False))

    def sliding_global_average_pooling(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        return x.mean(tuple(range(2, x.ndim)), keepdim=o.get("keepdims", False))

    def sliding_adaptive_max_pooling(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        return getattr(self.F, f"adaptive_max_pool{rank}d")(x, o["output_size"])

    def sliding_adaptive_average_pooling(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        return getattr(self.F, f"adaptive_avg_pool{rank}d")(x, o["output_size"])

    def sliding_zero_padding(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        return self._padded(x, o, [1] * rank)

    def sliding_cropping(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        return self.F.pad(x, [-n for pair in reversed(o["cropping"]) for n in pair])

    def sliding_up_sampling(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        if o.get("interpolation") == "bilinear":
            size = [n * s for n, s in zip(x.shape[2:], o["size"], strict=True)]
            corners = o["align_corners"]
            return self.F.interpolate(x, size, mode="bilinear", align_corners=corners)
        return self.F.interpolate(x, scale_factor=tuple(map(float, o["size"])), mode="nearest")

    def sliding_spatial_dropout(self, x: Any, o: dict[str, Any], rank: int) -> Any:
        if not isinstance(o.get("mask", "none"), str):
            o = {**o, "mask": o["mask"].reshape(1, -1, *[1] * rank)}
        return self.dropout([x], o)

    # --- the others ---

    def dense(self, xs: list[Any], o: dict[str, Any]) -> Any:
        weights = o["weights"] if self.d.product == "Wx" else o["weights"].T
        bias = 0 if isinstance(o["bias"], str) else o["bias"]
        z = self.F.linear(xs[0], weights) + bias
        return self._activated(z, o.get("activation", "linear"), axis=-1)

    def maxout(self, xs: list[Any], o: dict[str, Any]) -> Any:
        spelled = "ikj,j->ik" if self.d.product == "Wx" else "jik,j->ik"
        return (self.torch.einsum(spelled, o["weights"], xs[0]) + o.get("bias", 0)).amax(-1)

    def embedding(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return self.F.embedding(xs[0].long(), o["table"])

    def flatten(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return xs[0].flatten()

    def reshape(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return xs[0].reshape(o["target_shape"])

    def permute(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return xs[0].permute([axis - 1 for axis in o["dims"]])

    def repeat_vector(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return xs[0].repeat(o["n"], 1)

    def formula(self, xs: list[Any], o: dict[str, Any]) -> Any:
        torch = self.torch
        return {
            "x^2 - 3*x": lambda x: x**2 - 3 * x,
            "sin(x)*x": lambda x: torch.sin(x) * x,
            "2*x/(1 + x^2)": lambda x: 2 * x / (1 + x**2),
            "exp(-x) + 1": lambda x: torch.exp(-x) + 1,
            "x - tanh(x)": lambda x: x - torch.tanh(x),
        }[o["formula"]](xs[0])

    def activation(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return self._activated(xs[0], o["function"], axis=-1)

    def softmax(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return self.torch.softmax(xs[0], dim=o.get("axis", xs[0].ndim) - 1)

    def prelu(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return self.torch.where(xs[0] > 0, xs[0], o["alpha"] * xs[0])

    def dropout(self, xs: list[Any], o: dict[str, Any]) -> Any:
        kept, plain = 1 - o["rate"], o.get("scaling") == "plain"
        if isinstance(o.get("mask", "none"), str) or o.get("training") is False:
            return xs[0] * (kept if plain else 1)
        mask = o["mask"]
        mask = mask[0] if mask.ndim > xs[0].ndim else mask
        return mask * xs[0] / (1 if plain else kept)

    def gaussian_noise(self, xs: list[Any], o: dict[str, Any]) -> Any:
        noise = o.get("noise", self.torch.zeros(()))
        return xs[0] + (noise[0] if noise.ndim > xs[0].ndim else noise)

    def normalization(self, xs: list[Any], o: dict[str, Any]) -> Any:
        shape = [1] * xs[0].ndim
        shape[self.d.channel_axis(tuple(xs[0].shape))] = -1
        mean, variance = (self.torch.as_tensor(o[k]).reshape(shape) for k in ("mean", "variance"))
        return (xs[0] - mean) / variance.sqrt()

    def unit_normalization(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return xs[0] / (xs[0] ** 2).sum(-1, keepdim=True).sqrt()

    def time_distributed(self, xs: list[Any], o: dict[str, Any]) -> Any:
        ((word, options),) = o["layer"].items()
        return self.torch.stack([self.of(word, [step], options) for step in xs[0]])

    def add(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return sum(xs[1:], xs[0])

    def subtract(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return xs[0] - xs[1]

    def multiply(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return self.torch.stack(xs).prod(0)

    def average(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return self.torch.stack(xs).mean(0)

    def maximum(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return self.torch.stack(xs).amax(0)

    def minimum(self, xs: list[Any], o: dict[str, Any]) -> Any:
        return self.torch.stack(xs).amin(0)

    def concatenate(self, xs: list[Any], o: dict[str, Any]) -> Any:
        axis = self.d.channel_axis(tuple(xs[0].shape))
        return self.torch.cat(xs, dim=o["axis"] - 1 if "axis" in o else axis)

    def dot(self, xs: list[Any], o: dict[str, Any]) -> Any:
        axis = o["axes"] - 1
        if o.get("normalize"):
            xs = [self.F.normalize(x, dim=axis, eps=0) for x in xs]
        y = self.torch.tensordot(xs[0], xs[1], dims=([axis], [axis]))
        return y[None] if y.ndim == 0 else y


def _sides(o: dict[str, Any], taps: Sequence[int], spatial: Sequence[int]) -> list[Any]:
    """Cells before and after along each axis, from a word or numbers."""
    padding, rank = o.get("padding", "valid"), len(taps)
    strides, dilation = o.get("strides", [1] * rank), o.get("dilation_rate", [1] * rank)
    reach = [d * (k - 1) for d, k in zip(dilation, taps, strict=True)]
    if padding == "valid":
        return [(0, 0)] * rank
    if padding == "full":
        return [(r, r) for r in reach]
    if padding == "same":
        lack = [
            max((-(-n // s) - 1) * s + r + 1 - n, 0)
            for n, s, r in zip(spatial, strides, reach, strict=True)
        ]
        return [(n // 2, n - n // 2) for n in lack]
    if isinstance(padding, int):
        return [(padding, padding)] * rank
    return [pair if isinstance(pair, list) else (pair, pair) for pair in padding]


def _tensors(torch: Any, options: dict[str, Any], leaves: dict[str, Any]) -> dict[str, Any]:
    """Options with tensors in place of numbers; weights among them are leaves, by their field."""
    made = dict(options)
    if "layer" in options:
        ((word, inner),) = options["layer"].items()
        made["layer"] = {word: _tensors(torch, inner, leaves)}
    for field in (*PARAMETERS, "mask", "noise", "mean", "variance"):
        if not isinstance(options.get(field, "none"), str):
            numbers = np.array(options[field], dtype=float)
            made[field] = torch.tensor(numbers, requires_grad=field in PARAMETERS)
            if field in PARAMETERS:
                leaves[field] = made[field]
    return made


@pytest.mark.frameworks
@pytest.mark.parametrize("word", WORDS)
def test_values_and_gradients_beside_pytorch(word):
    """y, and the gradients of Σ g·y by every input and every weight, for several draws of options."""
    torch = pytest.importorskip("torch")
    for seed in range(8):
        d = Draws.seeded(100 * seed + sum(map(ord, word)))
        d.samples = 1
        shape = d.pick(shapes_for(word, d.channels))
        options = options_of(d, word, shape)
        if isinstance(options.get("mask"), dict):
            del options["mask"]  # drawn by handcalc itself
            options.pop("training", None)
        net, leaves = Net(d), {}
        net.alone(word, shape, options)
        result = run(build(parse(net.text)))
        names = [name for name in net.shapes if name != net.last]
        given_ = net.file.get("inputs", net.file)
        xs = [
            torch.tensor(np.array(given_[name], dtype=float), requires_grad=not net.whole)
            for name in names
        ]
        y = Torch(d).of(word, xs, _tensors(torch, options, leaves))
        y.backward(torch.tensor(np.array(net.file["output_gradient"], dtype=float)))

        pairs = [("l1.out", y, result.values)]
        for name, x in zip(names, xs, strict=True) if not net.whole else ():
            pairs.append(("x" if name == "input" else f"x:{name}", x.grad, result.gradients))
        pairs += [(f"l1.{field}", leaf.grad, result.batch) for field, leaf in leaves.items()]
        for name, tensor, found in pairs:
            expected = np.zeros(()) if tensor is None else tensor.detach().numpy()
            own = found[name] if found is result.batch else found[name][0]
            np.testing.assert_allclose(
                own, expected, rtol=1e-9, atol=1e-12, err_msg=f"{name} of {net.text}"
            )
