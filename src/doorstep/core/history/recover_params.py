"""Numbers of the recovery of demand."""

from msgspec import Struct


class RecoverParams(Struct, frozen=True, kw_only=True):
    """
    How demand is read out of sales and flags.

    Defaults were chosen on simulated cities with seeds of their own (`bench/demandworlds.py`, tuning seeds) and on
    masked days of real sales.

    Parameters
    ----------
    passes
        Rounds of profile, level and factors, at least 1.
    keep_bp
        What a day's evidence keeps of its weight for the level of the day after and the day before, in basis points.
    local_sd, series_sd
        Relative spread of a series' level over time around its mean, and of its mean around what its sku and site say.
    sku_profile, series_profile
        Sales after which half of an hourly profile is the sku's own, or the series' own.
    block_days, block_profile
        Profiles may drift: their blocks of days, and sales after which half of a block's profile is its own.
    bands
        Upper bounds of expected daily sales between the volume bands of dispersion and calibration.
    distrust_bp
        Flags are weighed against sales, hour by hour, once this share of them is found wrong, in basis points.
    bulk_bp
        Large orders are told apart once they are this share of all sales, in basis points.
    moved_bp
        Unmet demand is taken to move to neighbours once this share of it does, in basis points.
    mask_seed
        Which hours the self-masking hides.
    """

    passes: int = 4
    keep_bp: int = 9000
    local_sd: float = 0.25
    series_sd: float = 0.5
    sku_profile: float = 200.0
    series_profile: float = 400.0
    block_days: int = 14
    block_profile: float = 400.0
    bands: tuple[float, ...] = (1.0, 2.5, 6.0, 15.0)
    distrust_bp: int = 300
    bulk_bp: int = 60
    moved_bp: int = 1000
    mask_seed: int = 4
