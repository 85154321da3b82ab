"""Training on data: the steps of `network/`, batch after batch, from a file to learned numbers."""

from handcalc.learning import report
from handcalc.learning.beginning import begin
from handcalc.learning.checkpoint import resumed
from handcalc.learning.measure import Measure
from handcalc.learning.run import Run
from handcalc.learning.training import Watcher, train

__all__ = ["Measure", "Run", "Watcher", "begin", "report", "resumed", "train"]
