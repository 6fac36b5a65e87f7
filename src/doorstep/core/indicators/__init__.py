"""the city in numbers: folds over the journal"""

from doorstep.core.indicators.closing import Closing, Indicator, closing
from doorstep.core.indicators.tally import Tally

__all__ = ["Closing", "Indicator", "Tally", "closing"]
