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
ROOM_FILES = {"rules", "actions", "queries", "handlers", "events"}
# Real time by design: sign-in, one-time codes and lockouts run by the wall clock in every world.
BY_THE_WALL_CLOCK = {"people/actions/sign_in.py", "people/sign_in.py", "people/actions/accounts.py"}


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
    for path in sources():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        pure = parts[0] in {"science", "wire"} or "rules" in parts[1:]
        domain = parts[0] in {
            "places",
            "people",
            "observe",
            "simulate",
            "judge",
            "warn",
            "move",
            "call",
            "prove",
        } and ROOM_FILES & set(parts[1:2])
        if pure or domain:
            yield str(path.relative_to(PACKAGE)), pure


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
