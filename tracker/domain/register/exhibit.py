"""The papers of a case (材料): what each is called and what it proves, in their order.

Practice: no text fixes the order or the words; 行政诉讼法第34条 puts the proof on the defendant.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tracker.domain.message import labels

APPLICATION, COURSE, TERM, CONSULTATIONS = "application", "course", "term", "consultations"
RECEIPT, LETTER, SERVICE, FILE = "receipt", "letter", "service", "file"
DELIVERY, SIGN_OFF, REDACTION = "delivery", "sign_off", "redaction"
REMEDY, REANSWER = "remedy", "reanswer"  # of the case file alone: the bundle is made for one of them
FOLLOW_UP = "follow_up"  # as these
PROVES = labels(
    {
        APPLICATION: "申请人申请公开的内容、方式和本机关收到申请的日期",
        COURSE: "本机关依法登记、审核、办理、答复的经过",
        TERM: "答复期限的计算，答复没有超过法定期限或者超过的原因",
        CONSULTATIONS: "依法征求第三方、其他机关意见，所需时间不计算在期限内",
        RECEIPT: "申请的收到方式、日期和与申请人的联系",
        LETTER: "本机关作出的告知及其事实、理由和依据",
        SERVICE: "答复已经送达申请人的方式和日期",
        DELIVERY: "各文书送达的方式、日期和结果",
        SIGN_OFF: "答复和文书经过审核、审查、签发",
        REDACTION: "区分处理：遮盖的内容、理由和依据",
        REMEDY: "行政复议、行政诉讼的经过和结果",
        REANSWER: "依决定、裁判重新答复",
        FOLLOW_UP: "办结以后的更正、转为主动公开、复查、投诉举报和督促",
        FILE: "办理中形成、收集的材料",
    }
)
# Purposes of files that go in only where somebody chooses them: evidence is shown to the other side.
HELD_BACK = ("information", "draft")


@dataclass(frozen=True, slots=True)
class KeptContent:
    """A file that lies in the store: read when it is needed, and no longer than that.

    read: its bytes; None where they are gone or were changed. is_there: whether anything lies there at all,
          which is known without reading it.
    """

    read: Callable[[], bytes | None]
    is_there: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A paper of a case, as the evidence bundle and the case file hold it.

    name:    as the list of evidence calls it. proves: what it is to prove.
    ending:  of the file as it goes into the archive: docx, pdf, jpg; html for what is written here.
    source:  the bytes of what is written here; of a file, how it is read.
    sha256:  of the content; of a file that is gone, the one that was kept.
    on:      the day of the paper; empty where it has none.
    key:     by which it is chosen. is_chosen: whether it goes in unless somebody says otherwise.
    is_source: a redacted copy was made of the same bytes: what it holds was withheld from the applicant.
    """

    kind: str
    name: str
    ending: str
    source: bytes | KeptContent
    sha256: str
    on: str = ""
    key: str = ""
    is_chosen: bool = True
    is_source: bool = False

    @property
    def content(self) -> bytes | None:
        """The bytes, read now; None where they are gone or were changed."""
        return self.source if isinstance(self.source, bytes) else self.source.read()

    @property
    def is_there(self) -> bool:
        """Whether the bytes are there, as far as that is known without reading them."""
        return isinstance(self.source, bytes) or self.source.is_there()

    @property
    def proves(self) -> str:
        """What it is to prove."""
        return PROVES[self.kind]
