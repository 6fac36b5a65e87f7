"""hourly sales in FreshRetailNet's columns: read, filled where the shelf was empty, made into a day; and written"""

from doorstep.intake.freshretailnet.agree import disagreements
from doorstep.intake.freshretailnet.real import Places, RealDay, Source, real_day
from doorstep.intake.freshretailnet.sales import Sales, Series

__all__ = ["Places", "RealDay", "Sales", "Series", "Source", "disagreements", "real_day"]
