"""服务指南 and 提示卡: the facts of the office, terms with their articles, a QR code, or none and said."""

from datetime import date
from io import BytesIO

import pytest
from docx import Document
from PIL import Image

from tests.letters import PRACTICE, set_up, text_of
from tests.practice import set_practice
from tracker.domain.case.rules import Rules
from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.letter.leaflet import LEAFLETS, QR_PLACE
from tracker.domain.permission import Role
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.rendering.letter import qr
from tracker.rendering.letter.template import shipped
from tracker.services.letter import leaflet, template

TODAY = date(2026, 3, 20)
ADDRESS = "https://www.example.gov.cn/ysqgk?x=1"
KEYS = [kind.key for kind in LEAFLETS]


def pictures(file: bytes) -> list[bytes]:
    parts = Document(BytesIO(file)).part.package.iter_parts()
    return [part.blob for part in parts if str(part.partname).startswith("/word/media/")]


@pytest.mark.parametrize("key", KEYS)
def test_a_leaflet_states_office_channels_terms_and_remedies(app, agency_id, key):
    set_up(online_application=ADDRESS)

    words = text_of(leaflet.whole(agency_id, key, today=TODAY).file)

    for element in (
        PRACTICE["letter_contact"],
        PRACTICE["upper_organ"],
        PRACTICE["court"],
        ADDRESS,
        "20个工作日内答复",
        "7个工作日内一次性告知补正",
        "60日内",
        "6个月内",
        "15日内",
        "条例第29条",
        "条例第33条",
        "条例第42条",
        "条例第43条",
        "条例第51条",
        "行政复议法第23条",
        "不需要说明用途",
    ):
        assert element in words
    assert "{{" not in words
    assert QR_PLACE not in words


def test_the_qr_code_is_the_one_of_the_address(app, agency_id):
    set_up(online_application=ADDRESS)

    (picture,) = pictures(leaflet.whole(agency_id, "guide", today=TODAY).file)

    assert picture == qr.png(ADDRESS) != qr.png(f"{ADDRESS}2")
    image = Image.open(BytesIO(picture)).convert("L")
    assert image.size[0] == image.size[1] >= 29 * 8
    assert {image.getpixel((x, 3)) for x in range(image.size[0])} == {255}  # the quiet zone


def test_without_an_address_there_is_no_code_and_no_line_for_it(app, agency_id):
    set_up()

    made = leaflet.made(agency_id, "guide", today=TODAY)

    assert (made.address, pictures(made.file)) == ("", [])
    assert "网上申请" not in text_of(made.file)
    assert "互联网渠道" not in text_of(made.file)


def test_what_an_office_has_not_set_is_named_and_no_file_is_made(app, agency_id):
    made = leaflet.made(agency_id, "card", today=TODAY)

    assert {lack.key for lack in made.lacks} >= {"letter_contact", "upper_organ"}
    with pytest.raises(InvalidDetailError, match="联系方式"):
        leaflet.whole(agency_id, "card", today=TODAY)
    for key in ("receipt", "nothing"):
        with pytest.raises(NotFoundError):
            leaflet.whole(agency_id, key, today=TODAY)


def test_an_address_of_the_deployment_is_never_another_agencys(app, agency_id):
    set_up(online_application=ADDRESS)
    with transaction():
        other = Agency(code="other", name="别的机关")
        db.session.add(other)
        db.session.flush()
        key = other.id

    assert leaflet.address_of(agency_id, TODAY) == ADDRESS
    assert leaflet.address_of(key, TODAY) == ""


def test_the_offices_own_template_takes_the_place_of_ours_with_the_code(app, agency_id, actor, clock):
    set_up(online_application=ADDRESS)
    own = Document(BytesIO(shipped("card")))
    own.add_paragraph("本机关自己的一句")
    stream = BytesIO()
    own.save(stream)
    template.keep("card", "自己的.docx", stream.getvalue(), actor=actor(Role.HEAD), now=clock())

    file = leaflet.whole(agency_id, "card", today=TODAY).file

    assert "本机关自己的一句" in text_of(file)
    assert pictures(file) == [qr.png(ADDRESS)]


@pytest.mark.parametrize("address", ["www.example.cn", "ftp://example.cn", "https://exa mple.cn"])
def test_what_is_no_address_is_refused_as_practice(app, address):
    with pytest.raises(InvalidDetailError, match="网址"):
        set_practice(online_application=address)
    assert Rules().online_application == ""
