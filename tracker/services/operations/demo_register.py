"""The registers of the sample office: last year and this one, counted back from today."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from tracker.domain.register.index import BY_NAME
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.publication import Medium
from tracker.services.office import office
from tracker.services.office.actor import system
from tracker.services.operations import demo_follow_up
from tracker.services.register import register as registers

MEDIA = (
    ("示例市政府网站", "website"),
    ("示例发布公众号", "new_media"),
    ("示例日报", "press"),
    ("示例晚报", "press"),
    ("政务公开栏", "gazette"),
)
TITLES = (
    ("户外广告设置审批须知", "guide"),
    ("年度重点工作安排", "document"),
    ("停车收费政策解读", "interpretation"),
    ("关于占道经营问题的回应", "response"),
    ("市容整治工作动态", "news"),
    ("年度部门预算", "key_area"),
    ("领导分工调整情况", "news"),
)
ITEMS = 60


def fill(agency_id: int, *, today: date, now: datetime) -> int:
    """Fill the registers of the agency; return how many rows were made."""
    by = registers.By(actor=system(agency_id, "林静"), today=today, now=now)
    rows = [
        *(("media", {"name": name, "kind": kind}) for name, kind in MEDIA),
        *(("publications", raw) for raw in _publications(today)),
        *(("normative-documents", raw) for raw in _documents(today)),
        *(("decision-counts", raw) for raw in _decisions(today)),
        *(("remedies", raw) for raw in _remedies(today)),
        *(("remedy-steps", raw) for raw in _steps(today)),
        *demo_follow_up.rows(today, _refused(agency_id)),
        *_supervision(today),
    ]
    with transaction():
        media: registers.Media = {}
        for name, raw in rows:
            row = registers.add(BY_NAME[name], raw, by=by, media=media)
            db.session.flush()
            registers.note(BY_NAME[name], row, "added", by)
            if isinstance(row, Medium):
                media[row.name] = row
    return len(rows)


def _refused(agency_id: int) -> str:
    """Return the number of the earliest request that was refused; empty where there is none."""
    refused = (Case.agency_id == agency_id, Case.state.startswith("refused_"))
    return db.session.scalar(select(Case.number).where(*refused).order_by(Case.closed_on).limit(1)) or ""


def _publications(today: date) -> list[dict[str, Any]]:
    """Return items of the last year, all but the newest three published."""
    chance = Random(26)  # noqa: S311  (a sample, the same every time)
    calendar = office.calendar()
    rows = []
    for place, days in enumerate(sorted((chance.randrange(30, 420) for _ in range(ITEMS)), reverse=True)):
        title, category = chance.choice(TITLES)
        created_on = today - timedelta(days=days)
        names = [name for name, _kind in chance.sample(MEDIA, chance.randint(1, 3))]
        rows.append(
            {
                "title": f"{title}（第{place + 1}期）",
                "category": category,
                "unit": "办公室",
                "created_on": created_on,
                "drafted_by": "周明",
                "reviewed_by": "何欣",
                "reviewed_on": calendar.add(created_on, 2),
                "conclusion": "publish",
                "basis": "不涉及国家秘密、商业秘密和个人隐私（条例第17条）",
                "published_on": calendar.add(created_on, chance.randint(3, 15)),
                "channels": "、".join(names),
            }
        )
    waiting = {"category": "guide", "drafted_by": "周明", "unit": "规划股"}
    for days in (3, 12, 40):
        rows.append(
            {**waiting, "title": f"待审核信息（{days}天前）", "created_on": today - timedelta(days=days)}
        )
    return rows


def _documents(today: date) -> list[dict[str, Any]]:
    last = today.year - 1
    return [
        {"title": "户外广告管理办法", "number": f"示管〔{last}〕1号", "made_on": date(last, 3, 1)},
        {"title": "停车管理办法", "number": f"示管〔{last - 4}〕2号", "made_on": date(last - 4, 6, 1)},
        {
            "title": "户外广告管理暂行办法",
            "number": f"示管〔{last - 5}〕3号",
            "made_on": date(last - 5, 5, 1),
            "status": "repealed",
            "ended_on": date(last, 3, 1),
            "successor": f"示管〔{last}〕1号",
        },
    ]


def _decisions(today: date) -> list[dict[str, Any]]:
    chance = Random(20)  # noqa: S311
    months = [(today.year - 1, month) for month in range(1, 13)]
    months += [(today.year, month) for month in range(1, today.month)]
    return [
        {
            "year": year,
            "month": month,
            "licences": chance.randrange(4, 14),
            "penalties": chance.randrange(9),
            "coercion": chance.randrange(3),
            "fees": f"{chance.randrange(900) / 100}",
        }
        for year, month in months
    ]


def _remedies(today: date) -> list[dict[str, Any]]:
    last = date(today.year - 1, 5, 12)
    return [
        {
            "kind": "reconsideration",
            "organ": "示例市人民政府",
            "number": f"示政复〔{last.year}〕31号",
            "filed_on": last,
            "result": "upheld",
            "closed_on": last + timedelta(days=50),
        },
        {
            "kind": "litigation_after_reconsideration",
            "organ": "示例市第一人民法院",
            "number": f"（{last.year}）示01行初8号",
            "filed_on": last + timedelta(days=60),
        },
    ]


def _steps(today: date) -> list[dict[str, Any]]:
    """Return what happened in the reconsideration and the suit of the sample, the suit's hearing ahead."""
    last = date(today.year - 1, 5, 12)
    reconsidered = {"remedy_number": f"示政复〔{last.year}〕31号"}
    sued = {"remedy_number": f"（{last.year}）示01行初8号"}
    return [
        {
            **reconsidered,
            "step": "copy_received",
            "procedure": "ordinary",
            "happened_on": last + timedelta(days=3),
        },
        {**reconsidered, "step": "replied", "happened_on": last + timedelta(days=10)},
        {
            **reconsidered,
            "step": "decision_received",
            "paper": "decision",
            "happened_on": last + timedelta(days=52),
        },
        {**sued, "step": "copy_received", "happened_on": last + timedelta(days=63)},
        {**sued, "step": "replied", "happened_on": last + timedelta(days=75)},
        {
            **sued,
            "step": "hearing",
            "happened_on": today + timedelta(days=12),
            "time": "9:30",
            "place": "第三审判庭",
        },
    ]


def _supervision(today: date) -> list[tuple[str, dict[str, Any]]]:
    last = today.year - 1
    training = {"topic": "政府信息公开业务培训", "form": "online", "audience": "各股室联络员", "people": 18}
    trainings = [("trainings", {**training, "held_on": date(last, month, 20)}) for month in (3, 6, 9, 11)]
    assessment = {
        "held_on": date(last, 12, 10),
        "subject": "五个方面考核",
        "result": "完成",
        "unit": "各股室",
    }
    return [*trainings, ("assessments", assessment)]
