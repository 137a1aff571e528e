"""A report's text against its tables: no sound report is accused, no wrong figure in a sentence is missed."""

import random
import re

import pytest

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.report.identity import findings
from tracker.domain.report.published import of_exchange
from tracker.domain.report.table3 import cells

KINDS = list(ApplicantKind)
GROUPS = {"3.3": 8, "3.4": 3, "3.5": 5, "3.6": 3}
# Sentences that offices write. Figures by name; {x%of} is the share of x in the closed requests.
TEXTS = [
    "{year}年，全局共收到政府信息公开申请{new}件，上年结转{into}件，合计{all}件；办结{done}件，结转下年度继续办理{out}件。",
    "全年新收政府信息公开申请{new}件，{last}年结转{into}件，已办结{done}件，结转{next}年{out}件。",
    "本年度受理依申请公开{new}件，答复{done}件（含上年结转{into}件），另有{out}件转入下一年度办理。",
    "{year}年度，我单位共办理政府信息公开申请{all}件（含上年结转{into}件），其中办结{done}件，{out}件结转下年。",
    "全年办结政府信息公开申请{done}件：予以公开{3.1}件，部分公开{3.2}件，不予公开{3.3}件，无法提供{3.4}件，不予处理{3.5}件，其他处理{3.6}件。",
    "办结政府信息公开申请{done}件，其中，予以公开及部分公开{3.1+3.2}件（{3.1+3.2%}%），不予公开{3.3}件（{3.3%}%），"
    "因本机关不掌握等原因无法提供{3.4}件（{3.4%}%），属信访、重复申请等不予处理{3.5}件（{3.5%}%），其他处理{3.6}件（{3.6%}%）。",
    "共收到公民、法人和其他组织政府信息公开申请{new}件，较上年有所变化。予以公开的{3.1}件，占{3.1%}%；无法提供的{3.4}件，占{3.4%}%。",
    "依申请公开方面，新增申请{new}件，上年度结转申请{into}件，作出答复{done}件，尚有{out}件顺延至下年度。",
    "（二）依申请公开情况\n全年收到申请{new}件，办结{done}件，其中{3.1}件予以公开，{3.2}件部分公开。",
    "共收到政府信息公开申请{new}件，其中自然人申请{natural}件，法人或其他组织申请{legal}件。",
    "因政府信息公开被申请行政复议{review}件，其中结果维持{upheld}件，结果纠正{corrected}件；被提起行政诉讼{suit}件。",
    "政府信息公开类行政复议{review}件、行政诉讼{suit}件。",
    "全年作出行政许可决定{licences}件，行政处罚决定{penalties}件；制发行政规范性文件{made}件，废止{repealed}件，现行有效{in_force}件。",
]  # fmt: skip
# More of them, with business that is no request around the figures.
MORE_TEXTS = [
"{year}年，本机关共收到政府信息公开申请{new}件，同比增长12.5%；其中当面申请2件，网络申请3件。上年度结转{into}件。全年共办结{done}件，其中：予以公开{3.1}件，占比{3.1%}%；部分公开{3.2}件，占比{3.2%}%；不予公开{3.3}件；无法提供{3.4}件；不予处理{3.5}件；其他处理{3.6}件。",
"全年共受理政府信息公开申请{all}件（含上年度结转{into}件），依法依规答复{done}件，其余{out}件结转至下一年度办理。",
"我区{year}年共新收依申请公开{new}件，上年结转{into}件，合计受理{all}件。已答复{done}件，未到答复期结转下年{out}件，答复率100%。",
"(二)依申请公开。全年收到申请{new}件，按时办结率100%。在答复意见中，同意公开{3.1}件、部分公开{3.2}件、不予公开{3.3}件、无法提供{3.4}件。",
"截至{year}年12月31日，我局共收到政府信息公开申请{new}件，{last}年度结转{into}件，办理完毕{done}件，结转到{next}年继续办理{out}件。",
"全年共处理政府信息公开申请{all}件，其中{done}件已按期答复，{out}件结转下一年度。",
"依申请公开情况：收到政府信息公开申请{new}件，较{last}年增加15件；答复{done}件；因信息公开引发的行政复议{review}件，行政诉讼{suit}件。",
"全年共接收依申请公开事项{new}件，其中自然人{natural}件，法人或其他组织{legal}件；办结{done}件（含{last}年结转{into}件），{out}件按规定结转下年度办理。",
"{year}年，共办理政府信息公开申请{done}件，包括上年结转{into}件，予以公开和部分公开共{3.1+3.2}件。",
"全年主动公开信息1,485条，其中网站公开900条，微信公众号公开585条。收到政府信息公开申请{new}件。",
"全年受理行政复议案件120件，审结100件。收到政府信息公开申请{new}件，均依法答复。",
"办理人大代表建议12件、政协提案8件，办结率100%。共收到依申请公开{new}件。",
"12345热线共受理诉求3000件，办结2990件；信访事项办结45件。受理政府信息公开申请{new}件，答复{done}件。",
"收到政府信息公开申请{new}件，上年结转{into}件，均在法定期限内处理，其中对{3.3}件作出不予公开决定，对{3.4}件作出无法提供答复。",
"全年办结{done}件政府信息公开申请，{out}件在{next}年继续办理。",
"共收到申请{new}件，涉及征地拆迁30件、教育20件，依申请公开工作总体平稳。",
"全年召开培训会2次，培训80人次。依申请公开受理{new}件，办结{done}件，延期答复5件，补正8件，征求第三方意见2件。",
"全年因政府信息公开工作被申请行政复议{review}件（维持{upheld}件、纠正{corrected}件），被提起行政诉讼{suit}件，均无败诉。",
"全年公开行政许可结果106条，公开行政处罚决定12件。收到政府信息公开申请{new}件。",
"印发《工作要点》1件，制定行政规范性文件{made}件，废止规范性文件{repealed}件。",
"对比去年，{year}年新收申请{new}件，去年新收申请300件，增幅明显，依申请公开压力增大。",
"通过省政府网站依申请公开平台收到申请10件，通过信函收到申请15件，当面收到申请3件，共收到政府信息公开申请{new}件。",
"本年度新收政府信息公开申请{new}件，申请数量同比下降5.2%。从办理结果看，“予以公开”{3.1}件、“部分公开”{3.2}件、“不予公开”{3.3}件、“无法提供”{3.4}件、“不予处理”{3.5}件、“其他处理”{3.6}件。",
"受理{new}件政府信息公开申请，上年结转{into}件；办结{done}件，结转{out}件到下年度继续办理。",
"全年共收到信息公开申请{new}件，其中1件为重复申请，2件撤回。",
"全年收到政府信息公开申请{new}件，其中，公民申请50件，法人申请3件。",
"{year}年1至12月，收到依申请公开{new}件，其中一季度10件，二季度12件，三季度8件，四季度9件。",
"全年制作不予公开告知书{3.3}份，补正告知书9份。收到政府信息公开申请{new}件。",
"全年收到依申请公开申请{new}件，较上年同期减少3件，下降2.1%。办理答复{done}件。",
]  # fmt: skip


def report(seed: int, text: str) -> tuple[dict, dict]:
    """Return a sound report with its figures by name."""
    dice = random.Random(seed)
    counts = {
        (f"{group}.{n}", kind): dice.choice([0, 0, 1, 7, 30])
        for group, last in GROUPS.items()
        for n in range(1, last + 1)
        for kind in KINDS[:2]
    }
    counts |= {(row, kind): dice.randint(2, 40) for row in ("3.1", "3.2") for kind in KINDS[:2]}
    for kind in KINDS[:2]:
        done = sum(count for (row, of), count in counts.items() if of == kind and row.startswith("3."))
        into, out = dice.randint(1, 9), dice.randint(1, 9)
        counts |= {("2", kind): into, ("4", kind): out, ("1", kind): done + out - into}
    table = cells(counts)
    total = {row: columns["total"] for row, columns in table.items()}
    total |= {group: sum(total[f"{group}.{n}"] for n in range(1, last + 1)) for group, last in GROUPS.items()}
    total["3.1+3.2"] = total["3.1"] + total["3.2"]
    suits = {"upheld": 5, "corrected": 2, "other": 1, "pending": 3, "total": 11}
    said = {
        **{row: total[row] for row in total if row.startswith("3.")},
        "year": 2024, "last": 2023, "next": 2025, "new": total["1"], "into": total["2"], "all": total["1"] + total["2"],
        "done": total["3.7"], "out": total["4"], "review": 11, "upheld": 5, "corrected": 2, "suit": 22,
        "licences": 106, "penalties": 31, "made": 3, "repealed": 1, "in_force": 8,
        "natural": table["1"]["natural_person"], "legal": table["1"]["business"],
        **{f"{row}%": round(total[row] * 100 / total["3.7"], 2) for row in (*GROUPS, "3.1", "3.2", "3.1+3.2")},
    }  # fmt: skip
    given = {
        "year": 2024, "agency": "某市某局", "table3": table,
        "table2": {"normative_documents": {"made": 3, "repealed": 1, "in_force": 8}, "licences": 106, "penalties": 31},
        "table4": dict.fromkeys(("reconsideration", "direct_litigation", "litigation_after_reconsideration"), suits),
    }  # fmt: skip
    return given, said


def filled(text: str, said: dict) -> str:
    return re.sub(r"\{([^}]+)\}", lambda found: str(said[found[1]]), text)


def found_in(given: dict, text: str) -> list:
    return findings(of_exchange({**given, "sections": {"1": text}}))


@pytest.mark.parametrize("text", TEXTS, ids=[text[:16] for text in TEXTS])
@pytest.mark.parametrize("seed", range(6))
def test_a_sound_report_is_not_accused(seed, text):
    given, said = report(seed, text)

    assert found_in(given, filled(text, said)) == []


@pytest.mark.parametrize("text", MORE_TEXTS, ids=[text[:16] for text in MORE_TEXTS])
@pytest.mark.parametrize("kept", ["all", "totals", "none"])
def test_a_sound_report_is_not_accused_however_little_is_printed(kept, text):
    given, said = report(7, text)
    tables = {
        "all": given["table3"],
        "totals": {row: {"total": given["table3"][row]["total"]} for row in ("1", "4", "3.1")},
        "none": {"1": {}},
    }
    less = given if kept == "all" else {**given, "table3": tables[kept], "table2": {}, "table4": {}}

    assert found_in(less, filled(text, said)) == []


NAMES = [
    (text, name) for text in TEXTS for name in re.findall(r"\{([^}%]+%?)\}", text) if name not in ("year",)
]


@pytest.mark.parametrize(("text", "name"), NAMES, ids=[f"{name}-{text[:10]}" for text, name in NAMES])
def test_one_wrong_figure_in_a_sentence_is_found(text, name):
    given, said = report(3, text)
    wrong = {**said, name: said[name] + (1 if name in ("last", "next") else 13)}

    assert found_in(given, filled(text, wrong)) != []


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("当年办结76件政府信息公开申请，办结政府信息公开申请82件。", "section1_self"),
        ("收到政府信息公开申请100件，上年结转5件，办结102件，结转下年度4件。", "results_balance"),
        ("收到政府信息公开申请100件（含上年结转5件），办结92件，结转下年度7件。", "results_balance"),
        (
            "办结政府信息公开申请50件，其中予以公开20件，部分公开9件，无法提供11件，其他处理5件。",
            "section1_results_sum",
        ),
        ("办结政府信息公开申请50件，其中予以公开20件，部分公开19件，无法提供15件。", "section1_results_sum"),
        ("收到政府信息公开申请50件，其中自然人申请46件，法人或其他组织申请5件。", "section1_self"),
        ("收到政府信息公开申请50件，其中网上申请46件，信函申请5件。", "section1_self"),
        ("办结政府信息公开申请122件，予以公开27件，占30%。", "shares"),
        ("因政府信息公开发生行政复议7件，其中维持6件，纠正2件。", "section1_self"),
        ("因政府信息公开引发行政争议10件，其中行政复议7件，行政诉讼4件。", "section1_self"),
    ],
)
def test_a_text_that_contradicts_itself_is_found_without_a_table(text, check):
    found = findings(of_exchange({"year": 2024, "table3": {}, "sections": {"1": text}}))

    assert [finding.check for finding in found] == [check]


@pytest.mark.parametrize(
    "text",
    [
        "收到政府信息公开申请100件，上年结转5件，办结101件，结转下年度4件。",
        "受理政府信息公开申请50件，其中上年结转3件，新收47件，正在办理6件，撤回6件，其余38件全部答复。",
        "办结政府信息公开申请50件，其中予以公开20件，无法提供15件。",
        "收到政府信息公开申请50件，其中网上申请40件，信函申请5件。",
        "办结政府信息公开申请122件，予以公开27件，占22.1%；无法提供48件，占39%。",
        "办结33件依申请公开，予以公开28件，占84.8%。",
        "因政府信息公开发生行政复议7件，其中维持6件。",
    ],
)
def test_a_text_that_fits_itself_is_left_alone_without_a_table(text):
    assert findings(of_exchange({"year": 2024, "table3": {}, "sections": {"1": text}})) == []


@pytest.mark.parametrize(
    "text",
    [
        f"收取行政事业性收费0.{'9' * 40}万元。",
        f"收到政府信息公开申请3件，办结3件，其中予以公开{'9' * 40}件，占50%。",
        f"收到政府信息公开申请{'9' * 40}件，同比增长12.5%，占{'9' * 40}.{'9' * 40}%。",
        f"收到政府信息公开申请{'9' * 5000}件，办结{'9' * 5000}件。",
    ],
)
def test_a_figure_of_more_digits_than_anybody_reckons_with_stops_no_check(text):
    given = {
        "year": 2024,
        "table3": {"1": {"total": 3}, "3.7": {"total": 3}},
        "table2": {"fees_wan_yuan": 155.5},
    }

    findings(of_exchange({**given, "sections": {"1": text}}))
