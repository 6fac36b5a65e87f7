"""EURO-NeurIPS 2022: requests by the hour, who leaves now and who may wait"""

from doorstep.bench.euro.check import Verdict, check_routes
from doorstep.bench.euro.metrics import Summary
from doorstep.bench.euro.replay import POLICIES, replay_euro, solve_static

__all__ = ["POLICIES", "Summary", "Verdict", "check_routes", "replay_euro", "solve_static"]
