"""The losses: one file each, listed here. The word behind `loss:` is the name of its module."""

from importlib import import_module

from pydantic import BaseModel

LOSSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "binary_focal_crossentropy": "BinaryFocalCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
    "categorical_hinge": "CategoricalHinge",
    "cosine_similarity": "CosineSimilarity",
    "gaussian_nll": "GaussianNll",
    "hinge": "Hinge",
    "huber": "Huber",
    "kl_divergence": "KlDivergence",
    "log_cosh": "LogCosh",
    "mean_absolute_error": "MeanAbsoluteError",
    "mean_squared_error": "MeanSquaredError",
    "multiclass_hinge": "MulticlassHinge",
    "poisson": "Poisson",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "squared_hinge": "SquaredHinge",
    "formula": "Formula",
}
OTHER_NAMES = {
    "mse": "mean_squared_error",
    "l2": "mean_squared_error",
    "squared_error": "mean_squared_error",
    "mse_loss": "mean_squared_error",
    "mae": "mean_absolute_error",
    "l1": "mean_absolute_error",
    "l1_loss": "mean_absolute_error",
    "absolute_error": "mean_absolute_error",
    "smooth_l1": "huber",
    "smooth_l1_loss": "huber",
    "logcosh": "log_cosh",
    "bce": "binary_crossentropy",
    "bce_loss": "binary_crossentropy",
    "binary_cross_entropy": "binary_crossentropy",
    "log_loss": "binary_crossentropy",
    "bce_with_logits": "binary_crossentropy: {from_logits: true}",
    "bce_with_logits_loss": "binary_crossentropy: {from_logits: true}",
    "cross_entropy": "categorical_crossentropy",
    "crossentropy": "categorical_crossentropy",
    "cross_entropy_loss": "sparse_categorical_crossentropy: {from_logits: true}",
    "softmax_cross_entropy": "categorical_crossentropy: {from_logits: true}",
    "sparse_cross_entropy": "sparse_categorical_crossentropy",
    "nll": "sparse_categorical_crossentropy",
    "nll_loss": "sparse_categorical_crossentropy",
    "kl": "kl_divergence",
    "kld": "kl_divergence",
    "kldiv": "kl_divergence",
    "kl_div": "kl_divergence",
    "kl_div_loss": "kl_divergence",
    "svm": "multiclass_hinge",
    "multi_margin": "multiclass_hinge: {factor: mean}",
    "multi_margin_loss": "multiclass_hinge: {factor: mean}",
    "multiclass_svm": "multiclass_hinge",
    "focal": "binary_focal_crossentropy",
    "focal_loss": "binary_focal_crossentropy",
    "cosine": "cosine_similarity",
    "cosine_distance": "cosine_similarity: {one_minus: true}",
    "cosine_embedding": "cosine_similarity: {one_minus: true}",
    "poisson_nll": "poisson: {log_input: true}",
    "poisson_nll_loss": "poisson: {log_input: true}",
    "gaussian": "gaussian_nll",
    "gaussian_nll_loss": "gaussian_nll",
}
"""What textbooks and frameworks call them, and what is written here."""


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported when the word occurs."""
    module = import_module(f"handcalc.losses.{word}")
    found: type[BaseModel] = getattr(module, LOSSES[word])
    return found
