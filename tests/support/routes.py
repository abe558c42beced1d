"""Every way in: pages from the urlconf, operations from the API, each with arguments that name something of Liulin.

A new room brings `samples` in its `apps.py`. A new route of an old one fails the tests until it has its sample: add it to `ARGUMENTS`
(by the literal segment before it and the parameter's name), to `QUERIES` when it must be asked with something, and to
`BODIES` when something must be posted.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from anlan.call.models import Call
from anlan.call.queries import records
from anlan.foundation import rooms
from anlan.people.accounts import tokens
from anlan.people.models import ApiToken
from anlan.registers.all import registers
from tests.support.city import GAUGE, LIULIN_PATH, TOWN, VILLAGE, Mini, make_city
from tests.support.grounds import REF as VALLEY
from tests.support.grounds import TILE
from tests.support.records import make_records

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\{(?:\w+:)?(\w+)\}")
API = "api/v1/"


@dataclass(frozen=True)
class Route:
    """One way in: its pattern, and how it is opened (None when it says nothing)."""

    pattern: str
    permission: str | None
    is_public: bool = False
    method: str = ""  # of an API operation; a page is tried with GET and POST
    view: Any = field(default=None, compare=False, repr=False)

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith(API)

    @property
    def methods(self) -> tuple[str, ...]:
        return (self.method,) if self.method else ("GET", "POST")


@dataclass(frozen=True)
class Stage:
    """The city in an exercise where one of each thing has happened."""

    mini: Mini
    refs: dict[str, str]


def make_stage() -> Stage:
    mini = make_city().exercise()
    refs = make_records(mini)
    tokens.make(mini.ctx(), account=mini.account("duty_officer"), label="stage")
    for room in rooms.found():
        if room.samples:
            ARGUMENTS.update(
                {at: lambda _, it=it: it for at, it in room.function(room.samples)(mini.ctx()).items()}
            )
    return Stage(mini, refs)


Argument = Callable[[Stage], str]
ARGUMENTS: dict[tuple[str, str], Argument] = {
    ("w", "world"): lambda s: s.mini.world.key,
    ("journal", "seq"): lambda s: "1",
    ("exercises", "key"): lambda s: s.mini.world.key,
    ("exercises", "what"): lambda s: "pause",
    ("link", "token"): lambda s: "no-such-token",
    ("with", "provider"): lambda s: "nobody",
    ("tokens", "number"): lambda s: str(ApiToken.objects.get(label="stage").pk),
    ("accounts", "username"): lambda s: "leader-1",
    ("places", "code"): lambda s: VILLAGE,
    ("stations", "address"): lambda s: GAUGE,
    ("soil", "code"): lambda s: TOWN,
    ("exceedances", "ref"): lambda s: s.refs["exceedance"],
    ("alerts", "ref"): lambda s: s.refs["alert"],
    ("call-downs", "ref"): lambda s: s.refs["call_down"],
    ("evacuations", "ref"): lambda s: s.refs["evacuation"],
    ("calls", "ref"): lambda s: s.refs["call_down"],
    ("moving", "ref"): lambda s: s.refs["evacuation"],
    ("stage", "code"): lambda s: "move",
    ("proof", "code"): lambda s: VILLAGE,
    ("holders", "ref"): lambda s: "H-v1-secretary",
    ("place", "path"): lambda s: LIULIN_PATH,
    ("certificates", "ref"): lambda s: "0" * 32,
    ("cosign", "unit"): lambda s: "O-weather",
    ("next", "message"): lambda s: "update",
    ("packs", "id"): lambda s: "flash-flood-jianghua",
    ("back-tests", "ref"): lambda s: s.refs["back_test"],
    ("orders", "ref"): lambda s: s.refs["order"],
    ("imports", "ref"): lambda s: s.refs["import"],
    ("layers", "ref"): lambda s: s.refs["layer"],
    ("runs", "ref"): lambda s: s.refs["run"],
    ("ensembles", "ref"): lambda s: s.refs["ensemble"],
    ("grounds", "ref"): lambda s: VALLEY,
    ("shade", "z"): lambda s: str(TILE[0]),
    ("shade", "x"): lambda s: str(TILE[1]),
    ("shade", "y"): lambda s: str(TILE[2]),
    ("quarantine", "number"): lambda s: "1",
    ("door-checks", "ref"): lambda s: s.refs["door_check"],
    ("contact", "ref"): lambda s: s.refs["contact_lost"],
    ("phone", "holder"): lambda s: "H-v1-secretary",
    ("a", "world"): lambda s: s.mini.world.key,
    ("a", "ref"): lambda s: s.refs["call_down"],
    ("a", "holder"): lambda s: "H-v1-secretary",
    ("a", "token"): lambda s: "not-the-token-of-this-link",
}
NEUTRAL = {
    ("w", "world"),
    ("exercises", "key"),
    ("exercises", "what"),
    ("link", "token"),
    ("with", "provider"),
    ("quarantine", "number"),
    ("packs", "id"),
}
"""Arguments that name nothing of Liulin; an address with any other is not found by a foreign account."""
QUERIES: dict[str, Callable[[Stage], dict[str, str]]] = {
    "w/<slug:world>/map/paper": lambda s: {"path": LIULIN_PATH},
    "w/<str:world>/calls/<str:ref>/door": lambda s: {"line": _village_line(s)},
    **{
        f"w/<slug:world>/compare{part}": lambda s: {"a": s.refs["run"], "b": s.refs["run"]}
        for part in ("", "/water", "/csv")
    },
    "api/v1/w/{world}/stations/{address}/series": lambda s: {
        "code": "22",
        "since": "2021-08-11T18:00:00Z",
        "until": "2021-08-11T20:00:00Z",
    },
}
"""By pattern: what a page must be asked with, besides its address."""
_DOWN, _MOVE = API + "w/{world}/call-downs", API + "w/{world}/evacuations/{ref}"
BODIES: dict[str, Callable[[Stage], dict[str, Any]]] = {
    f"{_DOWN}/{{ref}}/answers": lambda s: {"holder": "H-v1-secretary", "kind": 2},
    f"{_DOWN}/{{ref}}/outcomes": lambda s: {"call": _a_call(s), "outcome": "no_answer"},
    f"{_DOWN}/{{ref}}/hold": lambda s: {"reason": "等待核实雨情"},
    _DOWN: lambda s: {"places": [VILLAGE], "grade": "orange", "reason": "值班员判断"},
    API + "w/{world}/door-checks/{ref}/report": lambda s: {"outcome": "reached", "households": 2},
    f"{_MOVE}/households": lambda s: {"household": f"HH-{VILLAGE}-1", "event": "set_out"},
    f"{_MOVE}/counts": lambda s: {"households": 1, "people": 3},
    API + "w/{world}/alert-imports/cap": lambda s: {"text": "<alert/>"},
    API + "w/{world}/alert-imports/typed": lambda s: {
        "issuer": "随县气象台", "event_type": "11B03", "level": 4, "named": [TOWN], "headline": "暴雨红色预警信号",
        "issued_at": s.mini.ctx().now.isoformat(),
    },
    API + "w/{world}/grounds/{ref}/live": lambda s: {"on": True},
    API + "w/{world}/ensembles": lambda s: {"ground": VALLEY, "rain": {"kind": "design", "mm_h": 60, "minutes": 60}, "members": 10},
    API + "w/{world}/runs": lambda s: {"ground": VALLEY, "rain": {"kind": "design", "mm_h": 60, "minutes": 60}, "minutes": 60},
    API + "w/{world}/imports": lambda s: {"name": "r.csv", "csv": f"station,code,at,value\n{GAUGE},22,2021-08-12 03:00,1\n"},
}  # fmt: skip
"""By pattern: what to post (a form for a page, JSON for the API). An operation that takes a body needs one."""
ABSENT = {
    "healthz": "no engine runs beside the stage: 503",
    "metrics": "off without a token of its own",
    "setup": "the stage has accounts",
    **dict.fromkeys(
        (f"sign-in/with/<slug:provider>{tail}" for tail in ("", "/back", "/code")),
        "the stage has its own sign-in alone",
    ),
    "w/<slug:world>/quarantine/<int:number>/drop": "nothing lies in the stage's quarantine",
    "w/<str:world>/alerts/<str:ref>/check": "the stage's alert was typed: it has no file",
    "w/<str:world>/alerts/<str:ref>/cap": "the same",
    "w/<str:world>/alerts/<str:ref>/12379": "the same",
    "w/<str:world>/alerts/<str:ref>/certificate": "the same",
    "certificates/<str:ref>/unpin": "nothing is pinned on the stage",
    "w/<str:world>/alerts/<str:ref>/cosign/<str:unit>/telephone": "the stage's alert is nobody's joint one",
}
"""By pattern, with the reason: routes that answer 404, 422 or 503 even to whoever may look."""
for _name, _register in registers().items():
    BODIES[API + f"w/{{world}}/registers/{_name}"] = lambda _, it=_register: {
        c.name: "x" for c in it.columns if c.required
    }
    BODIES[API + f"w/{{world}}/registers/{_name}/bulk"] = lambda _, it=_register: {
        "items": [{c.name: "x" for c in it.columns if c.required}]
    }
    ABSENT[f"w/<slug:world>/registers/{_name}/views/<int:number>/drop"] = "nobody on the stage keeps a view"
    for _tail in ("", "/remove"):
        ABSENT[f"w/<slug:world>/registers/{_name}/<path:ref>/files/<str:digest>{_tail}"] = (
            "no entry of the stage has a file"
        )
    for _tail in ("", "/errors", "/undo"):
        ABSENT[f"w/<slug:world>/registers/{_name}/file/<str:upload>{_tail}"] = (
            "nobody sent a file on the stage"
        )
ENTERED_ELSEWHERE = {
    "sign-out", "sign-in/link/<str:token>", "sign-in/with/<slug:provider>", "sign-in/with/<slug:provider>/back",
    "sign-in/with/<slug:provider>/code",
}  # fmt: skip
"""Opened by whoever is in they end the session, or lead out of the house."""
PUBLIC_MAP: dict[str, str] = {
    "w/<slug:world>/map/base": "names and outlines of divisions, as on any printed map",
    "w/<slug:world>/exercises": "scenarios bear the published name of a past night",
    "w/<slug:world>/exercises/<slug:key>/speed": "a speed that is none is shown on the page of the exercises",
    "w/<str:world>/packs": "packs are published rules; their notes may speak of the night of Liulin",
}
"""By pattern, with the reason: routes that show names of divisions to everybody, as any printed map does."""


def _a_call(stage: Stage) -> str:
    return Call.objects.filter(call_down__ref=stage.refs["call_down"]).order_by("pk")[0].key


def _village_line(stage: Stage) -> str:
    lines = records.lines(stage.mini.ctx(), stage.refs["call_down"])
    return next(line.key for line in lines if line.kind == "village")


class NoSample(AssertionError):
    """A route has a parameter without a sample; add it to tests/support/routes.py."""


def address(route: Route, stage: Stage) -> tuple[str, list[str]]:
    """The address with its arguments filled in, and the arguments themselves."""
    used: list[str] = []

    def fill(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        before = _segment_before(route.pattern, found.start())
        sample = ARGUMENTS.get((before, name))
        if sample is None:
            raise NoSample(
                f"{route.pattern}: no sample for <{name}> after /{before}/ in tests/support/routes.py"
            )
        used.append(sample(stage))
        return used[-1]

    return "/" + PARAMETER.sub(fill, route.pattern), used


def names_liulin(route: Route) -> bool:
    """Whether the address itself names something of Liulin."""
    found = {
        (_segment_before(route.pattern, p.start()), p[1] or p[2]) for p in PARAMETER.finditer(route.pattern)
    }
    return bool(found - NEUTRAL)


def _segment_before(pattern: str, at: int) -> str:
    """The last literal segment before a parameter: `exercises` for both in exercises/<key>/<what>."""
    literal = [s for s in pattern[:at].strip("/").split("/") if s and not PARAMETER.fullmatch(s)]
    return literal[-1] if literal else ""


def pages() -> list[Route]:
    return [
        _page(pattern, view)
        for pattern, view in _walk(get_resolver().url_patterns, "")
        if not pattern.startswith(API)
    ]


def _page(pattern: str, view: Any) -> Route:
    door = getattr(view, "door", None)
    if door is None:
        return Route(pattern, None, view=view)
    return Route(pattern, door.permission, door.is_public, view=view)


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for each in patterns:
        here = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, here)
        elif isinstance(each, URLPattern):
            yield here, each.callback


def operations() -> list[Route]:
    from anlan.conf.api import api

    found = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                pattern = f"{API}{prefix}{path}".replace("//", "/").replace("{path:", "{")
                permission = getattr(operation.view_func, "permission", None)
                found += [
                    Route(pattern, permission, method=m, view=operation.view_func) for m in operation.methods
                ]
    return found


def lacking(route: Route, stage: Stage) -> str:
    """What a route still lacks here, or nothing."""
    try:
        address(route, stage)
    except NoSample as why:
        return str(why)
    return ""


def sampled(stage: Stage) -> list[Route]:
    """Every route that can be tried; a test of its own fails while any other is left."""
    return [route for route in everything() if not lacking(route, stage)]


def everything() -> list[Route]:
    return [*pages(), *operations()]
