"""What a whole day costs, laws and world checks on, against writing its journal once with the standard library."""

import gc
import hashlib
import json
import tempfile
import time
from pathlib import Path

from doorstep.twin.worlds import neighbourhood
from doorstep.wire.days import live_day
from doorstep.wire.files import JOURNAL
from doorstep.wire.verdict import verify

SEED, ROUNDS = 1, 3


def the_day() -> dict[str, object]:
    """Time world, day and verification beside the reference; return best times and ratios."""
    best = {"world": float("inf"), "day": float("inf"), "verify": float("inf"), "reference": float("inf")}
    digest, orders, facts = "", 0, 0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            gc.collect()
            start = time.perf_counter()
            day = neighbourhood(SEED)
            built = time.perf_counter()
            closing = live_day(day, folder)
            lived = time.perf_counter()
            assert verify(folder, digest=closing.digest).ok, "what was lived can be verified"
            verified = time.perf_counter()
            lines = (folder / JOURNAL).read_bytes().splitlines()
            values = [json.loads(x) for x in lines]
            begun = time.perf_counter()
            for value in values:
                hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
            took = time.perf_counter() - begun
        digest, orders, facts = closing.digest, closing.indicators["orders"].value, closing.facts
        times = {"world": built - start, "day": lived - built, "verify": verified - lived, "reference": took}
        best = {name: min(best[name], times[name]) for name in best}
    return {
        "seed": SEED,
        "orders": orders,
        "facts": facts,
        "seconds": {name: round(x, 3) for name, x in best.items()},
        "ratio": round(best["day"] / best["reference"], 2),
        "digest": digest,
    }
