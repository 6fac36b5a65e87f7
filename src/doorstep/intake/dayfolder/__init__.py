"""a day as a folder of plain files: read strictly, written so that it reads back the same"""

from doorstep.intake.dayfolder.head import GivenDay
from doorstep.intake.dayfolder.read import read_day, read_dispatch_day
from doorstep.intake.dayfolder.write import write_day

__all__ = ["GivenDay", "read_day", "read_dispatch_day", "write_day"]
