"""The nine registers, column by column (rulebook of registers; 条例第50条)."""

from tracker.domain.register.normative import KINDS as DOCUMENT_KINDS
from tracker.domain.register.normative import NORMATIVE, STATUSES
from tracker.domain.register.publication import CATEGORIES, CONCLUSIONS, MEDIUM_KINDS
from tracker.domain.register.register import Field, Register
from tracker.domain.register.remedy import KINDS as REMEDY_KINDS
from tracker.domain.register.remedy import LATER_RESULTS, RESULTS

NOTE = Field("note", "备注", "area", longest=2000)
UNIT = Field("unit", "承办单位", "unit", listed=True)
YES_NO = {"yes": "是", "no": "否"}
MONTH_WORDS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
MONTHS = {"0": "全年", **{str(month): f"{month}月" for month in range(1, 13)}}

PUBLICATIONS = Register(
    name="publications",
    title="主动公开",
    feeds="一（一）主动公开",
    law="条例第19—26条",
    hint="一条信息可在多个渠道发布：按条计一次，按条·渠道各计一次，两种数都有。标记为已发布前须有审核记录（条例第17条）。",
    day="published_on",
    identity=("title", "unit", "created_on", "published_on"),
    searched=("title", "document_number", "unit"),
    called="title",
    fields=(
        Field("title", "标题", required=True, listed=True),
        Field("document_number", "文号", longest=100),
        UNIT,
        Field("category", "信息类别", "choice", words=CATEGORIES, default="other", listed=True),
        Field(
            "created_on", "生成（变更）日期", "day", listed=True, hint="20个工作日自该日起算（条例第26条）。"
        ),
        Field("drafted_by", "拟稿人", longest=60, group="审核"),
        Field("unit_reviewed_by", "科室审核人", longest=60, group="审核"),
        Field("unit_reviewed_on", "科室审核日期", "day", group="审核"),
        Field(
            "reviewed_by",
            "审核人",
            reviewed=True,
            longest=60,
            listed=True,
            group="审核",
            hint="不得是拟稿人。",
        ),
        Field("reviewed_on", "审核日期", "day", reviewed=True, group="审核"),
        Field(
            "conclusion",
            "审核结论",
            "choice",
            words=CONCLUSIONS,
            reviewed=True,
            group="审核",
            also={
                "公开": "publish",
                "同意公开": "publish",
                "同意": "publish",
                "通过": "publish",
                "部分公开": "redacted",
                "遮盖后公开": "redacted",
                "不公开": "refused",
            },
        ),
        Field("basis", "审核依据", "area", reviewed=True, group="审核", longest=2000),
        Field("approved_by", "审定人（分管领导）", reviewed=True, longest=60, group="审核"),
        Field("approved_on", "审定日期", "day", reviewed=True, group="审核"),
        Field("published_on", "发布日期", "day", listed=True, group="发布"),
        Field("channels", "发布渠道", "media", listed=True, group="发布"),
        Field("link", "链接", group="发布", longest=500),
        Field(
            "taken_down_on",
            "撤下日期",
            "day",
            group="发布",
            hint="处罚决定被变更、撤销、确认违法或者确认无效的，三日（工作日）内撤回并公开说明理由（行政处罚法第48条第2款、第85条）。",
        ),
        NOTE,
    ),
)
MEDIA = Register(
    name="media",
    title="发布渠道",
    feeds="一（四）平台建设",
    law="条例第23—25条",
    hint="本机关自己的渠道表：网站、新媒体、公报公示栏、报刊等；主动公开登记簿从中选择。",
    day="",
    identity=("name",),
    unique=True,
    searched=("name",),
    called="name",
    fields=(
        Field("name", "渠道名称", required=True, listed=True, longest=60),
        Field("kind", "渠道类别", "choice", words=MEDIUM_KINDS, default="other", listed=True),
        NOTE,
    ),
)
DOCUMENTS = Register(
    name="normative-documents",
    title="规章、规范性文件",
    feeds="表二第（一）项",
    law="条例第20条第1项",
    hint="本年制发按发布日、废止按废止日、现行有效按12月31日的状态计。有效期届满次日起视为失效。",
    day="made_on",
    identity=("title", "number", "made_on"),
    unique=True,
    searched=("title", "number", "maker"),
    called="title",
    fields=(
        Field(
            "kind", "种类", "choice", words=DOCUMENT_KINDS, default=NORMATIVE, also={"规范性文件": NORMATIVE}
        ),
        Field("title", "标题", required=True, listed=True),
        Field("number", "文号", listed=True, longest=100),
        Field("maker", "制定机关", longest=100),
        Field("joint", "联合制发机关", longest=200),
        Field(
            "leads",
            "本机关牵头",
            "choice",
            words=YES_NO,
            default="yes",
            hint="联合制发的只由牵头机关计数（无明文，可设置）。",
        ),
        Field("made_on", "发布（制发）日期", "day", required=True, listed=True),
        Field("in_force_from", "施行日期", "day", hint="不填即为发布日期。"),
        Field("valid_until", "有效期至", "day", listed=True, hint="当日仍有效。"),
        Field("legality_review", "合法性审核", longest=200),
        Field("filing", "备案", longest=200),
        Field(
            "status",
            "状态",
            "choice",
            words=STATUSES,
            default="in_force",
            listed=True,
            also={
                "现行有效": "in_force",
                "已废止": "repealed",
                "已失效": "expired",
                "已修改": "amended",
                "修订": "amended",
            },
        ),
        Field("ended_on", "废止（失效、修改）日期", "day", hint="自该日起不再有效。"),
        Field("successor", "替代文件", hint="新文件的文号或标题。"),
        NOTE,
    ),
)
DECISIONS = Register(
    name="decision-counts",
    title="许可、处罚、强制、收费",
    feeds="表二第（五）（六）（八）项",
    law="条例第20条第5、6、8项",
    hint="按决定日期逐月填报，公开或依法不公开的都计；也可只填全年一行。变更、延续、不予许可均计入许可（实务）。",
    day="year",
    identity=("year", "month", "unit"),
    unique=True,
    searched=("unit", "note"),
    called="year",
    fields=(
        Field("year", "年份", "year", required=True, listed=True),
        Field(
            "month",
            "月份",
            "month",
            words=MONTHS,
            default="0",
            listed=True,
            also={
                **{str(m).zfill(2): str(m) for m in range(1, 10)},
                **{f"{word}月": str(m) for m, word in enumerate(MONTH_WORDS, start=1)},
                "全年合计": "0",
            },
            hint="按月填报；或只填“全年”一行。",
        ),
        UNIT,
        Field("licences", "行政许可", "whole", listed=True),
        Field("penalties", "行政处罚", "whole", listed=True, hint="含简易程序（无明文）。"),
        Field("coercion", "行政强制", "whole", listed=True, hint="强制措施与强制执行（实务）。"),
        Field("fees", "行政事业性收费（万元）", "wan", listed=True, hint="万元，最多六位小数（即到分）。"),
        NOTE,
    ),
)
_FIRST = {result.code: result.label for result in RESULTS}
_LATER = {**_FIRST, **{result.code: result.label for result in LATER_RESULTS}}
_ALSO = {
    word: result.code
    for result in (*RESULTS, *LATER_RESULTS)
    for word in (result.reconsideration, result.litigation)
    if word
} | {
    "驳回请求": "claim_rejected",
    "驳回复议请求": "claim_rejected",
    "维持原行政行为": "upheld",
    "维持原判": "as_before",
    "驳回上诉": "as_before",
    "驳回上诉，维持原判": "as_before",
    "准予撤回上诉": "as_before",
    "驳回申请": "dismissed",
    "驳回复议申请": "dismissed",
    "撤销重作": "annulled",
    "撤销并责令重作": "annulled",
    "撤销并责令重新作出": "annulled",
    "撤诉": "withdrawn",
    "撤回": "withdrawn",
    "撤回申请": "withdrawn",
    "责令履行": "ordered",
    "责令公开": "ordered",
    "限期答复": "ordered",
    "无证据": "no_evidence",
    "调解": "mediated",
    "尚未审结": "",
    "未审结": "",
    "审理中": "",
}


def _instance(prefix: str, group: str, words: dict[str, str]) -> tuple[Field, ...]:
    """Return the columns of a later instance."""
    return (
        Field(f"{prefix}_number", f"{group}案号", group=group, longest=100),
        Field(f"{prefix}_organ", f"{group}法院", group=group, longest=100),
        Field(f"{prefix}_filed_on", f"{group}立案日期", "day", group=group),
        Field(f"{prefix}_result", f"{group}结果", "choice", words=words, also=_ALSO, group=group),
        Field(f"{prefix}_closed_on", f"{group}结案日期", "day", group=group),
    )


REMEDIES = Register(
    name="remedies",
    title="行政复议、行政诉讼",
    feeds="表四",
    law="条例第50条第3项",
    hint="年末未审结的计尚未审结，次年按结果再计一次（实务）。复议后又起诉的，复议、诉讼各登记一件。不写当事人姓名，关联其申请即可。",
    day="filed_on",
    identity=("kind", "number", "case_number", "organ", "filed_on"),
    unique=True,
    searched=("number", "case_number", "organ", "cause"),
    called="number",
    fields=(
        Field(
            "kind",
            "种类",
            "choice",
            required=True,
            words=REMEDY_KINDS,
            listed=True,
            also={
                "复议": "reconsideration",
                "直接起诉": "direct_litigation",
                "未经复议直接起诉": "direct_litigation",
                "复议后起诉": "litigation_after_reconsideration",
            },
        ),
        Field("number", "案号", listed=True, longest=100),
        Field(
            "case_number",
            "关联受理编号",
            listed=True,
            longest=40,
            hint="本机关申请台账中的编号；早于本台账的申请不填，写在事由中。",
        ),
        Field("cause", "事由", "area", longest=2000),
        Field(
            "organ",
            "复议机关（法院）",
            required=True,
            listed=True,
            longest=100,
            hint="行政复议由本级人民政府管辖（复议法第24条）。",
        ),
        Field("filed_on", "受理（立案）日期", "day", required=True, listed=True),
        Field("result", "结果", "choice", words=_FIRST, also=_ALSO, listed=True, hint="尚未审结的不填。"),
        Field("closed_on", "结案日期", "day", listed=True),
        *_instance("second", "二审", _LATER),
        *_instance("third", "再审", _LATER),
        NOTE,
    ),
)
TRAINING_FORMS = {"meeting": "现场", "online": "线上", "video": "视频", "self": "自学", "other": "其他"}
TRAININGS = Register(
    name="trainings",
    title="培训",
    feeds="一（五）监督保障",
    law="条例第48条",
    day="held_on",
    identity=("held_on", "topic"),
    searched=("topic", "audience"),
    called="topic",
    fields=(
        Field("held_on", "培训日期", "day", required=True, listed=True),
        Field("topic", "培训内容", required=True, listed=True, longest=200),
        Field(
            "form",
            "培训形式",
            "choice",
            words=TRAINING_FORMS,
            default="meeting",
            listed=True,
            also={"线下": "meeting", "集中": "meeting", "集中培训": "meeting"},
        ),
        Field("audience", "培训对象", listed=True, longest=200),
        Field("people", "人数", "whole", listed=True),
        Field("hours", "学时", "whole"),
        NOTE,
    ),
)
ASSESSMENT_KINDS = {
    "assessment": "工作考核",
    "appraisal": "社会评议",
    "inspection": "督查检查",
    "other": "其他",
}
ASSESSMENTS = Register(
    name="assessments",
    title="考核评议",
    feeds="一（五）监督保障",
    law="条例第46条",
    day="held_on",
    identity=("held_on", "kind", "subject", "unit"),
    searched=("subject", "unit", "result"),
    called="subject",
    fields=(
        Field("held_on", "日期", "day", required=True, listed=True),
        Field(
            "kind",
            "种类",
            "choice",
            words=ASSESSMENT_KINDS,
            default="assessment",
            listed=True,
            also={"考核": "assessment", "评议": "appraisal", "督查": "inspection"},
        ),
        Field("subject", "考核（评议）内容", required=True, listed=True, longest=200),
        Field("unit", "被考核单位", "unit", listed=True, longest=100),
        Field("result", "结果", "area", listed=True, longest=2000),
        NOTE,
    ),
)
MEASURES = {"order": "责令改正", "notice": "通报批评", "talk": "约谈", "discipline": "处分", "other": "其他"}
ACCOUNTABILITIES = Register(
    name="accountabilities",
    title="责任追究",
    feeds="一（五）监督保障",
    law="条例第46、53条",
    hint="只记人数和措施，不记姓名。",
    day="held_on",
    identity=("held_on", "matter", "measure"),
    searched=("matter", "basis"),
    called="matter",
    fields=(
        Field("held_on", "追究日期", "day", required=True, listed=True),
        Field("matter", "事由", required=True, listed=True),
        Field(
            "measure", "措施", "choice", words=MEASURES, default="order", listed=True, also={"通报": "notice"}
        ),
        Field("people", "人数", "whole", listed=True),
        Field("basis", "依据", longest=300),
        NOTE,
    ),
)
REGISTERS = (PUBLICATIONS, MEDIA, DOCUMENTS, DECISIONS, REMEDIES, TRAININGS, ASSESSMENTS, ACCOUNTABILITIES)
BY_NAME = {register.name: register for register in REGISTERS}
