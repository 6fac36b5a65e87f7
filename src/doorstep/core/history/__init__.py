"""the journal or a file of sales as demand: what was sold when, and what empty shelves kept from being sold"""

from doorstep.core.history.fold import DemandDay, History
from doorstep.core.history.params import HistoryParams
from doorstep.core.history.recover import Recovery, RecoveryReport, recover
from doorstep.core.history.recover_params import RecoverParams

__all__ = ["DemandDay", "History", "HistoryParams", "RecoverParams", "Recovery", "RecoveryReport", "recover"]
