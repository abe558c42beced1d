"""启用、停用规则包: a journaled act of the live world, per place and with a reason."""

from anlan.foundation import journal, packs
from anlan.foundation.actions import action, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.foundation.home import home
from anlan.foundation.models import PackSwitch
from anlan.foundation.packs.pack import PackNotFound

EVERYWHERE = "*"


def switch(ctx: Ctx, *, pack: str, on: bool, reason: str, code: str = EVERYWHERE) -> None:
    """Adopt a pack at a place and below it, or switch it off there. `code` must be a division's, or `*`.

    Raises: Conflict in an exercise; NotFound for a pack that is not there; Invalid without a reason, or for made-up ground.
    """
    if not ctx.world.is_live:
        raise Conflict("演练里规则包全部起作用，不能单独启用或停用。请在值班里办。")
    reason = reason_in(reason)
    try:
        chosen = packs.get(pack, home=home())
    except PackNotFound:
        raise NotFound("没有代号为 {id} 的规则包。请从列表里选择。", id=pack) from None
    if on and chosen.synthetic:
        raise Invalid("这一包的地形是合成的，值班里不能启用。")
    with action(ctx, "admin.manage"):
        told = {"on": on, "code": code, "reason": reason, "version": chosen.version}
        PackSwitch.objects.update_or_create(
            pack=pack,
            code=code,
            defaults={"on": on, "reason": told["reason"], "by": ctx.actor.ref, "at": ctx.now},
        )
        journal.append(ctx, "packs.switched", refs={"pack": pack}, body=told)
