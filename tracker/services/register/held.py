"""What the office holds about a person, collected for a request about the own data (个人信息保护法第45条)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.message import labels
from tracker.domain.permission import Action
from tracker.domain.register import personal_request
from tracker.models.base import db, transaction
from tracker.models.follow_up import PersonalAnswer, PersonalRequest
from tracker.models.reads import held as reads_held
from tracker.rendering.letter import plain
from tracker.services.office import agency, audit, store
from tracker.services.office.actor import Actor
from tracker.services.register.paper import PERSONAL

KEPT = labels(
    {
        **PERSONAL,
        "id_kind": "证件种类",
        "id_kept": "证件号码与校验不符的说明",
        "purpose": "用途",
        "help": "请求的帮助",
    }
)
CASE, CONTACT, ACCOUNT = "case", "contact", "account"


@dataclass(frozen=True, slots=True)
class Held:
    """One place where something about the person is kept.

    kind: a code of personal_request.HELD. target: what its page is of, with its id.
    number, on: what it is called, its day.
    what: which data is kept there, in words and without the data.
    """

    kind: str
    target: str
    target_id: int
    number: str
    on: date | None
    what: str


def collect(
    name: str, id_number: str, *, reason: str, row: PersonalRequest, actor: Actor, now: datetime
) -> list[Held]:
    """Return where data about the person is kept; who looked, why, and how much was found, is logged.

    row: the request. The log names neither the person nor the number.

    Raises InvalidDetailError, NotPermittedError.
    """
    actor.require(Action.PERSONAL)
    name, id_number = name.strip(), id_number.strip()
    if not name and not id_number:
        raise InvalidDetailError("请填写姓名或者证件号码。")
    if not reason.strip():
        raise InvalidDetailError("请填写事由：汇集个人信息记入审计日志。")
    held = list(_found(actor.agency_id, name, id_number))
    with transaction():
        told: dict[str, Any] = {"reason": reason.strip(), "rows": len(held)}
        audit.note("personal_data_collected", actor=actor.name, now=now, **_where(row), **told)
    return held


def answers_of(row: PersonalRequest) -> list[PersonalAnswer]:
    """Return the answers that were made of a request, the newest first."""
    query = select(PersonalAnswer).where(PersonalAnswer.request_id == row.id)
    return list(db.session.scalars(query.order_by(PersonalAnswer.id.desc())))


def answer(row: PersonalRequest, *, actor: Actor, today: date, now: datetime) -> bytes:
    """Return the answer to a request as a Word file: the one that was made, until the request is changed.

    It names the person, so that making it, and each time it is handed over, is logged.

    Raises InvalidDetailError where no result is recorded yet, where the row is withdrawn or nobody is known
    to have asked, NotFoundError where the file is lost, NotPermittedError.
    """
    actor.require(Action.PERSONAL)
    if (made := _current(row)) is not None:
        return again(row, made.id, actor=actor, now=now)
    content, title = _written(row, today)
    with store.ready(content) as stored, transaction():
        agency.lock(row.agency_id)  # a second click waits here, and finds what the first one made
        if (made := _current(row)) is None:
            store.keep(stored)
            db.session.add(
                PersonalAnswer(
                    agency_id=row.agency_id,
                    request_id=row.id,
                    request_version=row.version,
                    title=title,
                    size=stored.size,
                    sha256=stored.digest,
                    made_by=actor.name,
                    made_at=now,
                )
            )
            told: dict[str, Any] = {"sha256": stored.digest}
            audit.note("personal_answer_made", actor=actor.name, now=now, **_where(row), **told)
    return content if made is None else again(row, made.id, actor=actor, now=now)


def _current(row: PersonalRequest) -> PersonalAnswer | None:
    """Return the answer to the request as it stands now; None where none was made since it changed."""
    made = next(iter(answers_of(row)), None)
    return made if made is not None and made.request_version == row.version else None


def again(row: PersonalRequest, answer_id: int, *, actor: Actor, now: datetime) -> bytes:
    """Return an answer that was made, byte for byte; the look is logged. Raises NotFoundError."""
    actor.require(Action.PERSONAL)
    made = next((one for one in answers_of(row) if one.id == answer_id), None)
    content = store.get(made.sha256) if made is not None else None
    if made is None or content is None:
        raise NotFoundError("这份答复书已丢失或被改动，请联系系统管理员从备份恢复。")
    with transaction():
        told: dict[str, Any] = {"sha256": made.sha256}
        audit.note("personal_answer_seen", actor=actor.name, now=now, **_where(row), **told)
    return content


def _written(row: PersonalRequest, today: date) -> tuple[bytes, str]:
    """Return the answer as it would be made now, and its title."""
    if row.withdrawn_at is not None:
        raise InvalidDetailError("这条记录已作废，不能出具答复书。")
    if row.result not in personal_request.RESULTS:
        raise InvalidDetailError("还没有办理结果：请先填写办理结果，不予照办的写明理由。")
    values = {one.name: getattr(row, one.name) for one in personal_request.PERSONAL_REQUESTS.fields}
    title = personal_request.title(values)
    content = plain.written(
        agency.name_of(row.agency_id),
        title,
        row.document_number,
        _person(row),
        personal_request.answer(values),
        row.answered_on or today,
    )
    return content, title


def _where(row: PersonalRequest) -> dict[str, Any]:
    return {"target": f"个人信息-{row.id}", "agency_id": row.agency_id}


def _person(row: PersonalRequest) -> str:
    """Return who asked: who the letter, visit or call is from. Raises InvalidDetailError where none says it.

    Never who asks with the request that it is about: a third party of it may have asked.
    """
    number = row.contact_number
    contact = reads_held.contact_numbered(row.agency_id, number) if number else None
    if contact is None or not contact.person:
        raise InvalidDetailError(
            "不知道答复书写给谁：请先登记请求人的来信、来访、来电并写明姓名，再填写来信来访编号。"
        )
    return contact.person


def cut(places: Sequence[Held]) -> list[str]:
    """Return the kinds of which only the first were listed."""
    return [kind for kind, count in Counter(one.kind for one in places).items() if count >= reads_held.MOST]


def _found(agency_id: int, name: str, id_number: str) -> Iterator[Held]:
    for case, who in reads_held.cases_asked_for(agency_id, name, id_number):
        kept = [label for key, label in KEPT.items() if getattr(who, key)]
        asked = [] if who.role else ["申请内容"]
        what = "、".join(("姓名", *kept, *asked))
        yield Held(
            "representative" if who.role else "applicant", CASE, case.id, case.number, case.received_on, what
        )
    if not name:
        return
    for contact in reads_held.contacts_of_person(agency_id, name):
        kept = [
            label for label, value in (("联系电话", contact.phone), ("联系地址", contact.address)) if value
        ]
        what = "、".join(("姓名", *kept, "反映内容"))
        yield Held("contact", CONTACT, contact.id, contact.number, contact.arrived_on, what)
    for case in reads_held.cases_consulting(agency_id, name):
        yield Held("third_party", CASE, case.id, case.number, case.received_on, "名称、意见")
    for letter in reads_held.letters_to(agency_id, name):
        number = letter.number or letter.title
        yield Held("addressee", CASE, letter.case_id, number, letter.dated_on, "文书的收件人")
    for row in reads_held.services_signed_by(agency_id, name):
        number = row.letter.number or row.letter.title
        yield Held("signer", CASE, row.case_id, number, row.handed_on, "送达的签收人")
    for account in reads_held.accounts_of(agency_id, name):
        yield Held("account", ACCOUNT, account.id, account.login, None, "姓名、登录名、邮箱、操作记录")
