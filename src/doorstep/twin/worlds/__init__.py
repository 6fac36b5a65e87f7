"""days that come with the project"""

from doorstep.twin.worlds.neighbourhood import neighbourhood
from doorstep.twin.worlds.shelf import catalogue
from doorstep.twin.worlds.swarm import swarm_day

__all__ = ["catalogue", "neighbourhood", "swarm_day"]
