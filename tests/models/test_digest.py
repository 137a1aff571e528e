"""A seal is over one form of bytes, whichever library writes it."""

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tracker.domain import misfit
from tracker.models.digest import canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SINGLE = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.just(misfit.TEXT)
VALUES = st.recursive(SINGLE, lambda some: st.lists(some) | st.dictionaries(TEXTS, some), max_leaves=12)


def as_python_writes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# The same examples each time, and a busy machine is no fault.
@settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
@example([1e16, 1e-7, -0.0, float("nan"), float("inf"), 2**70])
@example({"\U00020bb7": 1, "\uffff": 2, "": 3, "Z": 4, "a": 5})
@example(['\x00\x1f\x7f\u2028"\\/\b\f\n\r\t', misfit.NUMBER, misfit.MisfitDetails()])
@example([{"a": [{"b": [1.5]}]}])
def test_a_value_is_sealed_in_the_bytes_that_python_writes(value):
    assert canonical(value) == as_python_writes(value)
