"""What is scored: target days with what came of them, and what a model told of them."""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from msgspec import Struct, structs

from doorstep.model.demand import LEVELS

Reals = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Masks = npt.NDArray[np.bool_]

Target = Literal["true", "recovered"]
QUANTILES: Final = LEVELS
"""The levels of a forecast file, its columns q05 to q98."""


class Rows(Struct, frozen=True, kw_only=True, eq=False):
    """
    r target days of one origin, or of several: each array has the shape `[r]`.

    Parameters
    ----------
    city, site, sku, category
        Whose day; numbers as in `Panel`, the category is the second of its `groups`.
    day
        Counted from 1970-01-01.
    horizon
        1 is the day after the origin.
    sale
        Recorded sales; NaN where nothing is recorded.
    clean
        Whether the record is free of stock-outs in hours 6 to 21.
    demand
        What people wanted: true where a truth file says it, else recovered; NaN where unknown.
    usual
        Mean daily recorded sales of the series before the origin; 0 where it had none.
    promo
        Whether a promotion was announced: a discount, or the activity flag.
    """

    city: Whole
    site: Whole
    sku: Whole
    category: Whole
    day: Whole
    horizon: Whole
    sale: Reals
    clean: Masks
    demand: Reals
    usual: Reals
    promo: Masks

    def __len__(self) -> int:
        """How many there are."""
        return len(self.day)

    def some(self, where: Masks) -> "Rows":
        """Return those that a mask keeps."""
        return Rows(**{x: getattr(self, x)[where] for x in self.__struct_fields__})

    @classmethod
    def joined(cls, parts: "Sequence[Rows]") -> "Rows":
        """Put the rows of several origins behind each other; at least one part."""
        return cls(**{x: np.concatenate([getattr(y, x) for y in parts]) for x in cls.__struct_fields__})


class Told(Struct, frozen=True, kw_only=True, eq=False):
    """
    What a model told of the same r rows, in their units; a row that it did not forecast is NaN.

    Parameters
    ----------
    mean
        `[r]`, of the demand.
    quantiles
        `[r, 8]` at `QUANTILES`; NaN throughout where the model has none.
    in_stock_sales
        `[r]`: what sells on a day that turns out free of stock-outs; None where the model has only its mean.
    """

    mean: Reals
    quantiles: Reals
    in_stock_sales: Reals | None = None

    def some(self, where: Masks) -> "Told":
        """Return the rows that a mask keeps."""
        stock = None if self.in_stock_sales is None else self.in_stock_sales[where]
        return structs.replace(self, mean=self.mean[where], quantiles=self.quantiles[where], in_stock_sales=stock)

    @classmethod
    def joined(cls, parts: "Sequence[Told]") -> "Told":
        """Put the answers of several origins behind each other; at least one part."""
        stocks = [x.in_stock_sales for x in parts if x.in_stock_sales is not None]
        assert len(stocks) in (0, len(parts)), "a model tells the same numbers at every origin"
        return cls(
            mean=np.concatenate([x.mean for x in parts]),
            quantiles=np.concatenate([x.quantiles for x in parts]),
            in_stock_sales=np.concatenate(stocks) if stocks else None,
        )
