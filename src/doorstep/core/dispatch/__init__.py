"""which orders leave now, with whom, in which sequence"""

from doorstep.core.dispatch.explain import explain
from doorstep.core.dispatch.fleet import Fleet, Ready
from doorstep.core.dispatch.params import DispatchParams
from doorstep.core.dispatch.plan import plan
from doorstep.core.dispatch.problem import Problem
from doorstep.core.dispatch.solve import solve

__all__ = ["DispatchParams", "Fleet", "Problem", "Ready", "explain", "plan", "solve"]
