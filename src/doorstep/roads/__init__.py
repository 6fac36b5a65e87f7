"""places and travel times"""

from doorstep.roads.between import Map, Roads, RoadsOf
from doorstep.roads.straight import Straight, metres_between

__all__ = ["Map", "Roads", "RoadsOf", "Straight", "metres_between"]
