"""长效指令: the orders that were signed here, and as packs that stand before those of the shelf."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

from anlan.call.models import SignedOrder
from anlan.foundation.context import Ctx
from anlan.foundation.kept import Kept
from anlan.foundation.packs import get
from anlan.foundation.packs.pack import Pack
from anlan.foundation.shelf import Own
from anlan.foundation.words import w
from anlan.foundation.worlds import BEIJING, beijing
from anlan.places.atlas import atlas

MODEL = "standing-orders"
"""The shipped pack, whose rows a county chooses from."""
STARTS = {
    "imported-red": w("气象、水利等来的红色预警：叫应信号点到的地方，通知准备转移"),
    "imported-orange": w("气象、水利等来的橙色预警：叫应信号点到的地方"),
    "village-immediate": w("村的雨量到了立即转移线：红色叫应，通知马上转移"),
    "village-prepare": w("村的雨量到了准备转移线：橙色叫应，通知准备转移"),
    "flash-flood-red": w("乡镇雨量、河道或水库水位到了红色线：红色叫应，通知马上转移"),
    "flash-flood-orange": w("乡镇雨量、河道或水库水位到了橙色线：橙色叫应，通知准备转移"),
    "neighbour-red": w("邻近或上游已是红色：橙色叫应，通知准备转移"),
    "contact-lost": w("乡镇失联：按最坏情况叫应全镇，通知马上转移"),
}
PREFIX = {1: 4, 2: 6, 3: 9, 4: 12}


def rows_of(keys: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of the model order with these keys, to be kept with the signature."""
    return [
        {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}
        for row in get(MODEL).data["start"]
        if row["key"] in keys
    ]


def orders(ctx: Ctx) -> list[SignedOrder]:
    """Within scope, the last signed first."""
    return list(ctx.rows(SignedOrder).select_related("place").order_by("-signed_at", "-pk"))


def state(row: SignedOrder, ctx: Ctx) -> str:
    """生效中, 已停用, 已过期, or 已被后签的替代."""
    if row.ended_at:
        return w("已停用")
    if row.expires <= beijing(ctx.now).date():
        return w("已过期")
    return (
        w("生效中")
        if row.ref in {pack.id for pack in in_force(ctx.now.date()).packs}
        else w("已被后签的替代")
    )


def in_force(on: date) -> Own:
    """Of each place the order that was signed last and not ended; one that ran out still says so."""
    return _kept()


def _read() -> Own:
    last = {
        row.place_id: row for row in SignedOrder.objects.filter(ended_at=None).order_by("signed_at", "pk")
    }
    packs = tuple(_pack(row) for row in last.values())
    return Own(packs=packs, whole=packs)


_kept = Kept(_read, "call_signedorder")


def _pack(row: SignedOrder) -> Pack:
    place = atlas().by_id[row.place_id]
    order = {
        "document_no": row.document_no, "signed_by": row.signed_by, "signed_at": row.signed_at, "officer_may_hold": row.may_hold,
        "expires_at": datetime.combine(row.expires, time(), BEIJING),
    }  # fmt: skip
    return Pack(
        id=row.ref, kind="standing_orders", title={"zh": row.document_no, "en": row.document_no}, issuer=row.signed_by,
        clause=row.document_no, source=row.document_no, effective_from=beijing(row.signed_at).date(), effective_to=row.expires,
        confidence="A", applies_to=(place.code[: PREFIX[place.tier]],), example=False, synthetic=False, note=row.text,
        version=hashlib.sha256(repr((order, row.starts)).encode()).hexdigest()[:16], path=Path("orders"),
        data=MappingProxyType({"order": order, "start": tuple(row.starts)}),
    )  # fmt: skip
