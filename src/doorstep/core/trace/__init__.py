"""where a lot came from, where it went; recall; cold chain"""

from doorstep.core.trace.coldchain import ColdParams, receive
from doorstep.core.trace.recall import Recall, Whereabouts, recall

__all__ = ["ColdParams", "Recall", "Whereabouts", "recall", "receive"]
