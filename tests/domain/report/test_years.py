"""Years and what goes from one year to the next: copied years, carried cases, documents in force, growth."""

import pytest

from tracker.domain.report.identity import findings, same_agency
from tracker.domain.report.published import of_exchange
from tracker.domain.report.table3 import COLUMNS, cells


def report(year: int, text: str = "", *, into: int = 0, out: int = 0, new: int = 10, **more: object):
    """Return a sound report of natural persons' requests."""
    kind = "natural_person"
    counts = {("1", kind): new, ("2", kind): into, ("4", kind): out, ("3.1", kind): new + into - out}
    given = {"year": year, "agency": "某市水务局", "table3": cells(counts), "sections": {"1": text}, **more}
    return of_exchange(given)


def checks(*reports) -> list[tuple[str, str]]:
    last, *others = reports
    return [(finding.check, finding.where) for finding in findings(last, others)]


# -- copied years ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "slips"),
    [
        ("2024年，全局共收到政府信息公开申请10件。", 0),
        ("2023年，全局共收到政府信息公开申请10件。", 1),
        ("在2023年度，全局共收到政府信息公开申请10件，办结10件。", 2),
        ("2023年收到政府信息公开申请8件，2024年收到政府信息公开申请10件。", 0),
        ("依据2019年修订的条例，收到政府信息公开申请10件。", 0),
        ("2023年结转0件，收到政府信息公开申请10件。", 0),
        ("2022年结转0件，收到政府信息公开申请10件。", 1),
        ("收到政府信息公开申请10件，结转至2025年0件。", 0),
        ("收到政府信息公开申请10件，结转至2024年0件。", 1),
        ("收到政府信息公开申请10件，2024年结转至2025年0件。", 0),
        ("收到政府信息公开申请10件，办结10件，2024年结转0件。", 0),
        ("收到政府信息公开申请10件，2023年度结转至2024年度办理0件。", 0),
        ("收到政府信息公开申请10件，较2023年有所增加。", 0),
        ("本报告所列数据的统计期限自2024年1月1日起至2024年12月31日止。", 0),
        ("本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。", 1),
        ("本报告数据统计期限为2024年1月1日至12月31日。", 0),
        ("二〇二三年，全局共收到政府信息公开申请十件。", 1),
        ("2025年，我局将进一步做好政府信息公开申请办理工作。", 0),
    ],
)
def test_a_year_in_the_text_that_does_not_fit_is_found(text, slips):
    found = [check for check, _ in checks(report(2024, text))]

    assert found == ["year"] * slips


@pytest.mark.parametrize(
    ("title", "wrong"),
    [("某局2024年政府信息公开工作年度报告", 0), ("某局2023年度政府信息公开工作年度报告", 1)],
)
def test_a_title_with_the_year_before_is_found(title, wrong):
    assert checks(report(2024, title=title)) == [("year", "标题")] * wrong


# -- carried cases ---------------------------------------------------------------------------------


def test_what_is_carried_out_is_carried_in_by_column():
    assert checks(report(2024, into=3), report(2023, out=3)) == []
    assert checks(report(2024, into=3), report(2023, out=7)) == [
        ("cross_year", "自然人"),
        ("cross_year", "总计"),
    ]


def test_carried_cases_that_are_only_implied_are_compared_too():
    before = report(2023, out=7)
    table = {row: dict(columns) for row, columns in before.table3.items() if row != "4"}
    implied = of_exchange({"year": 2023, "agency": "某市水务局", "table3": table})

    assert ("cross_year", "总计") in checks(report(2024, into=3), implied)
    assert checks(report(2024, into=7), implied) == []


def test_carried_cases_that_only_the_text_states_are_compared_too():
    nothing = {"3.7": {"total": 10}, "1": {"total": 17}}
    text = "2023年收到政府信息公开申请17件，办结10件，结转2024年7件。"
    before = of_exchange({"year": 2023, "agency": "某市水务局", "table3": nothing, "sections": {"1": text}})

    assert ("cross_year", "总计") in checks(report(2024, into=3), before)
    assert checks(report(2024, into=7), before) == []


def test_other_agencies_and_other_years_are_not_compared():
    other = of_exchange({"year": 2023, "agency": "某市交通局", "table3": report(2023, out=7).table3})

    assert checks(report(2024, into=3), other) == []
    assert checks(report(2024, into=3), report(2022, out=7)) == []


def test_two_reports_that_name_no_agency_are_one_agencys_and_three_may_not_be():
    nameless = [
        of_exchange({"year": y, "table3": report(y, into=i, out=o).table3})
        for y, i, o in ((2024, 3, 0), (2023, 0, 7))
    ]

    assert ("cross_year", "总计") in checks(*nameless)
    assert checks(*nameless, report(2022)) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("某市水务局", "某市水务局", True),
        ("某省某市水务局", "某市水务局", True),
        ("（某市水务局）", "某市水务局", True),
        ("某区人民政府办公室", "某区政府办公室", True),
        ("甲市水务局", "水务局", False),
        ("甲市水务局", "乙市水务局", False),
        ("", "某市水务局", False),
    ],
)
def test_an_agency_is_known_by_its_name(one, other, same):
    assert same_agency(one, other) is same


# -- documents in force and growth -----------------------------------------------------------------


def documents(year: int, made: int, repealed: int, in_force: int):
    counts = {"made": made, "repealed": repealed, "in_force": in_force}
    return report(year, table2={"normative_documents": counts})


@pytest.mark.parametrize(("in_force", "breaks"), [(8, 0), (9, 1), (7, 1)])
def test_documents_in_force_follow_from_the_year_before(in_force, breaks):
    found = checks(documents(2024, 3, 0, in_force), documents(2023, 0, 5, 5))

    assert [check for check, _ in found] == ["in_force"] * breaks


@pytest.mark.parametrize(
    ("agency", "rules", "breaks"),
    [
        ("某市某区城乡建设局", (2, 0, 0), 2),  # 立法法第93条; and two made cannot leave none
        ("某市某区城乡建设局", (0, 0, 0), 0),
        ("某县人民政府", (0, 0, 1), 1),
        ("某市人民政府", (2, 0, 12), 0),
        ("某市城乡建设委员会", (0, 0, 5), 0),
        ("某壮族自治区人民政府", (2, 1, 90), 0),
        ("某省人民政府", (22, 55, 3), 0),
        ("某省人民政府", (22, 5, 3), 1),
    ],
)
def test_rules_are_made_only_by_those_who_may(agency, rules, breaks):
    made, repealed, left = rules
    table2 = {"regulations": {"made": made, "repealed": repealed, "in_force": left}}
    given = of_exchange({"year": 2024, "agency": agency, "table3": report(2024).table3, "table2": table2})

    assert [finding.check for finding in findings(given)] == ["section2_sense"] * breaks


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("收到政府信息公开申请131件，同比增长31%。", 0),
        ("收到政府信息公开申请131件（同比增长31.0%）。", 0),
        ("收到政府信息公开申请131件，同比增长30%。", 0),  # cut or rounded in its last place
        ("收到政府信息公开申请131件，同比增长29%。", 1),
        ("收到政府信息公开申请131件，同比下降31%。", 1),
        ("收到政府信息公开申请131件，较上年增加31件。", 0),
        ("收到政府信息公开申请131件，较上年增加13件。", 1),
        ("收到政府信息公开申请131件，比上年增长百分之三十一。", 0),
        ("全年接收申请数量同比增长12%，呈增长趋势。", 1),
        ("收到政府信息公开申请131件，办结131件，同比增长5%。", 0),
        ("主动公开信息485条，同比增长5%。收到政府信息公开申请131件。", 0),
    ],
)
def test_growth_is_that_of_the_two_years(text, breaks):
    found = checks(report(2024, text, new=131), report(2023, new=100))

    assert [check for check, _ in found] == ["growth"] * breaks
    assert checks(report(2024, text, new=131)) == []


def test_a_blank_is_never_taken_for_a_zero_where_zeros_are_printed():
    table = {**report(2024).table3, "3.1": dict.fromkeys(COLUMNS)}

    assert findings(of_exchange({"year": 2024, "table3": table})) == []
