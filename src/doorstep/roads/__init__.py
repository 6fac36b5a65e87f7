"""places and travel times"""

from doorstep.roads.between import Roads, RoadsOf
from doorstep.roads.straight import Straight, metres_between

__all__ = ["Roads", "RoadsOf", "Straight", "metres_between"]
