"""Training on data: the steps of `network/`, batch after batch, from a file to learned numbers."""

from handcalc.data import source
from handcalc.learning import report
from handcalc.learning.beginning import begin
from handcalc.learning.checkpoint import resumed
from handcalc.learning.measure import Measure
from handcalc.learning.problem_file import Written
from handcalc.learning.run import Run
from handcalc.learning.training import Watcher, train

__all__ = ["Measure", "Run", "Watcher", "Written", "begin", "report", "resumed", "source", "train"]
