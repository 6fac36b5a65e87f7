"""Meal delivery instances (MDRP) of Grubhub: read whole, written back the same, and as a dispatch day"""

from doorstep.intake.grubhub.days import days_of
from doorstep.intake.grubhub.instance import Instance
from doorstep.intake.grubhub.read import read_instance
from doorstep.intake.grubhub.write import write_instance

__all__ = [
    "Instance",
    "days_of",
    "read_instance",
    "write_instance",
]
