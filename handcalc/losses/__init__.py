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


def load(word: str) -> type[BaseModel]:
    """The class behind a word, imported when the word occurs."""
    module = import_module(f"handcalc.losses.{word}")
    found: type[BaseModel] = getattr(module, LOSSES[word])
    return found
