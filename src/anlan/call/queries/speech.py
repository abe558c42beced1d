"""What is said for a call-down: the facts of a place, for script, group text, sheet and answer page."""

from anlan.call.models import CallDown
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import Sentence, say
from anlan.judge.queries import exceedances
from anlan.judge.rules.plainwords import Facts, rain_cause
from anlan.move.queries.moves import Move, moves
from anlan.places.atlas import Place, atlas
from anlan.warn.queries import rows as alert_rows

HAZARD = say("山洪")


def facts_for(ctx: Ctx, row: CallDown, place: Place, known: dict[int, Move]) -> Facts:
    """What to say to somebody of this place; a township is told the sum of its villages."""
    own = [m for m in known.values() if m.place.path.startswith(place.path)]
    sites = sorted({m.destination for m in own if m.destination})
    stage = own[0].stage if len(own) == 1 else Stage(row.stage or Stage.PREPARE)
    return Facts(
        caller=headquarters(place),
        place=place.name,
        hazard=HAZARD,
        stage=stage,
        exercise=not ctx.world.is_live,
        cause=cause_of(ctx, row),
        households=sum(m.to_move for m in own) or None,
        people=sum(m.people_to_move for m in own) or None,
        site=sites[0] if len(sites) == 1 else None,
    )


def facts_of_move(ctx: Ctx, move: Move) -> Facts:
    """The same for a village's move; of one that no call-down ordered, the stage alone is known."""
    row = CallDown.objects.filter(world_id=ctx.world.id, ref=move.call_down).first() or CallDown(
        world_id=ctx.world.id, place_id=move.place.id, stage=move.stage.value, cause="", grade=Grade.RED
    )
    return facts_for(ctx, row, move.place, moves(ctx, move.place.path))


def headquarters(place: Place) -> Sentence:
    """Who calls: the county's flood headquarters."""
    county = atlas().county(place).name
    return say("{county}防指", county=county)


def cause_of(ctx: Ctx, row: CallDown) -> Sentence | None:
    """Why we call: what was measured, or which warning came in, or the officer's own words."""
    found = exceedances.of_world(ctx).filter(ref=row.cause).select_related("station").first()
    if found is not None and found.quantity == "rain" and found.window_min:
        where = found.station.name if found.station else atlas().by_id[found.place_id].name
        return rain_cause(
            place=where,
            rain_tenths_mm=found.value,
            over_minutes=found.window_min,
            still_raining=found.ended_at is None,
        )
    alert = alert_rows.by_ref(ctx, row.cause)
    if alert is not None:
        return say(
            "{issuer_name}发布{grade}预警", issuer_name=alert.issuer_name, grade=say(Grade(alert.level).word)
        )
    return say("{order}", order=row.order_no) if row.cause == "manual" else None
