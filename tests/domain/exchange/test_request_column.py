"""One table of columns: what the export writes is what an import of our own list takes."""

from tracker.domain.exchange import header
from tracker.domain.exchange.header import Columns
from tracker.domain.exchange.request_column import COLUMNS, EXPORTED, PERSONAL, READ


def test_every_column_has_a_name_and_a_header_of_its_own():
    assert (
        len({column.name for column in COLUMNS}) == len({column.label for column in COLUMNS}) == len(COLUMNS)
    )


def test_the_columns_of_the_export_stand_at_places_of_their_own():
    places = [column.place for column in PERSONAL]

    assert places == sorted(set(places))
    assert places[0] == 1
    assert {column.place for column in EXPORTED} < set(places)


def test_the_import_takes_each_column_of_our_own_export_for_what_it_is():
    found = header.find([[column.label for column in EXPORTED]], Columns.of(READ))

    assert found.places == {column.name: at for at, column in enumerate(EXPORTED) if column in READ}
    assert (found.doubts, found.doubled) == ([], {})
