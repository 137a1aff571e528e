"""The sentences of the answers: what was found, on which article, what is decided (rulebook 5 and 6).

A place for a fact is written {{…}} with the fact's name (``fact.NAMES``), as in every template. Wording is
practice: no text prescribes it; the articles are the law's.
"""

from dataclasses import dataclass

DECREE = "《中华人民共和国政府信息公开条例》"
ARCHIVES = "《中华人民共和国档案法》"
FEES = "《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）"
FORM_OF_2021 = "国办公开办函〔2021〕30号所附表三"


@dataclass(frozen=True, slots=True)
class Wording:
    """What one letter says beside the elements that all have in common.

    findings: what was found. basis: the articles, as they are cited. decision: what is decided or told.
    after:    what follows from it, or is provided.
    """

    findings: tuple[str, ...]
    basis: str
    decision: str
    after: tuple[str, ...] = ()


_ASKED = "经审查，{{称呼}}申请公开的信息"
_REASON = "理由：{{理由}}"
_REFUSED = "决定不予公开"

ANSWERS: dict[tuple[str, str], Wording] = {
    ("disclosed", "given"): Wording(
        ("经审查，{{称呼}}申请公开的政府信息可以公开，具体为：{{公开内容}}。",),
        f"{DECREE}第三十六条第（二）项、第四十条",
        "决定予以公开",
        ("提供的形式、份数或者页数：{{提供形式}}。",),
    ),
    ("disclosed", "told"): Wording(
        ("经审查，{{称呼}}申请公开的政府信息可以公开，具体为：{{公开内容}}。",),
        f"{DECREE}第三十六条第（二）项",
        "决定予以公开，并告知获取该政府信息的方式、途径和时间",
        ("获取的方式、途径和时间：{{获取途径}}。",),
    ),
    ("disclosed", "published"): Wording(
        ("经核查，{{称呼}}申请公开的政府信息已经主动公开。",),
        f"{DECREE}第三十六条第（一）项",
        "现告知获取该政府信息的方式、途径",
        ("获取的方式、途径：{{获取途径}}。",),
    ),
    ("partially_disclosed", "separated"): Wording(
        ("经审查，{{称呼}}申请公开的信息中含有不应当公开或者不属于政府信息的内容，但是能够作区分处理。",),
        f"{DECREE}第三十七条",
        "决定部分公开",
        ("提供的内容和形式：{{提供形式}}。", "不予提供的内容及其依据和理由：", "{{不予提供部分}}"),
    ),
    ("refused_state_secret", "secret"): Wording(
        (f"{_ASKED}属于依法确定为国家秘密的政府信息，定密的机关和依据：{{{{定密依据}}}}。", _REASON),
        f"{DECREE}第十四条、第三十六条第（三）项",
        _REFUSED,
    ),
    ("refused_prohibited_by_law", "prohibited"): Wording(
        (f"{_ASKED}属于法律、行政法规禁止公开的政府信息，禁止公开的规定为：{{{{特别规定}}}}。", _REASON),
        f"{DECREE}第十四条、第三十六条第（三）项",
        _REFUSED,
    ),
    ("refused_safety_and_stability", "safety"): Wording(
        (
            f"{_ASKED}公开后可能危及国家安全、公共安全、经济安全、社会稳定，具体为：{{{{危害情形}}}}。",
            _REASON,
        ),
        f"{DECREE}第十四条、第三十六条第（三）项",
        _REFUSED,
    ),
    ("refused_third_party_rights", "third_party"): Wording(
        (f"{_ASKED}涉及{{{{涉及权益}}}}，公开会对第三方合法权益造成损害。{{{{第三方意见}}}}", _REASON),
        f"{DECREE}第十五条、第三十二条、第三十六条第（三）项",
        _REFUSED,
    ),
    ("refused_internal_affairs", "internal"): Wording(
        (f"{_ASKED}属于本机关内部事务信息，类别为：{{{{信息类别}}}}。", _REASON),
        f"{DECREE}第十六条第一款、第三十六条第（三）项",
        _REFUSED,
    ),
    ("refused_process_information", "process"): Wording(
        (
            f"{_ASKED}属于本机关在履行行政管理职能过程中形成的过程性信息，类别为：{{{{信息类别}}}}。",
            "法律、法规、规章是否规定应当公开：{{应公开规定}}。",
            _REASON,
        ),
        f"{DECREE}第十六条第二款、第三十六条第（三）项",
        _REFUSED,
    ),
    ("refused_enforcement_file", "enforcement"): Wording(
        (
            f"{_ASKED}属于行政执法案卷信息，所属案卷为：{{{{信息类别}}}}。",
            "法律、法规、规章是否规定应当公开：{{应公开规定}}。",
            _REASON,
        ),
        f"{DECREE}第十六条第二款、第三十六条第（三）项",
        _REFUSED,
    ),
    ("refused_administrative_query", "query"): Wording(
        (
            f"{_ASKED}属于工商、不动产登记资料等信息，有关法律、行政法规对其获取有特别规定：{{{{特别规定}}}}。",
            _REASON,
        ),
        f"{DECREE}第三十六条第（七）项",
        "现告知依照有关法律、行政法规的规定办理",
        ("查询的窗口和方式：{{获取途径}}。",),
    ),
    ("unable_not_held", "absent"): Wording(
        (
            "经检索，没有{{称呼}}所申请公开的信息。检索的范围：{{检索范围}}；检索的系统和关键词：{{检索方式}}；"
            "检索人：{{检索人}}。",
            _REASON,
        ),
        f"{DECREE}第三十六条第（四）项",
        "现告知该政府信息不存在",
    ),
    ("unable_not_held", "others"): Wording(
        (f"{_ASKED}不属于本机关负责公开。", _REASON),
        f"{DECREE}第三十六条第（五）项",
        "现告知不属于本机关负责公开",
        ("负责公开的机关：{{负责机关}}。", "该机关的联系方式：{{负责机关联系方式}}。"),
    ),
    ("unable_not_held", "joint"): Wording(
        (f"{_ASKED}由本机关与其他行政机关共同制作，由牵头制作的行政机关负责公开。", _REASON),
        f"{DECREE}第十条、第三十六条第（五）项",
        "现告知不属于本机关负责公开",
        ("牵头制作的机关：{{负责机关}}。", "该机关的联系方式：{{负责机关联系方式}}。"),
    ),
    ("unable_not_held", "archived"): Wording(
        (f"{_ASKED}已经移交档案馆，移交期限于{{{{移交期限届满日}}}}届满。", _REASON),
        f"{ARCHIVES}第十五条第二款、{DECREE}第三十六条第（五）项",
        "现告知不属于本机关负责公开",
        ("保管的档案馆：{{负责机关}}。", "该馆的联系方式：{{负责机关联系方式}}。"),
    ),
    ("unable_needs_creation", "creation"): Wording(
        (f"{_ASKED}没有现成的，须另行制作：{{{{加工说明}}}}。", _REASON),
        f"{DECREE}第三十八条",
        "现告知无法提供",
    ),
    ("unable_needs_creation", "question"): Wording(
        (f"{_ASKED}属于以申请形式提出的咨询，不是现有的政府信息：{{{{加工说明}}}}。", _REASON),
        f"{DECREE}第三十八条",
        "现告知无法提供",
    ),
    ("unable_still_unclear", "unclear"): Wording(
        ("经补正，{{称呼}}的申请内容仍不明确：{{不明确之处}}。", _REASON),
        f"{DECREE}第三十条",
        "现告知无法提供",
    ),
    ("not_processed_petition", "petition"): Wording(
        (f"{_ASKED}是以政府信息公开申请的形式进行信访、投诉、举报等活动。", _REASON),
        f"{DECREE}第三十九条第一款",
        "不作为政府信息公开申请处理",
        ("相应的信访、投诉、举报渠道：{{获取途径}}。",),
    ),
    ("not_processed_repeat", "repeat"): Wording(
        (
            "经核查，{{称呼}}重复申请公开相同政府信息，本机关已于{{先前日期}}作出答复（{{先前文号}}）。",
            _REASON,
        ),
        f"{DECREE}第三十六条第（六）项",
        "不予重复处理",
    ),
    ("not_processed_publication", "publication"): Wording(
        (f"{_ASKED}属于政府公报、报刊、书籍等公开出版物。", _REASON),
        f"{DECREE}第三十九条第二款",
        "不作为政府信息公开申请处理，现告知获取的途径",
        ("出版物和获取途径：{{获取途径}}。",),
    ),
    ("not_processed_excessive", "excessive"): Wording(
        (
            "经核查，{{称呼}}申请公开政府信息的数量、频次明显超过合理范围：{{件数频次}}。"
            "本机关要求说明理由后，认为理由不合理。",
            _REASON,
        ),
        f"{DECREE}第三十五条",
        "不予处理",
    ),
    ("not_processed_confirmation", "confirmation"): Wording(
        ("经核查，{{称呼}}要求确认或者重新出具已经获取的信息：{{已获取情况}}。", _REASON),
        f"{FORM_OF_2021}（五）5.“要求行政机关确认或重新出具已获取信息”",
        "不予处理",
    ),
    ("closed_supplement_lapsed", "lapsed"): Wording(
        (
            "本机关要求补正的告知书于{{告知送达日期}}送达，补正期限至{{截止日期}}。{{称呼}}无正当理由逾期未补正。",
        ),
        f"{DECREE}第三十条",
        "视为放弃申请，本机关不再处理该政府信息公开申请",
    ),
    ("closed_fee_lapsed", "lapsed"): Wording(
        ("本机关的收费通知于{{告知送达日期}}送达，缴费期限至{{截止日期}}。{{称呼}}逾期未缴纳费用。",),
        f"{DECREE}第四十二条和{FEES}",
        "视为放弃申请，本机关不再处理该政府信息公开申请",
    ),
    ("closed_other", "ended"): Wording(
        ("经核实，申请人已经死亡或者终止，没有继受人：{{理由}}",),
        f"{FORM_OF_2021}（六）3.“其他”",
        "终止办理，记录存卷",
    ),
    ("closed_other", "no_information"): Wording(
        (f"{_ASKED}不属于{DECREE}第二条所称的政府信息。", _REASON), f"{DECREE}第二条", "现予告知"
    ),
    ("closed_other", "correction"): Wording(
        ("{{称呼}}提出的是更正与自身相关的政府信息记录的要求。",),
        f"{DECREE}第四十一条",
        "现告知办理情况",
        ("更正的情况：{{更正情况}}",),
    ),
    ("closed_other", "other"): Wording(("经核查：{{理由}}",), f"{FORM_OF_2021}（六）3.“其他”", "终止办理"),
}
