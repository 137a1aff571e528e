"""Reading histories in: whole or not at all, once however often, each refusal with its place."""

import gc
import json
from datetime import date

import pytest
from sqlalchemy import func, select

from tests.histories import line, text
from tracker.domain.permission import Role
from tracker.models.agency import Agency
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.services.case import step
from tracker.services.exchange import exchange, exporting, importing
from tracker.services.operations import inspection

RECEIVED = {"step": "receive", "on": "2026-03-02"}


def answer(on="2026-03-10", outcome="disclosed", **more):
    return {"step": "answer", "on": on, "outcome": outcome, **more}


@pytest.fixture
def take_in(app, clock):
    """Import lines given as values."""

    def run(*lines, **options):
        rows = text(lines).split("\n")
        return importing.import_histories(rows, today=clock.today, now=clock(), **options)

    return run


def cases() -> int:
    return db.session.scalar(select(func.count()).select_from(Case))


def refused(take_in, *lines) -> str:
    with pytest.raises(importing.ImportRefusedError) as caught:
        take_in(*lines)
    db.session.rollback()
    assert cases() == 0
    return caught.value.result.bad[0].reason


def test_nobody_looks_for_cycles_until_the_outermost_act_of_an_import_has_ended():
    with importing.uncollected():
        with importing.uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_same_file_twice_adds_nothing(take_in):
    lines = [line("business", "A-1", [RECEIVED, answer()]), line("ngo", "A-2", [RECEIVED])]

    first, second = take_in(*lines), take_in(*lines)

    assert (first.added, second.added, second.unchanged) == (2, 0, 2)
    assert cases() == 2


def test_a_longer_history_of_a_kept_case_adds_the_rest(take_in):
    take_in(line("business", "A-1", [RECEIVED]))

    result = take_in(line("business", "A-1", [RECEIVED, answer()]))

    assert (result.added, result.continued) == (0, 1)
    assert db.session.scalar(select(Case.state)) == "disclosed"


def test_a_different_history_of_a_kept_number_is_refused(take_in):
    take_in(line("business", "A-1", [RECEIVED, answer()]))

    with pytest.raises(importing.ImportRefusedError):
        take_in(line("business", "A-1", [RECEIVED, answer(outcome="unable_not_held")]))
    assert db.session.scalar(select(Case.state)) == "disclosed"


def test_two_equal_lines_without_a_number_are_two_cases_and_stay_two(take_in):
    twin = line("business", "x", [RECEIVED])
    twin.pop("number")

    first, second = take_in(twin, twin), take_in(twin, twin)

    assert (first.added, second.added, second.unchanged) == (2, 0, 2)
    assert cases() == 2


def test_one_bad_line_keeps_every_good_one_out(take_in):
    good = line("business", "A-1", [RECEIVED])

    reason = refused(take_in, good, line("business", "A-2", [RECEIVED, answer(on="2026-03-01")]))

    assert "第2个事件" in reason


def test_keep_going_takes_the_good_lines_and_names_the_bad(take_in):
    bad = line("martian", "A-2", [RECEIVED])

    result = take_in(line("business", "A-1", [RECEIVED]), bad, keep_going=True)

    assert (result.added, [b.line for b in result.bad]) == (1, [3])


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(take_in):
    result = take_in(line("business", "A-1", [RECEIVED]), dry_run=True)

    assert result.added == 1
    assert cases() == 0


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([{"step": "recieve", "on": "2026-03-02"}], "不认识的步骤"),
        ([{"step": "receive", "on": "2.3.2026"}], "不是日期"),
        ([answer()], "须从“收到申请”开始"),
        ([RECEIVED, {"step": "pay", "on": "2026-03-03"}], "不能“收到缴费”"),
        ([RECEIVED, RECEIVED], "只能是第一条记录"),
        ([RECEIVED, answer(on="2026-03-01")], "早于收到申请之日"),
        ([RECEIVED, answer(on="2026-03-17")], "晚于今天"),
        ([RECEIVED, answer(decided_on="2026-03-11")], "落款日期"),
        ([RECEIVED, answer(outcome="lost")], "outcome"),
        ([RECEIVED, answer(), answer()], "不能"),
        ([RECEIVED, {"step": "extend", "on": "2026-03-03", "days": 21}], "1至20"),
        ([RECEIVED, {"step": "extend", "on": "2026-03-03"}], "缺少“days”"),
        (
            [RECEIVED, *({"step": "extend", "on": "2026-03-03", "days": 11} for _ in range(2))],
            "合计不得超过20",
        ),
        ([RECEIVED, {"step": "consult", "on": "2026-03-03", "party": "uncle", "name": "x"}], "party"),
        ([RECEIVED, {"step": "ask_supplement", "on": "2026-03-03"}], "deadline_on"),
    ],
)
def test_what_is_refused_is_refused_with_the_event_and_the_reason(take_in, events, said):
    assert said in refused(take_in, line("business", "A-1", events))


@pytest.mark.parametrize(
    "events",
    [
        [RECEIVED, answer(on="2026-03-15")],  # a Sunday
        [RECEIVED, answer(outcome="refused_third_party_rights")],  # no consultation, no reason
        [RECEIVED, {"step": "ask_supplement", "on": "2026-03-13", "deadline_on": "2026-03-20"}],  # late
        [
            RECEIVED,
            {"step": "ask_supplement", "on": "2026-03-03", "deadline_on": "2026-03-20"},
            answer(on="2026-03-10", outcome="closed_supplement_lapsed"),  # before its deadline
        ],
    ],
)
def test_lateness_and_missing_evidence_never_refuse_a_history(take_in, events):
    assert take_in(line("business", "A-1", events)).added == 1


def test_a_late_answer_from_long_ago_is_kept_as_it_was(take_in):
    take_in(line("business", "A-1", [{"step": "receive", "on": "2020-01-06"}, answer(on="2021-05-06")]))

    case = db.session.scalar(select(Case))
    assert (case.state, case.served_on) == ("disclosed", date(2021, 5, 6))
    assert case.due_on < case.served_on


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "不是有效的 JSON"),
        ("[]", "JSON 对象"),
        ('{"channel": "fax"}', "applicant"),
        ('{"applicant": {"kind": "other"}, "channel": "pigeon", "events": []}', "channel"),
        ('{"applicant": {"kind": "other"}, "channel": "fax", "events": []}', "events"),
        ('{"applicant": {"kind": "other"}, "channel": "fax", "events": [1]}', "JSON 对象"),
        ('{"applicant": {"kind": "other"}, "colour": 1, "channel": "fax", "events": []}', "colour"),
        ('{"applicant": {"kind": ["other"]}, "channel": "fax", "events": []}', "kind"),
    ],
)
def test_a_line_that_is_no_history_is_named_with_its_number(app, clock, row, said):
    with pytest.raises(importing.ImportRefusedError) as caught:
        importing.import_histories([row], today=clock.today, now=clock())

    assert (caught.value.result.bad[0].line, said in caught.value.result.bad[0].reason) == (1, True)


def test_an_unknown_format_is_refused(app, clock):
    with pytest.raises(importing.ImportRefusedError, match="格式"):
        importing.import_histories(['{"format": "tracker-history/9"}'], today=clock.today, now=clock())


def test_what_is_exported_imports_again_as_nothing_new(take_in, clock, actor):
    take_in(
        line(
            "legal_service",
            "A-1",
            [
                {**RECEIVED, "arrived_on": "2026-03-01", "tracking_number": "XA1"},
                {"step": "consult", "on": "2026-03-04", "party": "agency", "name": "某局"},
                {"step": "end_consultation", "on": "2026-03-09", "party": "agency", "name": "某局"},
                answer(on="2026-03-12", reason="说明", document_number="1号"),
                {"step": "correct", "on": "2026-03-13", "replaces": 4, "with": None, "reason": "误录"},
            ],
            unit="规划股",
        )
    )
    case = db.session.scalar(select(Case))
    head = actor(Role.HEAD)
    words = {"actor": head, "today": clock.today, "now": clock()}
    from tracker.domain.case.event import Entry

    step.take(case.id, Entry("assign", date(2026, 3, 16), {"unit": "规划股", "handler": "周明"}), **words)

    out = list(exporting.histories(now=clock()))
    again = importing.import_histories(
        [json.dumps(row, ensure_ascii=False) for row in out], today=clock.today, now=clock()
    )

    assert out[0] == {"format": "tracker-history/1"}
    assert (again.added, again.continued, again.unchanged) == (0, 0, 1)
    assert [event["step"] for event in out[1]["events"]] == [
        "receive",
        "consult",
        "end_consultation",
        "answer",
        "correct",
        "assign",
    ]
    assert out[1]["unit"] == "规划股"
    assert list(inspection.inspect(today=clock.today)) == []


def test_an_agency_that_a_file_names_first_is_made_and_keeps_its_cases_apart(take_in):
    take_in(line("other", "A-1", [RECEIVED], agency="west"), line("other", "A-1", [RECEIVED]))

    counts = select(Agency.code, func.count(Case.id)).join(Case).group_by(Agency.code)
    assert dict(db.session.execute(counts).tuples().all()) == {"default": 1, "west": 1}


def test_a_number_of_our_own_form_raises_the_counter(take_in, clock):
    take_in(line("other", "YSQ-2026-0041", [RECEIVED]))
    nameless = line("other", "x", [RECEIVED])
    nameless.pop("number")

    take_in(nameless)

    assert set(db.session.scalars(select(Case.number))) == {"YSQ-2026-0041", "YSQ-2026-0042"}


def test_every_imported_entry_is_in_the_chain(take_in, clock):
    take_in(*(line("other", f"A-{n}", [RECEIVED, answer()]) for n in range(30)))

    chain = list(db.session.scalars(select(CaseEvent.chain_no).order_by(CaseEvent.chain_no)))
    assert chain == list(range(1, 61))
    assert list(inspection.inspect(today=clock.today)) == []


def test_an_earlier_day_typed_later_is_restated_as_the_ledger_reads(take_in, clock):
    clock.set("2026-04-10")
    who = {"party": "agency", "name": "某局"}
    late = {"step": "extend", "on": "2026-04-01", "days": 10}

    take_in(
        line("other", "A-1", [RECEIVED, {"step": "accept", "on": "2026-03-03"}, late]) | {"number": "A-1"}
    )
    take_in(
        line(
            "other",
            "A-1",
            [
                RECEIVED,
                {"step": "accept", "on": "2026-03-03"},
                late,
                {"step": "consult", "on": "2026-03-09", **who},
            ],
        )
    )

    assert db.session.scalar(select(Case.due_on)) > date(2026, 4, 28)
    assert list(inspection.inspect(today=clock.today)) == []


STATED = {"end": "others", "organ": "某某局", "organ_contact": "0396-1"}
PARTS = [{"content": "甲", "outcome": "unable_not_held"}, {"content": "乙", "outcome": "unable_not_held"}]


def test_a_basis_and_items_go_out_as_they_came_in_and_raise_the_version(take_in, clock):
    end = answer(outcome="unable_not_held", basis=STATED, parts=PARTS, reason="不属于")
    take_in(line("business", "A-1", [RECEIVED, end]))

    header, value = exporting.histories(now=clock())

    assert header == {"format": "tracker-history/1.1"}
    assert (value["events"][-1]["basis"], value["events"][-1]["parts"]) == (STATED, PARTS)
    assert take_in(value).unchanged == 1
    assert not [
        found for found in exchange.read(json.dumps(row) for row in (header, value)) if found.line != 2
    ]


def consulted(party, name="某局"):
    return {"step": "consult", "on": "2026-03-04", "party": party, "name": name}


OLD = {"format": "tracker-history/1.1"}
NEW = {"format": "tracker-history/1.2"}


def take_file(clock, *values):
    rows = [json.dumps(value, ensure_ascii=False) for value in values]
    return importing.import_histories(rows, today=clock.today, now=clock())


@pytest.mark.parametrize(
    ("header", "word", "kept"),
    [
        ("an old file's agency stays as it was read", "agency", "agency"),
        (OLD, "agency", "agency"),
        (NEW, "agency", "other_agency"),
        (NEW, "co_maker", "co_maker"),
        ("without a header too", "co_maker", "co_maker"),
    ],
    ids=str,
)
def test_an_organ_is_read_as_its_file_means_it(app, clock, header, word, kept):
    """第34条: only a co-maker consents by its silence; an old file did not tell the two apart."""
    rows = [line("business", "A-1", [RECEIVED, consulted(word)])]

    take_file(clock, *([header] if isinstance(header, dict) else []), *rows)

    assert db.session.scalar(select(CaseEvent.details).where(CaseEvent.step == "consult"))["party"] == kept


def test_an_old_file_goes_out_as_it_came_in_while_nothing_newer_is_kept(take_in, clock):
    value = line("business", "A-1", [RECEIVED, consulted("agency")])
    take_in(value)

    header, out = exporting.histories(now=clock())

    assert header == {"format": "tracker-history/1"}
    assert out["events"][-1]["party"] == "agency"
    assert take_in(value).unchanged == 1


def test_beside_newer_records_an_old_one_is_written_as_what_it_is_read_as(take_in, clock):
    """The meaning of an old ``agency`` is that of 第34条: in a file that tells the two apart, ``co_maker``."""
    take_in(line("business", "A-1", [RECEIVED, consulted("agency")]))
    take_file(
        clock, NEW, line("business", "A-2", [RECEIVED, consulted("agency"), consulted("co_maker", "另局")])
    )

    header, *out = exporting.histories(now=clock())

    assert header == NEW
    said = [[event["party"] for event in row["events"] if event["step"] == "consult"] for row in out]
    assert said == [["co_maker"], ["agency", "co_maker"]]
    assert take_file(clock, header, *out).unchanged == 2


def test_a_word_of_the_ledger_alone_is_none_of_a_file(app, clock):
    with pytest.raises(importing.ImportRefusedError, match="third_party、co_maker、agency"):
        take_file(clock, NEW, line("business", "A-1", [RECEIVED, consulted("other_agency")]))


def test_a_register_without_them_keeps_the_first_version(take_in, clock):
    take_in(line("business", "A-1", [RECEIVED, answer(reason='"basis"')]))

    assert next(exporting.histories(now=clock())) == {"format": "tracker-history/1"}


ALIKE = ("Ａ-1", "a-1", "A－1", "A–1", " A-1 ", "A-1\u200b", "A -1")


@pytest.mark.parametrize("number", ALIKE)
def test_a_number_that_reads_the_same_is_the_same_request_however_it_is_written(take_in, number):
    take_in(line("business", "A-1", [RECEIVED]))

    result = take_in(line("business", number, [RECEIVED, answer()]))

    assert (result.added, result.continued, cases()) == (0, 1, 1)


def test_two_lines_of_one_file_whose_numbers_read_the_same_are_one_request(take_in):
    result = take_in(*[line("business", number, [RECEIVED]) for number in ("A-1", *ALIKE)])

    assert (result.added, result.unchanged, cases()) == (1, len(ALIKE), 1)


@pytest.mark.parametrize("number", ALIKE[:4])
def test_a_number_that_reads_like_another_persons_is_refused_naming_both(take_in, number):
    reason = refused(take_in, line("business", "A-1", [RECEIVED]), line("ngo", number, [RECEIVED]))

    assert all(said in reason for said in (number, "写作A-1", "另一件申请"))
