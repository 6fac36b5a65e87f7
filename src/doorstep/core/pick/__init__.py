"""waves and pick lists inside a site; weighing, swaps; when an order is ready"""

from doorstep.core.pick.floor import Floor
from doorstep.core.pick.pack import pack
from doorstep.core.pick.params import PickParams
from doorstep.core.pick.take import Finding, take_line
from doorstep.core.pick.wave import next_wave

__all__ = ["Finding", "Floor", "PickParams", "next_wave", "pack", "take_line"]
