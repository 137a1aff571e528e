"""The registers of the sample office that follow from its requests: remedies, reviews, complaints, guides."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

Row = tuple[str, dict[str, Any]]
# The rows that name no request: register, days before today by field, what else they say.
ALONE: tuple[tuple[str, dict[str, int], dict[str, str]], ...] = (
    ("corrections", {"received_on": 40, "told_on": 12}, {
        "record": "经营许可登记的地址", "asked": "门牌号有误", "evidence": "营业执照", "result": "corrected",
    }),
    ("corrections", {"received_on": 3}, {"record": "摊位登记的姓名", "asked": "姓名错一字"}),
    ("conversions", {"raised_on": 40, "assessed_on": 12}, {
        "content": "停车泊位收费批复", "source": "several", "unit": "规划股", "conclusion": "publish",
        "assessment": "已有三人申请，不涉及第三方",
    }),
    ("complaints", {"received_on": 12, "until_on": -9}, {"matter": "反映没有按期答复", "source": "upper"}),
    ("complaints", {"received_on": 300, "answered_on": 290}, {
        "matter": "反映不予公开没有说明理由", "result": "founded", "answer": "已补充说明理由",
    }),
    ("guides", {"changed_on": 12}, {"kind": "guide", "change": "受理窗口迁址", "unit": "办公室"}),
    ("guides", {"changed_on": 300, "updated_on": 300}, {"kind": "catalogue", "change": "增加行政处罚目录"}),
    ("personal-requests", {"received_on": 3}, {"kind": "access", "asked": "查阅本人历次申请的登记信息"}),
)  # fmt: skip


def rows(today: date, refused: str) -> list[Row]:
    """Return rows of each register, some of them open. refused: the number of a request that was refused."""
    alone = [
        (name, {**told, **{field: today - timedelta(days=ago) for field, ago in days.items()}})
        for name, days, told in ALONE
    ]
    return [*_annulled(today, refused), *alone, *_about(today, refused)]


def _annulled(today: date, refused: str) -> Iterator[Row]:
    """Yield the reconsideration that annulled an answer, and the answer that it ordered anew."""
    remedy = f"示政复〔{today.year}〕12号"
    filed_on, closed_on, came_on = (today - timedelta(days=days) for days in (70, 14, 12))
    yield "remedies", {
        "kind": "reconsideration", "organ": "示例市人民政府", "number": remedy, "case_number": refused,
        "filed_on": filed_on, "closed_on": closed_on, "result": "annulled",
    }  # fmt: skip
    decided = {"step": "decision_received", "paper": "decision", "happened_on": came_on}
    yield "remedy-steps", {"remedy_number": remedy, **decided}
    ordered = {"received_on": came_on, "ordered": "撤销原答复，责令重新答复"}
    yield "reanswers", {"remedy_number": remedy, **ordered}


def _about(today: date, refused: str) -> Iterator[Row]:
    """Yield the review of a refusal, and somebody's request that its data be deleted."""
    reviewed_on, came_on, told_on = (today - timedelta(days=days) for days in (300, 40, 12))
    yield "refusal-reviews", {
        "reviewed_on": reviewed_on, "information": "危房鉴定的内部讨论记录", "case_number": refused,
        "reason": "决定尚未作出", "conclusion": "kept", "next_on": today + timedelta(days=65),
    }  # fmt: skip
    yield "personal-requests", {
        "received_on": came_on, "kind": "deletion", "asked": "删除本人申请中的电话", "case_number": refused,
        "collected_on": came_on, "result": "bound", "answered_on": told_on, "document_number": "示个答1号",
    }  # fmt: skip
