"""Somebody says how wet the ground of a place is: for some hours, with a reason, in the journal."""

from datetime import datetime, timedelta

from anlan.foundation import journal
from anlan.foundation.actions import action, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid, NotFound
from anlan.observe.models import SoilSetting
from anlan.observe.queries import soil
from anlan.observe.rules.soil import WETNESS
from anlan.places.atlas import Place, atlas

TIERS = (1, 2, 3)  # city, county, township


def set_wetness(ctx: Ctx, *, place: str, wetness: str, hours: int, reason: str) -> None:
    """Let a class hold at a township, county or the city from now on; empty: the rain decides again.

    Raises: Invalid, NotFound.
    """
    with action(ctx, "observe.soil"):
        found = atlas().by_code.get(place)
        if found is None or found.tier not in TIERS or not ctx.scope.holds(found.path):
            raise NotFound("没有代码为 {place} 的乡镇或县，或不在您的辖区。", place=place)
        if wetness not in ("", *WETNESS):
            raise Invalid("土壤含水请选较干、一般或较湿。")
        most = soil.rule().set_hours_most
        if not 1 <= hours <= most:
            raise Invalid("有效时间应在 1 到 {most} 小时之间，到时请重新判断。", most=most)
        until = ctx.now + timedelta(hours=hours)
        _keep(ctx, found, wetness, until, reason_in(reason), is_assumed=False)


def assume(ctx: Ctx, *, place: Place, wetness: str, until: datetime, reason: str) -> None:
    """A scenario's stated assumption for its whole course; every page shows it as 待核实."""
    with action(ctx, "observe.soil"):
        _keep(ctx, place, wetness, until, reason, is_assumed=True)


def _keep(ctx: Ctx, place: Place, wetness: str, until: datetime, reason: str, *, is_assumed: bool) -> None:
    SoilSetting.objects.create(
        world_id=ctx.world.id, place_id=place.id, wetness=wetness, is_assumed=is_assumed, reason=reason,
        by=ctx.actor.ref, at=ctx.now, until=until,
    )  # fmt: skip
    body = {"wetness": wetness, "until": until, "reason": reason, "assumed": is_assumed}
    journal.append(ctx, "observe.soil.set", refs={"place": place.code}, body=body, place=place.path)
