"""demand quantiles and sample paths by site, sku and hour, with their honest errors"""

from doorstep.core.forecast.coherent import agree
from doorstep.core.forecast.intraday import rest_of_day
from doorstep.core.forecast.params import ForecastParams
from doorstep.core.forecast.run import forecast, forecast_others, joined, teach

__all__ = ["ForecastParams", "agree", "forecast", "forecast_others", "joined", "rest_of_day", "teach"]
