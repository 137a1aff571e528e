"""What an application asks for beside the information: form, way of getting it, help (第29、40、43条).

The purpose is never required (第27条 no longer asks for one); where the applicant wrote one it is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tracker.domain.case.channel import Channel
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import labels

FORMS = labels(
    {
        "paper": "纸质",
        "electronic": "电子文件",
        "disc": "光盘等电子介质",
        "inspect": "查阅、抄录",
        "other": "其他",
    }
)
WAYS = labels(
    {
        "post": "邮寄",
        "email": "电子邮件",
        "in_person": "当面领取",
        "online": "网上获取",
        "on_site": "到场查阅、抄录",
        "other": "其他",
    }
)
BEFORE_READ_BACK = "读给申请人确认的日期应在来件日期与今天之间。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the application asks for, as far as it says so.

    form, way:    codes of FORMS and WAYS, empty where it does not say. purpose: in its own words.
    help:         what makes reading, seeing or hearing difficult, and the help that is asked for (第43条).
    filled_by:    who filled an oral request in for the applicant (第29条第1款).
    read_back_on: the day on which it was read back to the applicant, who confirmed it.
    """

    form: str = ""
    way: str = ""
    purpose: str = ""
    help: str = ""
    filled_by: str = ""
    read_back_on: date | None = None

    def check(self, *, arrived_on: date, today: date) -> None:
        """Raise InvalidDetailError where a word is none, or the reading lies on no possible day."""
        if self.form not in ("", *FORMS) or self.way not in ("", *WAYS):
            raise InvalidDetailError("请从列出的形式和获取方式中选择。")
        if self.read_back_on and not arrived_on <= self.read_back_on <= today:
            raise InvalidDetailError(BEFORE_READ_BACK)


def unproved(channel: str, filled_by: str, read_back_on: date | None) -> Iterator[str]:
    """Yield what an oral request still lacks as proof that it says what the applicant asked for (第29条)."""
    if channel == Channel.ORAL:
        if not filled_by:
            yield "代为填写的人"
        if read_back_on is None:
            yield "读给申请人确认的日期"
