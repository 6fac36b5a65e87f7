"""The root of all facts."""

from msgspec import Struct


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    Something that happened. Never changed, never deleted; a mistake is mended by another fact.

    A field that equals its default is not written, which keeps the journal small.
    """
