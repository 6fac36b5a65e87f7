"""All numbers of a site in one place."""

import msgspec
import pytest

from doorstep.app.params import Params, overrides, params_from
from doorstep.base.errors import BadInput

ROOMS = sorted(Params.__struct_fields__)


def test_nothing_given_is_the_default() -> None:
    """No overrides make the default numbers, and these differ from themselves in nothing."""
    assert Params() == params_from({})
    assert {} == overrides(Params())


@pytest.mark.parametrize("room", ROOMS)
def test_every_number_can_be_overridden_and_is_told_again(room: str) -> None:
    """Each integer of each room can be changed alone; what differs from the default is what was given."""
    for name, value in msgspec.to_builtins(Params())[room].items():
        if isinstance(value, int):
            given = {room: {name: value + 1}}
            assert given == overrides(params_from(given))


def test_overrides_make_the_same_again() -> None:
    """What `overrides` tells, also once it was JSON, makes the same numbers, rungs of the ladder included."""
    params = params_from({"promise": {"ladder_s": [900, 1_800], "target_bp": 9_500}, "cold": {"q10_e3": 2_000}})
    assert (900, 1_800) == params.promise.ladder_s
    assert params == params_from(overrides(params))
    assert params == params_from(msgspec.json.decode(msgspec.json.encode(overrides(params))))


@pytest.mark.parametrize("room", ROOMS)
def test_a_name_that_no_room_has_is_refused(room: str) -> None:
    """A misspelt number is bad input that names it: silently ignored it would be a day with other numbers."""
    with pytest.raises(BadInput, match="targt_bp"):
        params_from({room: {"targt_bp": 1}})


@pytest.mark.parametrize(
    "values",
    [{"promises": {}}, {"promise": {"target_bp": "9500"}}, {"promise": {"target_bp": 0.95}}, {"promise": 1}],
    ids=str,
)
def test_a_room_or_type_that_does_not_exist_is_refused(values: dict[str, object]) -> None:
    """Unknown rooms, strings and fractions are bad input; the default numbers stay what they are."""
    with pytest.raises(BadInput, match="params"):
        params_from(values)
    assert {} == overrides(Params())
