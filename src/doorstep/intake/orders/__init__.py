"""An operator's own orders, CSV, Parquet or Excel, through a mapping of columns, as orders and lines"""

from doorstep.intake.orders.mapping import Mapped, Source, read_mapping
from doorstep.intake.orders.read import Bought, read_bought
from doorstep.intake.orders.write import write_bought

__all__ = ["Bought", "Mapped", "Source", "read_bought", "read_mapping", "write_bought"]
