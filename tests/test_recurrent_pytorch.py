"""Recurrent layers against PyTorch, forwards and all gradients; skipped where PyTorch is missing."""

from typing import Any

import numpy as np
import pytest

from recurrent_loops import FIELDS, close, found

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.frameworks
nn = torch.nn

MODULES = {"simple_rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
# The blocks of PyTorch's matrices from above: r stands before z.
GATES = {"simple_rnn": [""], "lstm": ["i", "f", "g", "o"], "gru": ["r", "z", "n"]}
NAMES = {"W": "weight_ih_l0", "U": "weight_hh_l0", "b": "bias_ih_l0", "d": "bias_hh_l0"}
SEEDS = range(6)


def _module(word: str, inputs: int, units: int, **options: Any) -> Any:
    if word == "simple_rnn" and options.pop("relu", False):
        options["nonlinearity"] = "relu"
    options.pop("relu", None)
    return MODULES[word](inputs, units, batch_first=True, dtype=torch.float64, **options)


def _fields(word: str, module: Any, suffix: str = "") -> dict[str, Any]:
    """PyTorch's stacked numbers as they are; its order is said where it is another."""
    given = {
        field: getattr(module, NAMES[letter] + suffix).detach().numpy()
        for letter, field in FIELDS.items()
        if hasattr(module, NAMES[letter] + suffix)
    }
    return given | ({"gate_order": GATES["gru"]} if word == "gru" else {})


def _compare_weights(answers: Any, word: str, module: Any, named: str, suffix: str = "") -> None:
    """The gradient of each gate is a block of that of PyTorch's matrix."""
    gates = GATES[word]
    for letter, name in NAMES.items():
        parameter = getattr(module, name + suffix, None)
        if parameter is None:
            continue
        for gate, block in zip(gates, parameter.grad.chunk(len(gates)), strict=True):
            key = f"dE_d{named}_{letter}" + f"_{gate}" * bool(gate)
            close(answers[key], block.numpy(), 1e-10)


def _keys(word: str, module: Any, named: str, suffix: str = "") -> list[str]:
    letters = [letter for letter, name in NAMES.items() if hasattr(module, name + suffix)]
    return [
        f"dE_d{named}_{letter}" + f"_{gate}" * bool(gate)
        for letter in letters
        for gate in GATES[word]
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("word", MODULES)
def test_a_layer_is_that_of_pytorch_backwards_too(word, seed):
    """Random sizes, with and without biases and initial states, at every time or at the last one."""
    random = np.random.default_rng([seed, len(word)])
    torch.manual_seed(seed)
    samples, times, inputs, units = (int(n) for n in random.integers(1, 4, 4))
    everywhere, bias, relu, begun = (bool(n) for n in random.integers(0, 2, 4))
    module = _module(word, inputs, units, bias=bias, relu=relu)
    x = torch.tensor(random.normal(size=(samples, times, inputs)), requires_grad=True)
    letters = "hc" if word == "lstm" else "h"
    size = (1, samples, units)
    state = [torch.tensor(random.normal(size=size) * begun, requires_grad=True) for _ in letters]
    g = random.normal(size=(times, units) if everywhere else (units,))

    layer = {"name": "l", "return_sequences": everywhere, **_fields(word, module)}
    if relu and word == "simple_rnn":
        layer["activation"] = "relu"
    if begun:
        layer["initial_state"] = {
            letter: s.detach().numpy()[0] for letter, s in zip(letters, state, strict=True)
        }
    answers = found(
        *_keys(word, module, "l"),
        *(f"l_h{t + 1}" for t in range(times)),
        "dE_dx",
        *(f"dE_dl_{letter}0" for letter in letters),
        samples=[{"input": s} for s in x.detach().numpy()],
        layers=[{word: layer}],
        output_gradient=g,
        batch="sum",
    )
    output, _ = module(x, tuple(state) if word == "lstm" else state[0])
    ((output if everywhere else output[:, -1]) * torch.tensor(g)).sum().backward()

    _compare_weights(answers, word, module, "l")
    for s in range(samples):
        at = f"@{s + 1}" * (samples > 1)
        for t in range(times):
            close(answers[f"l_h{t + 1}{at}"], output[s, t].detach().numpy())
        close(answers[f"dE_dx{at}"], x.grad[s].numpy(), 1e-10)
        for letter, begin in zip(letters, state, strict=True):
            close(answers[f"dE_dl_{letter}0{at}"], begin.grad[0, s].numpy(), 1e-10)


@pytest.mark.parametrize("word", MODULES)
def test_a_bidirectional_layer_is_that_of_pytorch(word):
    torch.manual_seed(5)
    random = np.random.default_rng(5)
    module = _module(word, 2, 2, bidirectional=True)
    x = torch.tensor(random.normal(size=(1, 3, 2)), requires_grad=True)
    g = random.normal(size=(3, 4))
    ways = {"forward": "", "backward": "_reverse"}
    one, other = (
        {word: {"return_sequences": True, **_fields(word, module, suffix)}}
        for suffix in ways.values()
    )
    answers = found(
        input=x.detach().numpy()[0],
        layers=[{"bidirectional": {"name": "l", "layer": one, "backward_layer": other}}],
        output_gradient=g,
    )
    output, _ = module(x)
    (output[0] * torch.tensor(g)).sum().backward()

    close(answers["l"], output[0].detach().numpy())
    close(answers["dE_dx"], x.grad[0].numpy(), 1e-10)
    for way, suffix in ways.items():
        _compare_weights(answers, word, module, f"l_{way}", suffix)


@pytest.mark.parametrize("truncate", [1, 2, 3])
@pytest.mark.parametrize("word", MODULES)
def test_a_truncated_gradient_is_that_of_detached_states(word, truncate):
    torch.manual_seed(truncate)
    random = np.random.default_rng(truncate)
    module = _module(word, 1, 2)
    x = torch.tensor(random.normal(size=(1, 4, 1)), requires_grad=True)
    g = random.normal(size=(4, 2))
    answers = found(
        input=x.detach().numpy()[0],
        layers=[
            {
                word: {
                    "name": "l",
                    "return_sequences": True,
                    "truncate": truncate,
                    **_fields(word, module),
                }
            }
        ],
        output_gradient=g,
    )
    outputs, state = [], None
    for run in x.split(truncate, dim=1):
        output, state = module(run, state)
        state = tuple(s.detach() for s in state) if word == "lstm" else state.detach()
        outputs.append(output)
    (torch.cat(outputs, dim=1)[0] * torch.tensor(g)).sum().backward()

    close(answers["dE_dx"], x.grad[0].numpy(), 1e-10)
    _compare_weights(answers, word, module, "l")
