"""The organ as respondent and defendant: what is recorded on the way, and the days that follow from it.

Law: 行政复议法第48、51、54、70、77条; 行政诉讼法第3、34、36、67、85、94条. The terms are dated rows
(``domain/law/respondent``); a term whose receipt nobody recorded does not run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case import clock, explanation
from tracker.domain.case.clock import Due
from tracker.domain.case.duty import Duty
from tracker.domain.case.sentence import Sentence, sentence
from tracker.domain.law import respondent
from tracker.domain.law.respondent import FIRST, JUDGMENT, ORDINARY, RULING, SECOND, SIMPLIFIED, THIRD
from tracker.domain.law.term import Term
from tracker.domain.message import Phrase, labels
from tracker.domain.register.register import NOTE, Field, Register
from tracker.domain.register.remedy import RECONSIDERATION

COPY, POSTPONED, REPLIED, HEARING = "copy_received", "postponed", "replied", "hearing"
DECISION, APPEALED, NO_APPEAL, PERFORMED = "decision_received", "appealed", "no_appeal", "performed"
STEPS = labels(
    {
        COPY: "收到副本（答复通知、应诉通知）",
        POSTPONED: "准许延期举证、另定期限",
        REPLIED: "提交答复（答辩）和证据",
        HEARING: "听证、开庭",
        DECISION: "收到复议决定、裁判文书",
        APPEALED: "提起上诉",
        NO_APPEAL: "决定不上诉",
        PERFORMED: "履行完毕",
    }
)
PROCEDURES = labels({ORDINARY: "普通程序", SIMPLIFIED: "简易程序"})
INSTANCES = labels({FIRST: "复议、一审", SECOND: "二审", THIRD: "再审"})
CLOSING = "closing"
PAPERS = labels(
    {
        JUDGMENT: "判决",
        RULING: "裁定（不予立案、驳回起诉、管辖异议，可以上诉）",
        CLOSING: "其他裁定、调解书",
        "decision": "复议决定、复议调解书",
    }
)
OF_COURT = (JUDGMENT, RULING, CLOSING)
OF_APPEAL = (JUDGMENT, RULING)  # what may be appealed against (行政诉讼法第85条; 行政诉讼法解释第101条)
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step as it was recorded."""

    step: str
    instance: str
    on: date
    procedure: str = ""
    paper: str = ""
    until_on: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class RespondentTerm:
    """A day that a reconsideration or suit sets the organ, why, and what was done about it.

    name: a key of ``duty.DUTY_LABELS``. is_open: it still waits.
    done_on: when it was kept, or ended otherwise.
    """

    name: str
    instance: str
    on: date
    provisional: bool
    law: str
    sentences: tuple[Sentence, ...]
    is_open: bool
    done_on: date | None = None

    @property
    def is_late(self) -> bool:
        """Whether it was done after its day."""
        return self.done_on is not None and self.done_on > self.on

    def duty(self) -> Duty:
        """Return what is still to be done by the day."""
        return Duty(self.name, self.on, self.law, self.provisional)


@dataclass(frozen=True, slots=True)
class Proceeding:
    """A reconsideration or suit: its kind, what was recorded of it, which instances have begun and ended."""

    kind: str
    steps: Sequence[RecordedStep]
    begun: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()

    @property
    def is_reconsideration(self) -> bool:
        return self.kind == RECONSIDERATION

    def of(self, instance: str, *names: str) -> list[RecordedStep]:
        """Return the steps of those names in an instance, the earliest first."""
        mine = [taken for taken in self.steps if taken.instance == instance and taken.step in names]
        return sorted(mine, key=lambda taken: taken.on)

    def unknown_receipts(self) -> list[str]:
        """Return the instances that are open and whose copy nobody recorded: their term does not run."""
        waiting = [one for one in INSTANCES if one in self.begun and one not in self.closed]
        return [one for one in waiting if not self.of(one, COPY)]


def terms(proceeding: Proceeding, calendar: WorkCalendar) -> list[RespondentTerm]:
    """Return every day that the case sets the organ, kept or not, in the order of the days.

    Raises UnknownYearError where a count meets a year without a calendar.
    """
    days = [one for instance in INSTANCES for one in _of_instance(proceeding, instance, calendar)]
    return sorted(days, key=lambda one: (one.on, one.name))


def duties(proceeding: Proceeding, calendar: WorkCalendar) -> list[Duty]:
    """Return what is still to be done, in the order of the days."""
    return [one.duty() for one in terms(proceeding, calendar) if one.is_open]


def _of_instance(proceeding: Proceeding, instance: str, calendar: WorkCalendar) -> Iterator[RespondentTerm]:
    if reply := _reply(proceeding, instance, calendar):
        yield reply
    for taken in proceeding.of(instance, HEARING):
        yield _hearing(proceeding, taken)
    for decision in proceeding.of(instance, DECISION):
        yield from _after(proceeding, decision, calendar)


def _reply(proceeding: Proceeding, instance: str, calendar: WorkCalendar) -> RespondentTerm | None:
    copies = proceeding.of(instance, COPY)
    if not copies:
        return None
    copy, is_reconsideration = copies[0], proceeding.is_reconsideration
    limit = respondent.on(
        respondent.ROWS[(copy.procedure or ORDINARY) if is_reconsideration else instance], copy.on
    )
    if limit is None:
        return None
    due, why = _counted(limit, copy.on, calendar, is_reconsideration=is_reconsideration)
    law, paper = limit.law, "行政复议申请书副本" if is_reconsideration else _COPIES[instance]
    sentences = [sentence("copy_received", day=copy.on, paper=paper), *why]
    for taken in proceeding.of(instance, POSTPONED):
        if taken.until_on:
            law = respondent.postponed(taken.on, reconsideration=is_reconsideration)
            due = Due(taken.until_on, provisional=False)
            sentences.append(sentence("set_until", day=taken.on, until=taken.until_on, law=law))
    if instance == FIRST and (article := respondent.no_evidence(copy.on, reconsideration=is_reconsideration)):
        sentences.append(sentence("no_evidence", law=article))
    done = proceeding.of(instance, REPLIED)
    is_open = not done and instance not in proceeding.closed
    done_on = done[0].on if done else None
    return RespondentTerm(
        respondent.REPLY, instance, due.on, due.provisional, law, tuple(sentences), is_open, done_on
    )


_COPIES = {FIRST: "起诉状副本", SECOND: "上诉状副本", THIRD: "再审申请书副本"}


def _counted(
    limit: Term, start: date, calendar: WorkCalendar, *, is_reconsideration: bool
) -> tuple[Due, list[Sentence]]:
    due = clock.last_day(limit, start, calendar)
    first = explanation.CIVIL_CODE
    roll = respondent.roll(start, reconsideration=is_reconsideration)
    return due, explanation.term(limit, start, calendar, first=first, roll=roll)


def _hearing(proceeding: Proceeding, taken: RecordedStep) -> RespondentTerm:
    law = respondent.hearing(taken.on, reconsideration=proceeding.is_reconsideration)
    event = "听证" if proceeding.is_reconsideration else "开庭"
    place = f"（{taken.place}）" if taken.place else ""
    sentences = (sentence("hearing", day=taken.on, event=event, place=place, law=law),)
    is_open = taken.instance not in proceeding.closed
    return RespondentTerm("remedy_hearing", taken.instance, taken.on, False, law, sentences, is_open)


def _after(
    proceeding: Proceeding, decision: RecordedStep, calendar: WorkCalendar
) -> Iterator[RespondentTerm]:
    """Yield the days that follow from the receipt of a decision: to appeal, and to carry it out."""
    is_reconsideration, instance = proceeding.is_reconsideration, decision.instance
    paper = PAPERS.get(decision.paper, PAPERS["decision"]).partition("（")[0]
    if not is_reconsideration and instance == FIRST and decision.paper in OF_APPEAL:
        limit = respondent.on(respondent.ROWS[decision.paper], decision.on)
        if limit is not None:
            due, why = _counted(limit, decision.on, calendar, is_reconsideration=False)
            settled = _since(decision, proceeding.of(FIRST, APPEALED, NO_APPEAL))
            is_open = not settled and _may_be_appealed(proceeding, decision)
            told = sentence("copy_received", day=decision.on, paper=paper)
            yield RespondentTerm(
                respondent.APPEAL, instance, due.on, due.provisional, limit.law, (told, *why), is_open,
                settled[0].on if settled else None,
            )  # fmt: skip
    if decision.until_on:
        law = respondent.execution(decision.on, reconsideration=is_reconsideration)
        told = sentence("perform_until", day=decision.on, paper=paper, until=decision.until_on, law=law)
        done = _since(decision, proceeding.of(instance, PERFORMED))
        yield RespondentTerm(
            "remedy_execution", instance, decision.until_on, False, law, (told,), not done,
            done[0].on if done else None,
        )  # fmt: skip


def _since(decision: RecordedStep, steps: Sequence[RecordedStep]) -> list[RecordedStep]:
    return [taken for taken in steps if taken.on >= decision.on]


def _may_be_appealed(proceeding: Proceeding, decision: RecordedStep) -> bool:
    """Return whether the day to appeal still waits: it is the newest decision that may be appealed against.

    A second instance that has begun is about the first such decision; one that came after it (发回重审,
    指令继续审理) has its own day.
    """
    appealable = [one for one in proceeding.of(FIRST, DECISION) if one.paper in OF_APPEAL]
    return appealable[-1] == decision and (SECOND not in proceeding.begun or len(appealable) > 1)


# -- what a row must state ------------------------------------------------------------------------------


def objections(values: Values, today: date) -> dict[str, str]:
    """Return what is wrong with a step by field, whatever the case that it belongs to."""
    step, on, until_on = values["step"], values["happened_on"], values["until_on"]
    wrong: dict[str, str] = {}
    if step != HEARING and on > today:
        wrong["happened_on"] = Phrase(
            "日期（%(on)s）晚于今天（%(today)s）；只有听证、开庭可以填以后的日期。",
            on=on,
            today=today,
        )
    if step == POSTPONED and not until_on:
        wrong["until_on"] = Phrase("请填写准许延期、另定的期限。")
    if until_on and step not in (POSTPONED, DECISION):
        wrong["until_on"] = Phrase("只有准许延期、另定期限和收到决定、裁判时填写期限。")
    if until_on and until_on < on:
        wrong["until_on"] = Phrase(
            "期限（%(until_on)s）早于日期（%(on)s）。",
            until_on=until_on,
            on=on,
        )
    return wrong


def unfit(values: Values, kind: str) -> dict[str, str]:
    """Return what is wrong with a step of a case of that kind, by field."""
    is_reconsideration, step = kind == RECONSIDERATION, values["step"]
    wrong: dict[str, str] = {}
    if is_reconsideration and values["instance"] != FIRST:
        wrong["instance"] = Phrase("行政复议没有二审、再审。")
    if is_reconsideration and step in (APPEALED, NO_APPEAL):
        wrong["step"] = Phrase("行政复议没有上诉。")
    wrong |= _procedure(values, is_reconsideration=is_reconsideration)
    return {**wrong, **_paper(values, is_reconsideration=is_reconsideration)}


def _paper(values: Values, *, is_reconsideration: bool) -> dict[str, str]:
    """Return what is wrong with the kind of paper: the term to appeal hangs on it."""
    if values["step"] != DECISION:
        return {"paper": Phrase("收到决定、裁判时才填写文书种类。")} if values["paper"] else {}
    if is_reconsideration:
        return {"paper": Phrase("行政复议没有判决、裁定。")} if values["paper"] in OF_COURT else {}
    if values["paper"] in OF_COURT:
        return {}
    return {"paper": Phrase("请选择判决、裁定：上诉期限不同（行政诉讼法第85条）。")}


def _procedure(values: Values, *, is_reconsideration: bool) -> dict[str, str]:
    """Return what is wrong with the procedure: the term to reply hangs on it."""
    if values["step"] != COPY:
        return {"procedure": Phrase("收到副本时才填写复议程序。")} if values["procedure"] else {}
    if not is_reconsideration:
        return {"procedure": Phrase("诉讼不填复议程序。")} if values["procedure"] else {}
    if not values["procedure"]:
        return {
            "procedure": Phrase(
                "请按答复通知书选择普通程序、简易程序：答复期限不同（行政复议法第48、54条）。"
            )
        }
    if values["procedure"] == SIMPLIFIED and values["happened_on"] < respondent.LAW_OF_2023_FROM:
        return {
            "procedure": Phrase(
                "%(law_of_2023_from)s以前的行政复议法没有简易程序。",
                law_of_2023_from=respondent.LAW_OF_2023_FROM,
            )
        }
    return {}


# -- the columns ----------------------------------------------------------------------------------

RESPONSES = Register(
    name="remedy-steps",
    title="复议、诉讼应对",
    feeds="不直接用于年度报告",
    law="行政复议法第48、51、54、77条，行政诉讼法第67、85、94条",
    hint="收到副本、提交答复、开庭、收到裁判、履行，一事一条；期限由此算出，列在工作台并提醒。听证、开庭可以先填。",
    day="happened_on",
    identity=("remedy_number", "instance", "step", "happened_on"),
    unique=True,
    searched=("remedy_number", "place", "note"),
    called="remedy_number",
    fields=(
        Field(
            "remedy_number",
            "复议、诉讼案号",
            required=True,
            listed=True,
            longest=100,
            hint="“行政复议、行政诉讼”登记簿中的案号（任一审的）。",
            headings="案号 关联案号",
        ),
        Field(
            "instance", "审级", "choice", words=INSTANCES, default=FIRST, listed=True,
            also={"复议": FIRST, "一审": FIRST}, headings="程序阶段 审理阶段",
        ),
        Field(
            "step", "事项", "choice", required=True, words=STEPS, listed=True,
            also={
                "收到副本": COPY, "收到答复通知": COPY, "收到应诉通知": COPY, "延期举证": POSTPONED,
                "提交答复": REPLIED, "提交答辩": REPLIED, "听证": HEARING, "开庭": HEARING,
                "收到决定": DECISION, "收到判决": DECISION, "收到裁定": DECISION, "上诉": APPEALED,
                "不上诉": NO_APPEAL, "履行": PERFORMED,
            },
            headings="应对事项 进程",
        ),
        Field("happened_on", "日期", "day", required=True, listed=True, headings="发生日期"),
        Field(
            "procedure", "复议程序", "choice", words=PROCEDURES, listed=True,
            hint="收到副本时按答复通知书填写；诉讼不填。", headings="适用程序",
        ),
        Field(
            "paper", "文书种类", "choice", words=PAPERS,
            also={"判决书": JUDGMENT, "裁定书": RULING, "调解书": CLOSING},
            hint="收到决定、裁判时填写。", headings="裁判种类",
        ),
        Field(
            "until_on", "期限至", "day", listed=True,
            hint="准许延期、另定的期限；决定、裁判写明的履行期限。", headings="履行期限 延期至",
        ),
        Field("time", "时间", longest=20, hint="听证、开庭的时间。", headings="几点"),
        Field("place", "地点", longest=200, hint="听证、开庭的地点。", headings="开庭地点 听证地点"),
        NOTE,
    ),
)  # fmt: skip
