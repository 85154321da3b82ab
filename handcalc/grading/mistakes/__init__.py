"""The mistakes: one file each, listed here, the frequent ones before the rare.

What is made in numbers comes first, then what is made in windows, in counts, and slips of the pen.
"""

from functools import cache
from importlib import import_module

from handcalc.grading.mistakes._mistake import Mistake

MISTAKES = {
    "bias_forgotten": "BiasForgotten",
    "no_activation_derivative": "NoActivationDerivative",
    "activation_forgotten": "ActivationForgotten",
    "target_minus_output": "TargetMinusOutput",
    "updated_weights": "UpdatedWeights",
    "loss_factor": "LossFactor",
    "plus_in_update": "PlusInUpdate",
    "minus_in_ascent": "MinusInAscent",
    "rate_forgotten": "RateForgotten",
    "velocity_sign": "VelocitySign",
    "memory_forgotten": "MemoryForgotten",
    "memory_of_the_step_before": "MemoryOfTheStepBefore",
    "bias_correction_forgotten": "BiasCorrectionForgotten",
    "step_miscounted": "StepMiscounted",
    "root_of_squares_forgotten": "RootOfSquaresForgotten",
    "square_of_gradient_forgotten": "SquareOfGradientForgotten",
    "decay_rates_exchanged": "DecayRatesExchanged",
    "decay_turned": "DecayTurned",
    "epsilon_under_the_root": "EpsilonUnderTheRoot",
    "moved_in_spite_of_right": "MovedInSpiteOfRight",
    "error_sign": "ErrorSign",
    "path_left_out": "PathLeftOut",
    "upstream_forgotten": "UpstreamForgotten",
    "local_slope_forgotten": "LocalSlopeForgotten",
    "factors_swapped": "FactorsSwapped",
    "inner_slope_forgotten": "InnerSlopeForgotten",
    "exponent_left_out": "ExponentLeftOut",
    "term_left_out": "TermLeftOut",
    "factor_left_out": "FactorLeftOut",
    "divisor_left_out": "DivisorLeftOut",
    "other_logarithm": "OtherLogarithm",
    "degrees_for_radians": "DegreesForRadians",
    "difference_not_divided": "DifferenceNotDivided",
    "divided_by_one_step": "DividedByOneStep",
    "time_left_out": "TimeLeftOut",
    "earlier_state": "EarlierState",
    "later_state": "LaterState",
    "gates_exchanged": "GatesExchanged",
    "state_left_out": "StateLeftOut",
    "root_of_length_forgotten": "RootOfLengthForgotten",
    "variance_divisor": "VarianceDivisor",
    "statistics_as_constants": "StatisticsAsConstants",
    "weights_transposed": "WeightsTransposed",
    "slope_at_the_wrong_value": "SlopeAtTheWrongValue",
    "mask_forgotten": "MaskForgotten",
    "wrong_neuron": "WrongNeuron",
    "sum_for_mean": "SumForMean",
    "not_updated": "NotUpdated",
    "first_weights": "FirstWeights",
    "batch_gradient": "BatchGradient",
    "exponent_sign": "ExponentSign",
    "other_activation": "OtherActivation",
    "input_left_out": "InputLeftOut",
    "bias_gradient_times_input": "BiasGradientTimesInput",
    "error_of_another_output": "ErrorOfAnotherOutput",
    "rate_misplaced": "RateMisplaced",
    "one_sample": "OneSample",
    "weights_of_another": "WeightsOfAnother",
    "state_weights": "StateWeights",
    "update_gate_turned": "UpdateGateTurned",
    "reset_gate_left_out": "ResetGateLeftOut",
    "columns_for_rows": "ColumnsForRows",
    "scores_mask_ignored": "ScoresMaskIgnored",
    "masked_scores_as_zero": "MaskedScoresAsZero",
    "length_for_its_root": "LengthForItsRoot",
    "keys_not_turned": "KeysNotTurned",
    "scores_for_weights": "ScoresForWeights",
    "another_head": "AnotherHead",
    "heads_added": "HeadsAdded",
    "epsilon_forgotten": "EpsilonForgotten",
    "epsilon_misplaced": "EpsilonMisplaced",
    "mean_not_subtracted": "MeanNotSubtracted",
    "variance_for_deviation": "VarianceForDeviation",
    "deviation_for_variance": "DeviationForVariance",
    "mean_as_constant": "MeanAsConstant",
    "variance_as_constant": "VarianceAsConstant",
    "scale_and_shift_exchanged": "ScaleAndShiftExchanged",
    "scale_or_shift_left_out": "ScaleOrShiftLeftOut",
    "momentum_turned": "MomentumTurned",
    "jacobian_diagonal": "JacobianDiagonal",
    "relu_of_gradient": "ReluOfGradient",
    "no_exponentials": "NoExponentials",
    "exponential_left_out": "ExponentialLeftOut",
    "rounded_exponentials": "RoundedExponentials",
    "one_minus_the_others": "OneMinusTheOthers",
    "log_base": "LogBase",
    "margin_forgotten": "MarginForgotten",
    "class_itself_counted": "ClassItselfCounted",
    "bias_twice": "BiasTwice",
    "rate_twice": "RateTwice",
    "kernel_flipped": "KernelFlipped",
    "stride_ignored": "StrideIgnored",
    "padding_ignored": "PaddingIgnored",
    "average_for_maximum": "AverageForMaximum",
    "padding_counted": "PaddingCounted",
    "rows_and_columns_swapped": "RowsAndColumnsSwapped",
    "dilation_ignored": "DilationIgnored",
    "ceiling_for_floor": "CeilingForFloor",
    "filters_for_channels": "FiltersForChannels",
    "matrix_turned": "MatrixTurned",
    "window_shifted": "WindowShifted",
    "row_copied": "RowCopied",
    "cell_misplaced": "CellMisplaced",
    "biases_not_counted": "BiasesNotCounted",
    "channels_forgotten": "ChannelsForgotten",
    "filters_forgotten": "FiltersForgotten",
    "flattened_channels_forgotten": "FlattenedChannelsForgotten",
    "one_bias": "OneBias",
    "pooling_counted": "PoolingCounted",
    "gates_forgotten": "GatesForgotten",
    "other_biases": "OtherBiases",
    "one_matrix": "OneMatrix",
    "gamma_beta_alone": "GammaBetaAlone",
    "groups_ignored": "GroupsIgnored",
    "projection_forgotten": "ProjectionForgotten",
    "array_left_out": "ArrayLeftOut",
    "other_convention": "OtherConvention",
    "products_doubled": "ProductsDoubled",
    "products_with_biases": "ProductsWithBiases",
    "places_forgotten": "PlacesForgotten",
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
def covered(place: int) -> tuple[int, ...]:
    """The places of the mistakes that are not said beside the one in this place."""
    words = list(MISTAKES)
    return tuple(map(words.index, all_of()[place].covers))


@cache
def all_of() -> tuple[Mistake, ...]:
    """All mistakes in order."""
    return tuple(map(load, MISTAKES))
