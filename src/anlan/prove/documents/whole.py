"""处置证明 of a township: every village in one table."""

from anlan.foundation import journal
from anlan.foundation.words import written
from anlan.judge.rules.plainwords import BEIJING
from anlan.places.atlas import Place, atlas
from anlan.prove.documents import words
from anlan.prove.documents.papers import Cell, Figure, Paper, Row, Section
from anlan.prove.documents.reader import WIDTHS, Reader, full_name, hours
from anlan.prove.queries.proof import VillageRow, rows_of
from anlan.prove.queries.proof.facts import facts_of
from anlan.prove.rules import proof as rules


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
        subject=f"{full_name(place)}（{place.code}）",
        number=f"P-{place.code}-{journal.head(ctx.world).seq}",
        figures=(
            Figure(label=say("首呼"), value=hours(proof.first_call_at)),
            Figure(label=say("最后一村落实"), value=hours(proof.last_proof_at)),
            Figure(label=say("应答或敲门"), value=f"{proof.reached}／{len(villages)}", unit=say("村")),
            Figure(
                label=say("清点到的转移"),
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
            Cell(text=hours(proof.first_exceedance.at if proof.first_exceedance else None)),
            Cell(text=hours(row.called_at)),
            Cell(text=hours(row.answered_at)),
            Cell(text=written(reader.lang, row.answered_by) or "—"),
            Cell(text=hours(row.door_checked_at)),
            Cell(text=f"{row.households_moved}／{row.households_to_move}"),
        ),
        is_open=row.proof_at is None,
    )
