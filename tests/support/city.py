"""A city small enough to hold in the head: 随州, with Liulin in one county and a foreign town in the other.

`make_city()` fills an empty test database; `mini.ctx("duty_officer")` acts in it, `mini.client("leader")` is that
person's browser. The foreign officer sits in the other county and must never see anything of Liulin.
`mini.records()` makes one of each thing that happens in Liulin: what scope tests look for.

| place | code | path |
| --- | --- | --- |
| 随州市 | 4213 | 0001 |
| 随县 · 柳林镇 | 421321 · 421321117 | 00010001 · 000100010001 |
| … 联盟村, 古城畈村 | 421321117201, …202 | 0001000100010001, …0002 |
| 曾都区 · 南郊街道 · 瓦房岗社区 | 421303 · 421303003 · 421303003201 | 00010002 … |
"""

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pyotp
from django.test import Client

from anlan.call import calldown_rows
from anlan.foundation import channels, worlds
from anlan.foundation.context import Actor, Ctx
from anlan.foundation.home import home
from anlan.foundation.models import World
from anlan.foundation.scope import Scope
from anlan.observe.actions.stations import load_stations
from anlan.people import actions as people
from anlan.people.accounts import administration
from anlan.people.accounts.scope import context_of, permissions_of
from anlan.people.models import Account
from anlan.places import actions as places
from anlan.reach.models import Line
from tests.support.copied import Copied

NIGHT = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)  # 04:00 in Beijing
CITY, COUNTY, TOWN, VILLAGE, VILLAGE_2 = "4213", "421321", "421321117", "421321117201", "421321117202"
FOREIGN_COUNTY, FOREIGN_TOWN, FOREIGN_VILLAGE = "421303", "421303003", "421303003201"
LIULIN_PATH = "000100010001"
GAUGE, FOREIGN_GAUGE = "0042130001", "0042130002"
PASSWORD, SECRET = "rain-of-the-night", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ROLES = {  # role → organisation and place of its post
    "duty_officer": ("O-emergency", COUNTY),
    "approver": ("O-emergency", COUNTY),
    "leader": ("O-emergency", COUNTY),
    "station_engineer": ("O-water", COUNTY),
    "village_cadre": ("O-village", VILLAGE),
    "grid_worker": ("O-village", VILLAGE),
    "auditor": ("O-emergency", COUNTY),
    "administrator": ("O-emergency", COUNTY),
}
SECRETS_OF_LIULIN = ("421321117", "柳林", "联盟村", "古城畈", "杨柳青", "13800004417")
"""What a foreign reader must never meet (names of divisions alone are the public map's)."""


@dataclass
class Mini:
    """The city as loaded: the world it is used in, and ids by code."""

    world: World
    ids: dict[str, int]
    accounts: dict[str, str] = field(default_factory=dict)  # role → user name

    def ctx(self, role: str = "", *, at: datetime | None = None) -> Ctx:
        """The context of a role's account; "" is the system, "foreign" the officer of the other county."""
        if not role:
            found = worlds.context(self._fresh())
        else:
            found = context_of(self.account(role), self._fresh())
        return found.at(at) if at else found

    def may(self, *permissions: str, path: str = LIULIN_PATH) -> Ctx:
        """A context with just these permissions, for one place."""
        actor = Actor(ref="U-test", role="test", permissions=frozenset(permissions))
        return replace(self.ctx(), actor=actor, scope=Scope.of(path))

    def account(self, role: str) -> Account:
        return Account.objects.get(username=self.accounts[role])

    def client(self, role: str = "") -> Client:
        """A browser in which that role has signed in; "" is nobody's."""
        client = Client()
        if role:
            client.force_login(self.account(role))
        return client

    def exercise(self, *, title: str = "夜间复演", settings: dict[str, str] | None = None) -> "Mini":
        """The same city in a new exercise that stands at NIGHT."""
        world = worlds.new_exercise(
            scenario="mini", title=title, seed=7, starts_at=NIGHT, ends_at=NIGHT + timedelta(hours=6),
            settings=settings or {"hours": "ending"}, speed=0,
        )  # fmt: skip
        return replace(self, world=world)

    def _fresh(self) -> World:
        self.world.refresh_from_db()
        return self.world


def make_city(*, with_accounts: bool = True) -> Mini:
    """Load places, organisations, duty holders, households, gauges and one account for each role; no rain yet."""
    for left in home().glob("readings-*"):  # an earlier test's world may have had the number of this one's
        left.unlink()
    shutil.rmtree(home() / "runs", ignore_errors=True)
    for kept in (channels._open, calldown_rows._kept):  # nor do its lines and what memory kept of it
        kept.clear()
    made = _CITY[with_accounts]()
    return Mini(World.objects.get(pk=made.world.pk), dict(made.ids), dict(made.accounts))


def _built(*, with_accounts: bool) -> Mini:
    world = worlds.ensure_live("test-installation")
    ctx = worlds.context(world)
    ids = places.load_divisions(ctx, [_division(*row) for row in _DIVISIONS])
    places.load_objects(ctx, [_reservoir(ids)])
    places.load_map(ctx, lines=[_stream()], flood_areas=[_flood_area(ids)], grids=[])
    units = people.load_organisations(ctx, [_organisation(*row, ids=ids) for row in _ORGANISATIONS])
    holders = people.load_holders(ctx, [_holder(*row, ids=ids) for row in _HOLDERS], units)
    people.load_shifts(ctx, [_shift(units["O-emergency"], holders["H-county-duty"])])
    for ref, code in (("XL-town", TOWN), ("XL-foreign", FOREIGN_TOWN)):
        Line.objects.create(
            ref=ref,
            name=f"{ref}的短信",
            kind="sms-plain",
            place_id=ids[code],
            address="https://sms.example.gov.cn",
        )
    people.load_households(ctx, _households(ids), _residents())
    load_stations(
        ctx, [_gauge(GAUGE, "柳林站", VILLAGE, ids), _gauge(FOREIGN_GAUGE, "南郊站", FOREIGN_VILLAGE, ids)]
    )
    mini = Mini(world, ids)
    if with_accounts:
        _accounts(ctx, mini)
    return mini


_CITY = {each: Copied(partial(_built, with_accounts=each)) for each in (True, False)}

_DIVISIONS = [
    # code, parent, tier, name, kind, lon, lat, residents
    (CITY, "", 1, "随州市", "city", 113.37, 31.72, 900),
    (COUNTY, CITY, 2, "随县", "county", 113.30, 31.85, 600),
    (FOREIGN_COUNTY, CITY, 2, "曾都区", "county", 113.37, 31.71, 300),
    (TOWN, COUNTY, 3, "柳林镇", "town", 113.23, 31.54, 600),
    (FOREIGN_TOWN, FOREIGN_COUNTY, 3, "南郊街道", "street", 113.35, 31.71, 300),
    (VILLAGE, TOWN, 4, "联盟村", "village", 113.232, 31.539, 400),
    (VILLAGE_2, TOWN, 4, "古城畈村", "village", 113.260, 31.560, 200),
    (FOREIGN_VILLAGE, FOREIGN_TOWN, 4, "瓦房岗社区", "community", 113.351, 31.712, 300),
]  # fmt: skip
_ORGANISATIONS = [
    # ref, name, kind, place, parent
    ("O-county", "随县人民政府", "government", COUNTY, ""),
    ("O-emergency", "随县应急管理局", "emergency", COUNTY, "O-county"),
    ("O-weather", "随县气象台", "weather", COUNTY, "O-county"),
    ("O-water", "随县水利和湖泊局", "water", COUNTY, "O-county"),
    ("O-town", "柳林镇人民政府", "township", TOWN, "O-county"),
    ("O-village", "联盟村村民委员会", "village", VILLAGE, "O-town"),
    ("O-foreign", "曾都区应急管理局", "emergency", FOREIGN_COUNTY, ""),
]
_HOLDERS = [
    # ref, name, kind, level, title, place, rung, organisation, number, high ground
    ("H-county-leader", "沈县长", "county_leader", "county", "县长", COUNTY, 0, "O-county", "13800001001", True),
    ("H-county-duty", "何值班", "county_duty", "county", "值班员", COUNTY, 1, "O-emergency", "13800001002", True),
    ("H-water", "江局长", "department_head", "county", "局长", COUNTY, 0, "O-water", "13800001003", True),
    ("H-town-leader", "柳镇长", "township_leader", "township", "镇长", TOWN, 0, "O-town", "13800002001", True),
    ("H-town-cover", "包干部", "village_cover", "township", "包村干部", TOWN, 1, "O-town", "13800002002", True),
    ("H-v1-secretary", "杨柳青", "village_secretary", "village", "支书", VILLAGE, 0, "O-village", "13800004417", False),
    ("H-v1-deputy", "杨副职", "village_deputy", "village", "副主任", VILLAGE, 1, "O-village", "13800004418", True),
    ("H-v1-group", "杨组长", "group_leader", "group", "三组组长", VILLAGE, 2, "O-village", "13800004419", True),
    ("H-v2-secretary", "古支书", "village_secretary", "village", "支书", VILLAGE_2, 0, "", "13800005001", True),
    ("H-v2-deputy", "古副职", "village_deputy", "village", "副主任", VILLAGE_2, 1, "", "13800005002", True),
    ("H-f-leader", "曾主任", "township_leader", "township", "主任", FOREIGN_TOWN, 0, "O-foreign", "13900001001", True),
    ("H-f-secretary", "瓦支书", "village_secretary", "village", "支书", FOREIGN_VILLAGE, 0, "", "13900002001", True),
]  # fmt: skip


def _division(
    code: str, parent: str, tier: int, name: str, kind: str, lon: float, lat: float, residents: int
) -> places.DivisionRow:
    half = {1: 0.5, 2: 0.3, 3: 0.08, 4: 0.02}[tier]
    ring = [
        [lon - half, lat - half],
        [lon + half, lat - half],
        [lon + half, lat + half],
        [lon - half, lat + half],
    ]
    return places.DivisionRow(
        key=code, parent=parent, tier=tier, name=name, kind=kind, lon=lon, lat=lat, outline=[[*ring, ring[0]]],
        synthetic=True, statistical=False, residents=residents, at_home=residents * 3 // 4, households=residents // 4,
        codes=[("nbs", code, date(2020, 1, 1), None)], aliases=["古城"] if code == VILLAGE_2 else [],
    )  # fmt: skip


def _organisation(
    ref: str, name: str, kind: str, place: str, parent: str, *, ids: dict[str, int]
) -> people.OrganisationRow:
    return people.OrganisationRow(
        ref=ref, name=name, kind=kind, place=ids[place], parent=parent, commands=[ids[place]],
        unit_code={"O-weather": "42132141600000", "O-water": "42132133200001"}.get(ref, ""),
    )  # fmt: skip


def _holder(
    ref: str, name: str, kind: str, level: str, title: str, place: str, rung: int, unit: str, number: str,
    high: bool, *, ids: dict[str, int],
) -> people.HolderRow:  # fmt: skip
    lon, lat = next((row[5], row[6]) for row in _DIVISIONS if row[0] == place)
    return people.HolderRow(
        ref=ref, name=name, kind=kind, level=level, title=title, place=ids[place], covers=[ids[place]], rung=rung,
        role="", lon=lon, lat=lat, organisation=unit, contacts=[("mobile", number, 0, 24)], high_ground=high,
        group=3 if level == "group" else None, synthetic=True,
    )  # fmt: skip


def _shift(unit: int, holder: int) -> dict[str, object]:
    """One day of the roster, a month before the night."""
    began = datetime(2021, 7, 1, 0, tzinfo=UTC)
    return {
        "ref": "DS-1", "organisation_id": unit, "holder_id": holder, "role": "officer", "starts_at": began,
        "ends_at": began + timedelta(days=1),
    }  # fmt: skip


def _reservoir(ids: dict[str, int]) -> tuple[dict[str, object], list[int]]:
    columns = {
        "ref": "R-1", "kind": "reservoir", "name": "柳林水库", "place_id": ids[VILLAGE_2], "lon": 113.26, "lat": 31.56,
        "flood_limit_cm": 12400, "design_cm": 12550, "check_cm": 12610, "capacity": 320,
    }  # fmt: skip
    return columns, [ids[VILLAGE]]


def _stream() -> dict[str, object]:
    return {"kind": "stream", "name": "浪河", "rank": 1, "points": [[113.26, 31.56], [113.232, 31.539]]}


def _flood_area(ids: dict[str, int]) -> dict[str, object]:
    ring = [[113.231, 31.538], [113.2325, 31.538], [113.2325, 31.5395], [113.231, 31.5395], [113.231, 31.538]]
    return {
        "ref": "F-1",
        "name": "联盟村沿河低地",
        "place_id": ids[VILLAGE],
        "ring": ring,
        "closes_after_min": 60,
    }


def _site(code: str) -> str:
    return "南郊小学" if code == FOREIGN_VILLAGE else "柳林中学"


def _households(ids: dict[str, int]) -> list[dict[str, object]]:
    """Four households in each village; the first two of each are to be moved."""
    return [
        {
            "ref": f"HH-{code}-{n}", "place_id": ids[code], "group": n, "lon": lon, "lat": lat, "members": 4,
            "at_home": 3, "in_danger": n <= 2, "frail": n == 1, "destination": _site(code) if n <= 2 else "",
        }
        for code, lon, lat in ((VILLAGE, 113.232, 31.539), (VILLAGE_2, 113.26, 31.56), (FOREIGN_VILLAGE, 113.351, 31.712))
        for n in range(1, 5)
    ]  # fmt: skip


def _residents() -> list[dict[str, object]]:
    return [
        {
            "ref": f"P-{code}-{n}-{who}", "household": f"HH-{code}-{n}", "name": f"居民{n}{who}", "age_band": "15-59",
            "at_home": who < 4, "frail": False, "night_worker": False,
        }
        for code in (VILLAGE, VILLAGE_2, FOREIGN_VILLAGE)
        for n in range(1, 5)
        for who in range(1, 5)
    ]  # fmt: skip


def _gauge(
    address: str, name: str, village: str, ids: dict[str, int]
) -> tuple[dict[str, object], str, list[int]]:
    lon, lat = next((row[5], row[6]) for row in _DIVISIONS if row[0] == village)
    columns = {
        "address": address,
        "name": name,
        "kind": "rain",
        "place_id": ids[village],
        "lon": lon,
        "lat": lat,
    }
    served = [ids[VILLAGE], ids[VILLAGE_2]] if address == GAUGE else [ids[village]]
    return columns, "1234", served


def _accounts(ctx: Ctx, mini: Mini) -> None:
    for role, (unit, place) in [*ROLES.items(), ("foreign", ("O-foreign", FOREIGN_COUNTY))]:
        as_role = "duty_officer" if role == "foreign" else role
        assert permissions_of(as_role), f"the roles pack grants nothing to {as_role}"
        post = f"POST-{role}"
        people.make_post(
            ctx, ref=post, organisation=unit, title="值班员", role=as_role, places=[mini.ids[place]]
        )
        username = f"{role.replace('_', '-')}-1"
        administration.create_account(
            ctx, username=username, name="李守夜", password=PASSWORD, post_ref=post, totp_secret=SECRET
        )
        mini.accounts[role] = username


def code_at(moment: datetime) -> str:
    """The one-time code that an authenticator shows at a moment."""
    return pyotp.TOTP(SECRET).at(moment)
