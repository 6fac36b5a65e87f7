"""Causes and reasons in plain words."""

WHY_REFUSED = {
    "closed": "the site was closed",
    "below_minimum": "what could be had was below the minimum basket",
    "nothing_left": "nothing of it was left",
    "too_large": "it does not fit a courier's box",
    "no_promise": "no arrival within two hours could be promised",
    "short": "too much of it had gone since the quote",
    "lapsed": "the quote was no longer valid",
}
WHY_LEFT = {
    "promise": "the promise was too late for them",
    "missing": "too much was missing",
    "price": "it was dearer than usual",
    "other": "they gave no sign why",
}
WHY_LEAVES = {
    "at_once": "nothing else was being packed that could have come along",
    "due": "waiting longer would have put a promise at risk",
    "full": "hardly anything else would have fitted the box",
    "no_company": "no order that fits it well was likely to come in time",
    "scarce": "hardly a courier was left at the site",
    "cheaper": "with these orders it was cheaper than the trip that was planned, whatever might come next",
    "kernel_failed": "the planner gave no answer, so the simple rule decided",
}
WHY_HELD = {
    "company": "an order that goes along well may still come",
    "not_ready": "an order that is to go along is still being packed",
    "no_courier": "whoever is to take it is not back yet",
    "too_big": "it fits nobody's box",
    "too_far": "nobody's range, shift or time for chilled goods is enough",
    "no_kind": "no courier of a kind that may go there is here",
    "no_way": "its door is not on the map yet",
}
TERMS = {
    "travel": "riding",
    "late": "lateness",
    "overtime": "overtime",
    "trips": "trips",
    "apart": "promises that lie apart",
    "moved": "arrivals that move",
    "unfair": "unfair loads",
    "unplanned": "orders left out",
}
MISSING = {"not_found": "it was not where the books said", "blocked": "its lot was blocked in the meantime"}
