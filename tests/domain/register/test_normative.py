"""Table 2: documents made, repealed and in force on 31 December."""

from datetime import date

import pytest

from tracker.domain.case.rules import Rules
from tracker.domain.register.normative import Document, column_of, counts

DEFAULT = Rules()


def document(made="2020-05-01", **more):
    days = ("in_force_from", "valid_until", "ended_on")
    read = {key: date.fromisoformat(value) if key in days else value for key, value in more.items()}
    return Document("normative_document", date.fromisoformat(made), **read)


@pytest.mark.parametrize(
    ("why", "row", "columns"),
    [
        ("made and in force", document("2025-03-01"), ["made", "in_force"]),
        (
            "made, in force only next year",
            document("2025-12-20", in_force_from="2026-01-01"),
            ["made"],
        ),
        ("old and in force", document(), ["in_force"]),
        ("not made yet", document("2026-01-01"), []),
        ("repealed in the year", document(status="repealed", ended_on="2025-06-01"), ["repealed"]),
        ("repealed on 31 December", document(status="repealed", ended_on="2025-12-31"), ["repealed"]),
        ("repealed on 1 January after", document(status="repealed", ended_on="2026-01-01"), ["in_force"]),
        ("expired in the year: no repeal", document(valid_until="2025-06-30"), []),
        ("valid until 31 December: in force on it", document(valid_until="2025-12-31"), ["in_force"]),
        ("expired by a notice", document(status="expired", ended_on="2025-04-01"), []),
        ("revised: the old one is repealed", document(status="amended", ended_on="2025-04-01"), ["repealed"]),
        (
            "repealed before its term ran out",
            document(valid_until="2025-12-30", status="repealed", ended_on="2025-04-01"),
            ["repealed"],
        ),
        (
            "repealed after it had expired",
            document(valid_until="2024-12-30", status="repealed", ended_on="2025-04-01"),
            [],
        ),
        ("joint, another organ leads", document("2025-03-01", leads=False), []),
    ],
)
def test_the_columns_of_a_document(why, row, columns):
    assert column_of(row, 2025, DEFAULT) == columns, why


@pytest.mark.parametrize(
    ("setting", "row", "columns"),
    [
        ({"expiry_is_repeal": True}, document(valid_until="2025-06-30"), ["repealed"]),
        ({"revision_is_repeal": False}, document(status="amended", ended_on="2025-04-01"), []),
        ({"revision_is_repeal": False}, document("2025-04-01", revises=True), ["in_force"]),
        ({"joint_documents": "all"}, document("2025-03-01", leads=False), ["made", "in_force"]),
    ],
)
def test_what_no_text_decides_is_a_setting(setting, row, columns):
    assert column_of(row, 2025, Rules(**setting)) == columns


def test_with_expiry_as_repeal_the_stock_of_a_year_is_the_one_before_plus_made_less_repealed():
    rows = [
        document("2019-01-01", valid_until="2024-06-30"),
        document("2021-01-01", status="repealed", ended_on="2025-02-01"),
        document("2022-01-01", status="amended", ended_on="2025-05-01"),
        document("2025-05-01"),
        document("2023-08-01", valid_until="2025-08-31"),
    ]
    counting = Rules(expiry_is_repeal=True)

    tables = {year: counts(rows, year, counting)["normative_document"] for year in range(2019, 2028)}

    for year in range(2020, 2028):
        before, this = tables[year - 1]["in_force"], tables[year]
        assert this["in_force"] == before + this["made"] - this["repealed"]
