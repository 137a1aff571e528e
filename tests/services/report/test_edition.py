"""What is published stays: cells, cases, texts are frozen, corrected by editions, carried into the next year."""

import json
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from tests.histories import line
from tests.histories import text as lines_of
from tests.practice import set_practice
from tests.services.office.test_tampering import write as tamper
from tracker.config import UNNAMED
from tracker.domain.case.event import Entry
from tracker.domain.errors import InvalidDetailError, NotPermittedError, StepNotAllowedError
from tracker.domain.misfit import DamagedError
from tracker.domain.permission import Role
from tracker.domain.report import section as report_section
from tracker.models.base import db
from tracker.models.case import Case
from tracker.rendering.output import OUTPUTS
from tracker.services.case import step
from tracker.services.exchange import importing
from tracker.services.operations import inspection, setup
from tracker.services.report import edition as report_edition
from tracker.services.report import report as reports
from tracker.services.report import text as texts
from tracker.services.report.edition import Approval, ReportNotReadyError

OPEN = [{"step": "receive", "on": "2025-12-10"}]
ANSWERED = [
    {"step": "receive", "on": "2025-03-03"},
    {"step": "answer", "on": "2025-03-20", "outcome": "disclosed", "method": "post"},
]
PARTS = dict.fromkeys(report_section.PARTS, "有关工作按规定开展。")


@pytest.fixture
def head(actor):
    return actor(Role.HEAD)


@pytest.fixture
def office(app, head, clock):
    """An office in January with one request of 2025 answered, one open, and its texts written."""
    clock.set("2026-01-12")
    lines = [line("natural_person", "A-1", ANSWERED), line("business", "A-2", OPEN)]
    importing.import_histories(lines_of(lines).splitlines(), today=clock.today, now=clock())
    write(head, clock)
    return app


def write(actor, clock, year: int = 2025, six: str = "本年度未收取信息处理费。") -> None:
    parts = {**PARTS, "依申请公开": f"{year}年新收{{{{依申请公开.新收}}}}件。"}
    whole = {"1": report_section.join(parts), "5": f"{year}年的问题。", "6": six}
    for section, words in whole.items():
        base = texts.latest(actor.agency_id, year)[section].version
        texts.save(year, section, words, base=base, actor=actor, now=clock())


def given(actor, clock, year: int = 2025, **more) -> Approval:
    report = reports.current(actor.agency_id, year, today=clock.today)
    words = {report_edition.key_of(found): "已核对，原因如上年更正。" for found in report.findings}
    return Approval(
        **{
            "explanations": words,
            "approved_by": "陈立",
            "published_on": clock.today,
            "seen": report_edition.digest_of(report),
            **more,
        }
    )


def publish(actor, clock, year: int = 2025, **more):
    wanted = given(actor, clock, year, **more)
    return report_edition.publish(year, wanted, actor=actor, today=clock.today, now=clock())


def correct(number: str, seq: int, entry: dict | None, actor, clock) -> None:
    case = db.session.scalar(select(Case).where(Case.number == number))
    details = {"replaces": seq, "with": entry, "reason": "登记有误"}
    step.take(case.id, Entry("correct", clock.today, details), actor=actor, today=clock.today, now=clock())


def test_a_published_report_says_so_and_its_cells_name_their_cases(office, head, clock):
    edition = publish(head, clock)

    shown = reports.shown(head.agency_id, 2025, today=clock.today)
    assert (shown.edition, shown.published_on, shown.findings) == (1, clock.today, [])
    assert shown.sections["1"].splitlines()[3] == "2025年新收2件。"
    numbers = {
        (row, column): [
            c.number
            for c in db.session.scalars(
                report_edition.frozen_cases(edition.id, row, column).order_by(Case.number)
            )
        ]
        for row in ("1", "3.1", "3.7", "4")
        for column in ("natural_person", "total")
    }
    assert numbers["1", "total"] == ["A-1", "A-2"]
    assert numbers["3.7", "total"] == numbers["3.1", "natural_person"] == ["A-1"]
    assert (numbers["4", "natural_person"], numbers["4", "total"]) == ([], ["A-2"])
    assert json.loads(OUTPUTS["json"].write(shown))["published"] is True


def test_a_later_correction_moves_no_published_figure_and_shows_what_it_would_change(office, head, clock):
    edition = publish(head, clock)
    before = {
        ending: OUTPUTS[ending].write(reports.shown(head.agency_id, 2025, today=clock.today))
        for ending in ("json", "xlsx", "docx", "html")
    }
    clock.set("2026-02-10")
    correct("A-1", 1, None, head, clock)

    after = reports.shown(head.agency_id, 2025, today=clock.today)

    assert {ending: OUTPUTS[ending].write(after) for ending in before} == before
    changes = {change.where: change for change in report_edition.changes(edition, today=clock.today)}
    new = changes["一、本年新收政府信息公开申请数量 自然人"]
    assert (new.printed, new.counted, [c.number for c in new.removed], new.added) == ("1", "0", ["A-1"], [])
    assert changes["（七）总计 总计"].counted == "0"
    assert "四、结转下年度继续办理 商业企业" not in changes
    assert list(inspection.inspect(today=clock.today)) == []


def test_a_swap_that_leaves_the_figure_as_it_was_is_shown_too(office, head, clock):
    lines = [line("natural_person", "A-3", [{"step": "receive", "on": "2025-12-15"}])]
    edition = publish(head, clock)
    clock.set("2026-02-10")
    correct("A-1", 1, None, head, clock)
    importing.import_histories(lines_of(lines).splitlines(), today=clock.today, now=clock())

    changes = {change.where: change for change in report_edition.changes(edition, today=clock.today)}

    new = changes["一、本年新收政府信息公开申请数量 自然人"]
    assert (new.printed, new.counted) == ("1", "1")
    assert ([c.number for c in new.added], [c.number for c in new.removed]) == (["A-3"], ["A-1"])


def test_a_corrected_edition_needs_a_reason_and_keeps_the_first(office, head, clock):
    publish(head, clock)
    clock.set("2026-02-10")
    correct("A-1", 1, None, head, clock)

    with pytest.raises(InvalidDetailError, match="理由"):
        publish(head, clock)
    second = publish(head, clock, reason="A-1 重复登记，已作废")

    assert (second.number, second.reason) == (2, "A-1 重复登记，已作废")
    first = reports.published(head.agency_id, 2025, 1)
    newest = reports.shown(head.agency_id, 2025, today=clock.today)
    assert (first.table3["1"]["total"], newest.table3["1"]["total"]) == (2, 1)
    assert report_edition.changes(second, today=clock.today) == []
    assert list(report_edition.verify(head.agency_id)) == []


def test_the_second_click_publishes_nothing(office, head, clock):
    publish(head, clock)

    with pytest.raises(StepNotAllowedError, match="完全相同"):
        publish(head, clock, reason="再来一次")
    assert len(report_edition.editions(head.agency_id, 2025)) == 1


def test_what_was_not_seen_is_not_published(office, head, clock):
    wanted = given(head, clock)
    lines = [line("ngo", "A-9", OPEN)]
    importing.import_histories(lines_of(lines).splitlines(), today=clock.today, now=clock())

    with pytest.raises(StaleDataError):
        report_edition.publish(2025, wanted, actor=head, today=clock.today, now=clock())


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"approved_by": " "}, InvalidDetailError),
        ({"published_on": date(2025, 12, 31)}, InvalidDetailError),
        ({"published_on": date(2026, 1, 13)}, InvalidDetailError),  # tomorrow
    ],
)
def test_the_approver_and_the_day_must_be_possible(office, head, clock, more, error):
    with pytest.raises(error):
        publish(head, clock, **more)


def test_a_year_that_has_not_ended_is_not_published(office, head, clock):
    write(head, clock, 2026)

    with pytest.raises(StepNotAllowedError, match="还没有结束"):
        publish(head, clock, 2026)


def test_a_report_that_a_damaged_row_of_the_practice_would_count_otherwise_is_not_published(
    office, head, clock
):
    set_practice(expiry_is_repeal=True)
    tamper("UPDATE practices SET value = 'maybe'")

    with pytest.raises(DamagedError, match="做法有一行已损坏"):
        publish(head, clock)


def test_a_report_without_its_texts_is_not_published(app, head, clock):
    with pytest.raises(ReportNotReadyError, match="五、存在的主要问题及改进情况：尚未填写"):
        publish(head, clock)


def test_the_report_of_an_office_without_a_name_is_not_published(office, head, clock):
    setup.initialise(UNNAMED, fallback=UNNAMED, now=clock())

    with pytest.raises(ReportNotReadyError, match="机关名称"):
        publish(head, clock)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.HANDLER, Role.REVIEWER, Role.AUDITOR])
def test_the_head_alone_publishes(office, actor, clock, role):
    with pytest.raises(NotPermittedError):
        publish(actor(role), clock)


def test_a_finding_is_removed_or_explained_in_section_six(office, head, clock):
    write(head, clock, six="没有其他事项。")  # says nothing of fees

    with pytest.raises(ReportNotReadyError, match="六、其他需要报告的事项"):
        publish(head, clock, explanations={})
    publish(head, clock)

    shown = reports.shown(head.agency_id, 2025, today=clock.today)
    assert "数据说明：六、其他需要报告的事项：已核对，原因如上年更正。" in shown.sections["6"]


# -- 二(Y) is the published 四(Y−1) (rulebook 4.5) -------------------------------------------------


def test_next_years_row_two_is_what_was_published_and_the_ledgers_differing_is_a_finding(office, head, clock):
    publish(head, clock)
    clock.set("2026-03-02")
    correct("A-2", 1, None, head, clock)  # carried out of 2025 in print; void now

    report = reports.current(head.agency_id, 2026, today=clock.today)

    assert report.table3["2"]["business"] == 1
    checks = {finding.check: finding for finding in report.findings}
    assert "已公布的“结转下年度”为1，台账现为0" in checks["carried_in_ledger"].message
    assert "col_balance" in checks
    assert "cross_year" not in checks
    index = reports.years(head.agency_id, 2025, 2026)
    assert index[1].table3["2"] == report.table3["2"]


def test_next_years_row_two_balances_where_nothing_was_corrected(office, head, clock):
    publish(head, clock)
    clock.set("2026-03-02")

    report = reports.current(head.agency_id, 2026, today=clock.today)

    assert (report.table3["2"]["business"], report.findings) == (1, [])


# -- proof ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act", ["UPDATE report_editions SET reason = 'x'", "DELETE FROM report_edition_cases"]
)
def test_the_database_refuses_to_change_what_is_published(office, head, clock, act):
    publish(head, clock)

    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(act))
    db.session.rollback()


def dropping(table: str, name: str) -> str:
    """Return what takes a trigger away, as somebody with the database in hand would."""
    if db.engine.dialect.name == "sqlite":
        return f"DROP TRIGGER {table}_no_{name}"
    return f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        ("UPDATE report_editions SET approved_by = '别人'", "散列不符"),
        ("DELETE FROM report_edition_cases WHERE kind = 'business'", "散列不符"),
        ("UPDATE report_editions SET number = 2", "不衔接"),
    ],
)
def test_check_finds_what_somebody_changed_behind_the_program(office, head, clock, tamper, words):
    publish(head, clock)
    for table in ("report_editions", "report_edition_cases"):
        for name in ("UPDATE", "DELETE"):
            db.session.execute(text(dropping(table, name)))
    db.session.execute(text(tamper))
    db.session.commit()

    found = [each.message for each in inspection.inspect(today=clock.today)]

    assert any(words in message for message in found)


def test_a_report_whose_tallies_are_not_its_cases_is_not_published(office, head, clock):
    tamper("UPDATE tallies SET number = number * 2 WHERE figure IN ('received', 'result')")

    with pytest.raises(DamagedError, match="tracker check"):
        publish(head, clock)
    assert reports.edition(head.agency_id, 2025) is None
    setup.initialise(None, fallback="本机关", now=clock())
    assert publish(head, clock).number == 1
