"""
`python3 go.py bench [NAME …]`: run benchmarks and append their ratios to benchmarks/ratios.jsonl.

Absolute times prove nothing on a noisy machine, so each benchmark times a reference in the same run, in turns, and
keeps the ratio of the best times, with the seed and a hash of the result: whoever optimises
the meaning away is found out.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.backtest import frozen_worlds, noon, slices
from benchmarks.day import the_day
from benchmarks.fact import cost_of_a_fact
from benchmarks.grubhub import meals
from benchmarks.peak import peak
from benchmarks.picking import picking
from benchmarks.promise import promises
from benchmarks.recovery import recovery
from benchmarks.snapshots import MEASURES

BENCHMARKS: dict[str, Callable[[], dict[str, object]]] = {
    "fact": cost_of_a_fact,
    "day": the_day,
    "grubhub": meals,
    "peak": peak,
    "picking": picking,
    "promise": promises,
    "recovery": recovery,
    "worlds": frozen_worlds,
    "slices": slices,
    "noon": noon,
    **MEASURES,
}
RATIOS = Path(__file__).with_name("ratios.jsonl")


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all."""
    unknown = [x for x in names if x not in BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        row = {"benchmark": name, **BENCHMARKS[name]()}
        print(json.dumps(row))
        with RATIOS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, sort_keys=True) + "\n")
    return 0


sys.exit(main(sys.argv[1:]))
