"""The service of letters (235号): the day that counts, what is refused, what came of it."""

from datetime import date

import pytest

from tracker.domain.errors import InvalidDetailError
from tracker.domain.letter import service
from tracker.domain.letter.service import Attempt, LaterResult, Service

DATED, TODAY = date(2026, 3, 2), date(2026, 3, 20)
THIRD, FIFTH, TENTH = date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 10)
POSTED = {"way": "post", "carrier": "ems", "tracking": "1012345678901"}
BY_HAND = {"way": "in_person", "signer": "王一"}


def attempt(**given) -> Attempt:
    return Attempt(**{"handed_on": THIRD, **given})


@pytest.mark.parametrize(
    ("why", "given", "day"),
    [
        ("235号: 邮寄以交邮之日为准, not the day it arrives", {**POSTED, "received_on": FIFTH}, THIRD),
        ("235号: 邮寄, before it is known to have arrived", POSTED, THIRD),
        ("235号: 直接送达以签收之日为准", {**BY_HAND, "received_on": FIFTH}, FIFTH),
        (
            "235号: 委托送达以签收之日为准",
            {"way": "delegated", "through": "乡政府", "signer": "王一", "received_on": FIFTH},
            FIFTH,
        ),
        ("practice: the day it enters the system", {"way": "online", "received_on": FIFTH}, FIFTH),
        ("practice: a mail that nobody accepted yet has no day", {"way": "email"}, None),
    ],
)
def test_the_day_that_counts(why, given, day):
    service.check(attempt(**given), dated_on=DATED, today=TODAY)

    assert attempt(**given).counts_on == day, why


@pytest.mark.parametrize(
    ("why", "given", "words"),
    [
        ("邮政法第55条: 顺丰, 京东 …", {**POSTED, "carrier": "courier"}, "邮政法第55条"),
        (
            "邮政法第55条: the number is a courier's",
            {**POSTED, "tracking": "SF1234567890123"},
            "快递企业不得",
        ),
        (
            "邮政法第55条: the number is a courier's",
            {**POSTED, "tracking": "jd0012345678901"},
            "快递企业不得",
        ),
        ("235号 二: 到付", {**POSTED, "on_delivery": True}, "到付"),
        ("235号 二: which business of the post", {**POSTED, "carrier": ""}, "EMS或者挂号信"),
        ("no proof of handing over", {**POSTED, "tracking": ""}, "邮件号"),
        ("235号: a day without a signature", {**BY_HAND, "signer": "", "received_on": FIFTH}, "签收人"),
        ("235号: a signature without its day", BY_HAND, "签收日期"),
        ("235号: which organ", {"way": "delegated", "signer": "王一", "received_on": FIFTH}, "受委托"),
        ("when did it enter the system", {"way": "online"}, "进入对方系统"),
        ("before it was dated", {**POSTED, "handed_on": date(2026, 3, 1)}, "落款日期"),
        ("tomorrow", {**POSTED, "handed_on": date(2026, 3, 21)}, "今天"),
        ("received before it left", {**POSTED, "received_on": DATED}, "签收、收到"),
        ("no way", {"way": "none"}, "请选择送达方式"),
    ],
)
def test_what_is_no_service_is_refused(why, given, words):
    with pytest.raises(InvalidDetailError) as refused:
        service.check(attempt(**given), dated_on=DATED, today=TODAY)

    assert words in str(refused.value), why


def said(given, *, dated_on=DATED, due_on=None) -> str:
    return "".join(
        each.message for each in service.warnings(attempt(**given), dated_on=dated_on, due_on=due_on)
    )


def test_it_is_said_before_that_letter_and_service_fall_into_two_years():
    assert "送达在2026年" in said(POSTED, dated_on=date(2025, 12, 31))
    assert said(POSTED) == ""


def test_it_is_said_before_that_the_answer_is_late_and_not_of_the_last_day():
    assert "已超期" in said(POSTED, due_on=DATED)
    assert said(POSTED, due_on=THIRD) == ""


@pytest.mark.parametrize("number", ["1012345678901", "XA12345678941", "EB123456789CN"])
def test_the_numbers_of_the_post_are_known_as_such(number):
    assert said({**POSTED, "tracking": number}) == ""
    assert "不像邮政" in said({**POSTED, "tracking": number[:-3]})


def test_post_that_came_back_keeps_its_day_and_waits_to_be_served_again():  # 235号; practice
    posted = Service("post", THIRD, None, (LaterResult("returned", TENTH),))

    assert (service.served_on([posted]), service.again_since([posted])) == (THIRD, TENTH)
    again = Service("post", TENTH, None)
    assert (service.served_on([posted, again]), service.again_since([posted, again])) == (THIRD, None)


def test_a_mail_that_bounced_was_never_served():  # practice: it did not enter the system
    mail = Service("email", THIRD, None, (LaterResult("accepted", THIRD), LaterResult("bounced", FIFTH)))

    assert (service.served_on([mail]), service.again_since([mail])) == (None, FIFTH)


def test_what_was_entered_by_mistake_serves_nothing():
    by_mistake = Service("in_person", THIRD, THIRD, (LaterResult("void", FIFTH),))

    assert (service.served_on([by_mistake]), by_mistake.got_on, by_mistake.may_have()) == (None, None, ())


@pytest.mark.parametrize(
    ("stands", "may"),
    [
        (Service("post", THIRD, None), ("received", "returned", "void")),
        (Service("post", THIRD, FIFTH), ("void",)),
        (Service("post", THIRD, None, (LaterResult("returned", TENTH),)), ("void",)),
        (Service("in_person", THIRD, THIRD), ("void",)),
        (Service("email", THIRD, THIRD), ("bounced", "void")),
    ],
)
def test_what_may_come_of_a_service(stands, may):
    assert stands.may_have() == may


@pytest.mark.parametrize(
    ("result", "words", "refusal"),
    [
        (LaterResult("returned", TENTH), {}, "原因"),
        (LaterResult("received", TENTH), {}, "签收人"),
        (LaterResult("received", DATED), {"note": "查询"}, "日期应在"),
        (LaterResult("received", date(2026, 3, 21)), {"note": "查询"}, "日期应在"),
        (LaterResult("bounced", TENTH), {"note": "退信"}, "不能登记"),
        (LaterResult("nothing", TENTH), {"note": "退信"}, "不能登记"),
    ],
)
def test_a_result_that_cannot_be_is_refused(result, words, refusal):
    given = {"note": "", "signer": "", **words}
    with pytest.raises(InvalidDetailError, match=refusal):
        service.check_result(Service("post", THIRD, None), result, today=TODAY, **given)
