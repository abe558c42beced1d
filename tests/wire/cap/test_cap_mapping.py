"""From what an authority decides to the fields of a file."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.wire.cap import mapping, writer
from anlan.wire.cap.check import check
from anlan.wire.cap.errors import BadIdentifier, BadTime
from anlan.wire.cap.mapping import Colour
from anlan.wire.cap.model import Status
from tests.wire.cap.cap_cases import NIGHT, alert


@pytest.mark.parametrize(
    ("colour", "severity", "headline"),
    [
        (Colour.BLUE, "Minor", "随州市气象台发布暴雨蓝色预警[Ⅳ级/一般]"),
        (Colour.YELLOW, "Moderate", "随州市气象台发布暴雨黄色预警[Ⅲ级/较重]"),
        (Colour.ORANGE, "Severe", "随州市气象台发布暴雨橙色预警[Ⅱ级/严重]"),
        (Colour.RED, "Extreme", "随州市气象台发布暴雨红色预警[Ⅰ级/特别严重]"),
    ],
)
def test_a_colour_gives_severity_and_headline_and_comes_back(colour, severity, headline):
    assert colour.severity == severity
    assert mapping.colour_of(colour.severity) is colour
    assert mapping.headline(sender_name="随州市气象台", event="暴雨", colour=colour) == headline
    assert mapping.colour_in_headline(headline) is colour
    assert mapping.event_in_headline(headline) == "暴雨"


def test_a_headline_that_names_two_colours_names_none():
    assert mapping.colour_in_headline("暴雨橙色预警升级为红色预警") is None


@pytest.mark.parametrize(
    ("observed", "minutes", "expected"),
    [
        (True, None, ("Immediate", "Observed")),
        (False, 60, ("Immediate", "Likely")),
        (False, 61, ("Expected", "Likely")),
        (False, 360, ("Expected", "Likely")),
        (False, 361, ("Future", "Likely")),
        (False, None, ("Unknown", "Likely")),
    ],
)
def test_urgency_follows_the_lead_time(observed, minutes, expected):
    lead = None if minutes is None else timedelta(minutes=minutes)
    assert mapping.urgency_and_certainty(observed=observed, lead=lead) == expected


def test_the_identifier_is_unit_and_beijing_time():
    sent = datetime(2021, 8, 11, 19, 5, 7, 999, tzinfo=UTC)
    made = mapping.identifier(unit="42130041600000", sent=sent)
    assert made == "42130041600000_20210812030507"
    assert mapping.parse_identifier(made) == ("42130041600000", sent.replace(microsecond=0))
    assert mapping.identifier(unit="42130041600000", sent=sent, serial=9).endswith("_9")


@pytest.mark.parametrize(
    ("unit", "serial"), [("4213", None), ("4213004160000x", None), ("42130041600000", 10)]
)
def test_an_identifier_that_does_not_fit_is_refused(unit, serial):
    with pytest.raises(BadIdentifier, match="14-digit unit"):
        mapping.identifier(unit=unit, sent=NIGHT, serial=serial)
    with pytest.raises(BadTime):
        mapping.identifier(unit="42130041600000", sent=NIGHT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("11B03", "Met"),
        ("11A06", "Met"),
        ("11D01", "Geo"),
        ("11G01", "Fire"),
        ("12D02", "CBRNE"),
        ("xx", "Other"),
    ],
)
def test_the_event_code_gives_the_category(code, category):
    assert mapping.category_of(code) == category


def test_a_composed_alert_has_nothing_to_mend():
    report = check(writer.write(alert(sent=NIGHT.replace(microsecond=5))))
    assert report.findings == ()
    assert report.exit_code == 0


def test_an_exercise_says_so_three_times():
    one = alert(exercise="柳林复盘", note="按2021年实况")
    assert one.status is Status.EXERCISE
    assert one.note == "演练：柳林复盘；按2021年实况"
    assert one.infos[0].headline.startswith("【演练】")
    assert check(writer.write(one)).findings == ()
