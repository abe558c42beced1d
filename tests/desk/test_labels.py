"""Names beside marks on the wall: readable, whatever lies close together."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from anlan.desk.labels import Box, Placed, Wanted, place, text_width

PAPER = Box(0, 0, 800, 800)
HALF = 30.0
coordinates = st.floats(HALF, 800 - HALF)
sizes = st.tuples(st.floats(20, 220), st.sampled_from([37.0, 74.0]))
wanted = st.builds(Wanted, x=coordinates, y=coordinates, forms=st.tuples(sizes, sizes))


def marks_of(texts: list[Wanted]) -> list[Box]:
    return [Box(w.x - HALF, w.y - HALF, w.x + HALF, w.y + HALF) for w in texts]


def placed(texts: list[Wanted]) -> list[Placed]:
    return [each for each in place(texts, half=HALF, paper=PAPER) if each is not None]


@given(st.lists(wanted, max_size=14))
def test_no_two_names_overlap_and_none_lies_on_a_mark_or_off_the_paper(texts: list[Wanted]) -> None:
    found = placed(texts)
    assert not [(a, b) for a, b in combinations(found, 2) if a.box.overlaps(b.box)]
    assert not [(a, mark) for a in found for mark in marks_of(texts) if a.box.overlaps(mark)]
    assert all(PAPER.holds(each.box) for each in found)


@given(wanted)
def test_a_name_alone_is_always_shown_in_full_and_close_by(text: Wanted) -> None:
    (found,) = placed([text])
    assert found.form == 0
    assert found.lead is None


@given(st.lists(wanted, min_size=2, max_size=10))
def test_the_first_name_never_gives_way_to_a_later_one(texts: list[Wanted]) -> None:
    """Other marks stand where they stand; other names do not push it."""
    alone = [texts[0], *(Wanted(w.x, w.y, ()) for w in texts[1:])]
    assert place(texts, half=HALF, paper=PAPER)[0] == place(alone, half=HALF, paper=PAPER)[0]


def test_two_neighbours_both_keep_their_names() -> None:
    """Two communities of one small town, as in Liulin: marks touch, names stand apart."""
    forms = ((170.0, 74.0), (170.0, 37.0))
    found = place([Wanted(400, 400, forms), Wanted(400, 461, forms)], half=HALF, paper=PAPER)
    assert all(each is not None and each.form == 0 for each in found)


def test_a_name_farther_away_is_led_to_and_no_mark_stands_in_the_way() -> None:
    around = [(dx, dy) for dx in (-75, 0, 75) for dy in (-75, 0, 75) if (dx, dy) not in ((0, 0), (0, 75))]
    ring = [Wanted(400 + dx, 400 + dy, ()) for dx, dy in around]
    first, *_ = place([Wanted(400, 400, ((100.0, 37.0),)), *ring], half=HALF, paper=PAPER)
    assert first is not None
    assert first.lead is not None
    assert first.box.top > 400 + 75


def test_a_name_with_no_room_at_all_is_left_out() -> None:
    crowd = [Wanted(x, y, ((50.0, 37.0),)) for x in range(30, 800, 60) for y in range(30, 800, 60)]
    assert not placed(crowd)


def test_a_digit_is_narrower_than_a_character() -> None:
    assert text_width("柳", 34) == 34
    assert text_width("12", 34) < text_width("柳林", 34)
