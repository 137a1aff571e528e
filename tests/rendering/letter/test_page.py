"""A letter on a page: what its Word file holds, escaped, in its order."""

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
