"""A template is text with places: what is put in cannot break the file, and nothing else in it is done."""

import random
import zipfile
from io import BytesIO

import pytest
from docx import Document

from tests.letters import text_of
from tracker.domain.errors import UnreadableFileError
from tracker.domain.letter import index
from tracker.domain.letter.kind import names_of, placed
from tracker.rendering.letter import fill, page
from tracker.rendering.letter.template import shipped

NASTY = (
    "<", "<w:p>", "</w:t>", "&", "&amp;", "{{申请内容}}", "{{", "}}", "{% for a in b %}", "\x00", "\x0b", "\x1b", "\ud800",
    "\udfff", "\uffff", "\u202e", "𠀀", "é", "\t", "\n", "\r\n", "“", "'", '"', "]]>", "<!--", "<?xml", "%s", "\\", "字" * 300,
)  # fmt: skip


def template(*paragraphs: str) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def paragraphs(file: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(BytesIO(file)).paragraphs]


def test_ten_thousand_nasty_facts_make_no_broken_letter():
    chance, count = random.Random(16), 0
    while count < 10_000:
        kind = chance.choice(index.KINDS)
        facts = {name: "".join(chance.choices(NASTY, k=chance.randint(1, 5))) for name in names_of(kind)}
        count += len(facts)
        file = fill.filled(shipped(kind.key), facts)

        assert fill.cleaned(facts["机关名称"]).split("\n")[0] in text_of(file)
        assert "<script" not in page.fragment(file)


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
    scan = fill.scanned(shipped(kind.key))

    assert placed(kind) <= scan.names.keys() <= names_of(kind)
    assert scan.problems == ()


@pytest.mark.parametrize("text", ["{{收件人", "收件人}}", "{% if 甲 %}", "{{{收件人}}}x{{"])
def test_a_mark_that_is_no_place_is_told_with_its_paragraph(text):
    (problem,) = fill.scanned(template("第一段", text)).problems

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
    problems = fill.scanned(with_part(part, content, template("一"))).problems

    assert any(words in problem for problem in problems)


def test_a_field_of_word_other_than_a_page_number_is_refused():
    file = template("一")
    with zipfile.ZipFile(BytesIO(file)) as package:
        body = package.read(fill.MAIN).decode()
    field = '<w:p><w:fldSimple w:instr=" INCLUDETEXT c:/a.txt "/></w:p><w:sectPr'
    (problem,) = fill.scanned(with_part(fill.MAIN, body.replace("<w:sectPr", field, 1), file)).problems

    assert "INCLUDETEXT" in problem


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_word_file_is_refused_in_words(content):
    with pytest.raises(UnreadableFileError, match="不是 Word 文件"):
        fill.scanned(content)


def test_a_file_that_declares_entities_is_refused():
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaa">]><w:document xmlns:w="x">&a;</w:document>'

    with pytest.raises(UnreadableFileError):
        fill.scanned(with_part(fill.MAIN, bomb, template("一")))
