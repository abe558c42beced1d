"""经过: what the journal says of a place, as short sentences, newest first, each with its entry number.

Only what a person at the desk must know; whoever wants every word opens the entry.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from anlan.call import events as calls
from anlan.call.queries.board import MEANS_WORDS, OUTCOMES_AT_DOOR
from anlan.call.rules.calldown.shapes import AnswerKind, CallState, LineKind
from anlan.foundation import journal, journal_reading
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import t, w
from anlan.judge.events import EXCEEDANCE_OPENED
from anlan.move import events as moves
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas

AT_MOST = 40
STEP_WORDS = {
    "satellite_phone": w("卫星电话"),
    "short_wave": w("短波电台"),
    "neighbouring_township": w("相邻乡镇派人联络"),
    "team": w("派出队伍"),
}
Told = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sentence. `look` is key (a turn), safe (somebody was reached or counted) or empty."""

    seq: int
    at: datetime
    text: str
    look: str = ""
    level: str = ""
    """A finding's grade, shown as 研判, never as a level."""


@dataclass(frozen=True, kw_only=True)
class Story:
    lines: tuple[Line, ...]
    first: int
    last: int
    more: bool


def story(ctx: Ctx, place: Place, *, lang: str, at: datetime | None = None) -> Story:
    """What happened to a place and, for a village, what its township's entries say of it."""
    rows = journal_reading.rows(ctx).filter(name__in=tuple(SENTENCES))
    if at is not None:
        rows = rows.filter(at__lte=at)
    entries = list(_about(rows, place).order_by("-seq")[: AT_MOST + 1])
    told = [(entry, journal.read(entry)) for entry in entries[:AT_MOST]]
    say = _Say(lang, place, _titles(ctx, lang, (each for _, each in told)))
    lines = [line for entry, each in told if (line := _line(say, entry, each))]
    seqs = [line.seq for line in lines]
    return Story(
        lines=tuple(lines), first=min(seqs, default=0), last=max(seqs, default=0), more=len(entries) > AT_MOST
    )


def _about(rows: QuerySet[Any], place: Place) -> QuerySet[Any]:
    """A village's own entries, and those of its township that name it; a township's own, but for its villages'."""
    if place.tier < 4:
        return rows.filter(place=place.path).exclude(
            name__in=(calls.CALL_LAID, calls.CALL_PLACED, calls.CALL_ENDED, calls.CALL_ANSWERED)
        )
    named = Q(text__contains=f"village:{place.path}") | Q(name__startswith="warn.contact.")
    return rows.filter(Q(place=place.path) | Q(place=place.path[:-4]) & named)


def _titles(ctx: Ctx, lang: str, told: Iterable[Told]) -> dict[str, str]:
    refs: set[str] = set()
    for each in told:
        refs |= {each["refs"].get("holder", ""), str(each["body"].get("by", ""))}
        refs |= {call["call"].split("/")[1] for call in each["body"].get("calls", ())}
        refs |= set(each["body"]["by"]) if isinstance(each["body"].get("by"), list) else set()
    return people.titled(ctx, lang, refs)


@dataclass(frozen=True)
class _Say:
    lang: str
    place: Place
    titles: dict[str, str]

    def __call__(self, text: str | dict[str, str], **values: object) -> str:
        return t(self.lang, text, **values)

    def who(self, ref: str) -> str:
        return self.titles.get(ref, "") or self(w("有人"))

    def list(self, refs: Iterable[str]) -> str:
        """村支书、副主任等 5 人: two titles, then how many."""
        found = list(dict.fromkeys(refs))
        comma = "、" if self.lang == "zh" else ", "
        names = comma.join(dict.fromkeys(self.who(ref) for ref in found[:2]))
        return names if len(found) <= 2 else self(w("{names}等 {n} 人"), names=names, n=len(found))


SOIL_WORDS = {"dry": w("较干"), "normal": w("一般"), "wet": w("较湿")}
Told2 = tuple[str, str]
Sentence = Callable[[_Say, Told], Told2 | None]


def _line(say: _Say, entry: Any, told: Told) -> Line | None:
    made = SENTENCES[entry.name](say, told)
    if made is None:
        return None
    text, look = made
    level = Grade(told["body"]["level"]).code if entry.name == EXCEEDANCE_OPENED else ""
    return Line(seq=entry.seq, at=entry.at, text=text, look=look, level=level)


# ---------- sentences ----------
def _ground(say: _Say, body: Told) -> str:
    """By which soil a village was judged, and who says so."""
    said = {
        "unknown": w("，土壤含水未知，按较湿"),
        "assumed": w("，土壤含水按想定假设为{c}（待核实）"),
        "rain": w("，土壤含水按前期降雨推算为{c}"),
        "set": w("，土壤含水人工设定为{c}"),
    }
    word = said.get(str(body.get("soil_from")))
    return say(word, c=say(SOIL_WORDS[body["soil"]])) if word and body.get("soil") else ""


def _found(say: _Say, told: Told) -> Told2:
    body = told["body"]
    if body.get("quantity") == "rain":
        text = (
            w("{hours} 小时 {value} mm ≥ {threshold}")
            if body["window_min"] % 60 == 0
            else w("{minutes} 分钟 {value} mm ≥ {threshold}")
        )
        values = {"value": f"{body['value'] / 10:.1f}", "threshold": f"{body['threshold'] / 10:g}"}
        span = (
            {"hours": body["window_min"] // 60}
            if body["window_min"] % 60 == 0
            else {"minutes": body["window_min"]}
        )
        more = (
            say(w("，立即转移"))
            if body["stage"] == "immediate"
            else say(w("，准备转移"))
            if body["stage"]
            else ""
        )
        return say(text, **values, **span) + more + _ground(say, body), "key"
    if body.get("quantity") == "stage":
        metres = {"value": f"{body['value'] / 1000:.2f}", "threshold": f"{body['threshold'] / 1000:.2f}"}
        if body.get("window_min"):
            return say(
                w("水位 {minutes} 分钟涨 {value} m ≥ {threshold} m"), minutes=body["window_min"], **metres
            ), "key"
        return say(w("水位 {value} m ≥ {threshold} m"), **metres), "key"
    if "distance_m" in body:
        return say(w("邻近 {km} km 已到红色，准备转移"), km=f"{body['distance_m'] / 1000:.0f}"), "key"
    return say(w("规则超警")), "key"


def _opened(say: _Say, told: Told) -> Told2:
    n = len(told["body"]["lines"])
    return say(w("叫应启动：{n} 条线同时叫（常设授权，免批）"), n=n), "key"


def _placed(say: _Say, told: Told) -> Told2 | None:
    key = f"village:{say.place.path}"
    calls = [c["call"] for c in told["body"]["calls"] if key in c["lines"]]
    if not calls:
        return None
    turn = max(int(call.rsplit("/", 1)[1]) for call in calls if call.rsplit("/", 1)[1].isdigit())
    names = say.list(call.split("/")[1] for call in calls)
    return say(w("第 {turn} 轮：叫{names}"), turn=turn, names=names), ""


def _laid(say: _Say, told: Told) -> Told2 | None:
    key = f"village:{say.place.path}"
    calls = [c["call"] for c in told["body"]["calls"] if key in c["lines"]]
    names = say.list(call.split("/")[1] for call in calls)
    return (say(w("{names}上了叫应台，待拨"), names=names), "") if calls else None


def _ended(say: _Say, told: Told) -> Told2 | None:
    mine = [c for c in told["body"]["calls"] if c["call"].split("/")[1] in say.titles]
    if not mine:
        return None
    word = say(CallState(mine[0]["outcome"]).word)
    return say(w("{names}{word}"), names=say.list(c["call"].split("/")[1] for c in mine), word=word), ""


def _answered(say: _Say, told: Told) -> Told2:
    body = told["body"]
    kind = AnswerKind(body["answer"])
    text = say(
        w("{who}按 {n} {word}"),
        who=say.who(told["refs"]["holder"]),
        n=int(kind),
        word=say(kind.word),
    )
    if body.get("households"):
        text += say(w("，{n} 户"), n=body["households"])
    return text, "key" if kind is AnswerKind.NEED_HELP else "safe"


def _door_ordered(say: _Say, told: Told) -> Told2:
    body = told["body"]
    if body["by"]:
        km = f"{(body['distance_m'] or 0) / 1000:.1f}"
        return say(w("派{who}敲门，{km} km"), who=say.who(body["by"]), km=km), "key"
    return say(w("人去不了，用{means}示警"), means=say(MEANS_WORDS.get(body["means"], body["means"]))), "key"


def _door_done(say: _Say, told: Told) -> Told2:
    outcome = told["body"]["outcome"]
    look = "safe" if outcome in ("reached", "nobody_home") else ""
    return say(w("回报：{what}"), what=say(OUTCOMES_AT_DOOR.get(outcome, outcome))), look


def _ordered(say: _Say, told: Told) -> Told2:
    body = told["body"]
    stage = say(Stage(body["stage"]).word)
    return say(w("{stage}：应转 {n} 户"), stage=stage, n=body["households_to_move"]), "key"


def _counted(say: _Say, told: Told) -> Told2:
    body = told["body"]
    return say(w("清点到 {n}／{of} 户"), n=body["households_moved"], of=body["households_to_move"]), "safe"


def _marked(say: _Say, told: Told) -> Told2:
    if told["body"]["event"] == "refused":
        return say(w("一户不肯走")), "key"
    return _counted(say, told)


def _plain(text: str, look: str = "") -> Sentence:
    return lambda say, told: (say(text), look)


def _of_line(text: str, look: str = "", *, names: str = "") -> Sentence:
    """A sentence about one line: whose it is, and who of its people."""

    def sentence(say: _Say, told: Told) -> Told2:
        kind, path, *_ = told["refs"]["line"].split(":")
        place = atlas().by_path[path].name if path in atlas().by_path else path
        whose = place if kind == LineKind.VILLAGE else f"{place}{say(LineKind(kind).word)}"
        return say(text, line=whose, names=say.list(told["body"].get(names, ()))), look

    return sentence


def _lost(say: _Say, told: Told) -> Told2:
    return say(
        w("失联，按最坏情况办：{step}"), step=say(STEP_WORDS.get(told["body"]["step"], told["body"]["step"]))
    ), "key"


SENTENCES: dict[str, Sentence] = {
    EXCEEDANCE_OPENED: _found,
    calls.CALLDOWN_OPENED: _opened,
    calls.CALLDOWN_JOINED: _plain(w("并入正在进行的叫应"), "key"),
    calls.CALLDOWN_CLOSED: _plain(w("这一级叫应结束")),
    calls.CALLDOWN_HELD: lambda say, told: (say(w("叫应暂缓：{why}"), why=told["body"]["reason"]), "key"),
    calls.CALLDOWN_RELEASED: _plain(w("叫应继续"), "key"),
    calls.CALL_LAID: _laid,
    calls.CALL_PLACED: _placed,
    calls.CALL_ENDED: _ended,
    calls.CALL_ANSWERED: _answered,
    calls.CALL_TAKEN_BACK: lambda say, told: (
        say(w("撤销：{who}的记录记错了"), who=say.who(told["refs"]["holder"])),
        "key",
    ),
    calls.LINE_ESCALATED: _of_line(w("{line}没人应，上提一级")),
    calls.LINE_SILENT: _of_line(w("{line}到时限仍无人应答，转敲门核查"), "key"),
    calls.LINE_ANSWERED: _of_line(w("{line}应答够了：{names}"), "safe", names="by"),
    calls.DOORCHECK_ORDERED: _door_ordered,
    calls.DOORCHECK_DONE: _door_done,
    calls.DOORCHECK_OVERDUE: _plain(w("敲门没有按时回报"), "key"),
    moves.EVACUATION_ORDERED: _ordered,
    moves.EVACUATION_SET_OUT: lambda say, told: (say(w("{n} 户上路"), n=told["body"]["households"]), ""),
    moves.EVACUATION_COUNTED: _counted,
    moves.HOUSEHOLD_MARKED: _marked,
    moves.EVACUATION_TAKEN_BACK: _plain(w("一条点到或清点已撤销"), "key"),
    calls.CONTACT_LOST: _lost,
    calls.CONTACT_STEP: lambda say, told: (
        say(w("下一步：{step}"), step=say(STEP_WORDS.get(told["body"]["step"], told["body"]["step"]))),
        "key",
    ),
    calls.CONTACT_REGAINED: _plain(w("恢复联系"), "safe"),
    calls.CALLOUT_REFUSED: _plain(w("没有自动叫应：常设授权没有签或已过期"), "key"),
}
