"""The tags that rooms write their pages with."""

from datetime import timedelta

import pytest
from django import forms
from django.core.paginator import Paginator

from anlan.foundation.words import w
from anlan.ui.palette import UnknownMark
from anlan.ui.templatetags.anlan import UnknownBadge
from tests.ui.page import NOW, render


def test_a_level_carries_word_and_numeral() -> None:
    assert render('{% level "red" %}') == '<span class="level level--red">红色·Ⅰ级</span>'
    assert "Red · Ⅰ" in render("{% level 1 %}", lang="en")


def test_a_level_nobody_gave_is_said_to_be_unknown() -> None:
    assert render("{% level nothing_here %}") == '<span class="unknown">未知</span>'


def test_a_wrong_level_stops_the_page() -> None:
    with pytest.raises(UnknownMark):
        render('{% level "purple" %}')


def test_an_assessment_never_wears_the_mark_of_a_warning_signal() -> None:
    mark = render('{% assess "red" %}')
    assert "研判 Ⅰ级" in mark
    assert "level" not in mark
    assert mark.count('class="on"') == 4
    assert render('{% assess "blue" %}').count('class="on"') == 1


def test_values_in_a_sentence_are_escaped() -> None:
    assert render('{% t "日志第 {n} 条" n=bad %}', bad="<b>") == "日志第 &lt;b&gt; 条"


def test_a_state_may_be_worded_by_the_page() -> None:
    assert render('{% state "silent" %}') == '<span class="tag tag--silent">静默</span>'
    assert "求援" in render('{% state "help" %}')


def test_a_badge_must_be_known_or_worded() -> None:
    assert "合成数据" in render('{% badge "synthetic" %}')
    assert "Unverified" in render('{% badge "doubt" %}', lang="en")
    with pytest.raises(UnknownBadge):
        render('{% badge "new" %}')


def test_a_time_says_how_long_ago_by_the_clock_of_the_world() -> None:
    at = NOW - timedelta(minutes=12)
    assert "03:55<small>（12 分钟前）</small>" in render("{% bj at %}", at=at)
    assert "03:55<small> (12 min ago)</small>" in render("{% bj at %}", at=at, lang="en")
    assert ">03:55:12<" in render('{% bj at "clock" %}', at=at)
    assert "未知" in render("{% bj at %}", at=None)


def test_a_counter_that_is_over_is_inverted_and_ticks_on_in_the_browser() -> None:
    html = render("{% countdown at %}", at=NOW - timedelta(seconds=12))
    assert 'class="clock clock--over" data-deadline="2021-08-12T04:07:00+08:00">−00:12<' in html


def test_an_unknown_number_is_never_zero() -> None:
    assert render('{% num rain "mm" 1 %}', rain=None) == '<span class="unknown">未知</span>'
    assert render('{% num rain "mm" 1 %}', rain=85.3) == "85.3 mm"


def test_people_and_phones_are_masked() -> None:
    assert (
        render("{% mask phone %} {{ name|masked }}", phone="13812344417", name="杨大山")
        == "138 **** 4417 杨**"
    )


class Report(forms.Form):
    place = forms.CharField(label=w("地图"))
    sure = forms.BooleanField(label=w("待核实"), required=False)
    kind = forms.ChoiceField(
        label=w("演练"), choices=[("a", w("收到")), ("b", w("已到岗"))], widget=forms.RadioSelect
    )


def test_a_field_in_error_says_so_to_eye_and_ear() -> None:
    html = render('{% for f in form %}{% field f hint="没有这一页" %}{% endfor %}', form=Report({}))
    assert 'for="id_place">地图' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_place-hint id_place-error"' in html
    assert 'id="id_place-error"' in html
    assert "<legend>演练" in html
    assert html.count('type="radio"') == 2


def test_a_form_lists_what_is_wrong_with_links_to_it() -> None:
    html = render('{% include "ui/parts/wrongs.html" %}', form=Report({}))
    assert "还没存，有 2 处要改" in html
    assert 'href="#id_place"' in html


def test_pages_keep_the_rest_of_the_address() -> None:
    html = render("{% pages page %}", page=Paginator(range(30), 10).page(2))
    assert 'rel="prev" href="?page=1"' in html
    assert "第 2 页，共 3 页，30 条" in html


def test_an_empty_list_says_why_and_what_next() -> None:
    html = render('{% nothing "没有这一页" why="没有改动任何记录。" do="地图" url="/m" %}')
    assert "没有改动任何记录。" in html
    assert 'href="/m">地图' in html


def test_a_bar_counts_in_words_too() -> None:
    assert 'aria-label="已转移 26，转移中 38，应转 84 户"' in render("{% bar 26 38 84 %}")
    assert "未知" in render("{% bar 0 0 nothing %}")


def test_a_page_counts_in_english_as_a_sentence_does() -> None:
    text = '{% t "叫应 {n} 村，已应 {answered} 村" n=n answered=0 %}'
    assert [render(text, lang="en", n=n) for n in (1, 2)] == [
        "1 village called, 0 answered",
        "2 villages called, 0 answered",
    ]
