"""How registers are counted where no text says so: the practice of an office."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counting:
    """Practice of counting that an office may set; no text fixes it.

    expiry_is_repeal:   a document that expired by its own term counts under 本年废止.
    revision_is_repeal: a revised document counts once as 废止 and its new version once as 制发.
    joint_documents:    ``lead`` counts a joint document at its lead organ alone; ``all`` at each.
    remedies_by:        ``case`` or ``instance``: table 4 counts cases, or each instance.
    count_not_accepted: 不予受理, 不予立案 count under 其他结果.
    """

    expiry_is_repeal: bool = False
    revision_is_repeal: bool = True
    joint_documents: str = "lead"
    remedies_by: str = "case"
    count_not_accepted: bool = True
