"""The looks that pages are looked at in, and what of a long look is kept."""

import itertools

import pytest

from tests.server.appearance import LOOKS, SCHEMES, WIDTHS, Look, LookedAt
from tracker.domain.message import LANGUAGES

PARTS = {"width": WIDTHS, "scheme": SCHEMES, "language": LANGUAGES}
VIEWS = [("head", "/"), ("head", "/cases"), ("", "/sign-in")]


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations(Look._fields, 2)])
def test_six_looks_show_every_two_parts_of_a_look_together(one, other):
    together = {(getattr(look, one), getattr(look, other)) for look in LOOKS}

    assert together == set(itertools.product(PARTS[one], PARTS[other]))
    assert len(LOOKS) == 6


def test_two_shares_look_at_every_view_in_every_look_once(tmp_path):
    looked = LookedAt(str(tmp_path / "seen.jsonl"), minutes=1)

    shares = [list(looked.left(VIEWS, slice(share, None, 2))) for share in range(2)]

    seen = [(role, at, look) for share in shares for role, at, looks in share for look in looks]
    assert sorted(seen) == sorted((*view, look) for view in VIEWS for look in LOOKS)
    assert (tmp_path / "seen.count").read_text(encoding="utf-8") == "18"


def test_a_look_at_everything_goes_on_where_it_stopped_and_looks_again_at_what_had_faults(tmp_path):
    file = tmp_path / "seen.jsonl"
    before = LookedAt(str(file), minutes=1)
    before.keep("", "/sign-in", LOOKS[0], [])
    before.keep("", "/sign-in", LOOKS[1], ["3 pixels wider than 390"])

    left = list(LookedAt(str(file), minutes=1).left(VIEWS[-1:], slice(None)))

    assert [look for *_, looks in left for look in looks] == [*LOOKS[1:]]
    assert "3 pixels wider" in (tmp_path / "seen.faults").read_text(encoding="utf-8")


def test_no_other_page_is_opened_once_the_time_is_up(tmp_path):
    assert list(LookedAt(str(tmp_path / "seen.jsonl"), minutes=0).left(VIEWS, slice(None))) == []
