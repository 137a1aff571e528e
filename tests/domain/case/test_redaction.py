"""The list of what was withheld and why, as a letter states it (第37条)."""

from tracker.domain.case.redaction import RedactionBox, numbered, read, withheld

BOXES = [
    RedactionBox(2, 0, 500, 100, 100, "privacy", "电话号码"),
    RedactionBox(1, 0, 900, 100, 100, "trade_secret"),
    RedactionBox(1, 500, 100, 100, 100, "privacy", "公民身份号码"),
    RedactionBox(1, 0, 100, 100, 100, "privacy", "公民身份号码"),
]


def test_boxes_are_numbered_on_their_page_as_one_reads():
    assert [(box.page, number, box.left, box.top) for number, box in numbered(BOXES)] == [
        (1, 1, 0, 100),
        (1, 2, 500, 100),
        (1, 3, 0, 900),
        (2, 1, 0, 500),
    ]


def test_the_list_names_pages_boxes_grounds_and_articles():
    assert withheld("合同", BOXES).splitlines() == [
        "《合同》第1页第1、2处，第2页第1处：个人隐私（公民身份号码、电话号码），依据条例第15条。",
        "《合同》第1页第3处：商业秘密，依据条例第15条。",
    ]


def test_what_a_row_keeps_is_read_back():
    assert read([box.kept() for box in BOXES]) == [box for _, box in numbered(BOXES)]
