"""What duty needs: addresses that users reach, pages that are built, packs that load, an order that is signed."""

import os
from collections.abc import Iterator
from ipaddress import ip_address

from anlan.conf.doctor import machine, records
from anlan.conf.doctor.finding import Finding, found
from anlan.foundation.packs.pack import SYNTHETIC_ONLY, Shelf


def addresses() -> Iterator[Finding]:
    """Pages on an address that others reach want host names and TLS."""
    host = os.environ.get("ANLAN_HOST", "127.0.0.1")
    if _is_loopback(host) and not os.environ.get("ANLAN_HOSTS"):
        return
    if not os.environ.get("ANLAN_HOSTS"):
        yield found(
            "hosts",
            f"页面开在 {host}，但没有设 ANLAN_HOSTS：别的机器打开会被拒绝。",
            f"Pages are served on {host}, but ANLAN_HOSTS is not set: other machines are refused.",
            "把用户输入的主机名写进 ANLAN_HOSTS，用逗号隔开。",
            "Set ANLAN_HOSTS to the host names that users type, with commas between.",
        )
    if os.environ.get("ANLAN_HTTPS") != "1":
        yield found(
            "https",
            "别的机器能打开页面，但没有设 ANLAN_HTTPS=1：口令和应答链接在路上可被读到。",
            "Other machines reach the pages, but ANLAN_HTTPS is not 1: passwords and answer links can be read on the way.",
            "前面放一个做 TLS 的反向代理，再设 ANLAN_HTTPS=1。",
            "Put a reverse proxy that ends TLS before it, then set ANLAN_HTTPS=1.",
        )


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
        yield found(
            "assets",
            "前端文件没有生成，页面没有样式和地图。",
            "The front end was not built: pages have no style and no map.",
            "在源码目录执行 python hatch_build.py，或重新安装 anlan。",
            "Run python hatch_build.py in the checkout, or reinstall anlan.",
        )


def packs() -> Iterator[Finding]:
    """Every pack loads; the standing order is signed, in force, and no demo's where people are real."""
    from anlan.call.rules.standing import StandingOrder
    from anlan.foundation.errors import AnlanError
    from anlan.foundation.packs import load_all
    from anlan.foundation.packs.pack import PackError

    try:
        shelf = load_all(home=machine.folder())
        orders = [(pack, StandingOrder.from_pack(pack.data)) for pack in shelf.of_kind("standing_orders")]
    except (PackError, AnlanError) as error:
        yield found(
            "packs",
            f"规则包读不了：{error}",
            f"A pack does not load: {error}",
            "按这句话改正文件；改好之前预警不工作。",
            "Correct the file as it says; nothing is warned of before.",
        )
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
        yield found(
            "order-unsigned",
            "没有已签发且有效的叫应长效指令：红色预警要等值班员，不会自动叫应。",
            "No standing order is signed and in force: a red warning waits for an officer, nobody is called by itself.",
            "请防指签发，写进 packs/ 里的 standing-orders 规则包。",
            "Have the headquarters sign one and put it into the pack standing-orders in packs/.",
        )
    elif all(order.demo for _, order in signed):
        yield found(
            "order-demo",
            "叫应长效指令是演示文件。",
            "The standing order is the demo's.",
            "正式使用前换成本级防指签发的文件。",
            "Replace it by the one your headquarters signed before real use.",
            bad=_acts_on_somebody(),
        )


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


def _acts_on_somebody() -> bool:
    """Whether places or people here are real."""
    from django.db import DatabaseError

    if not os.environ.get("ANLAN_DATABASE_URL") and not (machine.folder() / "records.sqlite3").exists():
        return False
    try:
        return records.is_real()
    except DatabaseError:
        return False  # the records' own finding tells
