"""Alerts for the tests: one good one (合成数据), and hypothesis strategies over the whole model."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from anlan.wire.cap import writer
from anlan.wire.cap.mapping import BEIJING, Colour, PublicWarning, compose
from anlan.wire.cap.model import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    NamedValue,
    Point,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)

NIGHT = datetime(2021, 8, 12, 3, 5, tzinfo=BEIJING)
RING = tuple(Point(lon, lat) for lon, lat in ((113.0, 31.8), (113.3, 31.8), (113.3, 32.0), (113.0, 31.8)))


def warning(**changes: object) -> PublicWarning:
    base = PublicWarning(
        unit="42130041600000",
        sender_name="随州市气象台",
        sent=NIGHT,
        event="暴雨",
        event_code="11B03",
        colour=Colour.RED,
        observed=True,
        description="柳林镇过去3小时雨量已达100毫米以上，降雨仍在持续。（合成数据）",
        instruction="沿河人员立即向高处转移。",
        effective=NIGHT,
        expires=NIGHT + timedelta(hours=6),
        areas=(Area("随县柳林镇", polygons=(RING,), geocodes=(NamedValue("NBS-12", "421321107000"),)),),
    )
    return replace(base, **changes)


def alert(**changes: object) -> Alert:
    return compose(warning(**changes))


def text(**changes: object) -> str:
    return writer.write(alert(**changes)).decode()


# XML carries every character but the control ones and lone surrogates.
words = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\t\n\r<&>\"']]>"), max_size=30
)
maybe_words = st.none() | words
tokens = st.from_regex(r"[A-Za-z0-9.@_-]{1,20}", fullmatch=True)
items = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters='"'), max_size=12)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(
    NIGHT.replace(1950, tzinfo=None),
    NIGHT.replace(2100, tzinfo=None),
    timezones=offsets | st.just(UTC) | st.just(BEIJING),
).map(lambda moment: moment.replace(microsecond=0))
maybe_times = st.none() | times
points = st.builds(Point, st.floats(-180, 180), st.floats(-90, 90))
rings = st.lists(points, max_size=6).map(tuple)
pairs = st.lists(st.builds(NamedValue, words, words), max_size=2).map(tuple)
decimals = st.none() | st.decimals(-9000, 9000, allow_nan=False, allow_infinity=False, places=2)


def tuples(of: st.SearchStrategy, *, at_least: int = 0) -> st.SearchStrategy:
    return st.lists(of, min_size=at_least, max_size=3).map(tuple)


areas = st.builds(
    Area,
    words,
    polygons=tuples(rings),
    circles=tuples(st.builds(Circle, points, st.floats(0, 20000))),
    geocodes=pairs,
    altitude=decimals,
    ceiling=decimals | st.just(Decimal("1E+2")),
)
resources = st.builds(
    Resource,
    words,
    words,
    size=st.none() | st.integers(0, 10**12),
    uri=st.none() | st.just("https://example.org/a b?c=1&d=随州"),
    deref_uri=maybe_words,
    digest=maybe_words,
)
infos = st.builds(
    Info,
    categories=tuples(st.sampled_from(Category), at_least=1),
    event=words,
    urgency=st.sampled_from(Urgency),
    severity=st.sampled_from(Severity),
    certainty=st.sampled_from(Certainty),
    language=st.sampled_from([None, "zh-CN", "en", "en-US", "bo"]),
    response_types=tuples(st.sampled_from(ResponseType)),
    audience=maybe_words,
    event_codes=pairs,
    effective=maybe_times,
    onset=maybe_times,
    expires=maybe_times,
    sender_name=maybe_words,
    headline=maybe_words,
    description=maybe_words,
    instruction=maybe_words,
    web=st.sampled_from([None, "https://example.org/?display=29"]),
    contact=maybe_words,
    parameters=pairs,
    resources=tuples(resources),
    areas=tuples(areas),
)
alerts = st.builds(
    Alert,
    identifier=tokens,
    sender=tokens,
    sent=times,
    status=st.sampled_from(Status),
    msg_type=st.sampled_from(MsgType),
    scope=st.sampled_from(Scope),
    source=maybe_words,
    restriction=maybe_words,
    addresses=tuples(items),
    codes=tuples(words),
    note=maybe_words,
    references=tuples(st.builds(Reference, tokens, tokens, times)),
    incidents=tuples(items),
    infos=tuples(infos),
)
