"""Every list is read from an index in its order: each filter of cases and contacts with each order."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

YEAR = {"sqlite": "CAST(STRFTIME('%Y', {}) AS INTEGER)", "postgresql": "EXTRACT(year FROM {})"}
CROSSED = {
    "sqlite": "substr(closed_on, 1, 4) > substr(received_on, 1, 4)",
    "postgresql": "EXTRACT(year FROM closed_on) > EXTRACT(year FROM received_on)",
}
ORDERED = {
    "received": "received_on, id",
    "number": "number, id",
    "due": "due_on, id",
    "closed": "closed_on, id",
}
DOWNWARDS = "closed_on DESC NULLS LAST, id DESC"  # PostgreSQL reads it in no other direction
NARROWED = ("state", "unit_id", "handler", "applicant_kind", "channel")
OPEN_COLUMNS = (
    "agency_id, next_action_on, id, received_on, due_on, number, state, unit_id, handler, applicant_kind,"
    " channel, proposed_on, closed_on"
)
OTHERS = (
    "CREATE INDEX ix_contacts_newest ON contacts (agency_id, arrived_on, id)",
    "CREATE INDEX ix_contacts_form ON contacts (agency_id, form, arrived_on, id)",
    "CREATE INDEX ix_contacts_triage ON contacts (agency_id, triage, arrived_on, id)",
    "CREATE INDEX ix_contacts_due ON contacts (agency_id, next_action_on, id)",
    "CREATE INDEX ix_contacts_form_due ON contacts (agency_id, form, next_action_on, id)",
    "CREATE INDEX ix_contacts_triage_due ON contacts (agency_id, triage, next_action_on, id)",
    "CREATE INDEX ix_contacts_open ON contacts (agency_id, next_action_on, id, arrived_on, form, triage)"
    " WHERE closed_on IS NULL",
    "DROP INDEX ix_contacts_case_id",
    "CREATE INDEX ix_contacts_case_id ON contacts (case_id) WHERE case_id IS NOT NULL",
    "DROP INDEX ix_applicants_first_id",
    "CREATE INDEX ix_applicants_first_id ON applicants (first_id) WHERE first_id IS NOT NULL",
    "DROP INDEX ix_applicants_id_index",
    "CREATE INDEX ix_applicants_id_index ON applicants (id_index) WHERE id_index IS NOT NULL",
    "CREATE INDEX ix_contact_acts_note ON contact_acts (note, act)",
    "CREATE INDEX ix_case_events_fees ON case_events (agency_id, step, effective_on, case_id)"
    " WHERE step IN ('charge', 'pay', 'correct')",
    "CREATE INDEX ix_duties_name ON duties (kind, name, subject_id)",
    "CREATE INDEX ix_audit_entries_list ON audit_entries (agency_id, id)",
    "CREATE INDEX ix_audit_entries_act_list ON audit_entries (agency_id, act, id)",
)


def upgrade():
    dialect = op.get_bind().dialect.name
    for statement in (*_of_cases(dialect), *OTHERS, "ANALYZE"):
        op.execute(statement)


def _of_cases(dialect):
    ordered = {**ORDERED, **({"closed": DOWNWARDS} if dialect == "postgresql" else {})}
    received = YEAR[dialect].format("received_on")
    yield "DROP INDEX ix_cases_next"
    yield f"CREATE INDEX ix_cases_open ON cases ({OPEN_COLUMNS}) WHERE (closed_on IS NULL) = TRUE"
    yield "CREATE INDEX ix_cases_newest ON cases (agency_id, id)"
    yield f"CREATE INDEX ix_cases_by_due ON cases (agency_id, {ordered['due']})"
    yield f"CREATE INDEX ix_cases_by_closed ON cases (agency_id, {ordered['closed']})"
    yield "DROP INDEX ix_cases_received"
    yield f"CREATE INDEX ix_cases_received ON cases (agency_id, received_on, id, {', '.join(NARROWED)})"
    for narrowed in NARROWED:
        others = ", ".join(column for column in NARROWED if column != narrowed)
        columns = f"agency_id, {narrowed}, {ordered['received']}, {others}"
        yield f"CREATE INDEX ix_cases_{narrowed}_received ON cases ({columns})"
    for order, columns in ordered.items():
        for narrowed in NARROWED if order != "received" else ():
            yield f"CREATE INDEX ix_cases_{narrowed}_{order} ON cases (agency_id, {narrowed}, {columns})"
        yield f"CREATE INDEX ix_cases_late_{order} ON cases (agency_id, {columns}) WHERE served_on > due_on"
        if order != "received":
            yield f"CREATE INDEX ix_cases_year_{order} ON cases (agency_id, {received}, {columns})"
    yield (
        "CREATE INDEX ix_cases_crossed ON cases (agency_id, closed_on, received_on, id, applicant_kind)"
        f" WHERE {CROSSED[dialect]}"
    )
