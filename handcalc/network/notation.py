"""Names: from a step to its symbol and its answer key, and back from a key to its steps."""

from math import prod

from handcalc.formula import Leaf, Partial, Symbol
from handcalc.network.graph import LOSS, Network, Quantity
from handcalc.network.refs import After, Change, Element, Gradient, Local, Ref
from handcalc.operations._operation import Index
from handcalc.problem.model import Unknown

_VALUES = {"in_out": ("in", "out"), "net_out": ("net", "out"), "z_a": ("z", "a")}
_RATES = {"eta": "η", "alpha": "α"}


class Notation:
    """The symbols and keys of one network in the notation of its file."""

    def __init__(self, network: Network) -> None:
        self.network, self.words = network, network.problem.notation
        self.loss = self.words.loss
        given = network.problem.input
        self.input = given.symbol if isinstance(given, Unknown) else "x"
        self._pre, self._post = _VALUES[self.words.values]
        self._first: dict[str, dict[str, int]] = {"weights": {}, "bias": {}}
        for role, first in self._first.items():
            count = 1
            for quantity in network.quantities.values():
                if quantity.role == role and self.numbered(quantity):
                    first[quantity.name] = count
                    count += prod(quantity.shape)
        kernels = [q.layer for q in network.quantities.values() if q.role == "kernel"]
        self._kernels = {layer: n for n, layer in enumerate(kernels, 1)}

    def first(self, quantity: Quantity) -> int:
        """The number of a quantity's first parameter: w5 for the weights of the second layer."""
        return self._first[quantity.role][quantity.name]

    @property
    def by_rows(self) -> bool:
        """Are weights counted row by row, or column by column?"""
        return (self.words.product == "Wx") == (self.words.numbering == "destination")

    def element_key(self, quantity: Quantity, index: Index) -> str:
        """The key of one element, without its sample."""
        return self._parts(quantity, index)[1]

    def numbered(self, quantity: Quantity) -> bool:
        """Is a parameter counted through the network (w1, w2, …), not named by its place?"""
        flat = quantity.role == "weights" or (quantity.role == "bias" and len(quantity.shape) < 2)
        return flat and self.words.weights == "numbered"

    # --- from a step to its name ---------------------------------------------------------------

    def leaf(self, ref: Ref) -> Leaf:
        """The symbol or partial derivative that stands for a step in formulas."""
        match ref:
            case Element(quantity="slope"):
                return self.leaf(Gradient(Element(self.network.output, ref.index, ref.sample)))
            case Element():
                return self.symbol(ref)
            case After():
                return marked(self.symbol(ref.of), "new")
            case Change():
                symbol = self.symbol(ref.of)
                return Symbol(
                    "Δ" + symbol.base,
                    f"Delta_{symbol.key}",
                    symbol.sub,
                    symbol.sup,
                    indexed=symbol.indexed,
                )
            case Gradient():
                loss = self.symbol(Element(LOSS, (), ref.by.sample))
                via = self.symbol(ref.via) if ref.via else None
                return Partial(loss, self.symbol(ref.by), via)
            case Local():
                return Partial(self.symbol(ref.of), self.symbol(ref.by))

    def key(self, ref: Ref) -> str:
        """What people type for a step."""
        return self.leaf(ref).key

    def symbol(self, element: Element) -> Symbol:
        """The symbol of an element, counted from 1."""
        quantity = self.network.quantities[element.quantity]
        base, key, sub, sup = self._parts(quantity, element.index)
        own = element.sample is not None and self.network.per_sample(element.quantity)
        sample = element.sample + 1 if own and element.sample is not None else None
        cell = quantity.role == "out" and not quantity.by_unit and len(quantity.layer) == 1
        several = len(element.index) > (not cell and quantity.role != "kernel")
        small = several and max(quantity.shape) <= 9
        indexed = sup.startswith("(") or (small and (cell or base in ("k", "b", self.input)))
        full = key if sample is None else f"{key}@{sample}"
        return Symbol(base, full, sub, sup, sample, indexed)

    def _parts(self, quantity: Quantity, index: Index) -> tuple[str, str, str, str]:
        """Base, key, lower and upper index."""
        match quantity.role:
            case "rate":
                return _RATES[self.words.learning_rate], self.words.learning_rate, "", ""
            case "loss":
                return self.loss, self.loss, "", ""
            case "input":
                return self._vector(self.input, index)
            case "target":
                return self._vector(self.words.target, index)
            case "slope":
                output = self.network.quantities[self.network.output]
                return "", f"d{self.loss}_d{self.element_key(output, index)}", "", ""
            case "weights" | "kernel" | "bias":
                return self._parameter(quantity, index)
            case "in" | "out":
                return self._value(quantity, index)

    def _value(self, quantity: Quantity, index: Index) -> tuple[str, str, str, str]:
        """h1_out for neurons, conv1[2,3] for cells, a2[1] with layers counted."""
        word = self._pre if quantity.role == "in" else self._post
        i = ",".join(str(k + 1) for k in index)
        if not quantity.by_unit:
            before = f"_{word}" if quantity.role == "in" else ""
            sub = i.replace(",", "") if max(quantity.shape) <= 9 else i
            return quantity.layer, f"{quantity.layer}{before}[{i}]", sub, before.strip("_")
        if self.words.values == "z_a":
            return word, f"{word}{quantity.number}[{i}]", i, f"({quantity.number})"
        gap = "_" if quantity.layer[-1].isdigit() else ""
        return quantity.layer, f"{quantity.layer}{gap}{i}_{word}", i, word

    def _vector(self, letter: str, index: Index) -> tuple[str, str, str, str]:
        i = ",".join(str(k + 1) for k in index)
        if len(index) <= 1:
            return letter, f"{letter}{i}", i, ""
        return (
            letter,
            f"{letter}[{i}]",
            i if "0" in i or len(i) > 2 * len(index) - 1 else i.replace(",", ""),
            "",
        )

    def _parameter(self, quantity: Quantity, index: Index) -> tuple[str, str, str, str]:
        letter = {"weights": "w", "kernel": "k"}.get(quantity.role, "b")
        i = ",".join(str(k + 1) for k in index)
        sub = i if max(quantity.shape, default=0) > 9 else i.replace(",", "")
        if self.numbered(quantity):
            n = str(self.first(quantity) + self._order(quantity, index))
            return letter, f"{letter}{n}", n, ""
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
        match quantity.role:
            case "kernel":
                return f"K{self._kernels[quantity.layer]}"
            case "weights" | "bias":
                letter = "W" if quantity.role == "weights" else "b"
                if quantity.role == "bias" and len(quantity.shape) > 1:
                    return f"B{self._kernels[quantity.layer]}"
                numbered = self.numbered(quantity)
                return f"{quantity.layer}_{letter}" if numbered else f"{letter}{quantity.number}"
            case "in" | "out":
                word = self._pre if quantity.role == "in" else self._post
                if not quantity.by_unit:
                    return quantity.layer + (f"_{word}" if quantity.role == "in" else "")
                counted = self.words.values == "z_a"
                return f"{word}{quantity.number}" if counted else f"{quantity.layer}_{word}"
            case "input":
                return self.input
            case "target":
                return self.words.target
            case "slope":
                output = self.network.quantities[self.network.output]
                return f"d{self.loss}_d{self.whole(output)}"
            case _:
                return quantity.name

    def whole_leaf(self, quantity: Quantity) -> Leaf:
        """The symbol of a whole quantity, or ∂E/∂ of the output where that is given."""
        if quantity.role == "slope":
            return self.whole_gradient(self.network.quantities[self.network.output])
        return self.whole_symbol(quantity)

    def whole_symbol(self, quantity: Quantity) -> Symbol:
        """The symbol of a whole quantity: W⁽¹⁾, K, conv1."""
        base, _, _, sup = self._parts(quantity, tuple(0 for _ in quantity.shape))
        letter = base.upper() if quantity.role in ("weights", "kernel") else base
        sup = quantity.layer if self.numbered(quantity) else sup
        return Symbol(letter, self.whole(quantity), "", sup)

    def whole_gradient(self, quantity: Quantity) -> Partial:
        """∂E/∂K: the gradient by all elements of a quantity."""
        return Partial(self.symbol(Element(LOSS)), self.whole_symbol(quantity))


def marked(symbol: Symbol, word: str) -> Symbol:
    """The symbol with one more word above: w5 becomes w5_new."""
    name, at, sample = symbol.key.partition("@")
    head, bracket, rest = name.partition("[")
    key = f"{head}_{word}{bracket}{rest}{at}{sample}"
    sup = f"{symbol.sup},{word}" if symbol.sup else word
    return Symbol(symbol.base, key, symbol.sub, sup, symbol.sample, symbol.indexed)
