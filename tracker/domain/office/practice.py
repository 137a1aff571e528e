"""What the program does where no text fixes it, or where the text could not be read: practice, not law.

One row a rule. A rule with a ``setting`` is governed by that key of domain/case/rules.Rules, kept as dated
rows; one without says in ``fixed`` why there is nothing to set. ``sure`` is ``C`` for a reasoned reading and
``U`` for what must be confirmed with the text or the supervising office before it is relied on.
"""

from dataclasses import dataclass
from typing import Literal

Sure = Literal["C", "U"]

REPORT_FORM = "国办公开办函〔2021〕30号填报说明（正文未能读到）"
FEES = "国办函〔2020〕109号全文"
LOCAL = "本省政府信息公开申请办理规范"
SUPERVISOR = "政府信息公开工作主管部门书面答复"
COURT = "最高人民法院关于期限计算的裁判或解释"
ONE_READING = "条例的体系只容一种算法，另设选项会使同一期限有两个答案"
A_PERSON_DECIDES = "程序只提示，由人决定并记录理由"


@dataclass(frozen=True, slots=True)
class Practice:
    """One rule that is practice.

    part:    the part of the work that it belongs to, as the handbook groups it.
    asks:    the question that the texts leave open.
    does:    what the program does where the office sets nothing.
    reason:  why this is the default.
    settled: the text that would settle it.
    setting: the key that governs it; empty where ``fixed`` says why there is none.
    """

    key: str
    part: str
    asks: str
    does: str
    reason: str
    settled: str
    setting: str = ""
    fixed: str = ""
    sure: Sure = "C"


RECEIPT, CLOCK, FEE, ANSWER, COUNT, REGISTER, PUBLISHING = PARTS = (
    "收到申请",
    "期限计算",
    "信息处理费",
    "答复和结案",
    "年度报告口径",
    "登记和提示",
    "主动公开",
)

PRACTICES = (
    Practice("online_receipt", RECEIPT, "网上提交的申请，从提交成功之日还是双方确认之日起算",
        "双方确认之日；没有确认的，按提交之日起算的期限标红并列入待办",
        "条例第31条第（三）项在后且位阶更高；指导案例26号以系统确认提交成功之日为收到之日，除非系统另有说明",
        COURT, "online_receipt"),
    Practice("oral_receipt", RECEIPT, "口头申请哪一天算收到", "代为填写完成之日，比照当面提交",
        "条例第29条要求代为填写，第31条没有另列口头申请", LOCAL, fixed="只有填写完成后才有可以办理的申请"),
    Practice("oral_by_telephone", RECEIPT, "电话能否作为口头申请", "不能：来电先登记，可引导书面申请",
        "条例第29条以书面为原则，各地做法不一", LOCAL, "oral_by_telephone"),
    Practice("letter_to_a_leader", RECEIPT,
        "写给领导个人或者其他科室的签收邮件，从签收还是从转到公开机构起算",
        "从本机关签收之日起算，转到之日只作备注",
        "条例第31条第（二）项在后且位阶更高，207号所称确认之日可能偏晚",
        SUPERVISOR, fixed="较早的一天对申请人和机关都安全"),
    Practice("confirmation_days", RECEIPT, "网络、邮件、传真申请多少个工作日内应当确认",
        "1个工作日，超过的在工作台标红",
        "条例第31条第（三）项没有规定，迟迟不确认等于推迟起算", LOCAL, "confirmation_days"),
    Practice("petition_days", REGISTER, "信访事项60日从哪一天起算，遇节假日是否顺延，对哪些事项适用",
        "从收到之日起算，不顺延；只适用于信访工作条例第31条第（六）项的事项，其他事项按所依据的法律的期限",
        "信访工作条例第34条自受理之日起算，受理之日不单独登记；没有顺延的规定",
        SUPERVISOR, fixed="较早的一天总是安全"),
    Practice("silent_reasons", ANSWER, "要求说明理由而逾期不说明的怎么办",
        "提示由人决定：理由不成立的可不予处理，否则照常答复",
        "条例第35条没有规定逾期不说明的后果", COURT, fixed=A_PERSON_DECIDES),
    Practice("foreign_applicant", RECEIPT, "外国人、无国籍人能否申请", "照常登记，由经办人判断",
        "条例没有规定", SUPERVISOR, fixed=A_PERSON_DECIDES, sure="U"),
    Practice("first_day", CLOCK, "期限从收到当日还是次日起算", "收到当日不计，次日为第一日",
        "条例只写“自……之日起”；民法典第201条、行政诉讼法解释第48条都不计第一日", COURT, fixed=ONE_READING),
    Practice("supplement_days", CLOCK, "给申请人的补正期限多长算合理", "15个工作日（登记补正告知时可改）",
        "条例第30条只要求合理", LOCAL, "supplement_days", sure="U"),
    Practice("late_supplement_notice", CLOCK, "补正告知晚于7个工作日，期限怎么算",
        "补正收到后照常重新计算，记为不合规", "条例第30条没有规定后果",
        COURT, fixed="没有文本支持不重新计算"),
    Practice("law_of_receipt", CLOCK, "修订前收到、修订后答复的申请适用哪一部条例",
        "收到申请之日施行的条例：2019年5月14日以前收到的答复期限15个工作日，最多延长15个",
        "期限自收到之日起算，不因以后的修订改变", COURT, fixed=ONE_READING),
    Practice("old_supplement", CLOCK, "2019年5月15日以前收到的申请补正后期限怎么算",
        "补正收到后重新计算；没有7个工作日的告知期限，逾期不补正不视为放弃",
        "原条例第21条只要求告知更改、补充，没有规定期限和后果", COURT, fixed=ONE_READING),
    Practice("old_opinion", CLOCK, "2019年5月15日以前收到的申请征求第三方意见，没有记录结束的扣除多少天",
        "15个工作日；有结束记录的扣除到结束之日，逾期不答复没有法定的意思",
        "原条例第23、24条没有规定答复意见的期限，所需时间不计算在内", COURT, fixed=ONE_READING),
    Practice("late_steps_restart", CLOCK,
        "答复期限届满以后才补正告知、收费、征求意见、延期或者延迟的，期限是否因此改变",
        "不改变：届满日、超期标记、按期答复率都不动，另外写明现在等到哪一天",
        "没有文本允许届满以后的行为使期限恢复；只有更正误录才改变是否超期", COURT, "late_steps_restart"),
    Practice("delay_days", CLOCK, "延迟答复的合理期限最长多久（第35条）",
        "当时的答复期限以后60个工作日以内，超过的须写明理由", "条例第35条只要求合理", COURT, "delay_days"),
    Practice("receipt_days", CLOCK,
        "补正告知、收费通知、征求意见书寄出后，几个工作日没有收到日期时提醒补记",
        "5个工作日；记录以前不起算、不视为逾期",
        "期限自收到之日起算，程序不代为推定收到之日", "没有文本；由本机关决定", "receipt_days"),
    Practice("unknown_receipt", CLOCK, "征求意见书的收到日期没有记录时，答复期限扣除到哪一天",
        "暂自发出之日起算15个工作日，记录以后重新计算", "较早的一天对申请人和机关都安全",
        COURT, fixed="较早的一天总是安全"),
    Practice("second_supplement", CLOCK, "能否第二次告知补正", "不能；确有必要的，写明理由后可以办理",
        "条例第30条要求一次性告知", LOCAL, fixed=A_PERSON_DECIDES),
    Practice("late_supplement", CLOCK, "期限内寄出、期限后收到的补正是否接受", "接受，须写明理由",
        "比照行政诉讼法解释第48条第4款，在途时间不算迟延", COURT, fixed=A_PERSON_DECIDES),
    Practice("pause_bounds", CLOCK, "征求意见占用哪些天",
        "发出次日至收到意见之日；没有意见的，至对方收到后第15个工作日",
        "条例第33条第3款只说征求意见所需时间不计算在内，邮寄时间也是所需时间", COURT, fixed=ONE_READING),
    Practice("union_of_consultations", CLOCK, "几份征求意见重叠的日子怎么扣除", "只扣除一次",
        "条例第33条第3款不计的是时间，同一天不是两段时间", COURT, "union_of_consultations"),
    Practice("extension_in_time", CLOCK, "延期能否在期限届满后决定、告知",
        "不能：届满后的延期告知照录，不发生延期效力",
        "条例第33条第2款只说延长，没有写须在届满前；延长的只能是还在进行的期限", COURT, fixed=ONE_READING),
    Practice("extension_service", CLOCK, "延期告知以寄出还是收到为准", "以寄出、交付之日为准",
        "比照国办公开办函〔2016〕235号对答复送达的规定", SUPERVISOR, fixed="与答复的送达同一标准"),
    Practice("extension_ends_on_restart", CLOCK, "期限重新计算时，已延长的天数还算不算",
        "不算：延长随原期限一并结束", "延长的是当时的期限，重新计算后是新的期限",
        COURT, "extension_ends_on_restart"),
    Practice("second_extension", CLOCK, "同一期限内能否再次告知延期",
        "不能；合计不超过20个工作日的，写明理由后可以办理", "条例第33条第2款只说延长，没有说次数",
        SUPERVISOR, "second_extension"),
    Practice("reasons_do_not_pause", CLOCK, "要求说明理由期间是否停止计算", "不停止",
        "条例第33条第3款只列了征求意见", COURT, fixed="条例没有规定的，不能减损申请人的期限利益"),
    Practice("provisional_year", CLOCK, "放假通知公布前怎么计算",
        "按周末和放假办法第2条的节日计算，标为暂定，通知公布后重新计算并留下记录",
        "节日由放假办法确定，只有调休待定", "当年的放假通知", fixed="通知公布后自动成为确定日期"),
    Practice("half_holidays", CLOCK, "妇女节、青年节等部分公民放假的半天是否工作日", "是工作日",
        "放假办法第3条只及部分公民", COURT, fixed="机关当日照常办公"),
    Practice("electronic_service", CLOCK, "以电子邮件、网络答复的，哪一天算送达",
        "进入对方系统之日，通常即发出当日", "电子签名法第11条；235号未涉及",
        SUPERVISOR, fixed="送达日由经办人按实际情况填写"),
    Practice("returned_letter", CLOCK, "按期寄出后被退回的，期限是否遵守", "已遵守：保存凭证，另行送达",
        "235号以交邮之日为准", SUPERVISOR, fixed=ONE_READING),
    Practice("payment_restarts", FEE, "缴费后期限重新计算还是接着计算", "自缴费次日起重新计算",
        "109号的原文只读到摘录", FEES, "payment_restarts", sure="U"),
    Practice("late_payment", FEE, "第20个工作日以后缴费的怎么办",
        "不再受理缴费，提出按逾期未缴费结案；已收的退还，需要的另行申请",
        "109号：逾期未缴纳的，视为放弃申请", FEES, fixed="退费由财务办理，程序只作提示"),
    Practice("fee_step_pieces", FEE, "按件第31件起，多少件为一档", "10件", "“以10件为一档”的通常读法", FEES,
        "fee_step_pieces"),
    Practice("fee_step_rate", FEE, "按件第31件起，每档增加多少元", "100元",
        "“每增加一档提高100元/件”的通常读法", FEES, "fee_step_rate"),
    Practice("fee_pages", FEE, "按量计收的页数分档", "30页以内不收费，至100页每页10元，至200页20元，以上40元",
        "分档金额有两处摘录一致，一页的定义和不累计未能核对原文", FEES, "fee_pages", sure="U"),
    Practice("postage", FEE, "邮寄成本能否收取", "不收", "条例第42条在235号之后，除信息处理费外不收费",
        FEES, fixed="条例第42条已列明唯一的收费"),
    Practice("joint_pieces", FEE, "多人共同申请的，当月件数算谁的",
        "只算第一申请人的；多个申请人申请相同信息（条例第44条第1款）的也算一个；联系任何一人即可",
        "一件申请只有一份收费通知、一份答复", FEES, fixed="与计入年度报告一列相同"),
    Practice("closed_other", ANSWER, "按“其他”结案包括哪些情形",
        "撤回、申请人死亡或终止、不属于政府信息等", "表三只写“其他”，条例没有列举",
        REPORT_FORM, fixed="经办人选择结果并写明理由"),
    Practice("short_supplement", CLOCK, "补正期限短到多少天要说明理由", "短于3个工作日的，写明理由后可以办理",
        "条例第30条要求合理的补正期限，没有规定长短", LOCAL, fixed=A_PERSON_DECIDES),
    Practice("last_day_consultation", CLOCK, "答复期限最后一天才征求意见的怎么办",
        "照常扣除征求意见的时间，须写明不能更早征求的理由",
        "条例第33条第3款没有要求何时征求，但临期征求容易被认为拖延", COURT, fixed=A_PERSON_DECIDES),
    Practice("forum", ANSWER, "复议机关和管辖法院怎么写",
        "按机关层级所对应的复议机关（复议法第24、27条）；名称由本机关设置，未设置的在页面上提示",
        "开发区等管理机关的复议机关没有统一规定", SUPERVISOR, "upper_organ"),
    Practice("document_code", ANSWER, "文号怎样编",
        "机关代字、文书的类别字、年份、序号，每个机关、年度、类别各编一列，如 测城管公开告〔2026〕第1号；"
        "代字没有设置的不能制作有文号的文书",
        "没有统一规定；一个号只用一次，作废和空缺的写明原因", LOCAL, "document_code"),
    Practice("letter_contact", ANSWER, "文书上怎样写本机关的联系方式", "由本机关设置一行：地址、电话",
        "没有统一规定，申请人须能联系到本机关", LOCAL, "letter_contact"),
    Practice("online_reconsideration", ANSWER, "网上送达的文书怎样提供网上申请复议的渠道",
        "由本机关设置一行；没有设置的，网上送达的答复不能制作",
        "复议法第22条第2款要求提供，渠道由复议机关指定", SUPERVISOR, "online_reconsideration"),
    Practice("suit_in_doubt", ANSWER, "行政查询、另行制作、不予处理的答复是否写可以直接起诉",
        "写：复议或者诉讼", "法释〔2025〕8号的解读认为法院可以不受理，但没有读到条文；写明的总是对申请人安全",
        COURT, "suit_in_doubt"),
    Practice("sign_off", ANSWER, "答复是否必须在系统中逐级审批签发",
        "不必须：可以在纸质审批单上审查签发，公开、部分公开的答复登记时填写审查人、审查日期和结论；"
        "系统中已经送审的，签完以前不能答复，签批的内容与答复的内容必须一致",
        "条例第17条、第45条要求审查、审核，没有规定用什么形式；审查本身和审查人不是拟稿人，不能省去",
        LOCAL, "sign_off"),
    Practice("sign_off_stations", ANSWER, "审批经过哪些环节，先后怎样",
        "保密审查、负责人签发；公开、部分公开的答复没有列保密审查的，自动加上",
        "条例第17条要求审查机制，没有规定环节；承办科室、法制审核各地不一", LOCAL, "sign_off_stations"),
    Practice("sign_off_days", ANSWER, "审批的每个环节几个工作日内签出", "1个工作日，到期未签的提醒轮到的人",
        "留出制作、送达的时间", "没有文本；由本机关决定", "sign_off_days"),
    Practice("provisional_letters", ANSWER, "文书上的日期落在放假通知公布以前的年份怎么写",
        "写明暂定、怎样推算、公布后以重新计算的日期为准",
        "回执和延期告知书应当写明答复期限，又必须在期限内发出，不能等到放假通知公布",
        "当年的放假通知", fixed=ONE_READING),
    Practice("partial_remedies", ANSWER, "部分公开的告知书写哪一种救济途径",
        "不提供的部分有依条例第14、15、16条的，先复议；都不是的，复议或者诉讼；没有列明分项的，按先复议",
        "复议法第23条只及不予公开；132号第2条把部分不予公开作为不予公开", COURT, fixed=ONE_READING),
    Practice("withdrawal", ANSWER, "撤回申请的形式和时间",
        "答复前书面提出，以收到之日结案；答复后撤回不影响结果", "条例没有规定；沈阳等地要求书面",
        LOCAL, fixed="其他形式无法证明是申请人的意思"),
    Practice("objection_without_grounds", ANSWER,
        "第三方反对但无合理理由而决定公开的，是否书面告知第三方", "告知决定公开的内容和理由",
        "条例第32条对公共利益情形有明文，此处比照", COURT, fixed=A_PERSON_DECIDES),
    Practice("main_order", ANSWER, "几项内容都不能提供时计入哪一行",
        "按不予公开、无法提供、不予处理、其他处理的先后，同类中取项数最多的",
        "一件申请只计一次，没有规定先后", REPORT_FORM, "main_order"),
    Practice("given_and_not_held", ANSWER, "部分给予、部分不存在的计入哪一行", "部分公开（3.2）",
        "该行注明区分处理的只计这一情形",
        REPORT_FORM, fixed="一件申请只能计一行，给予过信息的归入部分公开"),
    Practice("year_of_result", COUNT, "落款和送达跨年的，结果计入哪一年", "送达的那一年",
        "与期限的计算一致（235号）", REPORT_FORM, "year_of_result"),
    Practice("year_of_receipt", COUNT, "补正、缴费后期限重新计算的，新收计入哪一年",
        "最初收到申请的那一年", "条例第30条只使答复期限重新计算",
        REPORT_FORM, fixed="移动新收年度会破坏本年和上年的勾稽"),
    Practice("re_answer", COUNT, "复议、诉讼责令重新答复的是否再计入表三",
        "不计入表三，表四计结果纠正", "再计会破坏第一项加第二项等于第三项加第四项",
        REPORT_FORM, fixed="表内勾稽关系不容许", sure="U"),
    Practice("applicant_columns", COUNT, "法人或者其他组织五列怎么归类",
        "按手册“申请人类型”的提示；个体工商户归自然人", "没有查到官方定义；民法典第54条",
        REPORT_FORM, fixed="登记时逐件选择", sure="U"),
    Practice("joint_applicants", COUNT, "多人共同申请、代理人申请按谁归类",
        "按第一申请人，算一件；代理的按被代理人", "一件申请只能计入一列",
        REPORT_FORM, fixed="登记时按此选择申请人类型"),
    Practice("published_errors", COUNT, "公布后发现错误怎么办",
        "已公布的数字不动，差异另列，可出更正版或在下一年第六部分说明",
        "没有查到规定；不声不响地改动最不可取", SUPERVISOR, fixed=A_PERSON_DECIDES, sure="U"),
    Practice("expiry_is_repeal", COUNT, "有效期届满自行失效的文件是否计入本年废止", "不计入",
        "失效不需要任何机关的行为", REPORT_FORM, "expiry_is_repeal", sure="U"),
    Practice("revision_is_repeal", COUNT, "修订的文件怎么计", "旧件计废止一件，新件计制发一件",
        "修订后的文件重新发布", REPORT_FORM, "revision_is_repeal", sure="U"),
    Practice("joint_documents", COUNT, "联合制发的文件由谁计", "牵头机关", "避免重复计算",
        REPORT_FORM, "joint_documents", sure="U"),
    Practice("remedies_by", COUNT, "表四按案件还是按审级计", "按案件", "二审未结的仍是同一案件尚未审结",
        REPORT_FORM, "remedies_by", sure="U"),
    Practice("count_not_accepted", COUNT, "不予受理、不予立案是否计入表四", "计入其他结果",
        "表四没有排除", REPORT_FORM, "count_not_accepted", sure="U"),
    Practice("processing_fees", COUNT, "信息处理费是否计入表二（八）行政事业性收费",
        "应当计入；台账有而表二没有的，列为核对发现",
        "财政部门的通知把它列为行政事业性收费，表二没有排除", REPORT_FORM, fixed=A_PERSON_DECIDES),
    Practice("report_day", COUNT, "1月31日是休息日的，最迟哪天公布", "之前最后一个工作日",
        "条例第49条写的是日期，没有顺延的规定", SUPERVISOR, fixed="提前总是合规"),
    Practice("alike_percent", REGISTER, "文字相似到什么程度提示为相似申请", "60%（按罕见程度加权）",
        "在大量申请中最能区分重复和新的申请", "没有文本；由本机关按经验调整", "alike_percent"),
    Practice("many_in_month", REGISTER, "同一申请人一个月内多少件提示第35条", "10件",
        "109号以每月10件为不收费的界限", "条例第35条没有数量标准", "many_in_month"),
    Practice("many_in_year", REGISTER, "同一申请人一年内多少件提示第35条", "30件", "109号第一档的上限",
        "条例第35条没有数量标准", "many_in_year"),
    Practice("many_applicants", REGISTER, "多少人申请相同信息时提示转为主动公开", "2人",
        "条例第44条第1款只说多个申请人", LOCAL, "many_applicants"),
    Practice("one_form_many_questions", REGISTER, "一张表多项内容是否拆分",
        "不拆分为一件；来件转为申请后可以再登记一件，各有编号，都与来件关联",
        "109号第4条允许按最小单元计件，没有要求拆分登记",
        FEES, fixed=A_PERSON_DECIDES),
    Practice("corrections_of_records", REGISTER, "要求更正自身信息的是否算公开申请",
        "不算：登记为来信来访，按第41条办理", "条例第41条与公开申请分列",
        SUPERVISOR, fixed=A_PERSON_DECIDES),
    Practice("three_reviews", PUBLISHING, "公开前是否必须三审", "至少一名起草人以外的人审查",
        "条例第17条要求审查机制，没有规定级数", LOCAL, "three_reviews"),
    Practice("reminder_days", REGISTER, "期限届满前几天提醒", "5、3、1个工作日和当日", "留出会签和邮寄的时间",
        "没有文本；由本机关决定", "reminder_days"),
    Practice("reminder_to", REGISTER, "提醒发给谁", "承办人、单位联络员、负责人中第一位有地址的人",
        "条例第45条只要求健全登记、审核、办理、答复制度", "没有文本；由本机关决定", "reminder_to"),
    Practice("reminder_margin", REGISTER, "暂定的日期提前多少提醒", "2个工作日",
        "放假通知可能使日期前移", "当年的放假通知", "reminder_margin"),
    Practice("escalation_days", REGISTER, "超期后第几天告知", "第1、3、5、10、20个工作日",
        "超期每多一天风险更大，但每天一封没有人看", "没有文本；由本机关决定", "escalation_days"),
    Practice("escalation_to", REGISTER, "超期告知发给谁", "单位联络员和负责人",
        "条例第47条由主管部门督促，先由负责人知道", "没有文本；由本机关决定", "escalation_to"),
)  # fmt: skip

SETTINGS = frozenset(rule.setting for rule in PRACTICES if rule.setting)
BY_SETTING = {key: tuple(rule for rule in PRACTICES if rule.setting == key) for key in SETTINGS}
