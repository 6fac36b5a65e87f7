"""Books kept on paper: every balance written down, a copy tried before it is kept."""

from collections.abc import Sequence

from doorstep.model.transfer import Transfer

INSIDE = ("inbound", "shelf", "reserved", "picked", "carried", "escrow", "refund_due")

Books = dict[tuple[str, str], int]


def post(books: Books, transfers: Sequence[Transfer]) -> Books | None:
    """Return the books after all transfers, or None where an inside account would fall below zero on the way."""
    tried = dict(books)
    for x in transfers:
        tried[x.asset, x.source] = tried.get((x.asset, x.source), 0) - x.amount
        if x.source in INSIDE and tried[x.asset, x.source] < 0:
            return None
        tried[x.asset, x.target] = tried.get((x.asset, x.target), 0) + x.amount
    return tried


def as_dict(books: Books) -> dict[str, dict[str, int]]:
    """Write the books down by asset and account, without zeros."""
    page: dict[str, dict[str, int]] = {}
    for (asset, account), amount in books.items():
        if amount:
            page.setdefault(asset, {})[account] = amount
    return page
