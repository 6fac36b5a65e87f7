"""Hold a day made of records against the records: what its shoppers ask for, hour by hour."""

from collections.abc import Sequence

from doorstep.base.calendar import instant
from doorstep.base.units import HOUR_S
from doorstep.intake.freshretailnet.sales import HOURS, Series
from doorstep.model.day import Day


def disagreements(day: Day, series: Sequence[Series], *, scale: float) -> tuple[str, ...]:
    """
    Compare the lines of a day with the sales it was made of.

    Parameters
    ----------
    series
        All that the store sold; each hour's sales in packs.

    Returns
    -------
    A sentence for every sku and hour where the packs asked for are not round(scale × sold) though the shelf was in
    stock, or are fewer though it was flagged empty; and for every line that no record knows. None where all is well.

    Notes
    -----
    Nothing of how the day was made is used again: lines are counted by the hour in which their basket comes.
    """
    midnight_s = instant(day.date, "00:00", day.tz)
    asked: dict[tuple[str, int], int] = {}
    for visit in day.visits:
        hour = (visit.at_s - midnight_s) // HOUR_S
        for line in visit.basket.lines:
            asked[line.sku, hour] = asked.get((line.sku, hour), 0) + line.amount
    found: list[str] = []
    for x in series:
        recorded = x.days.get(day.date)
        if recorded is None:
            continue
        for hour in range(HOURS):
            packs, wanted = asked.pop((x.sku, hour), 0), round(scale * recorded.sold[hour])
            if packs < wanted or (packs != wanted and not recorded.empty[hour]):
                found.append(f"product {x.sku} in hour {hour}: {packs} packs are asked for, {wanted} are recorded")
    found += [f"product {sku} in hour {hour}: asked for, never recorded" for sku, hour in sorted(asked)]
    return tuple(found)
