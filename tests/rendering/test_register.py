"""Tables 2 and 4 and the facts of section 一 from the registers."""

from tracker.rendering import register

NO_DOCUMENTS = {"made": 0, "repealed": 0, "in_force": 0}


def test_empty_registers_give_real_zeros(app, agency_id):
    table2, table4 = register.table2(agency_id, 2025), register.table4(agency_id, 2025)

    assert table2 == {
        "regulations": NO_DOCUMENTS,
        "normative_documents": NO_DOCUMENTS,
        "licences": 0,
        "penalties": 0,
        "coercion": 0,
        "fees_wan_yuan": "0",
    }
    assert {cell for row in table4.values() for cell in row.values()} == {0}
    facts = register.facts(agency_id, 2025)
    assert (facts.items, facts.channel_items, facts.media, facts.request_fees_yuan) == (0, 0, (), "0")
