"""Recurrent layers of two units before one output: time by time forwards, from the last time back; RNN, LSTM, GRU."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from simulated.layer import (
    HALF_SUM,
    Dense,
    Loss,
    Matrix,
    Put,
    Vector,
    passed_back,
    table,
    tenths,
    update,
)
from simulated.layer import gradients as dense_gradients
from simulated.student import Notes, exactly

Weights = dict[str, dict[str, list[Vector]]]
"""W, U and b by gate; b as a matrix of one row."""
Values = dict[str, Vector]
"""Values of one time, or their gradients, by letter."""
Writes = Callable[[str, Vector], Vector]
UNITS = range(2)


@dataclass(frozen=True)
class Network:
    """x_1 … x_T, a layer r with its weights by gate, an output o."""

    word: str
    x: Matrix
    weights: Weights
    h0: Vector
    c0: Vector
    o: Dense
    target: Vector
    rate: float
    loss: Loss = HALF_SUM

    @property
    def gates(self) -> str:
        """The letters of the gates, as they are worked out; an RNN has one sum without a letter."""
        return {"simple_rnn": " ", "lstm": "figo", "gru": "zrn"}[self.word]

    @property
    def stacked(self) -> str:
        """The same in the order in which weights are listed."""
        return {"simple_rnn": " ", "lstm": "ifgo", "gru": "zrn"}[self.word]

    def text(self, decimals: int) -> str:
        """The problem file."""
        w = self.weights

        def numbers(letter: str) -> object:
            own = {gate: rows[0] if letter == "b" else rows for gate, rows in w[letter].items()}
            return own[" "] if self.word == "simple_rnn" else own

        state: object = self.h0 if self.word != "lstm" else {"h": self.h0, "c": self.c0}
        given = f"{numbers('W')}, recurrent_weights: {numbers('U')}, bias: {numbers('b')}"
        more = ", reset_after: false" if self.word == "gru" else ""
        layer = f"name: r, weights: {given}, initial_state: {state}{more}".replace("'", "")
        return (
            f"input: {self.x}\nlayers:\n  - {self.word}: {{{layer}}}\n{self.o.text()}target: {self.target}\n"
            f"{self.loss.text()}optimizer: {{sgd: {{learning_rate: {self.rate}}}}}\n"
            f"rounding: {{decimals: {decimals}}}\n"
        )

    # --- forwards -----------------------------------------------------------------------------------

    def _sum(self, notes: Notes, gate: str, i: int, x: Vector, h: Vector) -> float:
        """W·x + U·h + b of one gate."""
        used = gate
        if gate == "f" and notes.makes("weights_of_another", "r"):
            used = "i"
        W, U, b = (self.weights[letter][used] for letter in "WUb")
        if notes.makes("state_weights", "r"):
            W = U
        if notes.makes("weights_transposed", "r"):
            W, U = ([[m[j][i] for j in UNITS] for i in UNITS] for m in (W, U))
        total = sum(W[i][j] * x[j] for j in UNITS)
        if not notes.makes("state_left_out", "r"):
            total += sum(U[i][j] * h[j] for j in UNITS)
        return total if notes.makes("bias_forgotten", "r") else total + b[0][i]

    def forwards(self, notes: Notes, put: Put) -> list[Values]:
        """All values of each time, by their letters; the first are those that are given."""
        times = [{"h": self.h0, "c": self.c0}]
        for t, x in enumerate(self.x, 1):
            before, now = times[-1], Values()
            for gate in self.gates:
                h = before["h"]
                if gate == "n" and not notes.makes("reset_gate_left_out", "r"):
                    h = [now["r"][i] * h[i] for i in UNITS]
                word = gate.strip() or "h"
                z = [
                    put(f"r_{word}_in{t}[{i + 1}]", self._sum(notes, gate, i, x, h)) for i in UNITS
                ]
                squash = math.tanh if gate in " gn" else _sigmoid
                now[word] = [put(f"r_{word}{t}[{i + 1}]", squash(z[i])) for i in UNITS]
            if self.word == "lstm":
                self._cell(notes, put, t, before, now)
            if self.word == "gru":
                keeps = now["z"]
                if notes.makes("update_gate_turned", "r"):
                    keeps = [1 - z for z in keeps]
                now["h"] = [
                    put(
                        f"r_h{t}[{i + 1}]",
                        (1 - keeps[i]) * now["n"][i] + keeps[i] * before["h"][i],
                    )
                    for i in UNITS
                ]
            times.append(now)
        return times

    def _cell(self, notes: Notes, put: Put, t: int, before: Values, now: Values) -> None:
        """The cell, c = f·c + i·g, and h = o·tanh(c)."""
        f, i, o = now["f"], now["i"], now["o"]
        if notes.makes("gates_exchanged", "r"):
            f, i = i, f
        if notes.makes("input_gate_for_output_gate", "r"):
            o = now["i"]
        now["c"] = [
            put(f"r_c{t}[{k + 1}]", f[k] * before["c"][k] + i[k] * now["g"][k]) for k in UNITS
        ]
        c = before["c"] if notes.makes("old_cell", "r") else now["c"]
        squash = float if notes.makes("activation_forgotten", "r") else math.tanh
        now["tanh_c"] = [put(f"r_tanh_c{t}[{k + 1}]", squash(c[k])) for k in UNITS]
        now["h"] = [put(f"r_h{t}[{k + 1}]", o[k] * now["tanh_c"][k]) for k in UNITS]

    # --- backwards ----------------------------------------------------------------------------------

    def work(self, notes: Notes) -> None:
        """Forward, loss, gradients and update."""
        times = self.forwards(notes, notes.put)
        h = times[-1]["h"]
        out = [notes.put("o1_out", self._out(notes, h))]
        notes.put("E", self.loss.value(notes, out, self.target))
        do = [notes.put("dE_do1_out", self.loss.slopes(notes, out, self.target)[0])]
        of_o = dense_gradients(notes, self.o, do, h)
        dz = self._backwards(notes, times, passed_back(notes, self.o, do, self.o.W))
        o = update(notes, self.o, *of_o, self.rate)
        new: Weights = {"W": {}, "U": {}, "b": {}}
        for letter in "WUb":
            for gate in self.stacked:
                new[letter][gate] = self._learned(notes, times, dz, letter, gate)
        after = replace(self, weights=new, o=o)
        again = after._out(notes, after.forwards(notes, notes.aside)[-1]["h"])
        again = notes.aside("", again)
        notes.put("E_new", self.loss.value(notes, [again], self.target))

    def _out(self, notes: Notes, h: Vector) -> float:
        b = 0.0 if notes.makes("bias_forgotten", "o") else self.o.b[0]
        return sum(w * v for w, v in zip(self.o.W[0], h, strict=True)) + b

    def _backwards(self, notes: Notes, times: list[Values], dh: Vector) -> list[Values]:
        """∂E/∂z of each gate at each time, from the last one back; dc is what c gets from the time behind."""
        found: list[Values] = []
        dc: Vector = []
        for t in reversed(range(1, len(times))):
            now, before = times[t], times[t - 1]

            def put(word: str, values: Vector, t: int = t) -> Vector:
                return [notes.put(f"dE_dr_{word}{t}[{k + 1}]", v) for k, v in enumerate(values)]

            dh = put("h", dh)
            if self.word == "simple_rnn":
                dz = {" ": put("h_in", [dh[k] * (1 - now["h"][k] ** 2) for k in UNITS])}
            elif self.word == "lstm":
                dz, dc = self._lstm_backwards(put, now, before, dh, dc)
            else:
                dz = self._gru_backwards(put, now, before, dh)
            found.insert(0, dz)
            old = [0.0, 0.0]
            for gate in self.gates:
                U = self.weights["U"][gate]
                for j in UNITS:
                    r = now["r"][j] if gate == "n" else 1.0
                    old[j] += r * sum(dz[gate][i] * U[i][j] for i in UNITS)
            if self.word == "gru":
                old = [old[j] + dh[j] * now["z"][j] for j in UNITS]
            dh = old
        return found

    def _lstm_backwards(
        self, put: Writes, now: Values, before: Values, dh: Vector, dc: Vector
    ) -> tuple[Values, Vector]:
        dt = put("tanh_c", [dh[k] * now["o"][k] for k in UNITS])
        own = [dt[k] * (1 - now["tanh_c"][k] ** 2) for k in UNITS]
        dc = put("c", [own[k] + (dc[k] if dc else 0.0) for k in UNITS])
        d = {
            "o": put("o", [dh[k] * now["tanh_c"][k] for k in UNITS]),
            "g": put("g", [dc[k] * now["i"][k] for k in UNITS]),
            "i": put("i", [dc[k] * now["g"][k] for k in UNITS]),
            "f": put("f", [dc[k] * before["c"][k] for k in UNITS]),
        }
        dz = {
            gate: put(f"{gate}_in", [d[gate][k] * _slope(gate, now[gate][k]) for k in UNITS])
            for gate in "ogif"
        }
        return dz, [dc[k] * now["f"][k] for k in UNITS]

    def _gru_backwards(self, put: Writes, now: Values, before: Values, dh: Vector) -> Values:
        U, h = self.weights["U"]["n"], before["h"]
        dn = put("n", [dh[k] * (1 - now["z"][k]) for k in UNITS])
        dz = {"n": put("n_in", [dn[k] * (1 - now["n"][k] ** 2) for k in UNITS])}
        dr = put("r", [h[j] * sum(dz["n"][i] * U[i][j] for i in UNITS) for j in UNITS])
        du = put("z", [dh[k] * (h[k] - now["n"][k]) for k in UNITS])
        for gate, d in (("r", dr), ("z", du)):
            dz[gate] = put(f"{gate}_in", [d[k] * _slope(gate, now[gate][k]) for k in UNITS])
        return dz

    def _learned(
        self,
        notes: Notes,
        times: list[Values],
        dz: list[Values],
        letter: str,
        gate: str,
    ) -> list[Vector]:
        """∂E/∂w = Σ_t ∂E/∂z_t·(x_t, h_(t-1) or 1), and w - η·∂E/∂w."""
        own = f"r_{letter}" + (f"_{gate}" if gate.strip() else "")
        counted = range(len(self.x))
        if notes.makes("time_left_out", "r"):
            counted = counted[-1:]
        later = letter == "U" and gate != "n" and notes.makes("new_state_for_old", "r")
        rows = self.weights[letter][gate]

        def taken(t: int, j: int) -> float:
            if letter == "b":
                return 1.0
            if letter == "W":
                return self.x[t][j]
            state = times[t + 1 if later else t]["h"][j]
            return state * times[t + 1]["r"][j] if gate == "n" else state

        new = []
        for i, row in enumerate(rows):
            new.append(list(row))
            for j, w in enumerate(row):
                unit, place = (j, f"[{j + 1}]") if letter == "b" else (i, f"[{i + 1},{j + 1}]")
                g = notes.put(
                    f"dE_d{own}{place}", sum(dz[t][gate][unit] * taken(t, j) for t in counted)
                )
                new[i][j] = notes.put(f"{own}_new{place}", w - self.rate * g)
        return new


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def _slope(gate: str, a: float) -> float:
    """Of tanh for a candidate, else of the sigmoid."""
    return 1 - a * a if gate in "gn" else a * (1 - a)


def drawn(rng: random.Random, word: str = "") -> Network:
    """Two or three times, one of the three layers."""
    word = word or rng.choice(("simple_rnn", "lstm", "gru"))
    times = rng.choice((2, 3)) if word == "simple_rnn" else 2
    gates = {"simple_rnn": " ", "lstm": "ifgo", "gru": "zrn"}[word]
    weights = {
        letter: {gate: table(rng, 1 if letter == "b" else 2, 2) for gate in gates}
        for letter in "WUb"
    }
    o = Dense("o", table(rng, 1, 2), tenths(rng, 1), "linear")
    x, h0, c0 = table(rng, times, 2), tenths(rng, 2), tenths(rng, 2)
    network = Network(word, x, weights, h0, c0, o, tenths(rng, 1), rng.choice((0.1, 0.5)))
    exactly(network)
    return network
