"""Shanghai's same-day orders of the Tianchi last-mile contest, and the cases made of them, as dispatch days"""

from doorstep.intake.tianchi.assumed import Assumed
from doorstep.intake.tianchi.case import read_case
from doorstep.intake.tianchi.orders import read_tianchi
from doorstep.intake.tianchi.points import read_points

__all__ = ["Assumed", "read_case", "read_points", "read_tianchi"]
