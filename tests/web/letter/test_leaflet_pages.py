"""The pages of 服务指南 and 提示卡: what lacks, the code, the Word file, the template beside those of letters."""

from io import BytesIO
from zipfile import ZipFile

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.letters import set_up
from tracker.domain.permission import Role

ADDRESS = "https://www.example.gov.cn/ysqgk"


@pytest.fixture
def app(on_sqlite):
    """What differs between the databases is tested below the pages."""
    return on_sqlite


@pytest.fixture
def registrar(sign_in):
    return sign_in(Role.REGISTRAR)


def test_what_lacks_is_said_and_the_file_refused(registrar):
    page = registrar.get("/leaflets")

    assert "依申请公开服务指南" in page.text
    assert "由他们在“本机关”页填写" in page.text
    assert "没有设置网上申请的网址，不印二维码" in page.text
    refused = registrar.get("/leaflets/card/leaflet.docx")
    assert refused.status_code == 422
    assert "还不能制作" in refused.text
    assert registrar.get("/leaflets/qr.png").status_code == 404
    assert registrar.get("/leaflets/nothing").status_code == 404


def test_a_whole_leaflet_is_shown_with_its_code_and_opened_in_word(registrar):
    set_up(online_application=ADDRESS)

    page = registrar.get("/leaflets/card").text
    assert 'src="/leaflets/qr.png"' in page
    assert ADDRESS in page
    code = registrar.get("/leaflets/qr.png")
    assert (code.status_code, code.headers["Content-Type"]) == (200, "image/png")
    file = registrar.get("/leaflets/card/leaflet.docx")
    assert (file.status_code, file.data[:2]) == (200, b"PK")


@pytest.mark.parametrize("key", ["guide", "card"])
def test_a_reader_that_is_not_ours_reads_the_address_from_the_code_and_from_the_printed_pdf(registrar, key):
    set_up(online_application=ADDRESS)

    code = Image.open(BytesIO(registrar.get("/leaflets/qr.png").data))
    assert [one.text for one in zxingcpp.read_barcodes(code)] == [ADDRESS]
    printed = registrar.get(f"/leaflets/{key}/leaflet.pdf")
    assert (printed.status_code, printed.headers["Content-Type"]) == (200, "application/pdf")
    pages = [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(printed.data)]
    assert [one.text for page in pages for one in zxingcpp.read_barcodes(page)] == [ADDRESS]
    document = registrar.get(f"/leaflets/{key}/leaflet.docx").data
    with ZipFile(BytesIO(document)) as package:
        drawn = [name for name in package.namelist() if name.startswith("word/media/")]
        pictures = [Image.open(BytesIO(package.read(name))) for name in drawn]
    assert [one.text for picture in pictures for one in zxingcpp.read_barcodes(picture)] == [ADDRESS]


def test_its_template_stands_among_those_of_letters_and_no_case_is_sent_one(registrar):
    assert 'href="/letter-templates/guide"' in registrar.get("/letter-templates").text
    assert "二维码" in registrar.get("/letter-templates/guide").text
    assert 'href="/leaflets"' in registrar.get("/books").text
    assert registrar.get("/cases/1/letters/new/guide").status_code == 404
