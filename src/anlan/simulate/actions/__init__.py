"""What changes in this room: a run is ordered, begun, finished, refused, cancelled."""

from anlan.simulate.actions.ensembles import order_ensemble
from anlan.simulate.actions.runs import begin, cancel, fail, finish, order

__all__ = ["begin", "cancel", "fail", "finish", "order", "order_ensemble"]
