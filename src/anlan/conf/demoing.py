"""The demo: its accounts, its exercise, and the word of welcome. Everything in it is generated or published, and says so."""

import json
import secrets
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from dataclasses import dataclass

import pyotp

from anlan.conf.replaying import load_city_once
from anlan.demo.city.facts import LIULIN
from anlan.demo.exercises import new_liulin
from anlan.foundation import worlds
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.foundation.worlds import World
from anlan.people.accounts.administration import create_account, is_known, sign_in_link
from anlan.people.actions import make_post
from anlan.places.atlas import atlas

COUNTY = LIULIN[:6]
EMERGENCY, WEATHER, WATER, LAND = (
    f"O-{COUNTY}-{kind}" for kind in ("emergency", "weather", "water", "natural_resources")
)
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class DemoAccount:
    """Who can sign in to the demo: user name, organisation, title, role, place by code."""

    username: str
    organisation: str
    title: str
    role: str
    place: str
    name: str


ACCOUNTS = (
    DemoAccount("duty", EMERGENCY, "值班员", "duty_officer", COUNTY, "李安"),
    DemoAccount("second", EMERGENCY, "值班员（二）", "duty_officer", COUNTY, "陈平"),
    DemoAccount("leader", EMERGENCY, "带班领导", "leader", COUNTY, "王守"),
    DemoAccount("forecaster", WEATHER, "预报员", "duty_officer", COUNTY, "周晴"),
    DemoAccount("approver", WEATHER, "签发人", "approver", COUNTY, "吴远"),
    DemoAccount("water", WATER, "签发人", "approver", COUNTY, "何川"),
    DemoAccount("land", LAND, "签发人", "approver", COUNTY, "石坚"),
    DemoAccount("engineer", WATER, "测站运维", "station_engineer", COUNTY, "赵河"),
    DemoAccount("village", f"O-{LIULIN}204-village", "雁子河村干部", "village_cadre", f"{LIULIN}204", "孙田"),
    DemoAccount("grid", f"O-{LIULIN}002-village", "大桥街网格员", "grid_worker", f"{LIULIN}002", "钱格"),
    DemoAccount("auditor", f"O-{COUNTY}-government", "审计员", "auditor", COUNTY, "郑明"),
    DemoAccount("admin", f"O-{COUNTY}-government", "管理员", "administrator", "4213", "冯管"),
)


def set_up(*, speed: float) -> None:
    """City, accounts and a fresh run of the night; the second start goes on where the first stood."""
    load_city_once()
    ctx = worlds.context(worlds.get("live"))
    if not is_known(ACCOUNTS[0].username):
        _make_accounts(ctx)
    world = World.objects.exclude(key="live").exclude(settings__own_engine=True).order_by("-pk").first()
    if world is None or world.state == World.State.ENDED:
        world = new_liulin(speed=speed)
    World.objects.filter(pk=world.pk).update(state=World.State.RUNNING, speed=speed)


def _make_accounts(ctx: Ctx) -> None:
    """Accounts with passwords drawn for this installation; they lie in a file that only its owner can read."""
    rows = []
    for account in ACCOUNTS:
        password, totp = secrets.token_urlsafe(9), pyotp.random_base32()
        ref = f"P-{account.username}"
        make_post(
            ctx,
            ref=ref,
            organisation=account.organisation,
            title=account.title,
            role=account.role,
            places=[atlas().code(account.place).id],
        )
        create_account(
            ctx,
            username=account.username,
            name=account.name,
            password=password,
            post_ref=ref,
            totp_secret=totp,
        )
        rows.append(
            {"username": account.username, "title": account.title, "password": password, "totp": totp}
        )
    path = home() / "demo-accounts.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


def address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://{shown}:{port}"


def link(*, host: str, port: int) -> str:
    """An address that signs the duty officer in once."""
    ctx = worlds.context(worlds.get("live"))
    return f"{address(host, port)}/sign-in/link/{sign_in_link(ctx, username='duty')}"


def welcome(entry: str) -> str:
    """What stands on the terminal: where to look, and how to sign in as whom."""
    base = entry.rpartition("/link/")[0]
    return "\n".join(
        [
            "",
            "  安澜 anlan · 演示 demo（合成数据，模拟线路，不接外线）",
            f"  值班员入口 duty officer: {entry}",
            f"  其他岗位 other posts:    {base}  ({home() / 'demo-accounts.json'})",
            "  停止 stop: Ctrl-C",
            "",
        ]
    )


def welcome_when_ready(entry: str, *, browser: bool) -> None:
    """Say where to look, and open a browser there, once the pages answer: a link before that is refused."""
    threading.Thread(target=_welcome, args=(entry, browser), daemon=True).start()


def _welcome(entry: str, browser: bool) -> None:
    base = entry.rpartition("/sign-in/")[0]
    while not _answers(f"{base}/healthz"):
        time.sleep(LOOK_SECONDS)
    print(welcome(entry), flush=True)
    if browser:
        webbrowser.open(entry)


def _answers(url: str) -> bool:
    """Whether anything is said there, if only that a part is not well yet."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
