"""The people of alerts' tests: a forecaster, an approver and a leader of the weather station, set up to sign."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.models import JournalEntry
from anlan.foundation.rules.errors import AlertRefused
from anlan.judge.models import Exceedance
from anlan.people import actions as people
from anlan.people.accounts import administration
from anlan.warn.actions.alerts import approving, drafting, issuing, proposing
from anlan.warn.actions.alerts.drafting import Text
from anlan.warn.actions.alerts.telephone import Heard
from anlan.warn.models import Alert
from tests.support.city import COUNTY, NIGHT, PASSWORD, SECRET, TOWN, Mini

STATION, STATION_CODE = "O-weather", "42132141600000"
RAINSTORM = "11B03"
STAFF = (
    ("forecaster", "duty_officer"),
    ("chief", "approver"),
    ("head", "leader"),
    ("second", "duty_officer"),
)


def staff(mini: Mini) -> Mini:
    """Give the weather station accounts: forecaster, chief (approves), head (leads), second officer."""
    ctx = mini.ctx()
    for name, role in STAFF:
        people.make_post(
            ctx, ref=f"POST-w-{name}", organisation=STATION, title=name, role=role, places=[mini.ids[COUNTY]]
        )
        mini.accounts[name] = f"weather-{name}"
        administration.create_account(
            ctx,
            username=f"weather-{name}",
            name="周测报",
            password=PASSWORD,
            post_ref=f"POST-w-{name}",
            totp_secret=SECRET,
        )
    return mini


def text(level: int = 4, **changes: object) -> Text:
    base = Text(
        level=level,
        named=[TOWN],
        expires_at=NIGHT + timedelta(hours=3),
        description="柳林镇3小时下了102毫米，山洪随时会来。",
        instruction="离开河边和一楼，去高处。",
        by_when="现在就走。",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def after(mini: Mini, who: str, *, minutes: int = 0) -> Ctx:
    return mini.ctx(who, at=NIGHT + timedelta(minutes=minutes))


def drafted(mini: Mini, level: int = 4) -> str:
    return drafting.draft(after(mini, "forecaster"), event_type=RAINSTORM, text=text(level))


def submitted(mini: Mini, level: int = 4) -> str:
    ref = drafted(mini, level)
    approving.submit(after(mini, "forecaster", minutes=1), ref=ref)
    return ref


def approved(mini: Mini, level: int = 4) -> str:
    ref = submitted(mini, level)
    word = {4: "红色", 3: "橙色", 2: "黄色", 1: "蓝色"}[level]
    approving.approve(after(mini, "chief", minutes=3), ref=ref, retyped_place="柳林镇", retyped_level=word)
    return ref


def issued(mini: Mini, level: int = 4) -> str:
    ref = approved(mini, level)
    issuing.issue(after(mini, "forecaster", minutes=4), ref=ref)
    return ref


def row(ref: str) -> Alert:
    return Alert.objects.get(ref=ref)


def heard(mini: Mini, at: datetime | None = None, **changes: object) -> Heard:
    moment = at or NIGHT + timedelta(minutes=3)
    base = Heard(
        leader=mini.account("head").ref,
        number="13800009999",
        at=moment,
        words="同意发，马上发。",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def go_out(night: Mini, ref: str) -> None:
    approving.submit(after(night, "forecaster", minutes=10), ref=ref)
    approving.approve(
        after(night, "chief", minutes=11), ref=ref, retyped_place="柳林镇", retyped_level="红色"
    )
    issuing.issue(after(night, "forecaster", minutes=12), ref=ref)


def told(name: str) -> list[dict[str, object]]:
    found = JournalEntry.objects.filter(name=f"warn.alert.{name}").order_by("seq")
    return [journal.read(entry)["body"] for entry in found]


def refusal(error: pytest.ExceptionInfo[AlertRefused]) -> str:
    return error.value.name


def proposed(night: Mini, level: int = 4, *, at: int = 0, place: str = TOWN, value: int = 1020) -> str:
    return found(night, level, at=at, place=place, value=value) or ""


def found(
    night: Mini, level: int, *, at: int = 0, place: str = TOWN, value: int = 1020,
    pack: str = "rainstorm-signal-national",
) -> str | None:  # fmt: skip
    moment = NIGHT + timedelta(minutes=at)
    finding = Exceedance.objects.create(
        world_id=night.world.pk, ref=f"X-{level}-{at}-{place}", pack=pack, rule_version="v", place_id=night.ids[place],
        level=level, onset=moment, known_at=moment, quantity="rain", value=value, threshold=1000, window_min=180,
    )  # fmt: skip
    return proposing.propose(night.ctx(at=moment), exceedance=finding.ref)
