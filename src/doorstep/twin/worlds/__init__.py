"""days that come with the project"""

from doorstep.twin.worlds.neighbourhood import neighbourhood
from doorstep.twin.worlds.swarm import swarm_day

__all__ = ["neighbourhood", "swarm_day"]
