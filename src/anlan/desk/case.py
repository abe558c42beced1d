"""The chosen thing of the desk: facts of its place, the one next act with its button, who is not sent and why, the story."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from anlan.call.queries import villages
from anlan.call.queries.board import MEANS_WORDS, OUTCOMES_AT_DOOR
from anlan.desk import leads
from anlan.desk.due import Due, dues
from anlan.desk.story import Story, story
from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w, written
from anlan.move.queries.moves import Move, moves
from anlan.observe.queries import moments
from anlan.people import queries as people
from anlan.places.queries import Place, atlas
from anlan.ui import format as show
from anlan.ui import palette

NOT_SENT_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Act:
    """A button. A link has no `fields`; what is posted goes to the desk's own address."""

    word: str
    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Pick:
    """One line of the proposal: `sign` ✓ goes, ✕ is not sent, ＋ besides."""

    sign: str
    strong: str
    text: str


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
    next_word: str
    picks: tuple[Pick, ...]
    primary: Act | None
    others: tuple[Act, ...]
    story: Story
    proof_url: str


def case_of(ctx: Ctx, due: Due, *, lang: str, at: datetime | None = None) -> Case:
    """Everything the right-hand column shows; in the past there is nothing to press."""
    say = _Say(ctx, lang, at)
    move = moves(ctx, due.place.path, at).get(due.place.id) if ctx.may("warn.view") else None
    next_word, picks, primary, others = _NEXT.get(due.kind, _nothing)(say, due)
    return Case(
        due=due,
        place=due.place,
        township=atlas().township(due.place),
        under=_under(say, due, move),
        facts=(*_facts(say, due.place), *(Fact(**each) for each in leads.coming(ctx, due.place, lang, at))),
        next_word=next_word,
        picks=tuple(picks),
        primary=None if at is not None else primary,
        others=() if at is not None else tuple(others),
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


@dataclass(frozen=True)
class _Say:
    ctx: Ctx
    lang: str
    at: datetime | None

    def __call__(self, text: str | dict[str, str], **values: object) -> str:
        return t(self.lang, text, **values)

    @property
    def now(self) -> datetime:
        return self.at or self.ctx.now

    def url(self, *parts: str) -> str:
        return "/".join(("/w", self.ctx.world.key, *parts))

    def link(self, name: str, **given: str) -> str:
        """The address of a page, by its room and name."""
        return str(reverse(name, kwargs={"world": self.ctx.world.key, **given}))

    def names(self, refs: list[str]) -> dict[str, str]:
        known, masked = people.holders_by_ref(self.ctx, refs), people.masked_names(self.ctx, refs)
        return {
            ref: f"{written(self.lang, h.title)} {masked.get(ref, '')}".strip() for ref, h in known.items()
        }


# ---------- facts ----------
def _under(say: _Say, due: Due, move: Move | None) -> str:
    if move is None or not move.to_move:
        town = atlas().township(due.place)
        return "" if town.id == due.place.id else town.name
    stage = say(move.stage.word)
    return say(w("{stage} {n} 户，已到 {moved} 户"), stage=stage, n=move.to_move, moved=move.moved)


def _facts(say: _Say, place: Place) -> tuple[Fact, ...]:
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


def _rain(say: _Say, place: Place, gauges: list[moments.GaugeNow]) -> tuple[Fact, ...]:
    if not gauges:
        return ()
    gauge = max(gauges, key=lambda g: g.rain_1h if g.rain_1h is not None else -1)
    hour = Fact(word=say(w("近 1 小时")), **_tenths(gauge.rain_1h, say))
    start = _began(say, place)
    if start is None:
        return (hour,)
    total = moments.rain_since(say.ctx, gauge.address, start, say.at)
    return hour, Fact(word=say(w("自 {clock} 累计"), clock=show.clock(start, say.now)), **_tenths(total, say))


def _tenths(value: int | None, say: _Say) -> dict[str, str]:
    return {"unknown": say(w("没有读数"))} if value is None else {"value": f"{value / 10:.1f}", "unit": "mm"}


def _began(say: _Say, place: Place) -> datetime | None:
    """The hour in which the rain began that first crossed a line here."""
    began = villages.rain_began(say.ctx, path=atlas().township(place).path, at=say.at)
    return began.replace(minute=0, second=0, microsecond=0) if began else None


def _stage(say: _Say, place: Place, gauges: list[moments.GaugeNow]) -> tuple[Fact, ...]:
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


# ---------- the next act, by kind ----------
Next = tuple[str, list[Pick], Act | None, list[Act]]


def _nothing(say: _Say, due: Due) -> Next:
    return "", [], None, []


def _silent(say: _Say, due: Due) -> Next:
    assert due.wait is not None
    facts = due.wait.facts
    plan = facts["plan"] or {}
    who, picks = str(facts["who"]), []
    proposals, not_sent = plan.get("proposals", []), plan.get("not_sent", [])
    names = say.names([p["who"] for p in proposals] + [n["who"] for n in not_sent[:12]])
    for each in proposals[:2]:
        arrives = show.clock(datetime.fromisoformat(each["arrives_at"]), say.now)
        text = say(w("直线 {km} km，约 {clock} 到"), km=f"{each['distance_m'] / 1000:.1f}", clock=arrives)
        goes = each["who"] == who
        picks.append(
            Pick(
                sign="✓" if goes else "○",
                strong=names.get(each["who"], ""),
                text=text + (say(w("，已派")) if goes else ""),
            )
        )
    picks += _left(say, not_sent, names)
    picks += [
        Pick(sign="＋", strong=say(MEANS_WORDS.get(i["key"], i["key"])), text="")
        for i in plan.get("instead", [])[:3]
    ]
    primary, others = _door_acts(say, due, who, proposals, names)
    if facts["check"]:
        word = say(w("等敲门回报，问到就登记")) if who else say(w("人去不了，示警后问结果"))
    else:
        word = say(w("派人敲门，不进淹没区"))
    return word, picks, primary, others


def _left(say: _Say, not_sent: list[dict[str, str]], names: dict[str, str]) -> list[Pick]:
    """Of each reason one person, so that three lines tell why the others stay."""
    by_reason: dict[str, list[dict[str, str]]] = {}
    for each in not_sent:
        by_reason.setdefault(each["why"], []).append(each)
    picks = []
    for found in list(by_reason.values())[:NOT_SENT_SHOWN]:
        more = say(w("，还有 {n} 人同此"), n=len(found) - 1) if len(found) > 1 else ""
        why = found[0]["en" if say.lang == "en" else "zh"].rstrip("。.")
        picks.append(
            Pick(sign="✕", strong=names.get(found[0]["who"], ""), text=say(w("不派：{why}"), why=why) + more)
        )
    return picks


def _door_acts(
    say: _Say, due: Due, who: str, proposals: list[dict[str, Any]], names: dict[str, str]
) -> tuple[Act | None, list[Act]]:
    assert due.wait is not None
    facts = due.wait.facts
    if not say.ctx.may("warn.doorcheck"):
        return None, []
    order = {"act": "door", "call_down": facts["call_down"], "line": facts["line"]}
    others = [p["who"] for p in proposals if p["who"] != who]
    send = [
        Act(word=say(w("改派 {name}"), name=names.get(ref, "")), fields={**order, "who": ref})
        for ref in others[:1]
    ]
    if not facts["check"]:
        return Act(word=say(w("派人敲门")), fields=order), []
    report = {"act": "report", "ref": facts["check"]}
    outcomes = ("reached", "nobody_home") if who else ("warned_from_afar", "reached")
    made = [
        Act(word=say(w("登记：{what}"), what=say(OUTCOMES_AT_DOOR[o])), fields={**report, "outcome": o})
        for o in outcomes
    ]
    turned = Act(
        word=say(w("登记：{what}"), what=say(OUTCOMES_AT_DOOR["turned_back"])),
        fields={**report, "outcome": "turned_back"},
    )
    return made[0], [*made[1:], *([turned] if who else []), *send]


def _lost(say: _Say, due: Due) -> Next:
    assert due.wait is not None
    facts = due.wait.facts
    step = say({"zh": facts["step"].zh, "en": facts["step"].en})
    following = say({"zh": facts["next"].zh, "en": facts["next"].en})
    silent = ("、" if say.lang == "zh" else ", ").join(facts["silent"])
    picks = [Pick(sign="●", strong=step, text=say(w("到时限没联系上就转下一步")))]
    if not facts["is_last"]:
        picks.append(Pick(sign="○", strong=following, text=""))
    picks.append(Pick(sign="✕", strong=silent, text=say(w("没有声音"))))
    primary = None
    if say.ctx.may("warn.call"):
        fields = {"act": "regained", "ref": facts["ref"], "how": facts["step"].zh}
        primary = Act(word=say(w("{step}联系上了"), step=step), fields=fields)
    return say(w("按最坏情况办：{step}"), step=step), picks, primary, _board_of(say, due)


def _to_board(word: str) -> Any:
    def next_act(say: _Say, due: Due) -> Next:
        url = say.url("calls", due.call_down) if due.call_down else say.url("calls")
        return "", [], Act(word=say(word), url=url), []

    return next_act


def _board_of(say: _Say, due: Due) -> list[Act]:
    url = say.link("call:board", ref=due.call_down) if due.call_down else say.link("call:calls")
    return [Act(word=say(w("看叫应板")), url=url)]


def _count(say: _Say, due: Due) -> Next:
    assert due.wait is not None
    move = due.wait.facts["move"]
    url = say.link("move:moving-one", ref=move.ref)
    picks = [
        Pick(
            sign="✓", strong=say(w("已到 {n} 户"), n=move.moved), text=say(w("安置点点名算数，口头报的不算"))
        ),
        Pick(sign="●", strong=say(w("在路上 {n} 户"), n=move.moving), text=""),
        Pick(sign="✕", strong=say(w("未动 {n} 户"), n=move.still), text=""),
    ]
    return (
        say(w("逐户核对，没到的派人找")),
        picks,
        Act(word=say(w("打开户册清点")), url=url),
        _board_of(say, due),
    )


def _held(say: _Say, due: Due) -> Next:
    assert due.wait is not None
    ref = due.wait.facts["call_down"]
    primary = (
        Act(word=say(w("继续叫应")), fields={"act": "release", "call_down": ref})
        if say.ctx.may("warn.hold")
        else None
    )
    return (
        say(w("暂缓的时候没有人在叫")),
        [],
        primary,
        [Act(word=say(w("看叫应板")), url=say.url("calls", ref))],
    )


def _alert(say: _Say, due: Due) -> Next:
    assert due.wait is not None
    return "", [], Act(word=say(w("打开预警")), url=say.url("alerts", due.wait.facts["ref"])), []


def _sheet(say: _Say, due: Due) -> Next:
    url = say.url("calls", due.call_down, "sheet")
    return say(w("打印出来，断电断网也能照单叫")), [], Act(word=say(w("打开叫应单")), url=url), []


def _station(say: _Say, due: Due) -> Next:
    assert due.wait is not None
    return "", [], Act(word=say(w("打开测站")), url=say.url("stations", due.wait.facts["address"])), []


def _forecast(say: _Say, due: Due) -> Next:
    assert due.wait is not None
    run = due.wait.facts["run"]
    call, notice = f"calls/new?run={run}", f"alerts/new?kind=notice&run={run}"
    acts = (("warn.call", w("提前叫应"), call), ("warn.draft", w("写风险提示"), notice))
    others = [Act(word=say(word), url=say.url(url)) for may, word, url in acts if say.ctx.may(may)]
    picks = [Pick(sign="●", strong=what, text=text) for what, text in leads.trust(say.ctx, run, say.lang)]
    primary = Act(word=say(w("看预报")), url=say.url("runs", run))
    return say(w("预报不会自动叫人，要人来决定")), picks, primary, others


_NEXT: dict[str, Any] = {
    "lost": _lost,
    "silent": _silent,
    "calling": _to_board(w("到叫应台接着叫")),
    "help": _to_board(w("到叫应台回电")),
    "count": _count,
    "counts": lambda say, due: ("", [], Act(word=say(w("打开转移板")), url=say.url("moving")), []),
    "refusal": _to_board(w("请镇长当面劝，打开叫应板")),
    "alert": _alert,
    "held": _held,
    "sheet": _sheet,
    **dict.fromkeys(("station", "doubtful", "tried"), _station),
    "forecast": _forecast,
    "refused_call_out": lambda say, due: (
        say(w("没有授权不会自动叫，要人来启动")),
        [],
        Act(word=say(w("人工叫应")), url=f"{say.url('calls', 'new')}?place={due.place.code}"),
        [],
    ),
    "dead": lambda say, due: ("", [], Act(word=say(w("看死信")), url=say.url("dead-letters")), []),
}
