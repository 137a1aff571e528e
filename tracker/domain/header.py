"""Headers that spreadsheets have over a column: the label of ours, and others that mean the same.

One table for every spreadsheet that is read; what stands in brackets after a header is ignored.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

SYNONYMS: dict[str, str] = {
    "标题": "信息名称 信息标题 名称 稿件标题 题目 文件名称 文件标题",
    "文号": "发文字号 文件编号",
    "承办单位": "科室 承办科室 单位 责任单位 部门 来源单位",
    "信息类别": "类别 类型 信息类型 栏目 分类",
    "生成（变更）日期": "生成日期 形成日期 变更日期 成文日期 制作日期",
    "拟稿人": "起草人 作者 撰稿人",
    "科室审核人": "初审人 一审 科室负责人",
    "科室审核日期": "初审日期",
    "审核人": "保密审查人 审查人 复审人 二审",
    "审核日期": "保密审查日期 审查日期 复审日期",
    "审核结论": "审查结论 审查意见 审核意见 保密审查结论",
    "审核依据": "审查依据 依据 法律依据",
    "审定人（分管领导）": "审定人 分管领导 签发人 终审人 三审",
    "审定日期": "签发日期 终审日期",
    "发布日期": "公开日期 发布时间 公开时间 刊发日期 发表日期",
    "发布渠道": "渠道 媒体 发布媒体 公开渠道 公开方式 刊发媒体 发布平台",
    "链接": "网址 发布链接 信息链接 url",
    "撤下日期": "撤回日期",
    "备注": "说明",
    "渠道名称": "名称 媒体名称 媒体 渠道",
    "渠道类别": "类别 类型",
    "种类": "文件种类 类别 类型 案件类型 案件种类",
    "制定机关": "发文机关 发文单位 制发机关",
    "联合制发机关": "联合发文机关 联合制发",
    "本机关牵头": "是否牵头 牵头 主办",
    "发布（制发）日期": "发布日期 发布日 制发日期 印发日期 公布日期 成文日期",
    "施行日期": "施行日 实施日期 生效日期",
    "有效期至": "有效期 有效期限 截止日期 有效期届满日",
    "合法性审核": "合法性审查",
    "备案": "备案情况 备案号",
    "状态": "效力状态 文件状态 有效性",
    "废止（失效、修改）日期": "状态日期 废止日期 失效日期 修改日期 废止日 废止时间",
    "替代文件": "替代文件文号 接替文件 新文件",
    "年份": "年度 年",
    "月份": "月",
    "行政许可": "许可 行政许可决定数量 许可件数 行政许可件数",
    "行政处罚": "处罚 行政处罚决定数量 处罚件数 行政处罚件数",
    "行政强制": "强制 行政强制决定数量 强制件数 行政强制件数",
    "行政事业性收费（万元）": "行政事业性收费 收费金额 收费 本年收费金额 收费金额（万元）",
    "案号": "一审案号 复议案号 文书号 编号",
    "关联受理编号": "受理编号 申请编号 依申请编号 关联依申请编号 关联编号",
    "事由": "案由 争议事项 请求事项 事项 追究事由 问题 内容",
    "复议机关（法院）": "复议机关 法院 机关 审理机关 一审法院 受理机关 机关或法院 复议机关/法院 机关/法院",
    "受理（立案）日期": "受理日期 立案日期 收到日期 提出日期 申请日期 起诉日期 收到日 一审立案日期",
    "结果": "审理结果 处理结果 复议结果 一审结果 裁判结果 考核结果 评议结果 得分 等次",
    "结案日期": "审结日期 决定日期 结案日 作出日期 一审结案日期 裁判日期",
    "培训日期": "日期 时间 培训时间 举办日期",
    "培训内容": "内容 主题 培训主题 课程",
    "培训形式": "形式 方式",
    "培训对象": "对象 参训人员",
    "人数": "参训人数 参加人数 人次 追究人数",
    "学时": "课时",
    "日期": "考核日期 评议日期 时间 考核时间",
    "考核（评议）内容": "内容 考核内容 评议内容 项目",
    "被考核单位": "单位 科室 被评单位 对象",
    "追究日期": "日期 时间 问责日期",
    "措施": "追究方式 处理方式 方式",
    "依据": "追究依据",
    "二审法院": "二审机关",
    "二审立案日期": "二审受理日期 二审收到日期",
    "二审结案日期": "二审审结日期",
    "再审法院": "再审机关",
    "再审立案日期": "再审受理日期 再审收到日期",
    "再审结案日期": "再审审结日期",
}


def normal(header: object) -> str:
    """Return a header without blanks, signs and what stands in brackets."""
    plain = unicodedata.normalize("NFKC", str(header or ""))
    return re.sub(r"\(.*?\)|[\s*:]", "", plain).casefold()


def accepted(label: str) -> set[str]:
    """Return the headers that a column of this label may have, made normal."""
    return {normal(words) for words in (label, *SYNONYMS.get(label, "").split())}


def places(row: Sequence[object], labels: Mapping[str, str]) -> dict[str, int]:
    """Return the place of each column by name, from the cells of a row of headers.

    A column's own label is taken before any other word for it: where both stand in a row, the
    other word names nothing. Columns that are not there are left out.
    """
    headers = [normal(cell) for cell in row]
    found: dict[str, int] = {}
    for exact in (True, False):
        for name, label in labels.items():
            words = {normal(label)} if exact else accepted(label)
            free = [at for at, header in enumerate(headers) if header in words and at not in found.values()]
            if free and name not in found:
                found[name] = free[0]
    return found
