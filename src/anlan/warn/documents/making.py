"""How each document is made: of a village, of a whole township, of one duty holder. Everything from facts of the journal."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.journal import JournalEntry
from anlan.people import queries as people
from anlan.places.queries import Place, atlas
from anlan.ui.words import t, w
from anlan.warn.calldown_rows import whole
from anlan.warn.documents import words
from anlan.warn.documents.papers import Cell, Figure, Paper, Row, Section
from anlan.warn.queries.proof import VillageRow, facts_of, rows_of
from anlan.warn.rules import proof as rules
from anlan.warn.rules.plainwords import BEIJING
from anlan.warn.rules.proof import Fact, FactKind, Mark

WIDTHS = (3, 10, 8, 5)


@dataclass(frozen=True)
class Reader:
    """Who makes a document, in which language, about which world."""

    ctx: Ctx
    lang: str
    is_synthetic: bool

    def say(self, text: str, **values: object) -> str:
        return t(self.lang, text, **values)

    def frame(self) -> dict[str, Any]:
        """What every document of this reader carries."""
        head = journal.head(self.ctx.world)
        return {
            "unit": self.ctx.actor.organisation,
            "span": self.say("截至 {at}", at=spelled(self.ctx.now)),
            "notes_title": self.say("没做到和说不准的"),
            "foot": (f"{self.say('日志第 {n} 条', n=head.seq)} {head.hash[:16]}", "anlan journal verify"),
            "drill": "" if self.ctx.world.is_live else self.say("演练　不是真实灾情"),
            "synthetic": self.say("合成数据") if self.is_synthetic else "",
        }


def spelled(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _hours(at: datetime | None) -> str:
    return at.astimezone(BEIJING).strftime("%H:%M:%S") if at else "—"


def the_place(ctx: Ctx, code: str) -> Place:
    """A village or township within scope. Raises: NotFound."""
    place = atlas().code(code)
    if place.tier < 3 or not ctx.scope.holds(place.path):
        raise NotFound("没有代码为 {code} 的乡镇或村，或不在您的范围内。", code=code)
    return place


def village_paper(reader: Reader, place: Place) -> Paper:
    """处置证明 of one village."""
    ctx, say = reader.ctx, reader.say
    facts = facts_of(ctx, atlas().township(place).path)
    row = rows_of(ctx, [place], facts)[0]
    own = [f for f in facts if f.touches(place.path) or f.is_within(place.path)]
    own = [f for f in own if _is_of(f, place)]
    speaker = words.Speaker.of(ctx, reader.lang, own)
    day = ctx.now.astimezone(BEIJING).strftime("%m-%d")
    heads = (say("时刻"), say("事项"), say("谁，凭什么"), say("日志"))
    return Paper(
        title=say("处置证明"),
        subject=f"{_full_name(place)}（{place.code}）",
        number=f"P-{place.code}-{journal.head(ctx.world).seq}",
        figures=_village_figures(reader, row, own),
        outcome=_outcome(reader, row),
        sections=(
            Section(
                title=say("经过"),
                heads=heads,
                rows=words.course(speaker, own, day),
                widths=WIDTHS,
                empty=say("日志里还没有这个村的事。"),
            ),
            Section(
                title=say("对外预警"),
                heads=(say("时刻"), say("事项"), say("发布主体，谁批的"), say("日志")),
                rows=tuple(words.public(speaker, own, day)),
                widths=WIDTHS,
                empty=say("截至出证时，没有点名这里的预警。"),
            ),
        ),
        notes=_gaps(reader, row),
        signatures=(say("出证人："), say("村负责人："), say("日期：")),
        **reader.frame(),
    )


def _outcome(reader: Reader, row: VillageRow) -> str:
    """Whether it is provable that the village was reached, and by what; moving is told by the figures."""
    say, proof = reader.say, row.proof
    reached = [
        (mark, word)
        for mark, word in (
            (proof.answered, w("{at} 村里应答人数已够")),
            (proof.door_checked, w("{at} 敲门核查到人")),
        )
        if mark
    ]
    if reached:
        mark, word = min(reached, key=lambda each: each[0].at)
        return say(word, at=spelled(mark.at))
    lacks = ("not_called", "not_dialled", "door_not_reported", "not_reached")
    why = [getattr(gap.words, reader.lang) for gap in proof.gaps if gap.name in lacks]
    if proof.called is None and not why:
        return say("没有叫过这个村")
    return (" " if reader.lang == "en" else "").join((say("没有证据说明这个村联系上了。"), *why))


def _is_of(fact: Fact, place: Place) -> bool:
    """Facts of the village itself, of its township as a whole where they name nobody's call, and warnings."""
    about_people = (
        FactKind.LAID,
        FactKind.CALLED,
        FactKind.NO_ANSWER,
        FactKind.ANSWERED,
        FactKind.LINE_ANSWERED,
    )
    if fact.kind in about_people:
        return fact.is_within(place.path)
    return True


def _full_name(place: Place) -> str:
    names = [atlas().county(place).name, atlas().township(place).name, place.name]
    return "".join(dict.fromkeys(names))


def _between(first: Mark | None, then: Mark | None) -> str:
    if first is None or then is None:
        return "—"
    seconds = int((then.at - first.at).total_seconds())
    return f"{seconds}" if abs(seconds) < 600 else f"{seconds // 60}′{seconds % 60:02d}″"


def _village_figures(reader: Reader, row: VillageRow, facts: Sequence[Fact]) -> tuple[Figure, ...]:
    say, proof = reader.say, row.proof
    called = {f.who for f in facts if f.kind is FactKind.CALLED}
    answered = {f.who for f in facts if f.kind is FactKind.ANSWERED}
    second = say("秒")
    first = proof.first_exceedance
    if first is not None and proof.called is not None and proof.called.at < first.at:
        first = None  # called before anything was found here: by a warning, or by hand
    return (
        Figure(
            label=say("首次超警到开叫"), value=_between(first, proof.called), unit=second if first else ""
        ),
        Figure(
            label=say("开叫到第一人应答"),
            value=_between(proof.called, proof.first_answer),
            unit=second if proof.first_answer else "",
        ),
        Figure(label=say("责任人已应"), value=f"{len(answered & called)}／{len(called)}", unit=say("人")),
        Figure(
            label=say("点过名的转移"),
            value=f"{row.households_moved}／{row.households_to_move}",
            unit=say("户 {n} 人", n=proof.people_moved),
        ),
    )


def _gaps(reader: Reader, row: VillageRow) -> tuple[str, ...]:
    said = [getattr(gap.words, reader.lang) for gap in row.proof.gaps]
    return (*said, reader.say("应答不算转移，转移只算点过名的。"))


def whole_paper(reader: Reader, place: Place) -> Paper:
    """处置证明 of a township: every village in one table."""
    ctx, say = reader.ctx, reader.say
    facts = facts_of(ctx, place.path)
    villages = [v for v in atlas().under(place.path, 4) if ctx.scope.holds(v.path)]
    rows = rows_of(ctx, villages, facts)
    proof = rules.alert_proof(places=[v.path for v in villages], facts=facts)
    own = [f for f in facts if f.kind in words.PUBLIC]
    speaker = words.Speaker.of(ctx, reader.lang, own)
    day = ctx.now.astimezone(BEIJING).strftime("%m-%d")
    return Paper(
        title=say("处置证明"),
        subject=f"{_full_name(place)}（{place.code}）",
        number=f"P-{place.code}-{journal.head(ctx.world).seq}",
        figures=(
            Figure(label=say("首呼"), value=_hours(proof.first_call_at)),
            Figure(label=say("最后一村落实"), value=_hours(proof.last_proof_at)),
            Figure(label=say("应答或敲门"), value=f"{proof.reached}／{len(villages)}", unit=say("村")),
            Figure(
                label=say("点过名的转移"),
                value=f"{proof.households_moved}／{proof.households_to_move}",
                unit=say("户"),
            ),
        ),
        sections=(
            Section(
                title=say("各村"),
                heads=(
                    say("村（社区）"),
                    say("首次超警"),
                    say("开叫"),
                    say("应答"),
                    say("谁应的"),
                    say("敲门"),
                    say("已／应转 户"),
                ),
                rows=tuple(_village_line(reader, row) for row in rows),
                widths=(6, 4, 4, 4, 7, 4, 4),
            ),
            Section(
                title=say("对外预警"),
                heads=(say("时刻"), say("事项"), say("发布主体，谁批的"), say("日志")),
                rows=tuple(words.public(speaker, own, day)),
                widths=WIDTHS,
                empty=say("截至出证时，没有点名这里的预警。"),
            ),
        ),
        notes=tuple(
            f"{row.name}：{getattr(gap.words, reader.lang)}" for row in rows for gap in row.proof.gaps
        ),
        signatures=(say("出证人："), say("审核："), say("日期：")),
        **reader.frame(),
    )


def _village_line(reader: Reader, row: VillageRow) -> Row:
    proof = row.proof
    return Row(
        cells=(
            Cell(text=row.name, url=f"/w/{reader.ctx.world.key}/proof/{row.code}"),
            Cell(text=_hours(proof.first_exceedance.at if proof.first_exceedance else None)),
            Cell(text=_hours(row.called_at)),
            Cell(text=_hours(row.answered_at)),
            Cell(text=row.answered_by or "—"),
            Cell(text=_hours(row.door_checked_at)),
            Cell(text=f"{row.households_moved}／{row.households_to_move}"),
        ),
        is_open=row.proof_at is None,
    )


@dataclass(frozen=True)
class Duty:
    """The paper of a duty holder with what a seal is taken over."""

    paper: Paper
    digest: str
    facts: tuple[Fact, ...]
    holder: people.Holder
    seals: tuple[JournalEntry, ...]


def duty_paper(reader: Reader, ref: str) -> Duty:
    """尽职履职单 of one duty holder. Raises: NotFound out of scope."""
    ctx, say = reader.ctx, reader.say
    holder = people.holders_by_ref(ctx, [ref]).get(ref)
    if holder is None:
        raise NotFound("责任人 {holder} 不在您的范围内。", holder=ref)
    reach = holder.place_path[: 12 if len(holder.place_path) > 12 else None]
    facts = [f for f in facts_of(whole(ctx), reach) if f.who == ref]
    record = rules.duty_record(holder=ref, facts=facts)
    speaker = words.Speaker.of(ctx, reader.lang, facts)
    day = ctx.now.astimezone(BEIJING).strftime("%m-%d")
    digest = _digest(ref, facts)
    seals = tuple(ctx.rows(JournalEntry).filter(name="warn.duty.sealed", subject=ref).order_by("-seq")[:3])
    name = people.masked_names(ctx, [ref]).get(ref, "")
    place = atlas().by_path[holder.place_path]
    paper = Paper(
        title=say("尽职履职单"),
        subject=f"{_full_name(place)} {holder.title} {name}",
        number=ref,
        figures=_duty_figures(reader, record),
        sections=(
            _told(reader, speaker, record, facts, day),
            _did(reader, speaker, record, facts, day),
            _unrecorded(reader, speaker, record),
        ),
        notes=(say("没有记录，不等于没有做。本人可以在下面补充，另附不改本单。"),),
        seal=_seal_lines(reader, digest, seals),
        seal_mark=_seal_mark(reader, digest, seals),
        own_words=say("本人补充（手写，另附不改本单）"),
        signatures=(say("本人："), say("封存人："), say("日期：")),
        **reader.frame(),
    )
    return Duty(paper=paper, digest=digest, facts=tuple(facts), holder=holder, seals=seals)


def _digest(ref: str, facts: Sequence[Fact]) -> str:
    """Hash over what the journal holds of this person: entry by entry, kind and time. No name goes into it."""
    told = {"holder": ref, "facts": [[f.seq, f.kind.value, f.at, dict(f.detail)] for f in facts]}
    return hashlib.sha256(journal.canonical(told).encode()).hexdigest()


def _duty_figures(reader: Reader, record: rules.DutyRecord) -> tuple[Figure, ...]:
    say = reader.say
    answered = [row for row in record.told if row.answered_after_s is not None]
    slow = f"{record.slowest_answer_s} {say('秒')}" if record.slowest_answer_s is not None else "—"
    posts = [row.at for row in record.did if row.kind is FactKind.ANSWERED and row.what in ("2", "3", "4")]
    return (
        Figure(label=say("被叫"), value=str(len(record.told)), unit=say("次")),
        Figure(label=say("应答"), value=str(len(answered)), unit=say("次，最慢 {s}", s=slow)),
        Figure(label=say("到岗"), value=_hours(min(posts, default=None))),
        Figure(label=say("首次知道"), value=_hours(record.first_told_at)),
    )


def _told(
    reader: Reader, speaker: words.Speaker, record: rules.DutyRecord, facts: Sequence[Fact], day: str
) -> Section:
    say = reader.say
    by_call = {(f.seq, f.text("call")): f for f in facts if f.kind is FactKind.CALLED}
    calls = {seq: f for (seq, _), f in by_call.items()}
    rows = []
    for row in record.told:
        fact = calls[row.seq]
        ordered = [words.GRADES.get(fact.text("grade"), ""), words.STAGES.get(fact.text("stage"), "")]
        what = speaker.joined(say(word) for word in ordered if word) or say("叫应")
        soon = say("{n} 秒", n=row.answered_after_s) if row.answered_after_s is not None else say("没有应答")
        answer = f"，{words._answer(speaker, _first_answer(facts, fact))}" if row.answer else ""
        rows.append(
            Row(
                cells=(
                    Cell(text=words.clock(fact, day)),
                    Cell(text=what),
                    Cell(text=speaker.by(row.channel)),
                    Cell(text=soon + answer),
                    speaker.journal(row.seq),
                )
            )
        )
    return Section(
        title=say("一、什么时候知道的"),
        heads=(say("时刻"), say("上面说了什么"), say("怎么到的"), say("多久应的"), say("日志")),
        rows=tuple(rows),
        widths=(3, 6, 5, 6, 5),
        empty=say("日志里没有叫过这个人。"),
    )


def _first_answer(facts: Sequence[Fact], call: Fact) -> Fact:
    return next(f for f in facts if f.kind is FactKind.ANSWERED and f.text("call") == call.text("call"))


def _did(
    reader: Reader, speaker: words.Speaker, record: rules.DutyRecord, facts: Sequence[Fact], day: str
) -> Section:
    say = reader.say
    deeds = [f for f in facts if any(d.seq == f.seq and d.kind is f.kind for d in record.did)]
    kinds = [f for f in deeds if f.kind not in words.QUIET]
    return Section(
        title=say("二、做了什么"),
        heads=(say("时刻"), say("做了什么"), say("凭什么证明"), say("日志")),
        rows=words.course(speaker, kinds, day),
        widths=WIDTHS,
        empty=say("日志里没有记录。"),
    )


def _unrecorded(reader: Reader, speaker: words.Speaker, record: rules.DutyRecord) -> Section:
    say = reader.say
    asked = {"door_check": w("去敲门核查")}
    return Section(
        title=say("三、上面要求了、没有记录的"),
        heads=(say("时刻"), say("要求"), say("日志")),
        rows=tuple(
            Row(
                cells=(
                    Cell(text=spelled(row.at)[11:]),
                    Cell(text=say(asked.get(row.what, row.what))),
                    speaker.journal(row.seq),
                ),
                is_open=True,
            )
            for row in record.asked_unrecorded
        ),
        widths=(3, 14, 5),
        empty=say("没有。"),
    )


def _seal_lines(reader: Reader, digest: str, seals: tuple[JournalEntry, ...]) -> tuple[str, ...]:
    say = reader.say
    lines = [say("只收日志里有的。改一个字，校验码就对不上。"), say("校验码 {code}", code=digest[:32])]
    if seals:
        last = seals[0]
        lines.insert(0, say("封存 {at}", at=spelled(last.at)))
        lines.append(say("链位置 {seq}，{hash}", seq=last.seq, hash=last.hash[:16]))
        if journal.read(last)["body"]["digest"] != digest:
            lines.append(say("封存之后又有新的记录，要重新封存。"))
    return tuple(lines)


def _seal_mark(reader: Reader, digest: str, seals: tuple[JournalEntry, ...]) -> str:
    sealed = bool(seals) and journal.read(seals[0])["body"]["digest"] == digest
    return reader.say("已封存") if sealed else reader.say("未封存")
