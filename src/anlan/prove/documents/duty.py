"""尽职履职单 of one duty holder: told, done, asked and not recorded; and what a seal is taken over."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from anlan.call.calldown_rows import everywhere
from anlan.foundation import journal
from anlan.foundation.errors import NotFound
from anlan.foundation.journal import JournalEntry
from anlan.foundation.words import w, written
from anlan.judge.rules.plainwords import BEIJING
from anlan.people import queries as people
from anlan.people.holders import Holder
from anlan.places.atlas import atlas
from anlan.prove.documents import words
from anlan.prove.documents.papers import Cell, Figure, Paper, Row, Section
from anlan.prove.documents.reader import WIDTHS, Reader, full_name, hours, spelled
from anlan.prove.queries.proof.facts import facts_of
from anlan.prove.rules.proof.duty import TOLD, duty_record
from anlan.prove.rules.proof.shapes import DutyRecord, Fact, FactKind


@dataclass(frozen=True)
class Duty:
    """The paper of a duty holder with what a seal is taken over."""

    paper: Paper
    digest: str
    facts: tuple[Fact, ...]
    holder: Holder
    seals: tuple[JournalEntry, ...]


def duty_paper(reader: Reader, ref: str) -> Duty:
    """尽职履职单 of one duty holder. Raises: NotFound out of scope."""
    ctx, say = reader.ctx, reader.say
    holder = people.holders_by_ref(ctx, [ref]).get(ref)
    if holder is None:
        raise NotFound("责任人 {holder} 不在您的范围内。", holder=ref)
    reach = atlas().township_path(holder.place_path)
    facts = [f for f in facts_of(everywhere(ctx), reach) if f.who == ref]
    record = duty_record(holder=ref, facts=facts)
    speaker = words.Speaker.of(ctx, reader.lang, facts)
    day = ctx.now.astimezone(BEIJING).strftime("%m-%d")
    digest = _digest(ref, facts)
    seals = tuple(ctx.rows(JournalEntry).filter(name="warn.duty.sealed", subject=ref).order_by("-seq")[:3])
    name = people.masked_names(ctx, [ref]).get(ref, "")
    place = atlas().by_path[holder.place_path]
    paper = Paper(
        title=say("尽职履职单"),
        subject=f"{full_name(place)} {written(reader.lang, holder.title)} {name}",
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


def _duty_figures(reader: Reader, record: DutyRecord) -> tuple[Figure, ...]:
    say = reader.say
    answered = [row for row in record.told if row.answered_after_s is not None]
    slow = f"{record.slowest_answer_s} {say('秒')}" if record.slowest_answer_s is not None else "—"
    posts = [row.at for row in record.did if row.kind is FactKind.ANSWERED and row.what in ("2", "3", "4")]
    return (
        Figure(label=say("被叫"), value=str(len(record.told)), unit=say("次")),
        Figure(label=say("应答"), value=str(len(answered)), unit=say("次，最慢 {s}", s=slow)),
        Figure(label=say("到岗"), value=hours(min(posts, default=None))),
        Figure(label=say("首次知道"), value=hours(record.first_told_at)),
    )


def _told(
    reader: Reader, speaker: words.Speaker, record: DutyRecord, facts: Sequence[Fact], day: str
) -> Section:
    say = reader.say
    calls = {f.seq: f for f in facts if f.kind in TOLD}
    rows = []
    for row in record.told:
        fact = calls[row.seq]
        what = speaker.wanted(fact) or say("叫应")
        soon = say("{n} 秒", n=row.answered_after_s) if row.answered_after_s is not None else say("没有应答")
        answer = f"，{words.answer_said(speaker, _first_answer(facts, fact))}" if row.answer else ""
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
    said = (f for f in facts if f.kind is FactKind.ANSWERED and f.text("call") == call.text("call"))
    return next(f for f in said if call.text("call") or f.at >= call.at)


def _did(
    reader: Reader, speaker: words.Speaker, record: DutyRecord, facts: Sequence[Fact], day: str
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


def _unrecorded(reader: Reader, speaker: words.Speaker, record: DutyRecord) -> Section:
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
