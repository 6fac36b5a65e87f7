"""places and travel times"""

from doorstep.roads.between import Roads
from doorstep.roads.straight import Straight, metres_between

__all__ = ["Roads", "Straight", "metres_between"]
