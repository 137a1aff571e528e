"""What a step asks for: the fields of its form, which are the keys of its entry in the ledger.

A step names its fields in ``workflow.STEPS``; the form, the check of entries and the bounds of days read
them there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.domain.message import Spoken, labels

OPINIONS = labels({"agrees": "同意公开", "objects": "不同意公开", "none": "逾期未答复"})
METHODS = labels(
    {
        "in_person": "直接送达",
        "post": "邮寄送达（邮政企业）",
        "online": "网上送达",
        "email": "电子邮件",
        "delegated": "委托其他行政机关代为送达",
        "on_the_spot": "当场答复",
        "none": "无需送达（内部结案）",
    }
)


@dataclass(frozen=True, slots=True)
class StepField(Spoken):
    """One field of a step.

    kind:     text, area, day, whole, choice, unit, handler, consultation; end of an answer.
    required: the form insists on it. needed: no entry is without it, not even one of a file.
    when:     ``end=…``: the field belongs to one end of the outcome alone.
    choices:  stored code → label, of a choice.
    keys:     what the entry keeps it as, where that is not its name.
    ahead:    a day that a notice sets: none before the notice.
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    hint: str = ""
    when: str = ""
    needed: bool = False
    choices: Mapping[str, str] | None = None
    keys: tuple[str, ...] = ()
    ahead: bool = False

    @property
    def kept_as(self) -> tuple[str, ...]:
        """The keys of the entry."""
        return self.keys or (self.name,)


UNKNOWN = "期限自收到之日起算。未知先不填：记录以前期限不起算，不按逾期处理；知道后在案件页补记。"
REASON = StepField("reason", "理由", "area")
CLOSING = (
    StepField("decided_on", "落款日期", "day", hint="告知书上的日期；不填即为送达日期。"),
    StepField(
        "method",
        "送达方式",
        "choice",
        hint="邮寄以交邮之日为送达，直接送达以签收之日为准（国办公开办函〔2016〕235号）。",
        choices=METHODS,
    ),
    StepField("document_number", "文号"),
)
