"""which orders leave now, with whom, in which sequence"""

from doorstep.core.dispatch.fleet import Fleet, Ready
from doorstep.core.dispatch.params import DispatchParams
from doorstep.core.dispatch.plan import plan

__all__ = ["DispatchParams", "Fleet", "Ready", "plan"]
