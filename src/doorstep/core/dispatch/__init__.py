"""which orders leave now, with whom, in which sequence"""

from doorstep.core.dispatch.fleet import Fleet, Ready
from doorstep.core.dispatch.params import DispatchParams
from doorstep.core.dispatch.plan import Why, plan, wanted, why

__all__ = ["DispatchParams", "Fleet", "Ready", "Why", "plan", "wanted", "why"]
