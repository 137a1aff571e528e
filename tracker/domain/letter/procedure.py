"""The letters on the way to an answer, and those that tell somebody else (rulebook 6.3)."""

from tracker.domain.case.basis import Ask
from tracker.domain.law import law, party
from tracker.domain.law.term import PAYMENT
from tracker.domain.letter.kind import MAY_ATTACH, REASON, Addressee, LetterKind
from tracker.domain.letter.wording import DECREE, FEES, Wording

_LAW = law.newest()
_NOTICE = _LAW.opinions[party.THIRD_PARTY].days
_MAKER = _LAW.opinions[party.CO_MAKER].days
_TERM = "{{期限说明}}"
_ELSE = "{{逾期后果}}"
_SLIP = (
    ("征求意见文书的文号", "{{文号}}"),
    ("意见", "□ 同意公开　　□ 不同意公开"),
    ("不同意公开的理由", ""),
    ("签名或者盖章", ""),
    ("日期", "　　　　年　　月　　日"),
)
CONCERNED = Ask("concerned", "征求意见的信息（名称、文号、内容；不写申请人）", "条例第32条", long=True)
NAME = Ask("name", "征求对象的姓名或者名称", "条例第32条")
ORGAN_NAME = Ask("name", "机关名称", "条例第34条")

PROCEDURE_KINDS = (
    LetterKind(
        key="receipt",
        label="政府信息公开申请接收回执",
        law="条例第31、45条",
        series="收",
        step="receive",
        wording=Wording(
            ("收到的材料：{{收到的材料}}。",),
            f"{DECREE}第三十一条、第三十三条",
            "已登记该申请",
            ("{{期限说明}}答复期限：{{答复期限}}。",),
        ),
        asks=(Ask("materials", "收到的材料（申请表、身份证明等）和份数", "条例第29条", long=True),),
        says={
            "期限说明": f"自收到申请之日起{_LAW.reply.days}个工作日内答复；补正、征求意见、延期或者缴费的，"
            "期限依法另行计算。"
        },
    ),
    LetterKind(
        key="supplement",
        label="补正告知书",
        law="条例第30条",
        series="补",
        step="ask_supplement",
        wording=Wording(
            ("经审查，{{称呼}}的申请内容不明确，需要补正以下全部内容：", "{{补正内容}}"),
            f"{DECREE}第三十条",
            "请{{称呼}}在{{截止日期}}前补正",
            ("补正的方式：{{补正方式}}。", _TERM, _ELSE),
        ),
        asks=(
            Ask("items", "需要补正的内容（一次性告知，一行一点）", "条例第30条", long=True),
            Ask("how", "补正的方式（书面提交的地址、渠道）", "条例第30条"),
            Ask("deadline_on", "补正期限", "条例第30条"),
        ),
        says={
            "期限说明": f"答复期限自本机关收到补正的申请之日起重新计算{_LAW.reply.days}个工作日。",
            "逾期后果": "无正当理由逾期不补正的，视为放弃申请，本机关不再处理该政府信息公开申请。",
        },
    ),
    LetterKind(
        key="reasons",
        label="说明理由告知书",
        law="条例第35条",
        series="理",
        step="ask_reasons",
        wording=Wording(
            ("经核查，{{称呼}}申请公开政府信息的数量、频次明显超过合理范围：{{件数频次}}。",),
            f"{DECREE}第三十五条",
            "请{{称呼}}在{{截止日期}}前说明申请的理由",
            (_TERM, _ELSE),
        ),
        asks=(
            Ask("numbers", "期间、件数和频次", "条例第35条"),
            Ask("deadline_on", "说明理由的期限", "条例第35条"),
        ),
        says={
            "期限说明": "说明理由期间，答复期限照常计算。",
            "逾期后果": "理由不合理的，本机关不予处理；理由合理，但无法在答复期限内答复的，"
            "可以确定延迟答复的合理期限。逾期不说明的，本机关依法作出处理。",
        },
    ),
    LetterKind(
        key="extension",
        label="延期答复告知书",
        law="条例第33条第2款",
        series="延",
        step="extend",
        wording=Wording(
            ("因{{理由}}，本机关不能在答复期限内答复。",),
            f"{DECREE}第三十三条第二款",
            "经政府信息公开工作机构负责人（{{批准人}}）同意，决定延长答复期限{{延长天数}}个工作日",
            ("{{期限说明}}延长后的答复期限：{{延长后期限}}。",),
        ),
        asks=(
            Ask("reason", "延期的理由", "条例第33条第2款", long=True),
            Ask("days", "延长的工作日数", "条例第33条第2款"),
            Ask("approved_by", "批准人（政府信息公开工作机构负责人）", "条例第33条第2款"),
        ),
        says={"期限说明": f"延长的期限最长不超过{_LAW.extension.days}个工作日。"},
    ),
    LetterKind(
        key="delay",
        label="延迟答复告知书",
        law="条例第35条",
        series="延",
        step="delay",
        wording=Wording(
            ("经审查，{{称呼}}说明的理由合理，但是本机关无法在规定期限内答复：{{理由}}",),
            f"{DECREE}第三十五条",
            "确定延迟答复至{{延迟至}}",
        ),
        asks=(REASON, Ask("until_on", "延迟答复至", "条例第35条")),
    ),
    LetterKind(
        key="third_party",
        label="征求意见书",
        law="条例第32条",
        series="征",
        step="consult",
        party=party.THIRD_PARTY,
        to=Addressee.THIRD_PARTY,
        wording=Wording(
            (
                "本机关收到一件政府信息公开申请，所涉及的以下信息可能损害你（单位）的合法权益：",
                "{{涉及信息}}",
            ),
            f"{DECREE}第十五条、第三十二条",
            "就是否同意公开征求你（单位）的意见",
            (_TERM, _ELSE),
        ),
        asks=(NAME, CONCERNED, MAY_ATTACH),
        says={
            "期限说明": f"请自收到本征求意见书之日起{_NOTICE}个工作日内提出意见；不同意公开的，请说明理由。",
            "逾期后果": f"逾期未提出意见的，由本机关依照{DECREE}的规定决定是否公开。"
            "不同意公开且有合理理由的，不予公开；认为不公开可能对公共利益造成重大影响的，可以决定予以公开，"
            "并将决定公开的内容和理由书面告知你（单位）。",
        },
        slip=_SLIP,
    ),
    LetterKind(
        key="consultation_told",
        label="征求意见告知书",
        law="条例第33条第3款",
        series="征",
        step="consult",
        wording=Wording(
            (
                "经审查，{{称呼}}申请公开的信息需要征求{{征求对象}}的意见，本机关已于{{发出日期}}发出征求意见的文书。",
            ),
            f"{DECREE}第三十二条、第三十三条第三款、第三十四条",
            "现告知正在征求意见",
            (_TERM,),
        ),
        says={"期限说明": "征求意见所需时间不计算在答复期限内。"},
    ),
    LetterKind(
        key="co_maker",
        label="征求意见函",
        law="条例第34条",
        series="征",
        step="consult",
        party=party.CO_MAKER,
        to=Addressee.ORGAN,
        wording=Wording(
            ("本机关牵头制作的以下政府信息有人申请公开，该信息由你单位共同制作：", "{{涉及信息}}"),
            f"{DECREE}第三十四条",
            "就是否同意公开征求你单位的意见",
            (_TERM, _ELSE),
        ),
        asks=(ORGAN_NAME, CONCERNED, MAY_ATTACH),
        says={
            "期限说明": f"请自收到本函之日起{_MAKER}个工作日内提出意见。",
            "逾期后果": "逾期未提出意见的，视为同意公开。",
        },
        slip=_SLIP,
    ),
    LetterKind(
        key="other_organ",
        label="征求意见函",
        law="条例第33条第3款、第17条",
        series="征",
        step="consult",
        party=party.OTHER,
        to=Addressee.ORGAN,
        wording=Wording(
            ("本机关收到的政府信息公开申请涉及以下信息：", "{{涉及信息}}"),
            f"{DECREE}第十一条、第十七条、第三十三条第三款",
            "征求你单位的意见",
            (_TERM, _ELSE),
        ),
        asks=(ORGAN_NAME, CONCERNED, MAY_ATTACH),
        says={
            "期限说明": f"请自收到本函之日起{_LAW.opinions[party.OTHER].days}个工作日内提出意见。",
            "逾期后果": "逾期未提出意见的，由本机关依法决定。",
        },
        slip=_SLIP,
    ),
    LetterKind(
        key="assistance",
        label="协办函",
        law="条例第45条",
        series="协",
        step="assign",
        to=Addressee.ORGAN,
        wording=Wording(
            (
                "本机关正在办理一件政府信息公开申请（受理编号：{{受理编号}}），请协助办理以下事项：",
                "{{协办事项}}",
            ),
            f"{DECREE}第四十五条",
            "请在{{截止日期}}前书面反馈",
        ),
        asks=(
            Ask("unit", "承办、协办单位", "条例第45条"),
            Ask("question", "协办的事项", "条例第45条", long=True),
            Ask("deadline_on", "内部反馈期限", "条例第45条"),
        ),
    ),
    LetterKind(
        key="third_party_told",
        label="告知第三方书",
        law="条例第32条",
        series="征",
        to=Addressee.THIRD_PARTY,
        remedies="G",
        wording=Wording(
            (
                "本机关此前就以下信息是否公开征求你（单位）的意见，现决定予以公开，内容为：",
                "{{涉及信息}}",
                "理由：{{公开理由}}",
            ),
            f"{DECREE}第十五条、第三十二条",
            "将决定公开的内容和理由书面告知你（单位）",
        ),
        asks=(
            NAME,
            Ask("concerned", "决定公开的内容（不写申请人）", "条例第32条", long=True),
            Ask(
                "third_party_answer",
                "理由：反对意见为何不合理，或者涉及怎样的公共利益",
                "条例第32条",
                long=True,
            ),
        ),
    ),
    LetterKind(
        key="charge",
        label="收费通知书",
        law="条例第42条、国办函〔2020〕109号",
        series="费",
        step="charge",
        wording=Wording(
            ("经核查，{{称呼}}申请公开政府信息的数量、频次明显超过合理范围。",),
            f"{DECREE}第四十二条和{FEES}",
            "决定收取信息处理费{{金额}}元",
            (
                "计收方式：{{计收方式}}；件数或者页数：{{计收数量}}。",
                "计收的标准和计算：{{计收标准}}",
                "缴费的方式：{{缴费方式}}。",
                _TERM,
                _ELSE,
            ),
        ),
        asks=(
            Ask("way", "计收方式（按件计收、按量计收）", "国办函〔2020〕109号第3条"),
            Ask("count", "件数或者页数", "国办函〔2020〕109号第4、5条"),
            Ask("amount", "金额（元）", "国办函〔2020〕109号"),
            Ask("standard", "计收的标准和计算", "国办函〔2020〕109号第4、5条", long=True),
            Ask("pay_to", "缴费的方式（账户、地点）", "国办函〔2020〕109号"),
        ),
        says={
            "期限说明": f"请自收到本通知次日起{PAYMENT.days}个工作日内缴纳；"
            "缴纳后，答复期限自缴费次日起重新计算。",
            "逾期后果": "逾期未缴纳的，视为放弃申请，本机关不再处理该政府信息公开申请。",
        },
    ),
    LetterKind(
        key="withdrawal",
        label="撤回确认书",
        law="条例未规定（实务）",
        series="终",
        step="withdraw",
        wording=Wording(
            ("本机关于{{收到撤回日期}}收到{{称呼}}签名或者盖章的书面撤回声明：{{撤回声明}}",),
            f"{DECREE}第二十七条",
            "确认撤回该政府信息公开申请，终止办理",
        ),
        asks=(
            Ask("statement", "撤回的声明（原文）和签名", "实务：书面撤回", long=True),
            Ask("withdrawn_on", "收到书面撤回的日期", "实务：书面撤回"),
        ),
    ),
)
