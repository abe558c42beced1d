"""`anlan exercise`: make an exercise on the home's own stations and roster, play it to its end, list, start, pause and end them."""

import argparse
import json
import sys
from typing import Any

from anlan.cli import options
from anlan.cli.follow import follow

SETTINGS = (
    ("place", "centre of the rain: a division's code, or its name"),
    ("mm", "rain at the centre, millimetres"),
    ("hours", "in so many hours"),
    ("shape", "how the rain is spread over them: late, middle, early, even"),
    ("night", "the moment from which own readings are played again"),
    ("percent", "per cent of what was recorded"),
    ("issuer", "who issues warnings: people, simulated"),
    ("phones-fail-min", "telephones at the centre fail so many minutes after the start"),
    ("start", "the exercise's clock at its start; now without it"),
    ("length", "hours"),
    ("seed", "the same seed gives the same night"),
)


def register(commands: Any) -> None:
    parser = commands.add_parser("exercise", help="exercises on the home's own stations and roster")
    actions = parser.add_subparsers(dest="action", required=True)
    new = actions.add_parser("new", help="make one; it stands until it is started")
    new.add_argument("scenario", help="calm, storm, liulin-rain, readings, or a scenario of your own packs")
    for name, help_text in SETTINGS:
        new.add_argument(f"--{name}", default="", help=help_text)
    new.add_argument(
        "--speed", type=options.speed, default=60.0, help="simulated seconds a second; 0: as fast as it can"
    )
    new.add_argument(
        "--run",
        dest="plays",
        action="store_true",
        help="play it to its end at once, as fast as it can unless --speed is said",
    )
    new.set_defaults(run=run_new)
    listed = actions.add_parser("list", help="every exercise and where its clock stands")
    listed.set_defaults(run=run_list)
    play = actions.add_parser("run", help="play one that stands to its end, and tell what it came to")
    play.set_defaults(run=run_play)
    for name in ("start", "pause", "end"):
        one = actions.add_parser(name, help=f"{name} one; the running engine obeys")
        one.set_defaults(run=run_change)
    for each in actions.choices.values():
        if each is not new and each is not listed:
            each.add_argument("key", help="the exercise, such as x3")
        each.add_argument("--json", action="store_true", help="print JSON (docs/reference/cli.md)")


def run_new(args: argparse.Namespace) -> int:
    _ready()
    from anlan.foundation import exercises, worlds

    settings = {name.replace("-", "_"): getattr(args, name.replace("-", "_")) for name, _ in SETTINGS}
    live = worlds.context(worlds.get("live"))
    key = exercises.create(live, scenario=args.scenario, settings={**settings, "speed": args.speed})
    if args.plays:
        return _play(key, args)
    _tell(worlds.get(key), args)
    return 0


def run_list(args: argparse.Namespace) -> int:
    _ready()
    from anlan.foundation import worlds

    found = [world for world in worlds.everything() if world.key != "live"]
    if args.json:
        print(json.dumps([_shown(world) for world in found], ensure_ascii=False))
    else:
        for world in found:
            _tell(world, args)
    return 0


def run_change(args: argparse.Namespace) -> int:
    _ready()
    from anlan.foundation import exercises, worlds

    exercises.change(worlds.context(worlds.get("live")), key=args.key, what=args.action)
    _tell(worlds.get(args.key), args)
    return 0


def run_play(args: argparse.Namespace) -> int:
    _ready()
    return _play(args.key, args)


def _play(key: str, args: argparse.Namespace) -> int:
    from anlan.exercise import report
    from anlan.exercise.field.client import FieldClient
    from anlan.foundation import exercises, worlds

    world = worlds.get(key)
    if not (
        world.state == "running" and world.settings.get("own_engine")
    ):  # one whose engine was killed goes on
        exercises.change(worlds.context(worlds.get("live")), key=key, what="start", own_engine=True)
    follow(key, quiet=args.json)
    found = report.report(worlds.get(key))
    print(
        json.dumps(found, ensure_ascii=False)
        if args.json
        else "\n".join([found["title"], *report.told(found)])
    )
    FieldClient(key).stop()
    return 0


def _ready() -> None:
    from anlan.conf.install import opened

    opened()


def _shown(world: Any) -> dict[str, Any]:
    from anlan.exercise.report import local

    return {
        "exercise": world.key, "scenario": world.scenario, "title": world.title, "seed": world.seed, "state": world.state,
        "starts_at": local(world.starts_at), "ends_at": local(world.ends_at), "now": local(world.now),
        "speed": world.speed, "forecast": bool(world.settings.get("forecast")),
    }  # fmt: skip


def _tell(world: Any, args: argparse.Namespace) -> None:
    shown = _shown(world)
    if args.json:
        print(json.dumps(shown, ensure_ascii=False))
        return
    print(f"{shown['exercise']}  {shown['state']:8} {shown['now'][:16]}  {shown['title']}")
    if world.settings.get("grounds") == []:
        print(
            "      没有放入地形，这次演练没有洪水预报 no terrain is loaded: no flood forecasts",
            file=sys.stderr,
        )
