"""The period of a file: when it ends, and that none is told where none can be."""

from datetime import date

import pytest

from tracker.domain.register import archive


@pytest.mark.parametrize(
    ("code", "closed_on", "ends"),
    [
        ("10", date(2026, 3, 16), date(2036, 12, 31)),
        ("30", date(2026, 3, 16), date(2056, 12, 31)),
        ("permanent", date(2026, 3, 16), None),
        ("10", None, None),
        ("zz", date(2026, 3, 16), None),
        ("30", date(9990, 3, 16), date(9999, 12, 31)),
    ],
)
def test_a_period_ends_with_a_year_and_is_told_only_where_it_can_be(code, closed_on, ends):
    assert archive.ends_on(code, closed_on) == ends
