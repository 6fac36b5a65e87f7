"""places and travel times"""

from doorstep.roads.straight import Straight, metres_between

__all__ = ["Straight", "metres_between"]
