"""处置证明 of one village: how it was called, answered, checked and moved; what is lacking."""

from collections.abc import Sequence

from anlan.foundation import journal
from anlan.foundation.words import w
from anlan.judge.rules.plainwords import BEIJING
from anlan.places.atlas import Place, atlas
from anlan.prove.documents import words
from anlan.prove.documents.papers import Figure, Paper, Section
from anlan.prove.documents.reader import WIDTHS, Reader, full_name, spelled
from anlan.prove.queries.proof import VillageRow, rows_of
from anlan.prove.queries.proof.facts import facts_of
from anlan.prove.rules.proof.duty import KNOWN
from anlan.prove.rules.proof.shapes import Fact, FactKind, Mark


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
        subject=f"{full_name(place)}（{place.code}）",
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
    if proof.known is None and not why:
        return say("没有叫过这个村")
    return (" " if reader.lang == "en" else "").join((say("没有证据说明这个村联系上了。"), *why))


def _is_of(fact: Fact, place: Place) -> bool:
    """Facts of the village itself, of its township as a whole where they name nobody's call, and warnings."""
    about_people = (
        FactKind.LAID,
        FactKind.CALLED,
        FactKind.HANDED,
        FactKind.NO_ANSWER,
        FactKind.ANSWERED,
        FactKind.LINE_ANSWERED,
    )
    if fact.kind in about_people:
        return fact.is_within(place.path)
    return True


def _between(first: Mark | None, then: Mark | None) -> str:
    if first is None or then is None:
        return "—"
    seconds = int((then.at - first.at).total_seconds())
    return f"{seconds}" if abs(seconds) < 600 else f"{seconds // 60}′{seconds % 60:02d}″"


def _village_figures(reader: Reader, row: VillageRow, facts: Sequence[Fact]) -> tuple[Figure, ...]:
    say, proof = reader.say, row.proof
    told = {f.who for f in facts if f.kind in KNOWN}
    answered = {f.who for f in facts if f.kind is FactKind.ANSWERED}
    second = say("秒")
    first = proof.first_exceedance
    if first is not None and proof.known is not None and proof.known.at < first.at:
        first = None  # called before anything was found here: by a warning, or by hand
    return (
        Figure(label=say("首次超警到知道"), value=_between(first, proof.known), unit=second if first else ""),
        Figure(
            label=say("知道到第一人应答"),
            value=_between(proof.known, proof.first_answer),
            unit=second if proof.first_answer else "",
        ),
        Figure(label=say("责任人已应"), value=f"{len(answered)}／{len(told)}", unit=say("人")),
        Figure(
            label=say("清点到的转移"),
            value=f"{row.households_moved}／{row.households_to_move}",
            unit=say("户 {n} 人，点名 {k} 户", n=proof.people_moved, k=proof.households_named),
        ),
    )


def _gaps(reader: Reader, row: VillageRow) -> tuple[str, ...]:
    said = [getattr(gap.words, reader.lang) for gap in row.proof.gaps]
    return (*said, reader.say("应答不算转移，转移只算清点过的。"))
