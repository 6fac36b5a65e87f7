"""What the forecast may be told; each default with its source."""

from typing import Annotated

from msgspec import Meta, Struct


class ForecastParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Parameters of a forecast.

    Parameters
    ----------
    sweeps
        Rounds of the fit of the rates; they move by less than a percent after five (frozen worlds).
    past_sweeps
        The same for past origins, which take over the habits of the last fit.
    origins, origin_days
        How many past origins the trees, the bias and the spread are learned from, and how many days lie between them.
    least_days
        Days of history that an origin needs before it: two weeks tell a weekday from the next.
    trees
        Trees of each kind for `in_stock_sales`; 0 leaves them out.
    week_kept
        What share (0 to 1) of a past week's common error is taken out before trees learn: a week's weather and mood
        are no pattern (rolling weeks of the slices: 0.5 to 0.8 beat 0 and 1).
    learn_series
        On more series than this, past origins are fitted to whole sites that hold about as many.
    """

    sweeps: Annotated[int, Meta(ge=1, le=50)] = 7
    past_sweeps: Annotated[int, Meta(ge=1, le=50)] = 4
    origins: Annotated[int, Meta(ge=0, le=52)] = 6
    origin_days: Annotated[int, Meta(ge=1, le=28)] = 7
    least_days: Annotated[int, Meta(ge=7, le=365)] = 21
    trees: Annotated[int, Meta(ge=0, le=2000)] = 150
    week_kept: Annotated[float, Meta(ge=0, le=1)] = 0.7
    learn_series: Annotated[int, Meta(ge=100, le=1_000_000)] = 8_000
