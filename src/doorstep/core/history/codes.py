"""Numbers for what series share: sku, site, category, weekday, offer."""

import numpy as np
from numpy.typing import NDArray

from doorstep.core.history.prior import OFFERS, Cells
from doorstep.model.demand import Panel

WEEKEND = 5  # Saturday, counted from Monday as 0


def cells_of(panel: Panel) -> Cells:
    """Give numbers to skus, sites, categories, clusters (a category within a site), offers and kinds of day."""
    keys, groups = panel.keys, panel.groups
    city = keys[:, 0]
    site, category = code(city, keys[:, 1]), code(city, groups[:, 3])
    weekday = (np.arange(panel.d) + panel.first_day + 3) % 7  # 1970-01-01 was a Thursday
    cheaper = np.round((1.0 - np.nan_to_num(panel.discount, nan=1.0)) * 12)
    return Cells(
        sku=code(city, keys[:, 2]),
        site=site,
        category=category,
        cluster=code(site, category),
        weekday=weekday,
        offer=(np.clip(cheaper, 0, OFFERS - 1) + OFFERS * (panel.activity > 0)).astype(np.int16),
        kind=((panel.holiday > 0) | (weekday >= WEEKEND)[None, :]).astype(np.int8),
    )


def code(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give numbers to the different rows of some columns, in their order."""
    return np.asarray(np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)[1].reshape(-1))


def draws(panel: Panel) -> NDArray[np.uint64]:
    """Return what each series' masks are drawn from: the same whatever other series there are."""
    keys = panel.keys.astype(np.uint64)
    return np.asarray((keys[:, 0] * np.uint64(1_000_003) + keys[:, 1]) * np.uint64(1_000_003) + keys[:, 2])
