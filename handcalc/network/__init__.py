"""A network: the graph of quantities that a problem describes, its values and its gradients."""

from handcalc.network.building import build
from handcalc.network.graph import Network, Node, Quantity
from handcalc.network.passes import Result, run
from handcalc.network.refs import After, Element, Gradient, Local, Part, Ref, Stage
from handcalc.network.steps import Steps

__all__ = [
    "After",
    "Element",
    "Gradient",
    "Local",
    "Network",
    "Node",
    "Part",
    "Quantity",
    "Ref",
    "Result",
    "Stage",
    "Steps",
    "build",
    "run",
]
