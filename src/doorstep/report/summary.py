"""A closed day in the terminal."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from doorstep.base.calendar import clock
from doorstep.core.indicators import Closing

SHOWN = (
    ("baskets", "baskets asked for"),
    ("orders_delivered", "orders delivered"),
    ("lost_baskets", "baskets lost"),
    ("lost_demand", "… worth"),
    ("turnover", "turnover"),
    ("refunds", "refunds"),
    ("pork", "pork"),
    ("vegetables", "vegetables"),
    ("fill_rate", "fill rate"),
    ("on_time", "on time"),
    ("click_to_door_mean", "click to door, mean"),
    ("click_to_door_p95", "click to door, 95%"),
    ("life_left", "life left at the door"),
    ("contactless", "contactless"),
    ("waste", "waste"),
    ("shrink", "shrink"),
    ("swaps", "swaps"),
    ("claims", "claims"),
)


def summary(closing: Closing, *, tz: str) -> RenderableType:
    """
    Lay out a closed day: what happened, what was promised, what the books say, whether every law holds.

    Parameters
    ----------
    tz
        The zone its clock times are shown in.
    """
    return Group(
        _glance(closing, tz),
        _promises(closing),
        _money(closing),
        _checks(closing),
    )


def _glance(closing: Closing, tz: str) -> Table:
    opened, closed = clock(closing.opened_at_s, tz), clock(closing.closed_at_s, tz)
    table = Table(title=f"{closing.site}, {opened} to {closed}: {closing.facts:,} facts", box=None, padding=(0, 2))
    for _ in range(2):
        table.add_column("")
        table.add_column("", justify="right", style="bold")
    rows = [(text, _shown(closing, name)) for name, text in SHOWN]
    half = (len(rows) + 1) // 2
    for left, right in zip(rows[:half], [*rows[half:], ("", "")], strict=False):
        table.add_row(*left, *right)
    return table


def _promises(closing: Closing) -> Table:
    promises = closing.promises
    table = Table(
        title=f"Promises: {promises.kept:,} of {promises.quoted:,} kept; "
        f"{percent(promises.expected_kept_bp)} were expected",
        box=None,
        padding=(0, 2),
    )
    table.add_column("tenth")
    table.add_column("quoted", justify="right")
    table.add_column("kept", justify="right")
    table.add_column("")
    for number, x in enumerate(promises.deciles, start=1):
        kept = x.kept / x.n
        table.add_row(str(number), percent(x.p_bp), f"{kept:.1%}", Text("━" * round(kept * 40), "green"))
    return table


def _money(closing: Closing) -> Table:
    table = Table(title="Where every fen is", box=None, padding=(0, 2))
    table.add_column("account")
    table.add_column("yuan", justify="right")
    for account, fen in closing.balances.get("fen", {}).items():
        table.add_row(account.replace("_", " "), f"{fen / 100:,.2f}")
    return table


def _checks(closing: Closing) -> Panel:
    lines = [
        Text.assemble(
            (" ✓\u00a0" if text == "ok" else " ✗\u00a0", "green" if text == "ok" else "bold red"),
            law,
            "" if text == "ok" else f": {text}",
        )
        for law, text in closing.checks.items()
    ]
    good = all(x == "ok" for x in closing.checks.values())
    return Panel(
        Group(Text("  ").join(lines) if good else Group(*lines), Text(f"digest {closing.digest}", "dim")),
        title="Every law holds" if good else "Broken",
        border_style="green" if good else "red",
    )


def _shown(closing: Closing, name: str) -> str:
    x = closing.indicators[name]
    match x.unit:
        case "fen":
            return f"{x.value / 100:,.0f} yuan"
        case "g":
            return f"{x.value / 1000:,.0f} kg"
        case "bp":
            return percent(x.value)
        case "s":
            return f"{x.value / 60:.1f} min"
        case _:
            return f"{x.value:,}"


def percent(bp: int) -> str:
    """Tell basis points, from 0 on, in percent: rounded half up, as the page of the day does."""
    tenths = (bp + 5) // 10
    return f"{tenths // 10}.{tenths % 10}%"
