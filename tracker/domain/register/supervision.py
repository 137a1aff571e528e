"""Training, assessment and accountability (条例第46、48、53条): the columns of their registers."""

from tracker.domain.message import labels
from tracker.domain.register.register import NOTE, Field, Register

TRAINING_FORMS = labels(
    {"meeting": "现场", "online": "线上", "video": "视频", "self": "自学", "other": "其他"}
)
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
        Field(
            "held_on", "培训日期", "day", required=True, listed=True, headings="日期 时间 培训时间 举办日期"
        ),
        Field(
            "topic",
            "培训内容",
            required=True,
            listed=True,
            longest=200,
            headings="内容 主题 培训主题 培训名称 课程",
        ),
        Field(
            "form",
            "培训形式",
            "choice",
            words=TRAINING_FORMS,
            default="meeting",
            listed=True,
            also={"线下": "meeting", "集中": "meeting", "集中培训": "meeting"},
            headings="形式 方式",
        ),
        Field("audience", "培训对象", listed=True, longest=200, headings="对象 参训人员"),
        Field("people", "人数", "whole", listed=True, headings="参训人数 参加人数 人次 追究人数"),
        Field("hours", "学时", "whole", headings="课时"),
        NOTE,
    ),
)
ASSESSMENT_KINDS = labels(
    {
        "assessment": "工作考核",
        "appraisal": "社会评议",
        "inspection": "督查检查",
        "other": "其他",
    }
)
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
        Field(
            "held_on", "日期", "day", required=True, listed=True, headings="考核日期 评议日期 时间 考核时间"
        ),
        Field(
            "kind",
            "种类",
            "choice",
            words=ASSESSMENT_KINDS,
            default="assessment",
            listed=True,
            also={"考核": "assessment", "评议": "appraisal", "督查": "inspection"},
            headings="文件种类 类别 类型 案件类型 案件种类",
        ),
        Field(
            "subject",
            "考核（评议）内容",
            required=True,
            listed=True,
            longest=200,
            headings="内容 考核内容 评议内容 项目",
        ),
        Field("unit", "被考核单位", "unit", listed=True, longest=100, headings="单位 科室 被评单位 对象"),
        Field(
            "result",
            "结果",
            "area",
            listed=True,
            longest=2000,
            headings="审理结果 处理结果 复议结果 一审结果 裁判结果 考核结果 评议结果 得分 等次",
        ),
        NOTE,
    ),
)
MEASURES = labels(
    {"order": "责令改正", "notice": "通报批评", "talk": "约谈", "discipline": "处分", "other": "其他"}
)
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
        Field("held_on", "追究日期", "day", required=True, listed=True, headings="日期 时间 问责日期"),
        Field(
            "matter",
            "事由",
            required=True,
            listed=True,
            headings="案由 争议事项 请求事项 事项 追究事由 问题 内容",
        ),
        Field(
            "measure",
            "措施",
            "choice",
            words=MEASURES,
            default="order",
            listed=True,
            also={"通报": "notice"},
            headings="追究方式 处理方式 方式",
        ),
        Field("people", "人数", "whole", listed=True, headings="参训人数 参加人数 人次 追究人数"),
        Field("basis", "依据", longest=300, headings="追究依据"),
        NOTE,
    ),
)
