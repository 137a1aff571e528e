"""What table 2（八） must hold of the fees of requests."""

import pytest

from tracker.domain.report.section import processing_fees


@pytest.mark.parametrize(
    ("paid_fen", "row", "lacking"),
    [(0, "0", False), (15050, "0", True), (15050, "0.0150", True), (15050, "0.01505", False), (15050, "3", False)],
)  # fmt: skip
def test_the_row_holds_at_least_what_requests_paid(paid_fen, row, lacking):
    assert bool(processing_fees(paid_fen, row, "表二")) is lacking
