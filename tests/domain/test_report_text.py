"""What a sentence of a report states: each number as the figure that it means, or as none."""

from decimal import Decimal

import pytest

from tracker.domain.report_text import claims
from tracker.domain.report_words import numeral, plain, sentences

SENTENCES = [
    ("全年共收到政府信息公开申请12件，均已按时答复。", [("received", 12)]),
    (
        "2024年，我局共收到依申请公开12件，办结11件，结转下年度1件。",
        [("received", 12), ("closed", 11), ("4", 1)],
    ),
    (
        "全年新收政府信息公开申请一百零五件，上年结转三件，合计一百零八件。",
        [("1", 105), ("2", 3), ("all", 108)],
    ),
    ("本年度未收到政府信息公开申请。", [("1", 0)]),
    ("2024年，我单位没有收到公民、法人和其他组织的政府信息公开申请。", [("1", 0)]),
    ("无依申请公开政府信息。", [("1", 0)]),
    ("全年收到政府信息公开申请0件。", [("received", 0)]),
    (
        "全年受理政府信息公开申请1,295件，办结1,191件（含上年结转189件）。",
        [("received", 1295), ("closed", 1191), ("2", 189)],
    ),
    (
        "共收到公民、法人及其他组织提出的政府信息公开申请二十三件，其中网上申请20件，信函申请3件。",
        [("received", 23)],
    ),
    ("全年收到依申请公开 45 件，其中自然人申请 40 件，法人或其他组织申请 5 件。", [("received", 45)]),
    ("我局受理政府信息公开申请30宗，较上年增加5宗。", [("received", 30)]),
    ("收到市民留言120条，办结118条。", []),
    ("收到人大建议12件、政协提案30件，均已办结。", []),
    (
        "依申请公开方面，全年共办理56件，其中予以公开20件、部分公开6件、不予公开5件、无法提供20件、不予处理3件、其他处理2件。",
        [("handled", 56), ("3.1", 20), ("3.2", 6), ("3.3", 5), ("3.4", 20), ("3.5", 3), ("3.6", 2)],
    ),
    ("本年度办理结果：予以公开20件，部分公开6件。收到政府信息公开申请26件。", [("received", 26)]),
    ("全年主动公开政府信息485条，收到政府信息公开申请3件。", [("received", 3)]),
    (
        "全年作出行政许可决定106件，行政处罚决定3件，行政强制0件。",
        [("licences", 106), ("penalties", 3), ("coercion", 0)],
    ),
    ("公示行政许可106件、行政处罚3件。", []),
    (
        "制发行政规范性文件3件，废止1件，现行有效8件。",
        [
            ("normative_documents.made", 3),
            ("normative_documents.repealed", 1),
            ("normative_documents.in_force", 8),
        ],
    ),
    ("公开规范性文件3件，解读5件。", []),
    ("行政事业性收费7730.28万元。", [("fees_wan_yuan", "7730.28")]),
    ("因政府信息公开被申请行政复议3件，被提起行政诉讼2件。", [("reconsideration", 3), ("litigation", 2)]),
    ("未发生因政府信息公开引起的行政复议、行政诉讼案件。", [("reconsideration", 0), ("litigation", 0)]),
    ("全年办理行政复议案件120件。", []),
    (
        "政府信息公开行政复议案件7件，其中维持4件，纠正1件，其他结果1件，尚未审结1件。",
        [
            ("reconsideration", 7),
            ("reconsideration.upheld", 4),
            ("reconsideration.corrected", 1),
            ("reconsideration.other", 1),
            ("reconsideration.pending", 1),
        ],
    ),
    (
        "2023年收到政府信息公开申请10件，2024年收到政府信息公开申请12件。",
        [("received", 10), ("received", 12)],
    ),
    ("全年收到政府信息公开申请约100件。", []),
    ("全年共收到政府信息公开申请80余件。", []),
    ("全年共收到信息公开申请12件，同比下降20%，全部办结。", [("received", 12)]),
    ("全年共受理并答复政府信息公开申请12件。", []),
    ("2024年共收到申请公开政府信息的申请5件，答复5件。", [("received", 5), ("answered", 5)]),
    (
        "全年共登记政府信息公开申请66件，上年度结转2件，答复65件，结转下一年度3件。",
        [("2", 2), ("answered", 65), ("4", 3)],
    ),
    ("全年收到政府信息公开申请66件（其中上年结转2件）。", [("received", 66), ("2", 2)]),
    ("上年度结转的政府信息公开申请2件已全部办结。", [("2", 2)]),
    ("受理依申请公开政府信息12件，按期答复率100%。", [("received", 12)]),
    ("收到依申请公开事项12件，其中1件转交其他部门办理。", [("received", 12)]),
    ("收到政府信息公开申请 12 件。其中，因申请内容不明确要求补正 2 件。", [("received", 12)]),
    (
        "共收到政府信息公开申请12件，已办结11件，1件正在办理中。",
        [("received", 12), ("closed", 11), ("pending", 1)],
    ),
    ("全年办结政府信息公开申请95件（含上年结转3件），转结下年2件。", [("closed", 95), ("2", 3)]),
    (
        "2024年度共新增政府信息公开申请17件，2023年度结转1件，已办结18件。",
        [("1", 17), ("2", 1), ("closed", 18)],
    ),
    ("全年新收到申请5件", []),
    ("(二)依申请公开情况\n全年新收到申请5件，办结5件。", [("1", 5), ("closed", 5)]),
    (
        "收到政府信息公开申请12件,其中予以公开3件,占25%,本机关不掌握相关政府信息6件,占50%,重复申请3件。",
        [("received", 12), ("3.1", 3), ("3.4.1", 6), ("3.5.2", 3)],
    ),
    ("全年共收到政府信息公开申请12件（2023年为10件）。", [("received", 12)]),
]


@pytest.mark.parametrize(("text", "stated"), SENTENCES, ids=[text[:24] for text, _ in SENTENCES])
def test_a_sentence_states_these_figures_and_no_others(text, stated):
    found = [(claim.what, claim.value) for claim in claims(text, 2024)]

    assert found == [(what, Decimal(value)) for what, value in stated]


@pytest.mark.parametrize(
    ("words", "value"),
    [("三", 3), ("十", 10), ("十二", 12), ("一十二", 12), ("二十", 20), ("一百零五", 105), ("两百", 200),
     ("一千三百一十七", 1317), ("一万二千", 12000), ("〇", 0), ("二〇二三", 2023)],
)  # fmt: skip
def test_a_chinese_numeral_is_read(words, value):
    assert numeral(words) == value


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("１，２９５ 件", "1295件"),
        ("受理 1 295 件", "受理1295件"),
        ("百分之九", "9%"),
        ("百分之17.5", "17.5%"),
        ("二〇二三年收到一十二件", "2023年收到12件"),
        ("①收到3件", ",收到3件"),
        ("第一件事", "第一件事"),
    ],
)
def test_text_is_made_plain(text, read):
    assert plain(text) == read


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("予以公开11件，占28%；部分公开2件（5.1%）", [Decimal(28), Decimal("5.1")]),
        ("予以公开96件、占56.47%", [Decimal("56.47")]),
        ("予以公开11件，占办结总数的28%", [Decimal(28)]),
        ("收到1182件（同比增长0.4%）", [None]),
        ("收到12件，同比增长30%", [None]),
    ],
)
def test_a_share_belongs_to_the_number_before_it(text, shares):
    (sentence,) = sentences(text)

    assert [mention.share for mention in sentence.mentions] == shares
