"""The frame of every page: nobody can miss an exercise, nothing is inline, errors say the next step."""

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory

import anlan
from anlan.ui import views
from anlan.ui.middleware import PreferencesMiddleware
from tests.ui.page import context

PAGE = '{% extends "ui/base.html" %}{% block title %}x{% endblock %}{% block main %}<h1>x</h1>{% endblock %}'
SHEET = '{% extends "ui/sheet.html" %}{% block sheet_title %}x{% endblock %}'
ORDER = {
    "caller": "随县防指",
    "holder": "杨**",
    "what": "现在就转移 11 户 34 人",
    "where": "去高岭小学",
    "by": None,
}


@pytest.fixture
def whole():
    """Renders a template that extends one of the kit's; `extends` must come first, so the tags load after it."""
    from django.template import engines

    def make(source: str, **given) -> str:
        made = context(**given)
        head, rest = source.split("%}", 1)
        text = f"{head}%}}{{% load anlan %}}{rest}"
        return (
            engines["django"]
            .from_string(text)
            .render({k: v for k, v in made.items() if k != "request"}, made["request"])
        )

    return make


@pytest.mark.parametrize("source", [PAGE, SHEET])
def test_an_exercise_is_said_in_title_and_page(whole, source: str) -> None:
    html = whole(source)
    assert "（演练）</title>" in html
    assert "演练" in html.split("<body", 1)[1]
    live = whole(source, exercise=False, head=None).replace("实战还是演练", "").replace(">演练</a>", "")
    assert "演练" not in live


def test_the_banner_shows_clock_and_speed_and_that_nothing_leaves(whole) -> None:
    html = whole(PAGE)
    assert "2021-08-12 04:07:12" in html
    assert "，60 倍速" in html
    assert "不接外线" in html
    assert 'data-speed="60"' in html


def test_synthetic_data_is_marked_on_page_and_sheet(whole) -> None:
    assert "合成数据" in whole(PAGE)
    assert "合成数据" in whole(SHEET)


def test_the_page_tells_where_it_is_and_where_else_one_can_go(whole) -> None:
    html = whole(PAGE)
    assert 'href="/w/x1/desk/" aria-current="page"' in html
    assert 'hreflang="en">EN</a>' in html
    assert "?page=2&amp;lang=en" in html
    assert 'class="skip" href="#main"' in html


def test_the_english_page_has_no_chinese_but_names_and_the_way_back(whole) -> None:
    html = whole(PAGE, lang="en")
    assert '<html lang="en">' in html
    rest = html.replace("中文", "").replace("随县应急管理局", "").replace("李**", "")
    assert not re.search("[\u4e00-\u9fff]", rest)


def test_a_chosen_theme_stands_in_the_page_before_any_script(whole) -> None:
    assert 'data-theme="dark"' in whole(PAGE, theme="dark")
    assert "data-theme=" not in whole(PAGE).split("<body", 1)[0]


def test_the_phone_page_is_a_plain_form_with_five_answers() -> None:
    html = render_to_string(
        "ui/phone.html", {**context(), "order": ORDER, "form_url": "/a/7Kq2", "sent": None}
    )
    assert re.findall(r'name="answer" value="(\d)"', html) == ["1", "2", "3", "4", "5"]
    assert '<form method="post" action="/a/7Kq2" data-answer>' in html
    assert len(html.encode()) < 6500


def test_the_phone_page_loads_less_than_fourteen_kilobytes() -> None:
    from anlan.ui.assets import BUILD, STATIC, entry

    script = (BUILD / entry("answer")[1]).stat().st_size
    style = sum(path.stat().st_size for path in STATIC.glob("css/phone*.css"))
    assert script < 6000
    assert script + style + 6500 < 14000


def test_no_template_holds_style_script_or_handler_of_its_own() -> None:
    inline = re.compile(r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=|javascript:", re.I)
    found = [
        str(path)
        for path in Path(anlan.__file__).parent.glob("*/templates/**/*.html")
        if inline.search(path.read_text("utf-8"))
    ]
    assert not found, "the content policy blocks these: use a class, a file, a data attribute"


TROUBLES = [
    (views.bad_request, 400),
    (views.forbidden, 403),
    (views.not_found, 404),
    (views.csrf_failure, 403),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("view", "status"), [*TROUBLES, (views.server_error, 500)])
def test_an_error_says_what_happened_what_was_kept_and_what_to_do(view, status: int, lang: str) -> None:
    request = RequestFactory().get("/nowhere")
    request.lang = lang  # type: ignore[attr-defined]
    reply = view(request)
    assert reply.status_code == status
    assert reply.content.decode().count("<p") >= 3


def ask(path: str, **cookies: str) -> tuple[HttpResponse, str, str]:
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    seen: list[str] = []

    def view(inner):
        seen.extend([inner.lang, inner.theme])
        return HttpResponse()

    return PreferencesMiddleware(view)(request), *seen  # type: ignore[return-value]


def test_a_choice_in_the_address_is_remembered() -> None:
    reply, lang, theme = ask("/?lang=en&theme=dark")
    assert (lang, theme) == ("en", "dark")
    assert reply.cookies["anlan_lang"].value == "en"
    assert reply.cookies["anlan_theme"].value == "dark"


def test_a_remembered_choice_holds_and_nonsense_is_no_choice() -> None:
    assert ask("/", anlan_lang="en")[1:] == ("en", "")
    reply, lang, theme = ask("/?lang=xx", anlan_theme="neon")
    assert (lang, theme) == ("zh", "")
    assert not reply.cookies
