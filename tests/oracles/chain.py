"""A journal's line as anyone can check it with Python's standard library."""

import hashlib
import json
from typing import Any


def dumps(value: Any) -> bytes:
    """Canonical JSON as `formats.md`, section 3, has it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(line: dict[str, Any]) -> str:
    """SHA-256 of the canonical line without its hash."""
    return hashlib.sha256(dumps({key: value for key, value in line.items() if key != "hash"})).hexdigest()
