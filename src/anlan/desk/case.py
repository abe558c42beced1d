"""The chosen thing of the desk: facts of its place, the one next act with its button, who is not sent and why, the story."""

from dataclasses import dataclass, replace
from datetime import datetime

from anlan.call.queries import villages
from anlan.desk.due import dues, kinds
from anlan.desk.story import Story, story
from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w
from anlan.judge.queries import lead_words
from anlan.move.queries.moves import Move, moves
from anlan.observe.queries import moments
from anlan.places.atlas import Place, atlas
from anlan.ui import palette
from anlan.ui.due import Due, Next
from anlan.ui.speech import Words


@dataclass(frozen=True, kw_only=True)
class Fact:
    word: str
    value: str = ""
    unit: str = ""
    unknown: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    due: Due
    place: Place
    township: Place
    under: str
    facts: tuple[Fact, ...]
    next: Next
    story: Story
    proof_url: str


def case_of(ctx: Ctx, due: Due, *, lang: str, at: datetime | None = None) -> Case:
    """Everything the right-hand column shows; in the past there is nothing to press."""
    say = Words(ctx, lang, at)
    move = moves(ctx, due.place.path, at).get(due.place.id) if ctx.may("warn.view") else None
    step = kinds()[due.kind].next(say, due) if due.kind else Next()
    return Case(
        due=due,
        place=due.place,
        township=atlas().township(due.place),
        under=_under(say, due, move),
        facts=(
            *_facts(say, due.place),
            *(Fact(**each) for each in lead_words.coming(ctx, due.place, lang, at)),
        ),
        next=step if at is None else replace(step, primary=None, others=()),
        story=story(ctx, due.place, lang=lang, at=at),
        proof_url=say.link("prove:place-proof", code=due.place.code) if due.place.tier >= 3 else "",
    )


def place_case(ctx: Ctx, place: Place, *, lang: str, at: datetime | None = None) -> Case:
    """The same for a place that somebody clicked: its most urgent thing, else how it stands."""
    found = [d for d in dues(ctx, lang=lang, at=at, path=place.path) if d.place.id == place.id]
    return case_of(ctx, found[0] if found else _standing(ctx, place, lang, at), lang=lang, at=at)


def _standing(ctx: Ctx, place: Place, lang: str, at: datetime | None) -> Due:
    """Nothing waits here: say how far the call and the move have come."""
    states = villages.village_states(ctx, path=place.path, at=at) if ctx.may("warn.view") else {}
    own = states.get(place.id)
    found = villages.tally(states.values())
    if own is not None:
        title = t(lang, own.word) if own.word else t(lang, palette.state(own.state).word)
    elif states:
        title = t(lang, w("叫应 {n} 村，已应 {answered} 村"), n=found.villages, answered=found.answered)
    else:
        title = t(lang, w("没有叫应"))
    return Due(
        key="", kind="", deadline=None, title=title, detail="", place=place, state=own.state if own else ""
    )


# ---------- facts ----------
def _under(say: Words, due: Due, move: Move | None) -> str:
    if move is None or not move.to_move:
        town = atlas().township(due.place)
        return "" if town.id == due.place.id else town.name
    stage = say(move.stage.word)
    return say(w("{stage} {n} 户，已到 {moved} 户"), stage=stage, n=move.to_move, moved=move.moved)


def _facts(say: Words, place: Place) -> tuple[Fact, ...]:
    """Rain of the hour and since it began, and the stage, at the gauges that decide for the place."""
    if not say.ctx.may("observe.view"):
        return ()
    inside = [p.id for p in atlas().under(place.path)]
    deciding = moments.gauges_of(say.ctx, inside)
    seen = {g.address: g for g in moments.gauges(say.ctx, at=say.at, path=atlas().township(place).path)}
    rain = [seen[a] for a in deciding if a in seen and seen[a].kind == "rain"] or [
        g for g in seen.values() if g.kind == "rain"
    ]
    stage = [g for g in seen.values() if g.kind == "stage" and g.stage_mm is not None]
    return (*_rain(say, place, rain), *_stage(say, place, stage))


def _rain(say: Words, place: Place, gauges: list[moments.GaugeNow]) -> tuple[Fact, ...]:
    if not gauges:
        return ()
    gauge = max(gauges, key=lambda g: g.rain_1h if g.rain_1h is not None else -1)
    hour = Fact(word=say(w("近 1 小时")), **_tenths(gauge.rain_1h, say))
    start = _began(say, place)
    if start is None:
        return (hour,)
    total = moments.rain_since(say.ctx, gauge.address, start, say.at)
    return hour, Fact(word=say(w("自 {clock} 累计"), clock=say.clock(start)), **_tenths(total, say))


def _tenths(value: int | None, say: Words) -> dict[str, str]:
    return {"unknown": say(w("没有读数"))} if value is None else {"value": f"{value / 10:.1f}", "unit": "mm"}


def _began(say: Words, place: Place) -> datetime | None:
    """The hour in which the rain began that first crossed a line here."""
    began = villages.rain_began(say.ctx, path=atlas().township(place).path, at=say.at)
    return began.replace(minute=0, second=0, microsecond=0) if began else None


def _stage(say: Words, place: Place, gauges: list[moments.GaugeNow]) -> tuple[Fact, ...]:
    if not gauges:
        return ()
    gauge = min(gauges, key=lambda g: (place.km_to(g.lon, g.lat), g.address))
    assert gauge.stage_mm is not None
    arrow = (
        "" if gauge.rise_mm is None else " ↑" if gauge.rise_mm > 10 else " ↓" if gauge.rise_mm < -10 else " →"
    )
    below = gauge.below_warning_cm
    word = (
        say(w("水位"))
        if below is None
        else (
            say(w("水位，距警戒 {m}"), m=f"{below / 100:.2f}")
            if below > 0
            else say(w("水位，超警戒 {m}"), m=f"{-below / 100:.2f}")
        )
    )
    return (Fact(word=word, value=f"{gauge.stage_mm / 1000:.2f}", unit=f"m{arrow}"),)
