"""What may stand in a cell: whole numbers, ids, text that a spreadsheet must not run."""

import re
from typing import Final

# Control characters, blanks that look like none, and marks that turn the direction of writing.
PLAIN: Final = re.compile(r"[^\x00-\x1f\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]{1,200}")
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
RULES: Final = "an id has 1 to 200 visible characters and no blank at its ends; correct it"
FORMULA: Final = frozenset("=+-@＝＋－＠")
"""Signs that make a spreadsheet take text for a formula."""

_UNITS: Final = {
    "_e6": "; it is in micro-degrees: 31.193 degrees are 31193000",
    "_at_s": "; it is in epoch seconds, UTC, not milliseconds",
    "sell_by_s": "; it is in epoch seconds, UTC, not milliseconds",
    "_s": "; it is in seconds",
    "_fen": "; it is in fen: 3.90 yuan are 390",
    "_ml": "; it is in millilitres",
    "_g": "; it is in grams",
    "_mm_s": "; it is in millimetres a second: 15 km/h are 4167",
    "amount": "; it is in packs, or in grams where sold_by is g",
}


def guarded(text: str) -> str:
    """
    Write text so that a spreadsheet shows it and never runs it.

    Notes
    -----
    A name such as ``=1+1`` gets an apostrophe in front, and so does one that begins with apostrophes before such a
    sign, so that `unguarded` gives back every text exactly as it was.
    """
    return f"'{text}" if text.lstrip("'")[:1] in FORMULA else text


def unguarded(text: str) -> str:
    """Take off the apostrophe that `guarded` put in front."""
    return text[1:] if text[:1] == "'" and text.lstrip("'")[:1] in FORMULA else text


def unsaid(column: str) -> str:
    """Say in which unit a column is, where that is easily mistaken."""
    ends = (x for x in sorted(_UNITS, key=len, reverse=True) if column.endswith(x))
    return next((_UNITS[x] for x in ends), "")


def no_whole(text: str, column: str) -> str:
    """Say why a text is no whole number, and what to write."""
    stripped = text.strip()
    if not stripped:
        why = "is empty; write a whole number"
    elif re.fullmatch(r"-?[0-9]{20,}", text):
        why = "is far too large"
    elif re.fullmatch(r"-?[0-9]+", stripped):
        why = "must be written plainly: without blanks, leading zeros or “-0”"
    elif stripped.lower().lstrip("+-") in ("nan", "inf", "infinity", "null", "none", "n/a", "na"):
        why = "is no number; write a whole number"
    elif stripped.isdigit():
        why = "must be written with the digits 0 to 9"
    else:
        why = "is no whole number; write digits only, such as 12, not 12.0, 1e3 or 1,000"
    return why + unsaid(column)
