"""Where one is: group, entry and page above each page, what the page is for, and half a minute of reading behind “?”."""

import re

import pytest

from anlan.foundation import rooms
from anlan.foundation.words import t
from tests.support.routes import make_stage

pytestmark = pytest.mark.django_db
LINE = re.compile(r'<nav class="where".*?</nav>', re.DOTALL)
READ_A_MINUTE = {"zh": 400, "en": 1200}  # characters


def _line(text: str) -> list[str]:
    return [
        " ".join(re.sub("<[^>]+>", " ", part).split())
        for part in re.findall(r"<(?:a|span).*?</(?:a|span)>", LINE.search(text)[0], re.DOTALL)
    ]


def test_a_page_says_where_it_stands_and_each_step_leads_there() -> None:
    stage = make_stage()
    world, ref = stage.mini.world.key, stage.refs["call_down"]
    text = stage.mini.client("duty_officer").get(f"/w/{world}/calls/{ref}").content.decode()
    line = _line(text)
    assert line[:2] == ["监测预警", "叫应"]
    assert ref in line[-1] or "柳林镇" in line[-1]
    assert f'href="/w/{world}/calls"' in LINE.search(text)[0]
    imports = stage.mini.client("duty_officer").get(f"/w/{world}/imports").content.decode()
    assert _line(imports)[1] == "测站", "a page that stands elsewhere belongs to its entry"


def test_a_page_of_a_register_stands_below_its_register() -> None:
    stage = make_stage()
    text = stage.mini.client("administrator").get("/w/live/registers/organisations/O-water").content.decode()
    assert _line(text) == ["名册", "台账", "单位", "O-water"]


def test_the_page_of_an_entry_says_in_one_sentence_what_it_is_for() -> None:
    stage = make_stage()
    text = stage.mini.client("duty_officer").get(f"/w/{stage.mini.world.key}/stations").content.decode()
    about, more = next((e.about, e.help) for room in rooms.found() for e in room.menu if e.page == "stations")
    assert _line(text)[-1] == about
    assert more in text


def test_every_entry_of_the_menu_says_what_it_is_for_and_how_it_is_used_within_half_a_minute() -> None:
    for entry in (e for room in rooms.found() for e in room.menu):
        assert entry.about, f"{entry.word}: say in one sentence what the page is for (Entry.about)"
        assert entry.help, f"{entry.word}: say in a few how it is used (Entry.help)"
        for lang, most in READ_A_MINUTE.items():
            assert len(t(lang, entry.help)) <= most / 2, entry.word
            assert "。" not in t("zh", entry.about)[:-1], f"{entry.word}: one sentence"


def test_what_stands_outside_the_menu_has_no_such_line() -> None:
    stage = make_stage()
    assert not LINE.search(stage.mini.client("duty_officer").get("/account").content.decode())
