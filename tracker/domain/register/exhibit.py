"""The papers of an evidence bundle (证据材料): what each is called and what it proves, in their order.

Practice: no text fixes the order or the words; 行政诉讼法第34条 puts the proof on the defendant.
"""

from dataclasses import dataclass

APPLICATION, COURSE, TERM, CONSULTATIONS = "application", "course", "term", "consultations"
RECEIPT, LETTER, SERVICE, FILE = "receipt", "letter", "service", "file"
PROVES = {
    APPLICATION: "申请人申请公开的内容、方式和本机关收到申请的日期",
    COURSE: "本机关依法登记、审核、办理、答复的经过",
    TERM: "答复期限的计算，答复没有超过法定期限或者超过的原因",
    CONSULTATIONS: "依法征求第三方、其他机关意见，所需时间不计算在期限内",
    RECEIPT: "申请的收到方式、日期和与申请人的联系",
    LETTER: "本机关作出的告知及其事实、理由和依据",
    SERVICE: "答复已经送达申请人的方式和日期",
    FILE: "办理中形成、收集的材料",
}
# Purposes of files that go in only where somebody chooses them: evidence is shown to the other side.
HELD_BACK = ("information", "draft")


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A paper of the bundle.

    name:    as the list of evidence calls it. proves: what it is to prove.
    ending:  of the file as it goes into the archive: docx, pdf, jpg; html for what is written here.
    content: the bytes of the file; None where they are gone or were changed.
    sha256:  of the content; of a file that is gone, the one that was kept.
    on:      the day of the paper; empty where it has none.
    key:     by which it is chosen. is_chosen: whether it goes in unless somebody says otherwise.
    """

    kind: str
    name: str
    ending: str
    content: bytes | None
    sha256: str
    on: str = ""
    key: str = ""
    is_chosen: bool = True

    @property
    def proves(self) -> str:
        """What it is to prove."""
        return PROVES[self.kind]
