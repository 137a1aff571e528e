"""The office and the case as a letter names them."""

from collections import defaultdict
from datetime import date

from tracker.config import UNNAMED
from tracker.domain.case import id_document, wish
from tracker.domain.case.sign_off import DRAFTER, STATION_LABELS, VERDICT_LABELS, Stand, Station, Verdict
from tracker.domain.letter import fact
from tracker.domain.letter.content import CaseFacts, Sender
from tracker.domain.letter.index import BY_KEY
from tracker.models.agency import DEFAULT, Agency
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.sign_off import rounds_of
from tracker.models.sign_off import SignOffOpinion
from tracker.services.case import applicant, review, step
from tracker.services.office import office


def sender(agency_id: int, on: date, *, today: date) -> Sender:
    """Return the office as a letter dated on a day names it.

    Organ and court are those of that day's law and practice; code and addresses are today's. What belongs
    to the agency that runs the deployment is never printed by another one.
    """
    agency = db.session.get_one(Agency, agency_id)
    rows = office.practice_of(agency_id).rows_on(today)
    is_ours = agency.code == DEFAULT

    def own(key: str) -> str:
        return str(rows[key].value) if key in rows and (is_ours or rows[key].own) else ""

    return Sender(
        name=agency.name,
        named=agency.name != UNNAMED,
        code=own("document_code"),
        contact=own("letter_contact"),
        online=own("online_reconsideration"),
        suit=office.rules(today).suit_in_doubt,
        forum=office.forum(agency_id, on),
    )


def facts_of(case: Case) -> CaseFacts:
    """Return what a case gives to its letters."""
    who = case.applicant
    kinds = dict.fromkeys(id_document.label(one.id_kind) for one in who.people if one.id_kind)
    return CaseFacts(
        number=case.number,
        subject=case.subject,
        applicants=tuple(one.name for one in who.people),
        applicant_kind=case.applicant_kind,
        channel=case.channel,
        standing=step.standing(case),
        opinions=opinions_of(case),
        acting=tuple(applicant.named(who)),
        proofs="、".join(kinds),
        form_wanted=wish.FORMS.get(who.form_wanted, ""),
        way_wanted=wish.WAYS.get(who.way_wanted, ""),
        filled_in=_filled_in(who),
    )


def _filled_in(who: Applicant) -> str:
    read = who.read_back_on
    told = f"{fact.day_of(read.isoformat())}读给申请人，申请人确认无误" if read else ""
    return "，".join(filter(None, [f"{who.filled_by}代为填写" if who.filled_by else "", told]))


def opinions_of(case: Case) -> dict[str, str]:
    """Return what was said in the sign-offs of a case, round by round, by the names of ``fact.SIGNED``."""
    lines: dict[str, list[str]] = defaultdict(list)
    for row in rounds_of(case):
        if review.stand_of(row)[0] is Stand.DAMAGED:
            continue
        title = f"{BY_KEY[row.kind].label}第{row.round}轮"
        drafted = f"{title}：{row.drafted_by}于{fact.day_of(row.drafted_on.isoformat())}拟稿送审"
        lines["送审情况"].append(f"{drafted}。{row.note}" if row.note else f"{drafted}。")
        for each in row.opinions:
            name = STATION_LABELS.get(Station(each.station)) if each.station != DRAFTER else "送审情况"
            lines[name or "送审情况"].append(f"{title}：{_opinion(each)}")
    return {name: "\n".join(each) for name, each in lines.items()}


def _opinion(each: SignOffOpinion) -> str:
    verdict = VERDICT_LABELS[Verdict(each.verdict)]
    remark = "" if each.words == verdict else f"，{each.words}"
    who = f"{each.signed_by}（代{each.for_name}）" if each.for_name else each.signed_by
    return f"{verdict}{remark}　{who}　{fact.day_of(each.on.isoformat())}"
