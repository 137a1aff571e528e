"""What an office exports an empty office takes in and exports again, byte for byte, on both databases."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import select

from tests import registering
from tests.conftest import give_key, make_office, settings_of
from tests.histories import line
from tests.postgres import make_empty
from tracker.app import create_app
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.event import Entry
from tracker.domain.case.request import ApplicantData, Arrival, RepresentativeData, RequestData
from tracker.domain.case.wish import Wishes
from tracker.domain.permission import Role
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.cipher import blind_index
from tracker.services.calendar import calendar
from tracker.services.case import ledger, step
from tracker.services.exchange import exporting, importing
from tracker.services.office import office
from tracker.services.office.actor import system
from tracker.services.operations import inspection
from tracker.services.report import year_end

pytestmark = pytest.mark.both  # what stands in a copy

TODAY = "2026-05-20"
RECEIVED = {"step": "receive", "on": "2026-03-02"}
WHO = {"party": "third_party", "name": "某某公司"}
ORGAN = {"party": "co_maker", "name": "共同制作局"}
OTHER = {"party": "agency", "name": "另一机关"}


def at(step: str, on: str, **keys) -> dict:
    return {"step": step, "on": on, **keys}


def answer(on: str, outcome: str = "disclosed", **keys) -> dict:
    return at("answer", on, outcome=outcome, **keys)


def correct(on: str, replaces: int, value: dict | None) -> dict:
    return at("correct", on, replaces=replaces, **{"with": value}, reason="笔误")


EVERYTHING = {
    "a supplement after the term had ended": [
        RECEIVED,
        at(
            "ask_supplement",
            "2026-04-20",
            deadline_on="2026-05-08",
            items="写明文号",
            received_on="2026-04-22",
        ),
        at("receive_supplement", "2026-04-29"),
        answer("2026-05-12", reason="逾期"),
    ],
    "consultations of every party": [
        RECEIVED,
        at("consult", "2026-03-04", **WHO, received_on="2026-03-05"),
        at("consult", "2026-03-04", **ORGAN),
        at("consult", "2026-03-04", **OTHER),
        at("end_consultation", "2026-03-10", **WHO, opinion="objects", reason="商业秘密"),
        at("end_consultation", "2026-03-11", **ORGAN, opinion="agrees"),
        at("end_consultation", "2026-03-11", **OTHER, opinion="none"),
        at("extend", "2026-03-26", days=15, reason="数量大", approved_by="陈立"),
        answer("2026-04-20", "refused_third_party_rights", decided_on="2026-04-17", method="post"),
    ],
    "a fee, and its payment": [
        RECEIVED,
        at("charge", "2026-03-05", way="by_page", count=120, amount="940", received_on="2026-03-06"),
        at("pay", "2026-03-20", amount="940"),
        answer("2026-04-01", document_number="〔2026〕1号"),
    ],
    "reasons and a delay": [
        RECEIVED,
        at("ask_reasons", "2026-03-05", deadline_on="2026-03-20"),
        at("give_reasons", "2026-03-12"),
        at("delay", "2026-03-18", until_on="2026-05-15", reason="数量、频次明显超过合理范围"),
    ],
    "a partial answer with its items": [
        RECEIVED,
        answer(
            "2026-03-27",
            "partially_disclosed",
            parts=[
                {"content": "甲", "outcome": "disclosed"},
                {"content": "乙", "outcome": "unable_not_held", "end": "others", "reason": "不掌握"},
            ],
        ),
    ],
    "a correction of a correction": [
        RECEIVED,
        at("extend", "2026-03-10", days=10),
        correct("2026-03-11", 2, at("extend", "2026-03-10", days=12, reason="数量大")),
        correct("2026-03-12", 2, at("extend", "2026-03-10", days=15, reason="数量大")),
        correct("2026-03-13", 1, at("receive", "2026-03-03", arrived_on="2026-03-01")),
    ],
    "an answer that was taken back": [
        RECEIVED,
        answer("2026-03-20"),
        correct("2026-03-23", 2, None),
        at("assign", "2026-03-24", unit="规划股", handler="周明"),
    ],
    "a void": [RECEIVED, correct("2026-03-03", 1, None)],
    "a withdrawal": [RECEIVED, at("withdraw", "2026-03-10", reason="本人书面撤回")],
    "a request of the year before, in order of typing": [
        at("receive", "2025-12-22", signed_on="2025-12-22", tracking_number="XA1"),
        at("accept", "2025-12-24"),
        at("extend", "2026-01-16", days=20),
        at("consult", "2026-01-08", **WHO),
        answer("2026-03-02"),
    ],
    "a request whose day is counted anew": [at("receive", "2026-05-06"), at("extend", "2026-05-18", days=5)],
    "a request of the law before 2019": [at("receive", "2019-04-30"), answer("2019-06-04")],
}


@contextmanager
def empty_office(app, tmp_path, clock, worker_id) -> Iterator:
    """Another office on a database of the same kind, with nothing in it."""
    ours, folder, url = office.settings(), tmp_path / "empty", None
    db.session.remove()
    if db.engine.dialect.name == "postgresql":
        url = make_empty(f"empty_{worker_id}")
    give_key(ours.instance, folder)
    settings = settings_of(folder, url)
    make_office(settings)
    other = create_app(settings, now=clock)
    with other.app_context():
        yield other
        db.session.remove()
        db.engine.dispose()


def exported(app) -> str:
    """Return what the real command writes."""
    result = app.test_cli_runner().invoke(args=["tracker", "export"])
    assert result.exit_code in (0, 1), result.stderr
    return result.stdout


def take(clock, text: str) -> importing.ImportResult:
    return importing.import_histories(text.splitlines(), today=clock.today, now=clock())


def lines(*values: dict) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def steps(case: Case) -> list[str]:
    return [entry.step for entry in case.entries]


def acting() -> tuple[RepresentativeData, ...]:
    """Return an agent for everybody and the guardian of the third."""
    agent = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name="赵律", gets_letters=True, email="a@b.cn")
    guardian = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name="王大", address="中山路1号")
    term = {"scope": "special", "from_on": date(2026, 1, 1), "to_on": date(2026, 12, 31)}
    return (
        RepresentativeData(role="agent", person=agent, **term),
        RepresentativeData(role="guardian", person=guardian, place=3),
    )


@pytest.fixture
def full(app, clock, actor, planning) -> None:
    """An office with a history of every kind, marks of the program among them, and joint applicants."""
    clock.set("2026-01-05")
    year_before = [name for name in EVERYTHING if "year before" in name]
    first = [line("business", f"A-{name}", EVERYTHING[name][:1]) for name in year_before]
    take(clock, lines({"format": "tracker-history/1.2"}, *first))
    year_end.run(on=clock.today, now=clock())
    clock.set(TODAY)
    told = [line("business", f"A-{name}", events, unit="规划股") for name, events in EVERYTHING.items()]
    for value in told:
        if any(name in value["number"] for name in year_before):
            value.pop("unit")
    take(clock, lines({"format": "tracker-history/1.2"}, *told))
    local_holiday(actor, clock)
    (anew,) = [value for value in told if "anew" in value["number"]]
    anew["events"] = [*anew["events"], correct("2026-05-19", 2, at("extend", "2026-05-18", days=8))]
    assert take(clock, lines(anew)).continued == 1
    people = [
        ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name=name, phone="13900001234", **more)
        for name, more in (
            ("张三", {"id_kind": "resident_id", "id_number": "110105194912310021", "id_kept": "证件如此"}),
            ("李四", {"id_kind": "passport", "id_number": "E1", "gets_letters": True}),
            ("王五", {}),
        )
    ]
    asked = RequestData(
        applicant=people[0],
        arrival=Arrival(channel=Channel.ORAL, arrived_on=date(2026, 5, 6)),
        subject="共同申请",
        further=tuple(people[1:]),
        representatives=acting(),
        wishes=Wishes(
            form="paper", way="post", purpose="写论文", help="视力一级", filled_by="林静",
            read_back_on=date(2026, 5, 6),
        ),
    )  # fmt: skip
    words = {"actor": actor(Role.REGISTRAR, Role.HEAD), "today": clock.today, "now": clock()}
    joint = registering.register(asked, **words)
    step.take(joint.id, Entry("assign", clock.today, {"handler": "周明"}), **words)


def local_holiday(actor, clock) -> None:
    """Move the days of open requests: each keeps a mark of it in its ledger."""
    found = calendar.local_day(
        [date(2026, 5, 13)], "建州纪念日", "州政府文件", works=False, today=clock.today
    )
    calendar.keep_local(found, "州政府文件", actor=actor(Role.HEAD), today=clock.today, now=clock())


def test_an_export_of_everything_comes_back_from_an_empty_office_to_the_byte(
    full, app, tmp_path, clock, worker_id
):
    cases = list(db.session.scalars(select(Case)).unique())
    marks = {entry.step for case in cases for entry in case.entries}
    assert {"carry_forward", "recompute"} <= marks
    assert sum(len(case.applicant.people) == 3 for case in cases) == 1
    text = exported(app)
    assert take(clock, text).unchanged == len(EVERYTHING) + 1

    with empty_office(app, tmp_path, clock, worker_id) as other:
        found = take(clock, text)
        again = exported(other)
        rows = db.session.scalars(select(Applicant).where(Applicant.id_index.is_not(None))).all()
        assert {row.id_index for row in rows} == {blind_index(row.id_number) for row in rows}
        flaws = list(inspection.inspect(today=clock.today))

    assert (found.added, found.bad) == (len(EVERYTHING) + 1, [])
    assert again.encode("utf-8") == text.encode("utf-8")
    assert flaws == []


def test_what_a_file_says_of_a_kept_requests_people_otherwise_is_refused_and_silence_changes_nothing(
    full, app, clock
):
    head, *values = map(json.loads, exported(app).splitlines())
    (told,) = (value for value in values if value["subject"] == "共同申请")
    assert head == {"format": "tracker-history/1.3"}
    assert told["representatives"][1] == {
        "role": "guardian", "place": 3, "name": "王大", "address": "中山路1号",
    }  # fmt: skip
    for key, value, label in (
        ("joint", told["joint"][::-1], "共同申请人"),
        (
            "representatives",
            [*told["representatives"], {"role": "agent", "name": "钱七"}],
            "代理人或者监护人",
        ),
        ("wishes", {**told["wishes"], "form": "disc"}, "所需形式"),
    ):
        with pytest.raises(importing.ImportRefusedError, match=f"已登记的{label}.*与本行不同"):
            take(clock, lines({**told, key: value}))
    silent = {name: part for name, part in told.items() if name not in ("joint", "representatives", "wishes")}
    assert take(clock, lines(silent)).unchanged == 1
    assert exported(app).splitlines()[1:] == [json.dumps(value, ensure_ascii=False) for value in values]


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (
            {"representatives": [{"role": "friend", "name": "甲"}]},
            r"representatives\[1\].role 不能是“friend”",
        ),
        (
            {"representatives": [{"role": "agent", "name": "甲", "place": 3}]},
            "甲代理的申请人不在本件申请人中",
        ),
        ({"representatives": [{"role": "agent"}]}, "请填写委托代理人的姓名"),
        (
            {
                "representatives": [
                    {"role": "agent", "name": "甲", "from_on": "2026-02-02", "to_on": "2026-02-01"}
                ]
            },
            "截止日期不能早于起始日期",
        ),
        ({"joint": [{"name": "甲"}]}, r"缺少 joint\[0\].kind"),
        ({"joint": [{"kind": "nobody"}]}, r"joint\[0\].kind 不能是“nobody”"),
        ({"joint": [{"kind": "other"}]}, "请填写第2申请人"),
        ({"joint": [{"kind": "other", "name": "甲"}] * 100}, "joint 应有至多99位共同申请人"),
        ({"wishes": {"form": "gold"}}, "wishes.form 不能是“gold”"),
        ({"wishes": {"read_back_on": "5月"}}, "“wishes.read_back_on”不是日期"),
        ({"wishes": {"colour": "red"}}, "不认识的项：colour"),
    ],
)
def test_people_who_contradict_themselves_are_refused_by_their_place(app, clock, part, reason, on_sqlite):
    with pytest.raises(importing.ImportRefusedError, match=reason):
        take(clock, lines({**line("other", "P-1", [RECEIVED]), **part}))


def test_a_correction_after_a_mark_of_recounting_hits_its_own_entry(app, actor, clock):
    clock.set("2026-05-11")
    events = [at("receive", "2026-04-27"), at("extend", "2026-05-06", days=10)]
    take(clock, lines(line("other", "C-1", events)))
    clock.set("2026-05-12")
    local_holiday(actor, clock)
    events.append(at("assign", "2026-05-12", handler="周明"))
    assert take(clock, lines(line("other", "C-1", events))).continued == 1
    case = db.session.scalars(select(Case)).unique().one()
    assert steps(case) == ["receive", "accept", "extend", "recompute", "assign"]
    before = case.due_on

    fixes = [
        correct("2026-05-12", 2, at("extend", "2026-05-06", days=5)),
        correct("2026-05-12", 3, at("assign", "2026-05-12", handler="何法")),
    ]
    assert take(clock, lines(line("other", "C-1", [*events, *fixes]))).continued == 1

    db.session.expire_all()
    case = db.session.scalars(select(Case)).unique().one()
    hit = [case.entries[e.details["replaces"] - 1].step for e in case.entries if e.step == "correct"]
    assert hit == ["extend", "assign"]
    assert office.calendar().count(case.due_on, before) == 5
    assert take(clock, lines(line("other", "C-1", [*events, *fixes]))).unchanged == 1
    assert list(inspection.inspect(today=clock.today)) == []


# -- what older versions kept of a file -------------------------------------------------------------


@pytest.fixture
def old(app, clock):
    """A ledger in which an older version kept words of the program from a file."""
    take(clock, lines(line("business", "O-1", [RECEIVED]), line("business", "O-2", [RECEIVED])))
    first, second = db.session.scalars(select(Case).order_by(Case.number)).unique()
    told = {"reason": "权利人不同意", "override": "已经面谈"}
    put = {"step": "disclosed", "on": "2026-03-12", "override": "公共利益"}
    with transaction():
        write(first, Entry("disclosed", date(2026, 3, 11), told), clock)
        write(second, Entry("disclosed", date(2026, 3, 11), {"override": "已经面谈"}), clock)
    with transaction():
        write(
            second, Entry("correct", date(2026, 3, 13), {"replaces": 2, "with": put, "reason": "误"}), clock
        )


def write(case: Case, entry: Entry, clock) -> None:
    ledger.record(case, entry, actor=system(case.agency_id), today=clock.today, now=clock())


def test_why_a_step_was_taken_all_the_same_goes_out_as_part_of_its_reason(
    old, app, tmp_path, clock, worker_id
):
    """A word of the program is none of the format; what it says is not lost."""
    _, first, second = exporting.histories(now=clock())

    assert "override" not in json.dumps([first, second])
    assert first["events"][-1]["reason"] == "权利人不同意；已经面谈"
    assert [event.get("reason") for event in second["events"][1:]] == ["已经面谈", "误"]
    assert second["events"][-1]["with"]["reason"] == "公共利益"
    text = exported(app)
    assert take(clock, text).unchanged == 2
    with empty_office(app, tmp_path, clock, worker_id) as other:
        assert take(clock, text).added == 2
        again = exported(other)
    assert again == text


def test_no_step_but_an_acceptance_is_left_out_as_made_by_the_program(app, clock):
    """An older version took ``implied`` from a file: the answer would have been gone from the export."""
    take(clock, lines(line("business", "O-1", [RECEIVED])))
    case = db.session.scalars(select(Case)).unique().one()
    with transaction():
        write(case, Entry("disclosed", date(2026, 3, 11), {"implied": True}), clock)

    _, value = exporting.histories(now=clock())

    assert [event["step"] for event in value["events"]] == ["receive", "answer"]
    assert "implied" not in json.dumps(value)
    assert take(clock, exported(app)).unchanged == 1
