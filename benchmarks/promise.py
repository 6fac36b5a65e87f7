"""Are promises kept as often as they said? On days that nothing was fitted on, dry and in the rain."""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from doorstep.base.units import ONE_BP
from doorstep.twin.worlds import neighbourhood
from doorstep.wire.days import live_day
from doorstep.wire.files import journal_lines

SEEDS = (2001, 2002, 2003)
SHORT_S = 35 * 60


def promises() -> dict[str, object]:
    """Live the days, and compare the probabilities that were quoted with what was kept, tenth by tenth."""
    said: list[tuple[int, bool]] = []
    quotes = short = 0
    for seed in SEEDS:
        for rain in (False, True):
            with TemporaryDirectory() as scratch:
                live_day(neighbourhood(seed, rain=rain), Path(scratch), force=True)
                quoted: dict[str, tuple[int, int]] = {}
                for line in journal_lines(Path(scratch)):
                    if b'"fact":"quoted"' in line or b'"fact":"order_handed_over"' in line:
                        entry = msgspec.json.decode(line)
                        body, at_s = entry["body"], entry["at_s"]
                        if entry["fact"] == "quoted":
                            quoted[body["order"]] = (body["promised_at_s"], body["p_kept_bp"])
                            quotes, short = quotes + 1, short + (body["promised_at_s"] - at_s <= SHORT_S)
                        else:
                            due_s, p_bp = quoted[body["order"]]
                            said.append((p_bp, at_s <= due_s))
    said.sort()
    tenth = len(said) // 10
    rows = [said[i * tenth : (i + 1) * tenth if i < 9 else None] for i in range(10)]
    gaps = [sum(p for p, _ in x) / len(x) / 100 - 100 * sum(k for _, k in x) / len(x) for x in rows]
    return {
        "seeds": list(SEEDS),
        "orders": len(said),
        "expected_percent": round(sum(p for p, _ in said) * 100 / ONE_BP / len(said), 2),
        "kept_percent": round(100 * sum(k for _, k in said) / len(said), 2),
        "gap_of_tenths_points": [round(x, 1) for x in gaps],
        "quotes_35_min_percent": round(100 * short / quotes, 1),
    }
