"""The mistakes: one file each, listed here in the order in which they are tried."""

from functools import cache
from importlib import import_module

from handcalc.grading.mistakes._mistake import Mistake

MISTAKES = {
    "updated_weights": "UpdatedWeights",
    "no_activation_derivative": "NoActivationDerivative",
    "slope_at_the_wrong_value": "SlopeAtTheWrongValue",
    "target_minus_output": "TargetMinusOutput",
    "plus_in_update": "PlusInUpdate",
    "loss_factor": "LossFactor",
    "sum_for_mean": "SumForMean",
    "bias_forgotten": "BiasForgotten",
    "bias_twice": "BiasTwice",
    "weights_transposed": "WeightsTransposed",
    "wrong_neuron": "WrongNeuron",
    "log_base": "LogBase",
    "kernel_flipped": "KernelFlipped",
    "stride_ignored": "StrideIgnored",
    "padding_ignored": "PaddingIgnored",
    "ceiling_for_floor": "CeilingForFloor",
    "window_shifted": "WindowShifted",
    "average_for_maximum": "AverageForMaximum",
    "matrix_turned": "MatrixTurned",
    "channels_forgotten": "ChannelsForgotten",
    "biases_not_counted": "BiasesNotCounted",
    "pooling_counted": "PoolingCounted",
    "sign": "Sign",
    "digits_swapped": "DigitsSwapped",
    "point_moved": "PointMoved",
}


@cache
def load(word: str) -> Mistake:
    """The mistake behind a word."""
    module = import_module(f"handcalc.grading.mistakes.{word}")
    found: Mistake = getattr(module, MISTAKES[word])()
    return found


@cache
def all_of() -> tuple[Mistake, ...]:
    """All mistakes in order."""
    return tuple(map(load, MISTAKES))
