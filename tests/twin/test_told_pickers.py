"""A site whose pick room is told by dispatch what comes first."""

from pathlib import Path

from msgspec.structs import replace

from doorstep.app.params import Params
from doorstep.core.pick import PickParams
from tests.twin.days import live, small_day


def test_told_pickers_keep_every_law(tmp_path: Path) -> None:
    """With two pickers, told and untold, a day keeps every law, picked otherwise."""
    day = small_day(visits=60, rush=True)
    day = replace(day, pickers=day.pickers[:2])
    orders, journals = list[int](), list[bytes]()
    for told_from in (0, 1):
        folder = tmp_path / str(told_from)
        folder.mkdir()
        closing = live(day, folder, params=Params(pick=PickParams(told_from=told_from)))
        orders.append(closing.orders["delivered"])
        journals.append((folder / "journal.ndjson").read_bytes())
    assert min(orders) > 0
    assert journals[0].count(b'"fact":"wave_started"') > 0
    assert journals[0] != journals[1]
