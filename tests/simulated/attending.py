"""Attention of three tokens with one head or two: S = Q·Kᵀ, A = softmax(S/√d) row by row, Z = A·V, side by side."""

import math
import random
from dataclasses import dataclass, replace

from simulated.layer import HALF_SUM, Loss, Matrix, table
from simulated.student import Notes, exactly

TOKENS = range(3)


def _product(a: Matrix, b: Matrix) -> Matrix:
    return [
        [sum(x * y for x, y in zip(row, column, strict=True)) for column in zip(*b, strict=True)]
        for row in a
    ]


def _turned(a: Matrix) -> Matrix:
    return [list(row) for row in zip(*a, strict=True)]


@dataclass(frozen=True)
class Network:
    """Each head has keys of two numbers; with two heads there is a matrix for the output, too."""

    x: Matrix
    weights: dict[str, Matrix]
    heads: int
    causal: bool
    t: Matrix
    rate: float
    loss: Loss = HALF_SUM

    def text(self, decimals: int) -> str:
        """The problem file."""
        words = {"Q": "query", "K": "key", "V": "value", "O": "output"}
        own = ", ".join(f"{words[k]}_weights: {w}" for k, w in self.weights.items())
        mask = ", mask: causal" if self.causal else ""
        word = (
            f"multi_head_attention: {{num_heads: {self.heads}, "
            if self.heads > 1
            else "attention: {"
        )
        return (
            f"input: {self.x}\nlayers:\n  - {word}name: a, {own}{mask}}}\ntarget: {self.t}\n"
            f"{self.loss.text()}optimizer: {{sgd: {{learning_rate: {self.rate}}}}}\n"
            f"rounding: {{decimals: {decimals}}}\n"
        )

    def _numbers(self) -> list[str]:
        return ["" if self.heads == 1 else str(h + 1) for h in range(self.heads)]

    def _columns(self, letter: str, head: int) -> Matrix:
        return [row[2 * head : 2 * head + 2] for row in self.weights[letter]]

    def _put(self, notes: Notes, key: str, values: Matrix, *, aside: bool = False) -> Matrix:
        put = notes.aside if aside else notes.put
        return [
            [put(f"{key}[{i + 1},{j + 1}]", v) for j, v in enumerate(row)]
            for i, row in enumerate(values)
        ]

    def forwards(
        self, notes: Notes, *, aside: bool = False
    ) -> tuple[list[dict[str, Matrix]], Matrix]:
        """The values of each head, and what comes out."""
        found = []
        for h, number in enumerate(self._numbers()):
            own: dict[str, Matrix] = {}

            def put(word: str, values: Matrix, number: str = number) -> Matrix:
                return self._put(notes, f"a_{word}{number}", values, aside=aside)

            for letter in "QKV":
                head = (
                    1 - h
                    if letter == "Q" and self.heads > 1 and notes.makes("another_head", "a")
                    else h
                )
                own[letter] = put(letter, _product(self.x, self._columns(letter, head)))
            own["S"] = put("scores", _product(own["Q"], _turned(own["K"])))
            by = math.sqrt(2)
            if notes.makes("root_of_length_forgotten", "a"):
                by = 1.0
            elif notes.makes("length_for_its_root", "a"):
                by = 2.0
            own["S'"] = put("scaled", [[s / by for s in row] for row in own["S"]])
            own["A"] = put("weights", self._weights(notes, own["S'"]))
            weights = own["A"]
            if notes.makes("scores_for_weights", "a"):
                weights = own["S'"]
            own["H"] = _product(weights, own["V"])
            if self.heads > 1:
                own["H"] = put("head", own["H"])
            found.append(own)
        if self.heads == 1:
            return found, self._put(notes, "a", found[0]["H"], aside=aside)
        C = [[v for own in found for v in own["H"][i]] for i in TOKENS]
        C = self._put(notes, "a_concat", C, aside=aside)
        found[0]["C"] = C
        return found, self._put(notes, "a", _product(C, self.weights["O"]), aside=aside)

    def _weights(self, notes: Notes, S: Matrix) -> Matrix:
        """The softmax of each row, over what comes before where the mask is causal."""
        if notes.makes("columns_for_rows", "a"):
            return _turned(
                [
                    self._row(S_j, [self._allows(i, j) for i in TOKENS])
                    for j, S_j in enumerate(_turned(S))
                ]
            )
        ignored = self.causal and notes.makes("scores_mask_ignored", "a")
        return [
            self._row(row, [ignored or self._allows(i, j) for j in TOKENS])
            for i, row in enumerate(S)
        ]

    def _allows(self, i: int, j: int) -> bool:
        return not self.causal or j <= i

    def _row(self, scores: list[float], allowed: list[bool]) -> list[float]:
        powers = [math.exp(s) if ok else 0.0 for s, ok in zip(scores, allowed, strict=True)]
        return [p / sum(powers) for p in powers]

    def work(self, notes: Notes) -> None:
        """Forward, loss, gradients and update."""
        heads, Z = self.forwards(notes)
        flat = [v for row in Z for v in row]
        t = [v for row in self.t for v in row]
        notes.put("E", self.loss.value(notes, flat, t))
        slopes = self.loss.slopes(notes, flat, t)
        width = len(Z[0])
        dZ = self._put(notes, "dE_da", [slopes[i * width : (i + 1) * width] for i in TOKENS])
        found: dict[str, list[Matrix]] = {letter: [] for letter in "QKV"}
        dH = dZ
        if self.heads > 1:
            dH = self._put(notes, "dE_da_concat", _product(dZ, _turned(self.weights["O"])))
        for h, (number, own) in enumerate(zip(self._numbers(), heads, strict=True)):

            def put(word: str, values: Matrix, number: str = number) -> Matrix:
                return self._put(notes, f"dE_da_{word}{number}", values)

            d = [row[2 * h : 2 * h + 2] for row in dH]
            if self.heads > 1:
                d = put("head", d)
            dA = put("weights", _product(d, _turned(own["V"])))
            A = own["A"]
            alone = notes.makes("diagonal_alone", "a")
            dS = put(
                "scaled",
                [
                    [
                        A[i][j] * (dA[i][j] * (1 - A[i][j]))
                        - (
                            0
                            if alone
                            else sum(dA[i][k] * A[i][k] * A[i][j] for k in TOKENS if k != j)
                        )
                        for j in TOKENS
                    ]
                    for i in TOKENS
                ],
            )
            root = 1.0 if notes.makes("root_of_length_forgotten", "a") else math.sqrt(2)
            root = 2.0 if notes.makes("length_for_its_root", "a") else root
            dS = put("scores", [[s / root for s in row] for row in dS])
            dV = put("V", _product(_turned(A), d))
            dK = put("K", _product(_turned(dS), own["Q"]))
            dQ = put("Q", _product(dS, own["K"]))
            for letter, dM in (("Q", dQ), ("K", dK), ("V", dV)):
                found[letter].append(_product(_turned(self.x), dM))
        new = {}
        for letter, W in self.weights.items():
            if letter == "O":
                dW = _product(_turned(heads[0]["C"]), dZ)
            else:
                parts = found[letter]
                dW = [[v for part in parts for v in part[i]] for i in range(len(W))]
            dW = self._put(notes, f"dE_da_W_{letter}", dW)
            new[letter] = self._put(
                notes,
                f"a_W_{letter}_new",
                [
                    [w - self.rate * g for w, g in zip(a, b, strict=True)]
                    for a, b in zip(W, dW, strict=True)
                ],
            )
        _, again = replace(self, weights=new).forwards(notes, aside=True)
        notes.put("E_new", self.loss.value(notes, [v for row in again for v in row], t))


def drawn(rng: random.Random) -> Network:
    """One head on tokens of two numbers, or two heads on tokens of three, with a causal mask or none."""
    heads = rng.choice((1, 2))
    features = 2 if heads == 1 else 3
    weights = {letter: table(rng, features, 2 * heads) for letter in "QKV"}
    if heads > 1:
        weights["O"] = table(rng, 4, 2)
    network = Network(
        table(rng, 3, features),
        weights,
        heads,
        rng.random() < 0.5,
        table(rng, 3, 2),
        rng.choice((0.1, 0.5)),
    )
    exactly(network)
    return network
