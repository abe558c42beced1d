"""Decisions take the time they are told: a replay that asked the real clock would not be a replay."""

import ast
from collections.abc import Iterator

import pytest

from tests.support.house import PACKAGE, sources

CLOCKS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("timezone", "now"), ("timezone", "localtime"), ("timezone", "localdate"),
    ("time", "time"), ("time", "time_ns"), ("time", "monotonic"), ("time", "sleep"), ("time", "localtime"),
}  # fmt: skip
CHANCE = {
    ("random", name) for name in ("random", "choice", "shuffle", "randint", "uniform", "sample", "gauss")
}
FILES = {"open", "input", "print"}
OUTSIDE = {"cli", "gateways"}
"""What speaks with people and devices takes the time itself, and so do views: everything else is judged."""
BY_THE_WALL_CLOCK = {
    "conf/asgi.py": "a stream is checked anew every so many seconds",
    "conf/backups/writing.py": "a backup bears its date",
    "conf/benching.py": "measures",
    "conf/demoing.py": "waits until the pages answer",
    "conf/doctor/machine.py": "the age of the engine's beat",
    "conf/engine.py": "beats",
    "conf/idempotency.py": "how long another request has held a key",
    "conf/metrics.py": "the age of what is told",
    "conf/middleware.py": "a session's shift ends by the wall",
    "conf/sessions.py": "a session's shift ends by the wall",
    "conf/supervisor.py": "starts a process again after a while",
    "conf/upgrading.py": "a backup bears its date",
    "conf/wellness.py": "how long a part has been ill",
    "exercise/driver.py": "keeps the pace of an exercise",
    "exercise/field/client.py": "waits for a process",
    "foundation/checkpoints.py": "a signature bears its date",
    "foundation/health.py": "how long a part has been ill",
    "foundation/held.py": "measures the write lock",
    "foundation/home.py": "waits for a file that another process writes",
    "foundation/processes.py": "waits for a process",
    "ui/shared.py": "forgets what is older than a second, whatever an exercise's clock says",
    "foundation/tasks.py": "work of the live world falls due by the wall",
    "foundation/worlds.py": "the clock of the live world, for everybody",
    "foundation/writing.py": "waits for the write lock",
    "people/accounts/scope.py": "rights rest by the wall in every world",
    "people/accounts/sessions.py": "a session's shift ends by the wall",
    "people/elsewhere/asking.py": "gives a provider five seconds",
}
"""Real time by design, each with its reason. A file without such a call goes off the list."""


def reaches(source: str, *, pure: bool) -> Iterator[str]:
    """Each call in `source` to a clock or to chance, and to a file where the code must be `pure`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(attr=name, value=ast.Name(id=owner) | ast.Attribute(attr=owner)):
                if (owner, name) in CLOCKS | CHANCE:
                    yield f"{node.lineno}: {owner}.{name}()"
            case ast.Name(id=name) if pure and name in FILES:
                yield f"{node.lineno}: {name}()"


def judged() -> Iterator[tuple[str, bool]]:
    """Every file of ours outside views, commands and gateways, and whether it may not open files either."""
    for path in sources():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] not in OUTSIDE and "views" not in parts[1:]:
            yield str(path.relative_to(PACKAGE)), parts[0] in {"science", "wire"} or "rules" in parts[1:]


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)", "datetime.datetime.utcnow()", "timezone.now()", "time.time()",
        "random.choice(names)", "open('level.txt')", "print(level)",
    ],
)  # fmt: skip
def test_a_planted_reach_is_seen(line: str) -> None:
    assert list(reaches(f"def decide(now):\n    return {line}", pure=True))


def test_arithmetic_on_a_given_time_is_no_reach() -> None:
    assert not list(
        reaches("def decide(now):\n    return now.astimezone(UTC) - timedelta(hours=3)", pure=True)
    )


def test_no_decision_asks_the_clock_a_file_or_chance() -> None:
    faults = [
        f"{name}:{reach}"
        for name, pure in judged()
        if name not in BY_THE_WALL_CLOCK
        for reach in reaches((PACKAGE / name).read_text(), pure=pure)
    ]
    assert not faults, "\n".join(["take `now` from the caller:", *faults])


def test_the_list_of_those_by_the_wall_clock_has_no_ghosts() -> None:
    files = dict(judged())
    silent = [
        name
        for name in BY_THE_WALL_CLOCK
        if name not in files or not list(reaches((PACKAGE / name).read_text(), pure=False))
    ]
    assert silent == [], "these ask no clock: take them off the list"


def test_the_gate_covers_the_loose_files_of_every_room() -> None:
    rooms = {name.partition("/")[0] for name, _ in judged()}
    assert rooms >= {
        "foundation",
        "people",
        "observe",
        "simulate",
        "judge",
        "warn",
        "move",
        "call",
        "prove",
        "desk",
    }
    assert "people/accounts/__init__.py" in dict(judged())
