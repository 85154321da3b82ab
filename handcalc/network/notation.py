"""Names: from a step to its symbol and its answer key, and back from a key to its steps."""

from dataclasses import replace
from math import prod

from handcalc.formula import Leaf, Partial, Symbol
from handcalc.formula.greek import lettered
from handcalc.formula.text import text
from handcalc.layers._label import Label
from handcalc.network.graph import DATA, EACH, LOSS, Network, Quantity
from handcalc.network.own_letters import OwnLetters
from handcalc.network.refs import After, Element, Gradient, Local, Stage
from handcalc.operations._tensor import Index

STAGES = {
    "m_hat": "m̂",
    "v_hat": "v̂",
    "v_max": "v_max",
    "g_clipped": "g_c",
    "g_decayed": "g_d",
    "w_decayed": "w_d",
    "rate_t": "η_t",
    "mu": "μ",
    "mu_next": "μ₊",
    "P": "Π",
}
"""The letters of an optimizer's rows, where they are not their words."""
_VALUES = {"in_out": ("in", "out"), "net_out": ("net", "out"), "z_a": ("z", "a")}


class Notation:
    """The symbols and keys of one network in the notation of its file: labels, formatted."""

    def __init__(self, network: Network) -> None:
        self.network, self.words = network, network.problem.notation
        self.loss = self.words.loss
        pre, post = _VALUES[self.words.values]
        self._words = {"in": pre, "out": post}
        self._first: dict[str, int] = {}
        count: dict[str, int] = {}
        for quantity in network.parameters:
            if self.numbered(quantity):
                letter = quantity.label.letter
                self._first[quantity.name] = count.get(letter, 0) + 1
                count[letter] = count.get(letter, 0) + prod(quantity.shape)
        kernels = [q.layer for q in network.parameters if q.label.word == "kernel"]
        self._kernels = {layer: n for n, layer in enumerate(kernels, 1)}
        self.own = OwnLetters(network, pre)
        inputs = network.of_kind("input", "learned")
        self._letters = {q.label.letter for q in inputs if not q.layer} | {"k", "b"}

    @property
    def loss_letter(self) -> str:
        """The letter of the loss as it is shown."""
        return lettered(self.loss)

    def first(self, quantity: Quantity) -> int:
        """The number of a quantity's first parameter: w5 for the weights of the second layer."""
        return self._first[quantity.name]

    @property
    def by_rows(self) -> bool:
        """Are weights counted row by row, or column by column?"""
        return (self.words.product == "Wx") == (self.words.numbering == "destination")

    def element_key(self, quantity: Quantity, index: Index) -> str:
        """The key of one element, without its sample."""
        return self._parts(quantity, index)[1]

    def numbered(self, quantity: Quantity) -> bool:
        """Is a parameter counted through the network (w1, w2, …), not named by its place?"""
        rows = 2 if quantity.label.word == "weights" else 1
        flat = quantity.label.numbered and len(quantity.shape) <= rows
        return flat and self.words.weights == "numbered"

    # --- from a step to its name ---------------------------------------------------------------

    def leaf(self, ref: Element | Gradient | Local | Stage | After) -> Leaf:
        """The symbol or partial derivative that stands for a step in formulas."""
        match ref:
            case Element() if self._given_slope_of(ref):
                output = self._given_slope_of(ref)
                return self.leaf(Gradient(Element(output, ref.index, ref.sample)))
            case Element():
                return self.symbol(ref)
            case After():
                return marked(self.symbol(ref.of), "new")
            case Stage():
                return self._stage(ref)
            case Gradient():
                loss = self.symbol(Element(LOSS, (), ref.by.sample))
                via = self.symbol(ref.via) if ref.via else None
                return Partial(loss, self.symbol(ref.by), via)
            case Local():
                return Partial(self.symbol(ref.of), self.symbol(ref.by))

    def _stage(self, ref: Stage) -> Symbol:
        """Δw5, m_w5, m_w5_old: the letter of a row, with the parameter behind or below it."""
        if ref.word == "norm":
            return Symbol("‖g‖", "gradient_norm", name="‖g‖")
        symbol = self.symbol(ref.of)
        if ref.word == "Delta":
            key, name = f"Delta_{symbol.key}", symbol.name and "Δ" + symbol.name
            return replace(symbol, base="Δ" + symbol.base, key=key, name=name)
        letter = STAGES.get(ref.word, ref.word)
        shown = text(replace(symbol, indexed=False))
        below = symbol.base + symbol.sub if len(symbol.base) == 1 else symbol.base
        found = Symbol(letter, f"{ref.word}_{symbol.key}", below, name=f"{letter}_{shown}")
        return marked(found, "old") if ref.old else found

    def _given_slope_of(self, element: Element) -> str:
        """The output whose gradient the file gives under this name; "" for anything else."""
        quantity = self.network.quantities[element.quantity]
        return quantity.about if quantity.kind == "slope" else ""

    def symbol(self, element: Element) -> Symbol:
        """The symbol of an element, counted from 1."""
        quantity = self.network.quantities[element.quantity]
        base, key, sub, sup = self._parts(quantity, element.index)
        own = element.sample is not None and self.network.per_sample(element.quantity)
        sample = (
            self.network.sample_number(element.sample)
            if own and element.sample is not None
            else None
        )
        label = quantity.label
        cell = label.word == "out" and not label.by_unit and len(quantity.layer) == 1
        several = len(element.index) > (not cell and not label.kernel)
        small = several and max(quantity.shape) <= 9
        indexed = sup.startswith("(") or (small and (cell or base in self._letters))
        full = key if sample is None else f"{key}@{sample}"
        if label.own:
            return Symbol(base, full, sub, sup, sample, name=self.own.name(quantity, element.index))
        return Symbol(base, full, sub, sup, sample, indexed)

    def _parts(self, quantity: Quantity, index: Index) -> tuple[str, str, str, str]:
        """Base, key, lower and upper index."""
        if quantity.label.own:
            return self.own.parts(quantity, index)
        match quantity.kind:
            case "loss":
                return (*self._vector(quantity.label, index), "")
            case "input" | "target" | "setting":
                return (*self._vector(quantity.label, index), quantity.layer)
            case "learned" if not quantity.layer:
                return (*self._vector(quantity.label, index), "")
            case "slope":
                output = self.network.quantities[quantity.about]
                return "", f"d{self.loss}_d{self.element_key(output, index)}", "", ""
            case "made" if not quantity.layer or quantity.name == EACH:
                # The loss of one of several outputs, E_a; of one of several samples.
                about = self.network.quantities[quantity.about].layer if quantity.about else ""
                below = "data" if quantity.name == DATA else about
                return quantity.label.letter, quantity.label.stem, below, ""
            case "learned" | "state":
                return self._parameter(quantity, index)
            case "made":
                return self._value(quantity, index)

    def word(self, quantity: Quantity) -> str:
        """What stands beside the name of the layer: in, or net or z, as the file has it."""
        return self._words.get(quantity.label.word, quantity.label.word)

    def _value(self, quantity: Quantity, index: Index) -> tuple[str, str, str, str]:
        """h1_out for neurons, conv1[2,3] for cells, a2[1] with layers counted."""
        word = self.word(quantity)
        i = ",".join(str(k + 1) for k in index)
        if not quantity.label.by_unit:
            before = "" if quantity.label.word == "out" else f"_{word}"
            sub = i.replace(",", "") if max(quantity.shape, default=0) <= 9 else i
            at = f"[{i}]" if i else ""
            base = lettered(quantity.layer) if quantity.label.of_file else quantity.layer
            return base, f"{quantity.layer}{before}{at}", sub, before.strip("_")
        if self.words.values == "z_a":
            return word, f"{word}{quantity.number}[{i}]", i, f"({quantity.number})"
        gap = "_" if quantity.layer[-1].isdigit() else ""
        return quantity.layer, f"{quantity.layer}{gap}{i}_{word}", i, word

    def _vector(self, label: Label, index: Index) -> tuple[str, str, str]:
        """x1, x[2,3]: a letter with its index."""
        letter, stem = label.letter, label.stem
        i = ",".join(str(k + 1) for k in index)
        if len(index) <= 1 and not stem[-1].isdigit():
            return letter, f"{stem}{i}", i
        close = "0" not in i and len(i) <= 2 * len(index) - 1
        return letter, f"{stem}[{i}]" if i else stem, i.replace(",", "") if close else i

    def _parameter(self, quantity: Quantity, index: Index) -> tuple[str, str, str, str]:
        letter, stem = quantity.label.letter, quantity.label.stem
        i = ",".join(str(k + 1) for k in index)
        sub = i if max(quantity.shape, default=0) > 9 else i.replace(",", "")
        if self.numbered(quantity):
            n = str(self.first(quantity) + self._order(quantity, index))
            return letter, f"{stem}{n}", n, ""
        whole = self.whole(quantity)
        several = quantity.layer not in self._kernels or len(self._kernels) > 1
        number = self._kernels.get(quantity.layer, quantity.number)
        return letter, f"{whole}[{i}]" if i else whole, sub, f"({number})" if several else ""

    def _order(self, quantity: Quantity, index: Index) -> int:
        """The place of a parameter in its layer: neuron by neuron, or input by input."""
        if len(index) < 2:
            return index[0] if index else 0
        by_rows = self.by_rows
        rows, columns = quantity.shape
        return index[0] * columns + index[1] if by_rows else index[1] * rows + index[0]

    def whole(self, quantity: Quantity) -> str:
        """The key of a whole quantity: h_in, W1, K1, conv1, x."""
        label, layer = quantity.label, quantity.layer
        if label.own:
            return self.own.whole(quantity)
        match quantity.kind:
            case "learned" if label.word == "kernel":
                return f"K{self._kernels[layer]}"
            case "learned" if label.word == "bias" and len(quantity.shape) > 1:
                return f"B{self._kernels.get(layer, quantity.number)}"
            case "learned" if label.word in ("weights", "bias"):
                letter = "W" if label.word == "weights" else "b"
                return (
                    f"{layer}_{letter}" if self.numbered(quantity) else f"{letter}{quantity.number}"
                )
            case "learned" if not layer:
                return label.stem
            case "learned" | "state":
                return f"{layer}_{label.word}"
            case "made" if not layer or quantity.name == EACH:
                return f"{label.stem}_each" if quantity.name == EACH else label.stem
            case "made" if not label.by_unit:
                return layer + ("" if label.word == "out" else f"_{self.word(quantity)}")
            case "made":
                word = self.word(quantity)
                counted = self.words.values == "z_a"
                return f"{word}{quantity.number}" if counted else f"{layer}_{word}"
            case "slope":
                output = self.network.quantities[quantity.about]
                return f"d{self.loss}_d{self.whole(output)}"
            case "input" | "target" | "setting" | "loss":
                return label.stem

    def whole_leaf(self, quantity: Quantity, sample: int | None = None) -> Leaf:
        """The symbol of a whole quantity, or ∂E/∂ of the output where that is given."""
        if quantity.kind == "slope":
            return self.whole_gradient(self.network.quantities[quantity.about], sample)
        return self.whole_symbol(quantity, sample)

    def whole_symbol(self, quantity: Quantity, sample: int | None = None) -> Symbol:
        """The symbol of a whole quantity: W⁽¹⁾, K, conv1; of one sample, where there are several."""
        own = None
        if sample is not None and self.network.per_sample(quantity.name):
            own = self.network.sample_number(sample)
        if quantity.label.own:
            return self.own.symbol(quantity, own)
        base, _, _, sup = self._parts(quantity, tuple(0 for _ in quantity.shape))
        letter = base.upper() if quantity.label.word in ("weights", "kernel") else base
        sup = quantity.layer if self.numbered(quantity) else sup
        return Symbol(letter, self.whole(quantity), "", sup, own)

    def whole_gradient(self, quantity: Quantity, sample: int | None = None) -> Partial:
        """∂E/∂K: the gradient by all elements of a quantity."""
        loss = self.symbol(Element(LOSS, (), sample))
        return Partial(loss, self.whole_symbol(quantity, sample))

    def whole_after(self, quantity: Quantity, sample: int | None = None) -> Symbol:
        """All elements after the update: h_out_new."""
        return marked(self.whole_symbol(quantity, sample), "new")


def marked(symbol: Symbol, word: str) -> Symbol:
    """The symbol with one more word above: w5 becomes w5_new."""
    name, at, sample = symbol.key.partition("@")
    head, bracket, rest = name.partition("[")
    key = f"{head}_{word}{bracket}{rest}{at}{sample}"
    sup = f"{symbol.sup},{word}" if symbol.sup else word
    # The name of a Greek letter on a line is the letter.
    greek = "" if symbol.base.isascii() or symbol.indexed else symbol.base + symbol.sub
    shown, opened, place = (symbol.name or greek).partition("[")
    name = shown and f"{shown}_{word}{opened}{place}"
    return replace(symbol, key=key, sup=sup, name=name)
