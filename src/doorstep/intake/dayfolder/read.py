"""Read a day folder: a whole day for the twin, or a dispatch day."""

from pathlib import Path

from doorstep.base.errors import BadInput
from doorstep.intake.dayfolder.events import Subjects, read_events, read_weather
from doorstep.intake.dayfolder.goods import LOTS, SKUS, read_lots, read_skus
from doorstep.intake.dayfolder.head import HEAD, GivenDay, Head, read_head
from doorstep.intake.dayfolder.orders import LINES, is_dispatch, read_orders, read_visits
from doorstep.intake.dayfolder.people import PICKERS, choose, read_couriers, read_pickers, read_sites
from doorstep.model.day import Day
from doorstep.model.dispatch import DispatchDay


def read_day(folder: Path, *, site: str | None = None) -> GivenDay:
    """
    Read a whole day of one site.

    Parameters
    ----------
    folder
        Holds `day.json` and the tables of the formats' section 1; other files in it are left alone.
    site
        Whose day, where the folder holds several sites. Every row of every site is checked all the same.

    Returns
    -------
    The day with its params. People, skus and lots stay in the order of their files; visits, weather and events are
    put in the order of time, ties in the order of the file.

    Raises
    ------
    BadFile
        A file that cannot be read right, with its place.
    BadInput
        There is no such folder or site, several sites and none named, or it is a dispatch day.
    """
    _refuse_path(folder)
    head = read_head(folder)
    sites = read_sites(folder, head)
    _refuse_dispatch(folder, head)
    here = choose(sites, site, folder=folder)
    skus = read_skus(folder)
    lots = read_lots(folder, skus, sites)
    pickers, couriers = read_pickers(folder, sites), read_couriers(folder, sites)
    visits = read_visits(folder, read_orders(folder, sites, ready=False), skus, here)
    known = Subjects(skus.values(), lots.values(), pickers, couriers)
    lots_here = tuple(x for x in lots.values() if x.site == here.site)
    pickers_here = tuple(x for x in pickers if x.site == here.site)
    couriers_here = tuple(x for x in couriers if x.site == here.site)
    day = Day(
        seed=head.seed,
        date=head.date,
        tz=head.tz,
        site=here,
        skus=tuple(skus.values()),
        lots=lots_here,
        pickers=pickers_here,
        couriers=couriers_here,
        visits=visits,
        weather=read_weather(folder, here),
        events=read_events(
            folder, here, known=known, present=Subjects(skus.values(), lots_here, pickers_here, couriers_here)
        ),
        assumptions=head.assumptions,
    )
    return GivenDay(day=day, params=head.params, rules=head.rules, troubles=head.troubles)


def read_dispatch_day(folder: Path, *, site: str | None = None) -> DispatchDay:
    """
    Read a day of which only the bringing is open: orders with `ready_at_s`, and couriers.

    Raises
    ------
    BadFile
        A file that cannot be read right, with its place.
    BadInput
        There is no such folder or site, or several sites and none named.
    """
    _refuse_path(folder)
    head = read_head(folder)
    sites = read_sites(folder, head)
    here = choose(sites, site, folder=folder)
    couriers = read_couriers(folder, sites)
    orders = [x.ready for x in read_orders(folder, sites, ready=True).values() if x.ready is not None]
    return DispatchDay(
        seed=head.seed,
        date=head.date,
        tz=head.tz,
        site=here,
        couriers=tuple(x for x in couriers if x.site == here.site),
        orders=tuple(sorted((x for x in orders if x.site == here.site), key=lambda x: x.placed_at_s)),
        rules=head.rules,
    )


def _refuse_path(folder: Path) -> None:
    try:
        there = folder.is_dir() and [(folder / HEAD).is_file(), next(folder.iterdir(), None)]
    except OSError as error:
        raise BadInput(f"{folder} cannot be read ({error.strerror}); mend that and try again") from error
    if not there:
        raise BadInput(f"{folder} is no folder; name one that `doorstep day --export` wrote, or one like it")


def _refuse_dispatch(folder: Path, head: Head) -> None:
    """Refuse dispatch days, and what only they know."""
    if is_dispatch(folder):
        raise BadInput(
            f"{folder} is a dispatch day: its orders say when they are ready and have no lines, so there is nothing "
            f"to pick and sell; `doorstep day` lives whole days, with {SKUS}, {LOTS}, {PICKERS} and {LINES}"
        )
    if head.rules.travel.slices:
        raise BadInput(f"{folder}: params.travel.slices are for dispatch days; a whole day has its weather for that")
    if head.rules.moved_per_s:
        raise BadInput(f"{folder}: params.moved_per_s is for dispatch days; a whole day shows promises, no arrivals")
