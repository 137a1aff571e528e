"""A template is text with places: what is put in cannot break the file, and nothing else in it is done."""

import zipfile
from functools import cache
from io import BytesIO

import pytest
from docx import Document

from tests import nasty_letters
from tracker.domain.errors import UnreadableFileError
from tracker.domain.letter import index
from tracker.domain.letter.kind import names_of, placed
from tracker.domain.letter.template import faults
from tracker.rendering.letter import fill, scan
from tracker.rendering.letter.template import shipped


@cache
def template(*paragraphs: str) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def paragraphs(file: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(BytesIO(file)).paragraphs]


def test_nasty_facts_make_no_broken_letter():  # ten thousand of them: python3 dev.py proof letters
    assert [fault for seed in range(40) for fault in nasty_letters.faults(seed)] == []


def test_a_place_is_found_however_word_has_cut_it_up():
    document = Document()
    paragraph = document.add_paragraph("致")
    for piece in ("{", "{ 收", "件人", " }", "}：您好，{{称", "呼}}"):
        paragraph.add_run(piece)
    stream = BytesIO()
    document.save(stream)

    assert paragraphs(fill.filled(stream.getvalue(), {"收件人": "王一", "称呼": "您"})) == [
        "致王一：您好，您"
    ]


def test_a_paragraph_without_a_fact_is_left_out_and_one_of_lines_is_repeated():
    file = fill.filled(template("附件：{{附件}}", "{{内容}}", "落款"), {"内容": "一\n二\n三"})

    assert paragraphs(file) == ["一", "二", "三", "落款"]


def test_a_fact_is_never_read_as_a_place():
    file = fill.filled(template("{{甲}}和{{乙}}"), {"甲": "{{乙}}", "乙": "{{甲}}"})

    assert paragraphs(file) == ["{{乙}}和{{甲}}"]


def test_the_same_letter_has_the_same_bytes():
    facts = {"机关名称": "测试局"}

    assert fill.filled(shipped("supplement"), facts) == fill.filled(shipped("supplement"), facts)


@pytest.mark.parametrize("kind", index.KINDS, ids=lambda kind: kind.key)
def test_our_own_template_has_a_place_for_every_element(kind):
    held = scan.scanned(shipped(kind.key))

    assert placed(kind) <= held.names.keys() <= names_of(kind)
    assert held.problems == ()
    assert held.hidden == {}


@pytest.mark.parametrize("text", ["{{收件人", "收件人}}", "{% if 甲 %}", "{{{收件人}}}x{{"])
def test_a_mark_that_is_no_place_is_told_with_its_paragraph(text):
    (problem,) = scan.scanned(template("第一段", text)).problems

    assert problem.startswith("第2段")


def with_part(name: str, content: str, of: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(of)) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return stream.getvalue()


RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
ATTACHED = '<Relationship Id="r" Type="x/attachedTemplate" Target="file:///a.dotm" TargetMode="External"/>'


@pytest.mark.parametrize(
    ("part", "content", "words"),
    [
        ("word/vbaProject.bin", "x", "宏"),
        ("word/embeddings/a.bin", "x", "嵌入对象"),
        ("word/_rels/settings.xml.rels", RELATIONS.format(ATTACHED), "文件以外"),
    ],
)
def test_what_runs_or_fetches_something_is_refused(part, content, words):
    problems = scan.scanned(with_part(part, content, template("一"))).problems

    assert any(words in problem for problem in problems)


def test_a_field_of_word_other_than_a_page_number_is_refused():
    file = template("一")
    with zipfile.ZipFile(BytesIO(file)) as package:
        body = package.read(fill.MAIN).decode()
    field = '<w:p><w:fldSimple w:instr=" INCLUDETEXT c:/a.txt "/></w:p><w:sectPr'
    (problem,) = scan.scanned(with_part(fill.MAIN, body.replace("<w:sectPr", field, 1), file)).problems

    assert "INCLUDETEXT" in problem


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_word_file_is_refused_in_words(content):
    with pytest.raises(UnreadableFileError, match="不是 Word 文件"):
        scan.scanned(content)


def test_a_file_that_declares_entities_is_refused():
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaa">]><w:document xmlns:w="x">&a;</w:document>'

    with pytest.raises(UnreadableFileError):
        scan.scanned(with_part(fill.MAIN, bomb, template("一")))


# -- what is not printed -----------------------------------------------------------------------------

BOX = (
    "<w:p><w:r><w:pict><v:textbox xmlns:v='urn:schemas-microsoft-com:vml'><w:txbxContent><w:p><w:r><w:t>"
    "{{救济途径}}</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r></w:p>"
)
CELL = "<w:tbl><w:tr>{row}<w:tc>{cell}<w:p><w:r><w:t>{{{{救济途径}}}}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'


def run(form: str = "", paragraph: str = "") -> str:
    """Return a paragraph with the place of the remedies, in a format."""
    text = "<w:t>{{救济途径}}</w:t>"
    return f"<w:p><w:pPr>{paragraph}</w:pPr><w:r><w:rPr>{form}</w:rPr>{text}</w:r></w:p>"


def styled(name: str, style: str) -> bytes:
    """Return a template whose place has a style of its own, which rests on one that says ``style``."""
    kind = {"rStyle": "character", "pStyle": "paragraph", "tblStyle": "table"}[name]
    own = f'<w:style w:type="{kind}" w:styleId="a"><w:basedOn w:val="b"/></w:style>'
    base = f'<w:style w:type="{kind}" w:styleId="b">{style}</w:style>'
    mark = f'<w:{name} w:val="a"/>'
    body = run(mark) if name == "rStyle" else run("", mark)
    if name == "tblStyle":
        body = CELL.format(row="", cell="").replace("<w:tr>", f"<w:tblPr>{mark}</w:tblPr><w:tr>")
    file = with_body(body)
    with zipfile.ZipFile(BytesIO(file)) as package:
        styles = package.read("word/styles.xml").decode()
    return with_part("word/styles.xml", styles.replace("</w:styles>", f"{own}{base}</w:styles>"), file)


def with_body(body: str) -> bytes:
    file = template("一")
    with zipfile.ZipFile(BytesIO(file)) as package:
        document = package.read(fill.MAIN).decode()
    return with_part(fill.MAIN, document.replace("<w:sectPr", f"{body}<w:sectPr", 1), file)


HIDDEN = {
    "隐藏文字": [
        with_body(run("<w:vanish/>")),
        styled("rStyle", "<w:rPr><w:vanish/></w:rPr>"),
        styled("pStyle", "<w:rPr><w:vanish/></w:rPr>"),
        styled("tblStyle", "<w:rPr><w:vanish/></w:rPr>"),
    ],
    "颜色": [
        with_body(run('<w:color w:val="FEFEFE"/>')),
        with_body(run('<w:color w:val="auto" w:themeColor="background1"/>')),
        with_body(run('<w:color w:val="000000"/><w:shd w:val="clear" w:fill="111111"/>')),
        with_body(run('<w:highlight w:val="black"/>')),
        styled("pStyle", '<w:rPr><w:color w:val="FFFFFF"/></w:rPr>'),
    ],
    "字号": [with_body(run('<w:sz w:val="2"/>')), styled("rStyle", '<w:rPr><w:sz w:val="2"/></w:rPr>')],
    "不能确定": [with_body(run('<w:fitText w:val="1"/>')), with_body(run('<w:position w:val="-900"/>'))],
    "太窄": [with_body(run('<w:w w:val="1"/>')), with_body(run('<w:spacing w:val="-300"/>'))],
    "行距": [with_body(run("", '<w:spacing w:line="2" w:lineRule="exact"/>'))],
    "缩进": [with_body(run("", '<w:ind w:left="30000"/>'))],
    "图文框": [with_body(run("", '<w:framePr w:x="-9000"/>'))],
    "文本框": [
        with_body(BOX),
        with_body(run().replace("<w:r>", "<w:moveFrom><w:r>").replace("</w:r>", "</w:r></w:moveFrom>")),
        with_body(run().replace("<w:r>", "<w:del><w:r>").replace("</w:r>", "</w:r></w:del>")),
    ],
    "表格行": [
        with_body(CELL.format(row="<w:trPr><w:hidden/></w:trPr>", cell="")),
        with_body(CELL.format(row='<w:trPr><w:trHeight w:val="1" w:hRule="exact"/></w:trPr>', cell="")),
    ],
    "合并": [with_body(CELL.format(row="", cell="<w:tcPr><w:vMerge/></w:tcPr>"))],
    "Word 域": [
        with_body(run().replace("<w:r>", f"{FIELD.format('begin')}<w:r>")),
    ],
}


@pytest.mark.parametrize(("why", "file"), [(why, file) for why, files in HIDDEN.items() for file in files])
def test_a_place_that_is_not_printed_is_told_with_its_paragraph(why, file):
    held = scan.scanned(file)

    assert "救济途径" in held.names
    assert why in held.hidden["救济途径"]
    assert "段" in held.hidden["救济途径"]


@pytest.mark.parametrize(
    "form",
    [
        "",
        '<w:color w:val="C00000"/>',
        '<w:sz w:val="21"/><w:b/>',
        '<w:vanish w:val="0"/>',
        '<w:w w:val="90"/>',
    ],
)
def test_a_place_in_common_formats_is_printed_also_beside_a_hidden_one(form):
    assert scan.scanned(with_body(run(form))).hidden == {}
    assert scan.scanned(with_body(run("<w:vanish/>") + run(form))).hidden == {}


def test_a_place_in_a_header_alone_may_not_be_printed():
    document = Document()
    document.sections[0].header.paragraphs[0].text = "{{救济途径}}"
    stream = BytesIO()
    document.save(stream)

    assert "不在正文" in scan.scanned(stream.getvalue()).hidden["救济途径"]


def test_a_file_whose_letter_is_another_part_than_the_one_that_is_filled_is_refused():
    with zipfile.ZipFile(BytesIO(template("一"))) as package:
        roots = package.read("_rels/.rels").decode()
    elsewhere = with_part("_rels/.rels", roots.replace("word/document.xml", "word/other.xml"), template("一"))

    (problem,) = scan.scanned(elsewhere).problems
    assert "正文" in problem


@pytest.mark.parametrize("name", sorted(placed(index.KINDS[0])))
def test_every_required_place_must_be_seen(name):
    kind = index.KINDS[0]
    places = dict.fromkeys(placed(kind), "第1段")

    (fault,) = faults(kind, places, {name: "第9段：是隐藏文字"})
    assert name in fault
    assert "第9段" in fault
