"""A sample office: units, people, contacts and two years of requests, counted back from today."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import select

from tracker.config import UNNAMED
from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case import basis
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.evidence import Fact
from tracker.domain.case.outcome import OUTCOMES
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.case.state import PROCESSING
from tracker.domain.contact.contact import FORMS, TRIAGE
from tracker.domain.errors import StepNotAllowedError
from tracker.domain.law import law, term
from tracker.domain.permission import Role
from tracker.models.agency import Agency, Unit
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.services.contact import contact, registration
from tracker.services.exchange import importing
from tracker.services.office import office, particulars, user
from tracker.services.office.actor import Actor, system
from tracker.services.office.agency import default_agency
from tracker.services.operations import demo_letter, demo_register
from tracker.services.register import archive

NAME = "示例市规划局"  # of an office that has no name yet
PARTICULARS = {
    "document_code": "示规",
    "upper_organ": "示例市人民政府",
    "court": "示例市人民法院",
    "letter_contact": "示例市示例路1号（邮编000000），000-00000000",
    "online_reconsideration": "示例市行政复议网上申请入口",
}
UNITS = ("办公室", "政策法规股", "规划股", "征收管理所", "执法一队", "政务服务站")
HANDLER = "chengban"
PEOPLE = (
    ("dengji", "林静", (Role.REGISTRAR,), None),
    (HANDLER, "周明", (Role.HANDLER,), "规划股"),
    ("shenhe", "何欣", (Role.REVIEWER,), None),
    ("fuze", "陈立", (Role.HEAD,), None),
    ("shenji", "许岚", (Role.AUDITOR,), None),
)
SUBJECTS = (
    "老旧小区改造项目资金使用明细", "辖区公办幼儿园招生计划", "道路拓宽工程征收补偿方案", "食品安全抽检结果",
    "建设工程规划许可证及附图", "土地出让合同", "行政处罚决定书", "社区养老服务设施建设情况",
    "公共停车泊位收费批复", "河道整治工程招标文件", "危房鉴定报告", "农村公路养护经费安排",
)  # fmt: skip
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛超秀霞平刚"
ORGANISATIONS = {
    ApplicantKind.BUSINESS: (
        "恒通物流有限公司",
        "佳禾餐饮管理有限公司",
        "宏远建设有限公司",
        "新城物业服务有限公司",
    ),
    ApplicantKind.RESEARCH: ("示例大学公共管理学院", "示例市城乡规划设计院"),
    ApplicantKind.NGO: ("示例市环境保护志愿者协会", "示例市物业管理行业协会"),
    ApplicantKind.LEGAL_SERVICE: ("正衡律师事务所", "明诚律师事务所"),
    ApplicantKind.OTHER: ("梧桐苑小区业主委员会", "河东街道商户联合会"),
}
PURPOSES = ("反映楼道照明损坏", "询问营业执照办理", "建议增设公交站点", "举报违章搭建", "查询历年规划文件")
PAST_CASES, CONTACTS, ARCHIVED = 140, 36, 3


def fill(*, today: date, now: datetime) -> Iterator[str]:
    """Fill the default agency and yield what was done, the people's one-time passwords included.

    Raises StepNotAllowedError where the sample is there already.
    """
    agency = default_agency()
    if agency is None or db.session.scalar(select(Unit.id).where(Unit.agency_id == agency.id).limit(1)):
        raise StepNotAllowedError("办公室已有数据，不再填入示例。")
    if agency.name == UNNAMED:
        with transaction():
            db.session.get_one(Agency, agency.id).name = NAME
    unsaid = {key: fact for key, fact in PARTICULARS.items() if not particulars.values(agency.id, today)[key]}
    particulars.set_to(unsaid, why="示例", actor=system(agency.id), today=today, now=now)
    agency = db.session.get_one(Agency, agency.id)
    made = put_into(agency, today=today, now=now)
    for each in made.people:
        yield f"用户 {each.login}（{each.name}，{each.role}）的一次性密码：{each.password}"
    yield f"示例案件{made.cases}件。"
    yield f"示例来信来访来电{made.contacts}件。"
    yield f"示例登记簿{made.rows}条。"
    yield f"示例归档{_archived(agency.id, today, now)}件。"
    yield f"示例文书、文件{made.papers}件。"


def _archived(agency_id: int, today: date, now: datetime) -> int:
    """Archive the files of the requests that were answered first; return how many."""
    closed = select(Case.id).where(Case.agency_id == agency_id, Case.closed_on.is_not(None))
    ids = db.session.scalars(closed.order_by(Case.closed_on, Case.id).limit(ARCHIVED)).all()
    for place, case_id in enumerate(ids, start=1):
        number = f"WS·{today.year}·{place:04}"
        typed = archive.ToArchive(number=number, on=today, retention="30", despite="示例：纸质材料另存")
        when: dict[str, Any] = {"today": today, "now": now}
        archive.archived(case_id, typed, details=lambda *_: [], actor=system(agency_id, "林静"), **when)
    return len(ids)


class SamplePerson(NamedTuple):
    """Somebody of the sample, with the password that is shown once."""

    login: str
    name: str
    role: str
    password: str


class Made(NamedTuple):
    """What the sample holds: its people, and how many requests, contacts, rows of registers and papers."""

    people: list[SamplePerson]
    cases: int
    contacts: int
    rows: int
    papers: int


def put_into(agency: Agency, *, today: date, now: datetime, prefix: str = "") -> Made:
    """Fill an agency that has what a letter needs. prefix: with which the logins begin."""
    agency_id, code = agency.id, agency.code
    made = [*_past(today), *_open(today)]
    people = _people(agency_id, now, prefix)
    lines = [json.dumps({"agency": code, **line}, ensure_ascii=False) for line in made]
    result = importing.import_histories(lines, today=today, now=now)
    contacts = _contacts(agency_id, today, now)
    rows = demo_register.fill(agency_id, today=today, now=now)
    papers = demo_letter.fill(agency_id, prefix + HANDLER, today=today, now=now)
    return Made(people, result.added, contacts, rows, papers)


def _people(agency_id: int, now: datetime, prefix: str) -> list[SamplePerson]:
    """Make the units and the people; return them with their one-time passwords."""
    passwords = []
    one_time = {login: user.one_time() for login, *_ in PEOPLE}
    with transaction():
        units = {name: Unit(agency_id=agency_id, name=name, active=True) for name in UNITS}
        for name, unit in units.items():
            unit.kind = name[-1] if name[-1] in "队所站" else "股室"
            unit.liaison_name = f"{name}联络员"
            unit.liaison_email = "liaison@example.org"
        db.session.add_all(units.values())
        db.session.flush()
        for login, name, roles, where in PEOPLE:
            unit_id = units[where].id if where else None
            secret = one_time[login]
            who: dict[str, Any] = {
                "login": f"{prefix}{login}",
                "name": name,
                "roles": roles,
                "unit_id": unit_id,
            }
            user.add(agency_id=agency_id, now=now, secret=secret, **who)
            passwords.append(SamplePerson(f"{prefix}{login}", name, roles[0].label, secret.password))
    return passwords


def _person(chance: Random) -> dict[str, Any]:
    kind = chance.choices(list(ApplicantKind), (70, 14, 3, 3, 7, 3))[0]
    name = chance.choice(SURNAMES) + chance.choice(GIVEN)
    if kind is not ApplicantKind.NATURAL_PERSON:
        names = ORGANISATIONS[kind]
        name = names[SURNAMES.index(name[0]) % len(names)]
    phone = f"139{chance.randrange(10**8):08d}"
    return {"kind": kind, "name": name, "phone": phone, "address": "示例市示例路1号"}


def _case(chance: Random, received_on: date, events: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "applicant": _person(chance),
        "channel": chance.choice(list(Channel)),
        "subject": chance.choice(SUBJECTS),
        "unit": chance.choice(UNITS),
        "events": [{"step": "receive", "on": received_on.isoformat()}, *events],
    }


def _past(today: date) -> Iterator[dict[str, Any]]:
    """Yield answered requests of last year and this one; each line is a lawful history."""
    chance = Random(711)  # noqa: S311  (a sample, the same every time)
    calendar = office.calendar()
    start = date(today.year - 1, 1, 1)
    # A case needs at most its 20 working days and a few more for a supplement.
    span = (today - timedelta(days=60) - start).days
    days = sorted(calendar.add(start + timedelta(days=chance.randrange(span)), 1) for _ in range(PAST_CASES))
    for received_on in days:
        yield _case(chance, received_on, _answered(chance, calendar, received_on))


def _answered(chance: Random, calendar: WorkCalendar, received_on: date) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    open_to = [o for o in OUTCOMES if PROCESSING in o.sources and o.code != "unable_still_unclear"]
    outcome = chance.choices(open_to, [40, 12, *(3 for _ in open_to[2:])])[0]
    day = calendar.add(received_on, chance.randint(1, 6))
    if chance.random() < 0.2:  # noqa: PLR2004  (a share of the sample)
        deadline = calendar.add(day, term.SUPPLEMENT.days)
        events.append({"step": "ask_supplement", "on": day, "deadline_on": deadline, "items": "身份证明"})
        day = calendar.add(day, chance.randint(1, 9))
        events.append({"step": "receive_supplement", "on": day})
    if outcome.code == "refused_third_party_rights":
        consulted = {"party": "third_party", "name": "宏远建设有限公司"}
        events.append({"step": "consult", "on": calendar.add(day, 1), **consulted})
        day = calendar.add(day, chance.randint(3, 9))
        events.append({"step": "end_consultation", "on": day, "opinion": "objects", **consulted})
    day = calendar.add(day, chance.randint(3, 13))
    reason = f"依据{outcome.law}" if outcome.needs_reason else None
    stated = _stated(chance, outcome.code, calendar.add(received_on, 1))
    end = {"outcome": outcome.code, "method": "post", "reason": reason, "basis": stated}
    events.append({"step": "answer", "on": day, **end})
    return [{k: v.isoformat() if isinstance(v, date) else v for k, v in e.items()} for e in events]


# What the notices of the sample state (domain/case/basis.py); days and the rest are filled in.
FACTS = {
    "form": "电子文档1份", "access": "政府门户网站政府信息公开专栏；政务服务大厅3号窗口", "reviewer": "何欣",
    "review": "可以公开", "withheld": "其中的姓名和住址属于个人隐私，不予公开", "organ": "示例市自然资源局",
    "organ_contact": "示例市示例路2号", "search_scope": "2015年以来的文书档案、业务档案",
    "search_means": "公文系统、档案系统，按文件名称检索", "searched_by": "周明", "no_rule": "没有",
    "special_law": "不动产登记暂行条例第27条", "earlier_number": "示公开答〔2024〕第3号",
}  # fmt: skip


def _stated(chance: Random, code: str, day: date) -> dict[str, str]:
    """Return a complete basis of an answer, of one of the outcome's ends."""
    end = chance.choice(basis.ENDS[code])
    facts = {a.key: day.isoformat() if a.is_day else FACTS.get(a.key, "见告知书") for a in end.asks}
    return {basis.END: end.key, **facts}


def _open(today: date) -> Iterator[dict[str, Any]]:
    """Yield requests in every open situation: overdue, due soon, waiting, just received."""
    chance = Random(492)  # noqa: S311
    calendar = office.calendar()

    def back(days: int) -> date:
        """Return the working day from which that many have passed up to today."""
        day = today
        while calendar.count(day, today) < days or not calendar.is_working_day(day):
            day -= timedelta(days=1)
        return day

    def at(ago: int, step: str, **more: Any) -> dict[str, Any]:
        return {"step": step, "on": back(ago).isoformat(), **more}

    third = {"party": "third_party", "name": "安居房地产开发有限公司"}
    deadline = calendar.add(back(8), term.SUPPLEMENT.days).isoformat()
    for days, events in (
        (23, [at(20, "accept")]),
        (law.newest().reply.days, [at(16, "accept")]),
        (18, [at(15, "accept")]),
        (17, [at(14, "accept"), at(1, "extend", days=10, reason="涉及多个单位，检索需要时间")]),
        (14, [at(10, "consult", **third)]),
        (16, [at(12, "consult", **third), at(4, "end_consultation", opinion="agrees", **third)]),
        (12, [at(8, "ask_supplement", deadline_on=deadline, items="申请内容不明确，请写明文件名称")]),
        (15, [at(5, "charge", amount="120")]),
        (30, [at(27, "ask_supplement", deadline_on=back(6).isoformat(), items="写明文件名称")]),
        (28, [at(24, "consult", **third)]),
        (6, []),
        (3, []),
        (1, []),
        (0, []),
    ):
        yield _case(chance, back(days), events)


def _contacts(agency_id: int, today: date, now: datetime) -> int:
    chance = Random(2019)  # noqa: S311
    actor = system(agency_id, "林静")
    forms, kinds = list(FORMS)[:3], [kind for kind in TRIAGE if kind != "request"]
    for days in sorted((chance.randrange(1, 300) for _ in range(CONTACTS)), reverse=True):
        arrived_on = today - timedelta(days=days)
        data = contact.ContactData(
            form=chance.choice(forms),
            arrived_on=arrived_on,
            arrived_time=f"{chance.randrange(9, 17):02d}:{chance.randrange(60):02d}",
            person=chance.choice(SURNAMES) + chance.choice(GIVEN),
            phone=f"138{chance.randrange(10**8):08d}",
            summary=chance.choice(PURPOSES),
        )
        sorted_at_once = chance.choice(kinds) if days > len(UNITS) else None
        row: Contact = registration.register(
            data, actor=actor, today=arrived_on, now=now, triage=sorted_at_once
        )
        if sorted_at_once and days > 2 * len(UNITS):
            result = "已答复来访来电人。"
            contact.close(row.id, result, on=arrived_on, actor=actor, today=today, now=now)
    return CONTACTS + _waiting(actor, today, now)


def _waiting(actor: Actor, today: date, now: datetime) -> int:
    """Make requests that nobody has confirmed yet; a try to reach one of them failed."""
    for form, way, ago in (("letter", Channel.ORDINARY_MAIL, 0), ("online", Channel.ONLINE, 3)):
        arrived_on = today - timedelta(days=ago)
        data = contact.ContactData(form=form, arrived_on=arrived_on, person="赵敏", summary=SUBJECTS[ago])
        person = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name="赵敏", phone="13800000000")
        arrival = Arrival(channel=way, arrived_on=arrived_on)
        tried = Fact(kind="attempt", on=arrived_on, time="15:30", way="phone", result="no_answer")
        request = RequestData(
            applicant=person,
            arrival=arrival,
            subject=SUBJECTS[ago],
            evidence=(tried,) if ago else (),
        )
        registration.register(data, actor=actor, today=today, now=now, triage="request", request=request)
    return 2
