"""Before the first night: the order by which calls go out by themselves, and a line that rings."""

from django.conf import settings

from anlan.call.rules.standing import StandingOrder
from anlan.foundation import shelf
from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, w
from anlan.reach.queries import has_line
from anlan.ui.onset import Step, none


def _order(ctx: Ctx) -> Sentence | None:
    orders = (StandingOrder.from_pack(pack.data) for pack in shelf.in_force(ctx, "standing_orders"))
    return none(w("没有签过的长效指令：红色预警要等值班员手动叫应"), any(order.signed_by for order in orders))


def _line(ctx: Ctx) -> Sentence | None:
    return none(w("没有开着的外呼线路：叫应由值班员拨号、发链接"), bool(settings.CHANNELS) or has_line())


STEPS = (
    Step(17, w("长效指令"), "orders", _order),
    Step(18, w("外呼线路"), "lines", _line),
)
