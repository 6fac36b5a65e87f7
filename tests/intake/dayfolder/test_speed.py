"""A million lines are read while one waits."""

import json
from pathlib import Path
from subprocess import run
from sys import executable

import pytest

from doorstep.base.chance import Chance
from doorstep.intake.dayfolder import write_day
from doorstep.twin.worlds import neighbourhood
from doorstep.wire.days import given_with
from tests.intake.dayfolder.tiny import OPEN

LINES, LINES_AN_ORDER = 1_000_000, 8
MEASURE = """
import json, resource, sys, time
from pathlib import Path
from doorstep.wire.days import given_day
before = time.process_time()
day = given_day(Path(sys.argv[1])).day
json.dump({
    "lines": sum(len(x.basket.lines) for x in day.visits),
    "seconds": time.process_time() - before,
    "gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
}, sys.stdout)
"""


@pytest.mark.check
def test_a_million_lines_take_20_seconds_and_2_gib_at_most(tmp_path: Path) -> None:
    """Measured in a process of its own: processor seconds, and the most memory it ever had."""
    day = neighbourhood(1, visits=10)
    write_day(given_with(day), tmp_path)
    skus, chance = [x.sku for x in day.skus], Chance(1)
    with (tmp_path / "orders.csv").open("w") as orders, (tmp_path / "lines.csv").open("w") as lines:
        orders.write("order,site,shopper,placed_at_s,lat_e6,lng_e6,drop\n")
        lines.write("order,line,sku,amount,swap\n")
        for n in range(LINES // LINES_AN_ORDER):
            draw = chance.below(50_000)
            place = f"{31_180_000 + draw % 20_000},{121_420_000 + draw % 30_000}"
            orders.write(f"O{n:07d},{day.site.site},C{draw},{OPEN + draw},{place},door\n")
            for line in range(1, LINES_AN_ORDER + 1):
                sku = skus[(draw + line * 211) % len(skus)]
                lines.write(f"O{n:07d},{line},{sku},{1 + (draw + line) % 900},group\n")
    done = run([executable, "-c", MEASURE, str(tmp_path)], capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout)
    print(measured)  # noqa: T201 the measure itself, for `pytest -s`
    assert LINES == measured["lines"]
    assert measured["seconds"] <= 20
    assert measured["gib"] <= 2
