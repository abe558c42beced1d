"""Call-out 叫应启动: what a finding or an imported warning starts by the standing order. It waits for nobody.

All that a moment found in one township is decided together, so that its villages are called in one call-down.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from anlan.call.actions import calldown
from anlan.call.events import CALLOUT_REFUSED
from anlan.call.rules import standing
from anlan.foundation import journal, shelf
from anlan.foundation.actions import action, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.packs.pack import PackNotInForce
from anlan.foundation.rules.grade import Grade
from anlan.judge.queries import exceedances
from anlan.judge.queries.exceedances import Exceedance
from anlan.places.atlas import Place, atlas


def decide_exceedances(ctx: Ctx, *, township: Place, found_at: datetime) -> None:
    """Decide together on everything that one moment found in a township."""
    rows = (
        exceedances.of_world(ctx)
        .filter(known_at=found_at, place__path__startswith=township.path)
        .order_by("pk")
    )
    decided: dict[tuple[str, Grade, str, str], list[Place]] = defaultdict(list)
    for row in rows:
        for start in _decide(ctx, _trigger_of(ctx, row, township), township):
            stage = start.evacuation.value if start.evacuation else ""
            key = (start.document_no, start.grade, stage, row.ref)
            decided[key] += [atlas().by_path[path] for path in start.places]
    _open(ctx, township, decided)


def decide_alert(
    ctx: Ctx, *, ref: str, event_type: str, level: int, named: Iterable[Place]
) -> list[Callable[[], None]]:
    """Decide on a lawful issuer's red or orange warning: the townships that it names are called, a piece of work each.

    One that names no place calls nobody by itself; that it did not stays in the journal, for the officer to decide.
    """
    townships = _townships(named)
    if not townships:
        return [partial(_refused, ctx, ref, "names_no_place", atlas().city)]
    triggers = {
        township: standing.Trigger(
            on="imported", ref=ref, places=(township.path,), level=Grade(level), event_type=event_type
        )
        for township in sorted(townships, key=lambda p: p.path)
    }
    return [partial(_decide_whole, ctx, township, trigger) for township, trigger in triggers.items()]


def decide_contact_lost(ctx: Ctx, *, ref: str, township: Place) -> None:
    """A township out of contact is treated as the worst case."""
    trigger = standing.Trigger(on="contact_lost", ref=ref, places=(township.path,), township=township.path)
    _decide_whole(ctx, township, trigger)


def _decide_whole(ctx: Ctx, township: Place, trigger: standing.Trigger) -> None:
    """What threatens a township as a whole."""
    decided = {
        (s.document_no, s.grade, s.evacuation.value if s.evacuation else "", trigger.ref): [township]
        for s in _decide(ctx, trigger, township)
    }
    _open(ctx, township, decided)


def _townships(named: Iterable[Place]) -> set[Place]:
    found: set[Place] = set()
    for place in named:
        found |= set(atlas().under(place.path, 3)) if place.tier < 3 else {atlas().township(place)}
    return found


def _trigger_of(ctx: Ctx, row: Exceedance, township: Place) -> standing.Trigger:
    place = atlas().by_id[row.place_id]
    if row.quantity == "neighbour":
        return standing.Trigger(on="neighbour", ref=row.ref, places=(place.path,), township=township.path)
    return standing.Trigger(
        on="assessment",
        ref=row.ref,
        places=(place.path,),
        township=township.path,
        level=None if row.stage else Grade(row.level),
        stage=row.stage,
        hazard=shelf.get(ctx, row.pack).hazard,
    )


NO_ORDER = ("order_not_signed", "order_expired", "order_is_a_demo")


def _decide(ctx: Ctx, trigger: standing.Trigger, township: Place) -> list[standing.CallOut]:
    """What the standing order starts; what it does not start, and why, is journaled when somebody must act."""
    try:
        pack = shelf.the(ctx, "standing_orders", township.code)
    except PackNotInForce:
        _refused(ctx, trigger.ref, "no_order", township)
        return []
    order = standing.StandingOrder.from_pack(pack.data)
    is_adopted = any(on for _, on in pack.switches)
    found = standing.decide(
        trigger=trigger, order=order, now=ctx.now, demo_acts=not ctx.world.is_live or is_adopted
    )
    for refusal in found:
        if isinstance(refusal, standing.NoCallOut) and refusal.name in NO_ORDER:
            _refused(ctx, trigger.ref, refusal.name, township)
    return [start for start in found if isinstance(start, standing.CallOut)]


def _refused(ctx: Ctx, cause: str, why: str, place: Place) -> None:
    with action(ctx, "warn.call"):
        journal.append(ctx, CALLOUT_REFUSED, refs={"cause": cause}, body={"why": why}, place=place.path)


Decided = dict[tuple[str, Grade, str, str], list[Place]]


def _open(ctx: Ctx, township: Place, decided: Decided) -> None:
    """One call-down at the highest grade that anything asks for, with every village that is threatened.

    A finding about the township as a whole threatens all its villages.
    """
    if not decided:
        return
    (order_no, grade, _, cause), _ = max(decided.items(), key=lambda item: (item[0][1], -_number(item[0][3])))
    stage = max((key[2] for key in decided if key[1] == grade), key=("", "prepare", "move").index)
    places = [p for key, found in decided.items() if key[1] == grade or key[2] for p in found]
    villages = {v.path: v for p in places for v in (atlas().under(p.path, 4) if p.tier < 4 else [p])}
    calldown.open_calldown(
        ctx,
        township=township,
        villages=villages.values(),
        grade=grade,
        stage=stage,
        cause=cause,
        order_no=order_no,
    )


def _number(ref: str) -> int:
    return int(ref.rsplit("-", 1)[-1]) if ref.rsplit("-", 1)[-1].isdecimal() else 0


def call_by_hand(ctx: Ctx, *, places: list[str], grade: str, stage: str, reason: str) -> list[str]:
    """The officer calls out without a finding: places by code, with a reason that stays in the journal."""
    named, order_no = [atlas().code(code) for code in places], reason_in(reason, most=60)
    if any(not ctx.scope.holds(p.path) for p in named):
        raise NotFound("所选地点不在您的范围内。")
    refs = []
    by_township: dict[str, list[Place]] = defaultdict(list)
    for place in named:
        for township in _townships([place]):
            inside = [place] if place.tier == 4 else atlas().under(township.path, 4)
            by_township[township.path] += inside
    for path, villages in sorted(by_township.items()):
        refs.append(
            calldown.open_calldown(
                ctx,
                township=atlas().by_path[path],
                villages=villages,
                grade=Grade.parse(grade),
                stage=stage,
                cause="manual",
                order_no=order_no,
            )
        )
    return refs
