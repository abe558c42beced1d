"""How a fact of the journal is said: what happened, who, by what. Titles of posts, never names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from anlan.call.calldown_rows import everywhere
from anlan.call.queries.board import MEANS_WORDS, OUTCOMES_AT_DOOR
from anlan.call.rules.calldown.shapes import AnswerKind, CallState
from anlan.foundation import packs
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.foundation.journal import JournalEntry
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import t, w, written
from anlan.judge.queries import exceedances
from anlan.judge.queries.exceedances import Exceedance
from anlan.judge.rules.plainwords import BEIJING
from anlan.people import queries as people
from anlan.prove.documents.papers import Cell, Row
from anlan.prove.rules.proof.shapes import Fact, FactKind
from anlan.warn.queries.alert_signing import who

CHANNELS = {
    "voice": w("电话"),
    "desk": w("叫应台手拨"),
    "web": w("手机网页"),
    "sheet": w("叫应单补录"),
    "satellite": w("卫星电话"),
}
PUBLIC = (
    *(FactKind.IMPORTED, FactKind.DRAFTED, FactKind.APPROVED, FactKind.COSIGNED),
    *(FactKind.COUNTERSIGNED, FactKind.ISSUED),
)
TRIES = (FactKind.LAID, FactKind.CALLED, FactKind.NO_ANSWER)
QUIET = (FactKind.LISTED, FactKind.TASKED, FactKind.DONE)
"""Facts that only serve the reckoning; what they say stands in another fact of the same entry."""


@dataclass(frozen=True)
class Speaker:
    """What is needed to say facts: language, titles of holders, hashes of entries, what was measured."""

    lang: str
    journal_url: str
    titles: Mapping[str, str]
    hashes: Mapping[int, str]
    measured: Mapping[str, Exceedance] = field(default_factory=dict)
    is_live: bool = False

    @classmethod
    def of(cls, ctx: Ctx, lang: str, facts: Iterable[Fact]) -> "Speaker":
        """Look up in one go all that these facts refer to."""
        facts = list(facts)
        refs = sorted({f.who for f in facts if f.who})
        titles = {r: written(lang, h.title) for r, h in people.holders_by_ref(everywhere(ctx), refs).items()}
        rows = JournalEntry.objects.filter(world_id=ctx.world.id, seq__in={f.seq for f in facts})
        found = (
            exceedances.of_world(ctx)
            .filter(ref__in=[f.text("ref") for f in facts if f.kind is FactKind.EXCEEDANCE])
            .select_related("station")
        )
        return cls(
            lang=lang,
            journal_url=f"/w/{ctx.world.key}/journal",
            titles=titles,
            hashes=dict(rows.values_list("seq", "hash")),
            measured={row.ref: row for row in found},
            is_live=ctx.world.is_live,
        )

    def say(self, text: str, **values: object) -> str:
        return t(self.lang, text, **values)

    def joined(self, parts: Iterable[str]) -> str:
        """What is not empty, each once, with the reader's comma."""
        return ("，" if self.lang == "zh" else ", ").join(dict.fromkeys(part for part in parts if part))

    def told(self, head: str, rest: str) -> str:
        """A head and what it says, with the reader's colon; the head alone when there is nothing to say."""
        return f"{head}{'：' if self.lang == 'zh' else ': '}{rest}" if rest else head

    def wanted(self, fact: Fact) -> str:
        """红色，立即转移: at which grade somebody was called, and for what."""
        words = [Grade.parse(fact.text("grade")).word] if fact.text("grade") else []
        words += [Stage(fact.text("stage")).word] if fact.text("stage") else []
        return self.joined(map(self.say, words))

    def who(self, fact: Fact) -> str:
        return self.titles.get(fact.who, "")

    def by(self, channel: str) -> str:
        """The way by which something came; a simulated one says so."""
        word = self.say(CHANNELS.get(channel, channel)) if channel else ""
        return self.say("{way}（模拟）", way=word) if channel == "voice" and not self.is_live else word

    def journal(self, seq: int) -> Cell:
        """The entry's place in the chain."""
        if not seq:
            return Cell(text="—")
        return Cell(
            text=f"{seq} · {self.hashes.get(seq, '')[:8]}", url=f"{self.journal_url}/{seq}", code=True
        )


def clock(fact: Fact, day: str = "") -> str:
    """03:00:01 Beijing time, with its day where it is not the day of the others."""
    local = fact.at.astimezone(BEIJING)
    own = local.strftime("%m-%d")
    return local.strftime("%H:%M:%S") if own == day else local.strftime("%m-%d %H:%M:%S")


def course(speaker: Speaker, facts: Iterable[Fact], day: str) -> tuple[Row, ...]:
    """经过: what happened at and for a place, one line for what happened in one moment of one kind."""
    shown = [f for f in facts if f.kind not in PUBLIC and f.kind not in QUIET]
    rows = []
    for (_, kind), group in groupby(shown, key=lambda f: (f.seq, f.kind)):
        own = list(group)
        if kind is FactKind.NO_ANSWER:
            own = [f for f in own if f.text("outcome") != CallState.ANSWERED]
        if own:
            rows.append(_row(speaker, own, day))
    return tuple(rows)


def _row(speaker: Speaker, own: list[Fact], day: str) -> Row:
    what, who = _said(speaker, own)
    return Row(
        cells=(Cell(text=clock(own[0], day)), what, Cell(text=who), speaker.journal(own[0].seq)),
        is_try=own[0].kind in TRIES,
    )


def _said(speaker: Speaker, own: list[Fact]) -> tuple[Cell, str]:
    """What one fact (or several calls of one moment) says, and who or by what."""
    first, say = own[0], speaker.say
    match first.kind:
        case FactKind.EXCEEDANCE:
            return _exceeded(speaker, first)
        case FactKind.CALLED:
            text = say("叫应 {n} 人", n=len({f.who for f in own}))
            return Cell(text=speaker.told(text, speaker.wanted(first))), speaker.by(first.text("channel"))
        case FactKind.HANDED:
            return Cell(text=say("发了手机应答页链接")), speaker.joined(map(speaker.who, own))
        case FactKind.LAID:
            return Cell(text=say("{n} 通电话上了叫应台，待拨", n=len(own))), speaker.by(first.text("channel"))
        case FactKind.NO_ANSWER:
            words = [say(CallState(f.text("outcome")).word) for f in own]
            told = "、".join(f"{word}×{words.count(word)}" for word in dict.fromkeys(words))
            return Cell(text=say("{n} 通没有应答：{why}", n=len(own), why=told)), speaker.joined(
                map(speaker.who, own)
            )
        case FactKind.ANSWERED:
            by = speaker.by(first.text("channel"))
            return Cell(text=answer_said(speaker, first)), speaker.joined((speaker.who(first), by))
        case FactKind.LINE_ANSWERED:
            return Cell(text=say("村里应答人数已够")), speaker.who(first)
        case FactKind.DOOR_ORDERED:
            return Cell(
                text=say("静默，派出：{how}", how=say(MEANS_WORDS.get(first.text("what"), "")))
            ), speaker.who(first)
        case FactKind.DOOR_CHECKED:
            word = say(OUTCOMES_AT_DOOR.get(first.text("what"), ""))
            return Cell(text=say("敲门回报：{what}", what=word)), speaker.who(first)
        case FactKind.CONTACT_LOST:
            return Cell(text=say("全镇按失联处置")), ""
        case FactKind.STAGE_ORDERED:
            word = say(Stage(first.text("stage")).word)
            return Cell(text=say("下达：{stage}", stage=word)), speaker.who(first) or first.who
        case FactKind.COUNTED:
            told = say("清点累计 {n} 户 {p} 人", n=first.count("households"), p=first.count("people"))
            return Cell(text=told), first.text("site")
        case _:
            return Cell(text=first.text("what")), speaker.who(first)


def answer_said(speaker: Speaker, fact: Fact) -> str:
    kind = AnswerKind(int(fact.text("answer") or 1))
    text = f"{int(kind)} {speaker.say(kind.word)}"
    if kind is AnswerKind.MOVED:
        text += speaker.say("（自报 {n} 户 {p} 人）", n=fact.count("households"), p=fact.count("people"))
    return text


def _exceeded(speaker: Speaker, fact: Fact) -> tuple[Cell, str]:
    row, say = speaker.measured.get(fact.text("ref")), speaker.say
    level = Grade(fact.count("level")).code
    if row is None or row.quantity != "rain" or not row.window_min:
        return Cell(text=say("超警"), assess=level), _pack(speaker.lang, fact.text("what"))
    hours = row.window_min / 60
    window = say("{n} 小时", n=int(hours)) if hours == int(hours) else say("{n} 分钟", n=row.window_min)
    sign = "≥ " if row.at_least else ""
    text = f"{window} {sign}{row.value / 10:.1f} mm（≥ {row.threshold / 10:.1f}）"
    return Cell(text=text, assess=level), row.station.name if row.station else ""


def _pack(lang: str, name: str) -> str:
    """The title of the pack whose line was crossed."""
    return t(lang, packs.get(name, home=home()).title)


def _hand(speaker: Speaker, fact: Fact) -> str:
    """Who did it for the public: the unit named, or unit and post of the account."""
    if named := fact.text("issuer"):
        return named
    return speaker.say(w("系统按研判起草")) if fact.who == "system" else t(speaker.lang, who(fact.who))


def public(speaker: Speaker, facts: Iterable[Fact], day: str) -> Iterator[Row]:
    """对外预警: what lawful issuers told the public, and where ours stands."""
    words = {
        FactKind.IMPORTED: w("收到预警"),
        FactKind.DRAFTED: w("起草"),
        FactKind.APPROVED: w("批准"),
        FactKind.COSIGNED: w("会签"),
        FactKind.COUNTERSIGNED: w("补签"),
        FactKind.ISSUED: w("签发"),
    }
    for fact in facts:
        if fact.kind in words:
            text = speaker.say(words[fact.kind])
            if fact.kind is FactKind.APPROVED and fact.count("verbal"):
                text = speaker.say("口头批准")
            if fact.kind is FactKind.COSIGNED and fact.count("verbal"):
                text = speaker.say("口头会签")
            yield Row(
                cells=(
                    Cell(text=clock(fact, day)),
                    Cell(text=f"{text} {fact.text('alert')}", level=fact.text("level")),
                    Cell(text=_hand(speaker, fact)),
                    speaker.journal(fact.seq),
                )
            )
