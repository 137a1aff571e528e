"""Every table is sealed, or says why it need not be."""

from tracker.models.journal import SEALED, UNSEALED
from tracker.models.tables import stored_by_name
from tracker.services.office.journal import NOUNS


def test_every_table_is_sealed_or_says_why_not():
    assert SEALED.keys() | UNSEALED.keys() == stored_by_name().keys()
    assert SEALED.keys() & UNSEALED.keys() == set()


def test_every_column_that_a_seal_leaves_out_is_there():
    left_out = {(noun, name) for noun, names in SEALED.items() for name in names}

    assert [(noun, name) for noun, name in left_out if name not in stored_by_name()[noun].c] == []


def test_every_sealed_table_has_a_name_in_findings():
    assert SEALED.keys() <= NOUNS.keys()
