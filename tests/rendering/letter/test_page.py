"""A letter on a page: what its Word file holds, escaped, in its order."""

import re

import pytest

from tracker.domain.letter import index
from tracker.rendering import pdf
from tracker.rendering.letter import fill, page
from tracker.rendering.letter.template import shipped


def test_a_page_shows_the_letter_and_runs_nothing_of_it():
    file = fill.filled(
        shipped("third_party"), {"涉及信息": "<script>alert(1)</script>", "对象名称": "某公司"}
    )
    shown = page.fragment(file)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert '<p class="letter__title letter__center letter__break">征求意见书回执</p>' in shown
    assert "<td><p>意见</p></td>" in shown
    assert page.shows_all(file)


@pytest.mark.parametrize("key", ["service", "refused_internal_affairs.internal"])
def test_a_letter_becomes_a_pdf(key):
    file = fill.filled(shipped(key), {"机关名称": "测试局", "受理编号": "YSQ-2026-0001"})

    assert pdf.printed(page.page(file, index.BY_KEY[key].label)).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "kind", [kind for kind in index.KINDS if not kind.is_form], ids=lambda kind: kind.key
)
def test_the_day_of_a_letter_never_stands_alone_on_a_page(kind):
    """GB/T 9704—2012, 7.3.5.4: words of the letter stand on the page of its seal and day."""
    shown = page.fragment(shipped(kind.key))
    ends = re.findall(r'<p class="([^"]*)">([^<]*)</p>', shown)
    day = next(place for place, (_, text) in enumerate(ends) if text == "{{落款日期}}")

    last = ["联系方式：{{联系方式}}", "附件：{{附件}}", "{{机关名称}}（印章）"]
    assert [text for _, text in ends[day - 3 : day]] == last
    assert all("letter__keep" in classes for classes, _ in ends[day - 3 : day])
    assert "letter__keep" not in ends[day][0]
