"""What duty needs: addresses that users reach, pages that are built, packs that load, an order that is signed."""

import os
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import TypeVar

from anlan.conf.doctor import machine, records
from anlan.conf.doctor.finding import Finding, found, said
from anlan.foundation.packs.pack import SYNTHETIC_ONLY, Pack, Shelf

T = TypeVar("T")


def addresses() -> Iterator[Finding]:
    """Pages on an address that others reach want host names and TLS."""
    host = os.environ.get("ANLAN_HOST", "127.0.0.1")
    if _is_loopback(host) and not os.environ.get("ANLAN_HOSTS"):
        return
    if not os.environ.get("ANLAN_HOSTS"):
        yield said("hosts", host=host)
    if os.environ.get("ANLAN_HTTPS") != "1":
        yield said("https")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def assets() -> Iterator[Finding]:
    from anlan.ui.assets import AssetsMissing, manifest

    try:
        manifest()
    except AssetsMissing:
        yield said("assets")


def packs() -> Iterator[Finding]:
    """Every pack loads; the standing order is signed, in force, and no demo's where people are real."""
    from anlan.call.rules.standing import StandingOrder
    from anlan.foundation.errors import AnlanError
    from anlan.foundation.packs import load_all
    from anlan.foundation.packs.pack import PackError

    try:
        shelf = load_all(home=machine.folder())
        laid = (*shelf.of_kind("standing_orders"), *_signed_here())
        orders = [(pack, StandingOrder.from_pack(pack.data)) for pack in laid]
    except (PackError, AnlanError) as error:
        yield said("packs", error=error)
        return
    for file in shelf.refused:
        yield found(
            "packs",
            f"规则包读不了，{'上一个能用的版本还在起作用' if file.is_kept else '没有能替它的'}：{file.why}",
            f"A pack is refused, {'its last good version acts' if file.is_kept else 'nothing stands in for it'}: {file.why}",
            "按这句话改正文件，再重启。",
            "Correct the file as it says and start again.",
        )
    yield from _made_up(shelf)
    now = machine.now()
    signed = [
        (pack, order)
        for pack, order in orders
        if order.signed_by
        and order.signed_at
        and order.signed_at <= now
        and not _is_over(order.expires_at, now)
    ]
    if not signed:
        yield said("order-unsigned")
    elif all(order.demo for _, order in signed):
        yield said("order-demo", bad=_acts_on_somebody())


def _made_up(shelf: Shelf) -> Iterator[Finding]:
    """Packs of made-up ground that somebody laid down: the live world refuses them, which must not come as a surprise."""
    ids = ", ".join(pack.id for pack in shelf.packs if pack.synthetic)
    if ids:
        yield found(
            "pack-synthetic",
            f"规则包 {ids}：{SYNTHETIC_ONLY['zh']}",
            f"Packs {ids}: {SYNTHETIC_ONLY['en']}",
            "用本地的真实地形重新推演，换掉这些文件；只做演练可不理会。",
            "Work them out again on the real terrain of the place and replace the files; for exercises leave them.",
            bad=False,
        )


def _is_over(end: object, now: object) -> bool:
    return end is not None and end <= now  # type: ignore[operator]


def _signed_here() -> tuple[Pack, ...]:
    """Orders that were signed on their page."""

    def ask() -> tuple[Pack, ...]:
        from anlan.call.queries import orders

        return orders.in_force(machine.now().date()).packs

    return _asked(ask, ())


def _acts_on_somebody() -> bool:
    """Whether places or people here are real."""
    return _asked(records.is_real, False)


def _asked(ask: Callable[[], T], otherwise: T) -> T:
    """What the records say, where there are any."""
    from django.db import DatabaseError

    if not os.environ.get("ANLAN_DATABASE_URL") and not (machine.folder() / "records.sqlite3").exists():
        return otherwise
    try:
        return ask()
    except DatabaseError:
        return otherwise  # the records' own finding tells
