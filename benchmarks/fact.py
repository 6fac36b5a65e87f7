"""
What a fact costs to post, encode, hash and write, against the same lines made with the standard library and orjson.

The reference takes the finished values of a lived day and makes the same bytes and the same chain; it posts nothing
and folds nothing, so the ratio says what the whole of Doorstep's write path costs on top of the least that any
journal of this format must do.
"""

import gc
import hashlib
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from doorstep.adapters.store import JournalFile
from doorstep.journal import Chain, Entry, read_entries
from doorstep.ledger import Balances, transfers_of
from doorstep.twin.worlds import neighbourhood
from doorstep.wire.days import live_day
from doorstep.wire.files import JOURNAL

SEED, ROUNDS = 1, 5


def cost_of_a_fact() -> dict[str, object]:
    """Time the write path and two references in turns; return best times and ratios."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        closing = live_day(neighbourhood(SEED), folder)
        lines = (folder / JOURNAL).read_bytes().splitlines()
        entries = [x for x, _ in read_entries(lines)]
        values = [_without_chain(json.loads(x)) for x in lines]
        runs: dict[str, Callable[[], str]] = {
            "ours": lambda: _ours(entries, folder / "ours"),
            "stdlib": lambda: _reference(values, _stdlib, folder / "stdlib"),
            "orjson": lambda: _reference(values, _orjson, folder / "orjson"),
        }
        best = dict.fromkeys(runs, float("inf"))
        digests: dict[str, str] = {}
        for _ in range(ROUNDS):
            for name, run in runs.items():
                gc.collect()
                start = time.process_time()
                digests[name] = run()
                best[name] = min(best[name], time.process_time() - start)
        size = sum(len(x) + 1 for x in lines)
    assert set(digests.values()) == {closing.digest}, "every way makes the same chain"
    micro = {name: round(seconds / len(lines) * 1e6, 2) for name, seconds in best.items()}
    return {
        "seed": SEED,
        "facts": len(lines),
        "bytes_a_fact": round(size / len(lines), 1),
        "us_a_fact": micro,
        "ratio_stdlib": round(best["ours"] / best["stdlib"], 3),
        "ratio_orjson": round(best["ours"] / best["orjson"], 3),
        "digest": closing.digest,
    }


def _ours(entries: list[Entry], path: Path) -> str:
    balances, chain = Balances(), Chain(entries[0].site)
    with JournalFile(path, durable=False) as journal:
        for x in entries:
            transfers = transfers_of(x.fact)
            balances.post(transfers)
            journal.append(chain.seal(x.fact, transfers, at_s=x.at_s, more=x.more)[1])
    path.unlink()
    return chain.digest


def _reference(values: list[dict[str, Any]], encode: Callable[[Any], bytes], path: Path) -> str:
    prev = "0" * 64
    with path.open("wb") as file:
        for value in values:
            value["prev"] = prev
            value.pop("hash", None)
            prev = hashlib.sha256(encode(value)).hexdigest()
            value["hash"] = prev
            file.write(encode(value) + b"\n")
    path.unlink()
    return prev


def _without_chain(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k not in ("hash", "prev")}


def _stdlib(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _orjson(value: object) -> bytes:
    data: bytes = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return data
