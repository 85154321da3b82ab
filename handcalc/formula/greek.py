"""Greek letters and their names: α is typed alpha in keys, and alpha is shown as α."""

import re

NAMES = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
    "Γ": "Gamma",
    "Δ": "Delta",
    "Θ": "Theta",
    "Λ": "Lambda",
    "Ξ": "Xi",
    "Π": "Pi",
    "Σ": "Sigma",
    "Φ": "Phi",
    "Ψ": "Psi",
    "Ω": "Omega",
}
_LETTERS = {name: letter for letter, name in NAMES.items()}
_SPELLED = str.maketrans(NAMES)
_WORD = re.compile(rf"({'|'.join(sorted(_LETTERS, key=len, reverse=True))})([0-9]*)")


def spelled(name: str) -> str:
    """A name in ASCII: alpha for α, theta1 for θ1."""
    return name.translate(_SPELLED)


def lettered(name: str) -> str:
    """The name as it is shown: α for alpha, θ1 for theta1; any other as it is."""
    match = _WORD.fullmatch(name)
    return _LETTERS[match[1]] + match[2] if match else name
