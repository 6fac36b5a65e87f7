"""what to throw, what is missing from the shelf; which lot leaves first"""

from doorstep.core.stock.allot import Allotment, Short
from doorstep.core.stock.count import compare
from doorstep.core.stock.params import StockParams
from doorstep.core.stock.shelf import Shelf
from doorstep.core.stock.waste import write_off

__all__ = ["Allotment", "Shelf", "Short", "StockParams", "compare", "write_off"]
