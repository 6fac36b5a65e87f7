"""Names of things. A `NewType` each, so that a lot is never taken for an order."""

from typing import NewType

SiteId = NewType("SiteId", str)
SkuId = NewType("SkuId", str)
LotId = NewType("LotId", str)
OrderId = NewType("OrderId", str)
ShopperId = NewType("ShopperId", str)
PickerId = NewType("PickerId", str)
CourierId = NewType("CourierId", str)
WaveId = NewType("WaveId", str)
TripId = NewType("TripId", str)
ClaimId = NewType("ClaimId", str)
RefundId = NewType("RefundId", str)
