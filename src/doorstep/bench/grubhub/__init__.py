"""Meal delivery instances (MDRP) lived minute by minute, checked, measured"""

from doorstep.bench.grubhub.check import check
from doorstep.bench.grubhub.replay import Options, replay_grubhub

__all__ = ["Options", "check", "replay_grubhub"]
