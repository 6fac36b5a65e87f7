"""which orders leave now, with whom, in which sequence"""

from doorstep.core.dispatch.explain import explain
from doorstep.core.dispatch.fleet import Fleet, Ready
from doorstep.core.dispatch.params import DispatchParams
from doorstep.core.dispatch.plan import plan, wanted
from doorstep.core.dispatch.solve import solve

__all__ = ["DispatchParams", "Fleet", "Ready", "explain", "plan", "solve", "wanted"]
