"""Sizes and counts of chains of convolutions and poolings, ended by a dense layer.

Cells along an axis: (n + p + q - k)/s + 1, floored; with padding `same` n/s, rounded up. Parameters of a convolution:
(k·k·channels + 1)·filters; multiply-adds: cells·k·k·channels·filters.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """A convolution with filters, or a pooling with none."""

    name: str
    filters: int
    size: int
    stride: int
    padding: str | int
    bias: bool = True

    def text(self) -> str:
        """The layer in the problem file."""
        if not self.filters:
            return f"  - max_pooling2d: {{name: {self.name}, pool_size: {self.size}, strides: {self.stride}}}\n"
        return (
            f"  - conv2d: {{name: {self.name}, filters: {self.filters}, kernel_size: {self.size}, "
            f"strides: {self.stride}, padding: {self.padding}, use_bias: {str(self.bias).lower()}}}\n"
        )

    def places(self, n: int, mistake: str = "") -> int:
        """How many places a window has along an axis of n cells."""
        if self.padding == "same" and mistake != "padding_ignored":
            return -(-n // self.stride)
        around = 2 * self.padding if isinstance(self.padding, int) else 0
        if mistake == "padding_ignored":
            around = 0
        stride = 1 if mistake == "stride_ignored" else self.stride
        left = n + around - self.size
        return (-(-left // stride) if mistake == "ceiling_for_floor" else left // stride) + 1

    def parameters(self, channels: int, mistake: str = "") -> int:
        """(k·k·channels + 1)·filters."""
        if not self.filters:
            return self.size**2 if mistake == "pooling_counted" else 0
        window = self.size**2 * (1 if mistake == "channels_forgotten" else channels)
        return (window + (self.bias and mistake != "biases_not_counted")) * self.filters


@dataclass(frozen=True)
class Network:
    """A picture, layers, and so many units at the end."""

    shape: tuple[int, int, int]
    layers: tuple[Layer, ...]
    units: int

    def text(self) -> str:
        """The problem file."""
        layers = "".join(layer.text() for layer in self.layers)
        return (
            f"input: {{shape: {list(self.shape)}}}\nlayers:\n{layers}  - flatten: {{name: f}}\n"
            f"  - dense: {{name: o, units: {self.units}}}\nask: [shapes, parameters, multiply_adds]\n"
        )

    def sheet(
        self,
        write: Callable[[int], str] = str,
        mistake: str = "",
        place: str = "",
        shape_for: tuple[str, tuple[int, int]] | None = None,
    ) -> dict[str, str]:
        """All answers; `shape_for` puts another size in place of one that comes out, and goes on with it."""
        out: dict[str, str] = {}
        rows, columns, channels = self.shape
        parameters = products = 0
        for layer in self.layers:
            made = mistake if place in ("", layer.name) else ""
            own = layer.parameters(channels, made)
            below = channels
            rows, columns = layer.places(rows, made), layer.places(columns, made)
            if shape_for and shape_for[0] == layer.name:
                rows, columns = shape_for[1]
            channels = layer.filters or channels
            work = rows * columns * layer.size**2 * below * layer.filters
            out[f"{layer.name}_shape"] = f"{rows}x{columns}x{channels}"
            out[f"{layer.name}_params"] = write(own)
            out[f"{layer.name}_multiply_adds"] = write(work)
            parameters, products = parameters + own, products + work
        flat = rows * columns * channels
        own = flat * self.units + (0 if mistake == "biases_not_counted" else self.units)
        out |= {"f_shape": str(flat), "f_params": "0", "f_multiply_adds": "0"}
        out |= {"o_shape": str(self.units), "o_params": write(own)}
        out["o_multiply_adds"] = write(flat * self.units)
        out["total_params"] = out["trainable_params"] = write(parameters + own)
        out["non_trainable_params"] = "0"
        out["total_multiply_adds"] = write(products + flat * self.units)
        return out


def drawn(rng: random.Random) -> Network:
    """Two to four layers that fit one behind the other."""
    while True:
        shape = (rng.randrange(12, 40), rng.randrange(12, 40), rng.choice((1, 3)))
        layers: list[Layer] = []
        rows, columns, _ = shape
        for number in range(rng.randrange(2, 5)):
            if layers and layers[-1].filters and rng.random() < 0.5:
                layers.append(Layer(f"p{number}", 0, rng.choice((2, 3)), 2, "valid"))
            else:
                padding = rng.choice(("valid", "same", 1, 2))
                layers.append(
                    Layer(
                        f"c{number}",
                        rng.randrange(2, 17),
                        rng.choice((2, 3, 5)),
                        rng.choice((1, 1, 2, 3)),
                        padding,
                        rng.random() < 0.7,
                    )
                )
            rows, columns = layers[-1].places(rows), layers[-1].places(columns)
        if min(rows, columns) >= 2:
            return Network(shape, tuple(layers), rng.randrange(2, 12))


def apart(value: int) -> str:
    """1,309,560."""
    return f"{value:,}"
