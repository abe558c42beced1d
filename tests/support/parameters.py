"""Every parameter of every way in: path from the urlconf, query and body of operations from OpenAPI, those of pages as
their views ask for them; and for each the thing elsewhere that it could name.

A parameter that nothing here knows fails the tests: put it into `FOREIGN` when it can name something, else into `PLAIN`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from django.http import QueryDict

from anlan.call.actions import calldown, doorchecks
from anlan.call.models import Call, CallLine, ContactLost
from anlan.foundation.actions import next_ref
from anlan.foundation.rules.grade import Grade
from anlan.judge.models import Exceedance
from anlan.move.actions import moving
from anlan.places.atlas import atlas
from tests.support.city import FOREIGN_GAUGE, FOREIGN_TOWN, FOREIGN_VILLAGE, Mini
from tests.support.routes import API, ARGUMENTS, BODIES, PARAMETER, QUERIES, Route, Stage, _segment_before

Foreign = dict[str, str]


def make_foreign(mini: Mini) -> Foreign:
    """A call-down with its calls, a door check, a move, lost contact and a finding in the town next door."""
    ctx, town, village = mini.ctx(), atlas().code(FOREIGN_TOWN), atlas().code(FOREIGN_VILLAGE)
    ref = calldown.open_calldown(
        ctx, township=town, villages=[village], grade=Grade.RED, stage="move", cause="X-9", order_no="测试〔2021〕9号"
    )  # fmt: skip
    line = CallLine.objects.get(call_down__ref=ref, kind="village").key
    lost = ContactLost.objects.create(
        world_id=ctx.world.id, ref=next_ref(ctx, "L"), place_id=town.id, since=ctx.now, why={"kind": "holder", "silent": []}
    )  # fmt: skip
    found = Exceedance.objects.create(
        world_id=ctx.world.id, ref=next_ref(ctx, "X"), pack="village-rain", rule_version="v1", place_id=village.id, level=4,
        stage="immediate", onset=ctx.now, known_at=ctx.now, quantity="rain", value=835, threshold=700, window_min=60,
    )  # fmt: skip
    return {
        "call_down": ref,
        "line": line,
        "call": Call.objects.get(call_down__ref=ref, holder__ref="H-f-secretary").key,
        "door_check": doorchecks.order(ctx, call_down=ref, line=line),
        "evacuation": moving.order_stage(ctx, village=village, stage="move", by="H-f-leader", tier="county"),
        "contact_lost": lost.ref,
        "exceedance": found.ref,
        "account": mini.account("foreign").ref,
        "path": village.path,
    }


FOREIGN: dict[str, Callable[[Foreign], list[str]]] = {
    "above": lambda f: [FOREIGN_TOWN],
    "address": lambda f: [FOREIGN_GAUGE],
    "commands": lambda f: [FOREIGN_VILLAGE],
    "covers": lambda f: [FOREIGN_VILLAGE],
    "deputy": lambda f: ["H-f-secretary"],
    "downstream": lambda f: [FOREIGN_VILLAGE],
    "helper": lambda f: ["H-f-secretary"],
    "organisation": lambda f: ["O-foreign"],
    "parent": lambda f: ["O-foreign"],
    "person": lambda f: ["H-f-secretary"],
    "phone": lambda f: ["13900002001"],
    "serves": lambda f: [FOREIGN_VILLAGE],
    "account": lambda f: [f["account"]],
    "call": lambda f: [f["call"]],
    "call_down": lambda f: [f["call_down"]],
    "called_back": lambda f: [],
    "check": lambda f: [f["door_check"]],
    "contact": lambda f: ["H-f-secretary/1"],
    "csv": lambda f: [f"station,code,at,value\n{FOREIGN_GAUGE},22,2021-08-12 03:00,1\n"],
    "holder": lambda f: ["H-f-secretary"],
    "household": lambda f: [f"HH-{FOREIGN_VILLAGE}-1"],
    "item": lambda f: [f"silent:{f['call_down']}:{f['line']}"],
    "joint_with": lambda f: ["O-foreign"],
    "leader": lambda f: [f["account"]],
    "line": lambda f: [f["line"]],
    "named": lambda f: [FOREIGN_VILLAGE],
    "path": lambda f: [f["path"]],
    "place": lambda f: [FOREIGN_VILLAGE, f["path"]],
    "places": lambda f: [FOREIGN_VILLAGE],
    "polygon": lambda f: [json.dumps({"type": "Polygon", "coordinates": [[[113.3, 31.7], [113.4, 31.7], [113.4, 31.8], [113.3, 31.7]]]})],
    "post": lambda f: ["POST-foreign"],
    "q": lambda f: ["瓦房岗", "瓦支书", "13900002001", f["call_down"]],
    "ref": lambda f: [f["door_check"], f["contact_lost"], f["exceedance"]],
    "second": lambda f: [f["account"]],
    "station": lambda f: [FOREIGN_GAUGE],
    "subject": lambda f: [f["call_down"], f["door_check"]],
    "unit": lambda f: ["O-foreign"],
    "under": lambda f: [FOREIGN_VILLAGE],
    "undo": lambda f: [f"{f['call_down']}:forged"],
    "village": lambda f: [FOREIGN_VILLAGE],
    "who": lambda f: ["H-f-leader"],
}  # fmt: skip
"""By name of a parameter in query or body: what of the town next door it could name."""
PLAIN = frozenset(
    """
    a about absent_from absent_until account act action address after again age_band answer asked at at_home b back_min basis
    by_when c capacity channel check_all check_cm code column confidence confirm confirmed_at confirmed_how counted counted_people
    crs data days description design_cm destination do document_no doubtful effect ends_at event event_type events expires
    expires_at file flood_limit_cm frail from_hour from_level grade ground group guarantee_cm headline high_ground highest_cm hours
    households how id in_danger instruction is_active is_town_gauge is_wrong issued_at issuer issuer_name items joint_for key kind
    known_by label lang language last lat layer lead_hours level limit lon map may_hold members metres minute minutes mm_h month
    name new next night_worker note nowcast number numbers object_ref offset old old_code on only open order outcome page password
    people per_number_day per_number_minute per_second precision price_fen rain rain_min rain_mm reason receivers residents result
    retyped_level retyped_place role run rung scenario seat secret seed shared sign signed_by simulator since site solver sort
    source speed stage stage_cm starts starts_at state step stream template text theme tier title to_hour unit_code until urlencode
    username value version warning_cm wetness what which why wide window words world
    """.split()  # noqa: SIM905  (read as words)
)
"""Names that say how, how many or when, and what belongs to no place (grounds, runs and packs are the whole city's)."""
FOREIGN_ARGUMENTS: dict[tuple[str, str], Callable[[Foreign], str]] = {
    ("places", "code"): lambda f: FOREIGN_VILLAGE,
    ("proof", "code"): lambda f: FOREIGN_VILLAGE,
    ("soil", "code"): lambda f: FOREIGN_TOWN,
    ("place", "path"): lambda f: f["path"],
    ("stations", "address"): lambda f: FOREIGN_GAUGE,
    ("accounts", "username"): lambda f: "foreign-1",
    ("holders", "ref"): lambda f: "H-f-secretary",
    ("lines", "ref"): lambda f: "XL-foreign",
    ("phone", "holder"): lambda f: "H-f-secretary",
    **{(before, "ref"): lambda f: f["call_down"] for before in ("call-downs", "calls")},
    **{(before, "ref"): lambda f: f["evacuation"] for before in ("evacuations", "moving")},
    ("exceedances", "ref"): lambda f: f["exceedance"],
    ("door-checks", "ref"): lambda f: f["door_check"],
    ("contact", "ref"): lambda f: f["contact_lost"],
}
"""Arguments of addresses that name something next door too; the others are tried by the foreign account alone."""


def address_with(route: Route, stage: Stage, foreign: Foreign | None = None) -> str:
    """The address with the stage's own arguments, or with what lies next door where an argument can name it."""

    def fill(found: Any) -> str:
        key = (_segment_before(route.pattern, found.start()), found[1] or found[2])
        if foreign is not None and key in FOREIGN_ARGUMENTS:
            return FOREIGN_ARGUMENTS[key](foreign)
        return ARGUMENTS[key](stage)

    return "/" + PARAMETER.sub(fill, route.pattern)


def names_next_door(route: Route) -> bool:
    """Whether an argument of the address can name something next door."""
    return any(
        (_segment_before(route.pattern, p.start()), p[1] or p[2]) in FOREIGN_ARGUMENTS
        for p in PARAMETER.finditer(route.pattern)
    )


def sample(route: Route, stage: Stage, method: str) -> dict[str, Any]:
    """What the route is asked or given where all is in order."""
    kept = QUERIES if method == "GET" else BODIES
    return kept[route.pattern](stage) if route.pattern in kept else {}


@cache
def told_by_openapi() -> dict[tuple[str, str], set[str]]:
    """By method and pattern of each operation: its parameters in query and body."""
    from anlan.conf.api import api

    schema = api.get_openapi_schema()
    found = {}
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            names = {each["name"] for each in told.get("parameters", []) if each["in"] == "query"}
            for content in told.get("requestBody", {}).get("content", {}).values():
                named = content["schema"]["$ref"].rpartition("/")[2]
                names |= set(schema["components"]["schemas"][named]["properties"])
            found[method.upper(), path.removeprefix("/")] = names
    return found


@contextmanager
def asked_for() -> Iterator[set[str]]:
    """The names that a view asks for in its query and its form, while it answers."""
    names: set[str] = set()
    plain = {name: getattr(QueryDict, name) for name in ("get", "getlist", "__getitem__")}

    def spying(name: str) -> Any:
        def asked(self: QueryDict, key: str, *args: Any, **kwargs: Any) -> Any:
            names.add(key)
            return plain[name](self, key, *args, **kwargs)

        return asked

    with patch.multiple(QueryDict, **{name: spying(name) for name in plain}):
        yield names


def is_api(route: Route) -> bool:
    return route.pattern.startswith(API)
