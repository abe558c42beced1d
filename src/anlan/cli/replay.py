"""`anlan replay liulin`: the night as an exercise through the real system, in lock step."""

import argparse
import json
import sys
from typing import Any

from anlan.cli import options
from anlan.cli.follow import follow


def register(commands: Any) -> None:
    parser = commands.add_parser("replay", help="replay a past night through the real system")
    parser.add_argument("scenario", choices=["liulin"])
    parser.add_argument(
        "--json", action="store_true", help="print the result as JSON (docs/reference/cli.md)"
    )
    parser.add_argument(
        "--hours",
        choices=["ending", "beginning"],
        default="ending",
        help="how the published hours are labelled: not certain; hour-ending by default",
    )
    parser.add_argument("--seed", type=int, default=None, help="seed of all generated chance")
    parser.add_argument(
        "--speed", type=options.speed, default=0.0, help="simulated seconds a second; 0 as fast as it can"
    )
    parser.add_argument(
        "--phones-fail-at",
        default=None,
        type=options.moment,
        metavar="ISO",
        help="when phones fail in the town, such as 2021-08-12T05:30+08:00 (assumed)",
    )
    for name, what in (("--since", "begin"), ("--until", "end")):
        parser.add_argument(
            name,
            default=None,
            type=options.clock,
            metavar="HH:MM",
            help=f"{what} with the reports of that Beijing time: a rehearsal",
        )
    parser.add_argument(
        "--forecast", action="store_true", help="the flood model looks ahead: half a minute to a minute more"
    )
    parser.add_argument(
        "--resume", default="", metavar="WORLD", help="go on with an exercise that stands still"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from anlan.conf.install import ready

    ready()
    from anlan.conf.replaying import prepare_world
    from anlan.demo.report import report
    from anlan.foundation import worlds
    from anlan.foundation.worlds import World

    key = prepare_world(args)
    follow(key, quiet=args.json)
    world = worlds.get(key)
    if world.state != World.State.ENDED:
        print(f"the exercise {key} stands at {world.now}: go on with --resume {key}", file=sys.stderr)
        return 2
    found = report(world)
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        from anlan.conf.replaying import told

        print(told(found))
    from anlan.exercise.field.client import FieldClient

    FieldClient(key).stop()
    return 0
