"""the journal as demand: what was sold by sku and hour, and when the shelf was empty"""

from doorstep.core.history.fold import DemandDay, History
from doorstep.core.history.params import HistoryParams

__all__ = ["DemandDay", "History", "HistoryParams"]
