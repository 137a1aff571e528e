"""A letter is made once, with its number, and never changes; who may make it, and what is refused."""

import sys
from datetime import date

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm.exc import StaleDataError

from tests.letters import set_up, stated, text_of, typed, worked
from tracker.domain.case.event import Entry
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.letter import Letter
from tracker.models.user import AuditEntry
from tracker.rendering.letter.template import shipped
from tracker.services.case import step
from tracker.services.letter import kept, number, template
from tracker.services.letter import letter as letters
from tracker.services.office import store

ANSWER = index.BY_KEY["refused_internal_affairs.internal"]
EVERYBODY = (Role.HEAD, Role.REGISTRAR)


@pytest.fixture
def head(actor):
    return actor(*EVERYBODY)


@pytest.fixture
def make(head, clock):
    """Make a letter of a kind of a case that is worked to it; return it with its text."""

    def act(kind, case=None, **more):
        words = {"today": clock.today, "now": clock()}
        case = case or worked(kind, by=head, **words)
        letter = letters.make(case.id, typed(kind, **more), actor=head, **words)
        return letter, text_of(letters.read(letter.id, actor=head, now=clock())[1])

    return act


def test_what_is_lacking_is_named_with_its_article_and_nothing_is_made(app, head, clock):
    case = worked(ANSWER, by=head, today=clock.today, now=clock())
    bare = typed(ANSWER, facts={"category": "人事管理"})

    with pytest.raises(InvalidDetailError) as refused:
        letters.make(case.id, bare, actor=head, today=clock.today, now=clock())

    assert all(
        word in str(refused.value) for word in ("文号", "联系方式", "理由", "复议机关和法院", "复议法第20条")
    )
    assert db.session.scalars(select(Letter)).all() == []


@pytest.mark.parametrize(
    ("key", "category", "may"),
    [
        ("refused_internal_affairs.internal", "讨论记录", False),
        ("refused_internal_affairs.internal", "人事管理：考核讨论", True),
        ("refused_process_information.process", "后勤管理", False),
        ("refused_process_information.process", "请示报告", True),
    ],
)
def test_a_class_of_the_other_paragraph_is_none_of_this_refusal(app, head, clock, key, category, may):
    """条例第16条: three classes of internal affairs, four of process information."""
    set_up()
    kind = index.BY_KEY[key]
    case = worked(kind, by=head, today=clock.today, now=clock())
    wanted = typed(kind, facts={**stated(kind), "category": category})
    draft = letters.drafted(case, wanted, today=clock.today)

    assert [lack.name for lack in letters.lacking(case, draft, today=clock.today)] == (
        [] if may else ["信息类别"]
    )


@pytest.mark.parametrize(
    ("key", "facts", "why"),
    [
        ("extension", {"days": "21"}, "1至20"),  # 第33条第2款
        ("extension", {"days": "0"}, "“延期答复告知书”缺少“延长的工作日"),
        ("supplement", {"deadline_on": "2026-03-16"}, "晚于落款日期"),  # 第30条
        ("delay", {"until_on": "2026-03-13"}, "晚于落款日期"),  # 第35条
    ],
)
def test_a_letter_says_nothing_that_no_ledger_would_take(app, on_sqlite, head, clock, key, facts, why):
    set_up()
    kind, words = index.BY_KEY[key], {"today": clock.today, "now": clock()}
    case = worked(kind, by=head, **words)

    with pytest.raises(InvalidDetailError, match=why):
        letters.make(case.id, typed(kind, facts={**stated(kind), **facts}), actor=head, **words)

    assert db.session.scalars(select(Letter)).all() == []


def test_a_second_click_on_one_page_makes_no_second_letter(app, make, head, clock):
    set_up()
    case = worked(ANSWER, by=head, today=clock.today, now=clock())
    page = {"version": case.version, "actor": head, "today": clock.today, "now": clock()}
    letters.make(case.id, typed(ANSWER), **page)

    with pytest.raises(StaleDataError):
        letters.make(case.id, typed(ANSWER), **page)

    assert len(db.session.scalars(select(Letter)).all()) == 1


def test_each_sequence_counts_by_itself_and_a_refused_letter_takes_no_number(app, make, head, clock):
    set_up()
    first = make(ANSWER)[0].number
    case = worked(ANSWER, by=head, today=clock.today, now=clock())
    with pytest.raises(InvalidDetailError):
        letters.make(case.id, typed(ANSWER, facts={}), actor=head, today=clock.today, now=clock())

    assert first == "测城管公开告〔2026〕第1号"
    assert make(ANSWER, case)[0].number == "测城管公开告〔2026〕第2号"
    assert make(index.BY_KEY["supplement"])[0].number == "测城管补〔2026〕第1号"


def test_a_gap_has_its_reason_and_its_numbers_are_never_given(app, make, head, clock):
    set_up()
    row = number.skip("公开告", 2026, 12, "纸质文号已用到12号", actor=head, now=clock())

    assert (row.first, row.last) == (1, 12)
    assert make(ANSWER)[0].number == "测城管公开告〔2026〕第13号"
    assert list(number.behind()) == []


def test_a_letter_that_went_out_cannot_be_changed_and_its_correction_names_it(app, make, head, clock):
    set_up()
    letter, _text = make(ANSWER)
    why = "姓名有误"
    corrected, text = make(ANSWER, letter.case, corrects=letter.id, why=why)

    assert f"更正本机关2026年3月16日作出的不予公开告知书（{letter.number}）：{why}" in text
    assert corrected.number != letter.number
    with pytest.raises(Exception, match="only ever added to"), transaction() as session:
        session.get_one(Letter, letter.id).reason = "另一个原因"


def test_a_letter_that_never_left_is_voided_with_its_reason_and_its_number_stays_taken(
    app, make, head, clock
):
    set_up()
    letter, _text = make(ANSWER)
    letters.void(letter.id, "打印后发现依据有误，没有发出", case_id=letter.case_id, actor=head, now=clock())

    assert letters.find(letter.id, head).voided.reason.startswith("打印后")
    assert make(ANSWER, letter.case)[0].number == "测城管公开告〔2026〕第2号"
    with pytest.raises(InvalidDetailError):
        letters.void(letter.id, "再作废", case_id=letter.case_id, actor=head, now=clock())


def test_every_act_on_a_letter_is_in_the_audit_log(app, make, head, clock):
    set_up()
    letter, _text = make(ANSWER)
    letters.void(letter.id, "没有发出", case_id=letter.case_id, actor=head, now=clock())

    acts = [entry.act for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert [act for act in acts if act.startswith("letter_")] == [
        "letter_made",
        "letter_seen",
        "letter_voided",
    ]


def test_a_changed_file_is_found(app, make, monkeypatch):
    set_up()
    letter, _text = make(ANSWER)
    monkeypatch.setattr(store, "get", lambda _digest: None)

    assert [message for _where, message in kept.broken()] == [f"{letter.number}的文件已丢失或被改动。"]


def test_an_answer_is_the_handlers_or_the_heads_to_write_and_an_extension_the_heads(app, actor, clock):
    set_up()
    registrar, handler = actor(Role.REGISTRAR), actor(Role.HANDLER)
    case = worked(ANSWER, by=actor(*EVERYBODY), today=clock.today, now=clock())
    words = {"today": clock.today, "now": clock()}

    with pytest.raises(NotPermittedError):
        letters.make(case.id, typed(ANSWER), actor=registrar, **words)
    with pytest.raises(NotPermittedError):
        letters.make(case.id, typed(index.BY_KEY["extension"]), actor=handler, **words)
    assert letters.make(case.id, typed(ANSWER), actor=handler, **words).made_by == handler.name


def test_no_letter_is_made_of_a_void_case_nor_out_of_its_turn(app, head, clock):
    set_up()
    words = {"today": clock.today, "now": clock()}
    case = worked(ANSWER, by=head, **words)
    lapsed = index.BY_KEY["closed_fee_lapsed.lapsed"]

    with pytest.raises(InvalidDetailError, match="现在不能制作"):
        letters.make(case.id, typed(lapsed), actor=head, **words)
    void = Entry("correct", clock.today, {"replaces": 1, "with": None, "reason": "重复登记"})
    step.take(case.id, void, actor=head, **words)
    assert letters.offered(step.find(case.id, head), head) == []


def test_what_the_ledger_states_is_printed_and_not_what_was_typed_beside_it(app, make, head, clock):
    set_up()
    words = {"today": clock.today, "now": clock()}
    kind = index.BY_KEY["supplement"]
    case = worked(kind, by=head, **words)
    details = {"items": "请写明桥名", "deadline_on": "2026-04-07"}
    step.take(case.id, Entry("ask_supplement", date(2026, 3, 6), details), actor=head, **words)

    text = make(kind, case)[1]
    assert "请写明桥名" in text
    assert "2026年4月7日前补正" in text


def test_the_step_is_typed_from_the_letter_that_tells_of_it(app, make, head):
    set_up()
    letter, _text = make(ANSWER, method="post")
    told = letters.told(letter.id, letter.case, head)

    assert (told.step, told.details["document_number"], told.details["method"]) == (
        "refused_internal_affairs", letter.number, "post")  # fmt: skip
    assert told.details["basis"] == {"end": "internal", "category": "写明category"}


def test_another_agencys_letter_is_not_found(app, make, actor, clock):
    set_up()
    letter, _text = make(ANSWER)
    stranger = actor(Role.HEAD).__class__("外人", frozenset({Role.HEAD}), 999)

    with pytest.raises(NotFoundError):
        letters.read(letter.id, actor=stranger, now=clock())


# -- an office's own template ---------------------------------------------------------------------------

STARTED: list[str] = []  # what is done while a test listens: processes started, statements of the database
LISTENING: list[bool] = []


def _hear(name: str, _arguments: tuple) -> None:
    if LISTENING and name == "subprocess.Popen":
        STARTED.append("a process")


sys.addaudithook(_hear)


def test_nobody_waits_for_the_process_that_fills_an_own_template(app, make, head, clock):
    set_up()
    template.keep(ANSWER.key, "本局.docx", shipped(ANSWER.key), actor=head, now=clock())
    case = worked(ANSWER, by=head, today=clock.today, now=clock())
    make(ANSWER, case)

    def hear(_connection, _cursor, statement, *_more) -> None:
        STARTED.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    STARTED.clear()
    LISTENING.append(True)
    try:
        letter = letters.make(case.id, typed(ANSWER), actor=head, today=clock.today, now=clock())
    finally:
        LISTENING.clear()
        event.remove(db.engine, "before_cursor_execute", hear)

    process = STARTED.index("a process")
    counted = next(place for place, what in enumerate(STARTED) if what.startswith("UPDATE counters"))
    assert STARTED.count("a process") == 1
    assert process < counted
    assert letter.template_version == 1
    assert letter.number in text_of(store.get(letter.sha256))


def test_a_number_that_another_letter_was_given_meanwhile_is_not_printed_twice(app, make, head, clock):
    """What was filled beforehand is used where it states the same, and filled anew where it does not."""
    set_up()
    template.keep(ANSWER.key, "本局.docx", shipped(ANSWER.key), actor=head, now=clock())
    case = worked(ANSWER, by=head, today=clock.today, now=clock())
    before = letters._filled_before(case.id, typed(ANSWER), head, clock.today)
    other, _text = make(ANSWER)
    when = {"actor": head, "today": clock.today, "now": clock()}
    with store.ready(before.file) as ready, transaction():
        draft = letters.drafted(case, typed(ANSWER), today=clock.today)
        letter = letters._kept(case, draft, typed(ANSWER), before, ready, **when)

    assert before.facts["文号"] == other.number != letter.number
    assert letter.number in text_of(store.get(letter.sha256))
