"""travel times from a map server by URL: OSRM, Valhalla"""

from doorstep.adapters.roads.osrm import Osrm
from doorstep.adapters.roads.valhalla import Valhalla

__all__ = ["Osrm", "Valhalla"]
