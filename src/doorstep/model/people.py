"""People and places of work."""

from typing import Final, Literal

from msgspec import Struct

from doorstep.base.ids import CourierId, PickerId, SiteId
from doorstep.base.units import Zone

CourierKind = Literal["ebike", "walker", "van", "robot"]
LAWFUL_MM_S: Final[dict[CourierKind, int]] = {"ebike": 6_944, "walker": 3_000, "van": 13_889, "robot": 6_944}
"""
The fastest that a kind may go. E-bike: 25 km/h (GB 17761-2018). Van: 50 km/h, the limit of a city street with one lane
each way (Regulation on the Implementation of the Road Traffic Safety Law, article 45). Unmanned vehicle: it shares the
lane of the e-bikes, so their limit. Walker: nobody walks a shift at more than 10.8 km/h.
"""


class Place(Struct, frozen=True, array_like=True):
    """A position in micro-degrees, WGS-84."""

    lat_e6: int
    lng_e6: int


class Site(Struct, frozen=True, kw_only=True):
    """A pre-warehouse that serves a neighbourhood between two instants of a day."""

    site: SiteId
    lat_e6: int
    lng_e6: int
    opens_at_s: int
    closes_at_s: int

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.lat_e6, self.lng_e6)


class Picker(Struct, frozen=True, kw_only=True):
    """A person who picks, and the shift planned for today."""

    picker: PickerId
    site: SiteId
    on_at_s: int
    off_at_s: int


class Courier(Struct, frozen=True, kw_only=True):
    """
    Who (or what) delivers, the shift planned for today, the box by zone and the speed.

    Parameters
    ----------
    break_from_at_s, break_to_at_s, break_s
        A break at the site that begins within the window, and its length; length 0: none.
    range_m
        The most metres that a trip may ride, the way back included; None: as many as it takes.
    """

    courier: CourierId
    site: SiteId
    kind: CourierKind
    on_at_s: int
    off_at_s: int
    ambient_ml: int
    chilled_ml: int
    frozen_ml: int
    speed_mm_s: int
    break_from_at_s: int = 0
    break_to_at_s: int = 0
    break_s: int = 0
    range_m: int | None = None

    def box_ml(self, zone: Zone) -> int:
        """Room in the box of one temperature zone, in ml."""
        return {"ambient": self.ambient_ml, "chilled": self.chilled_ml, "frozen": self.frozen_ml}[zone]
