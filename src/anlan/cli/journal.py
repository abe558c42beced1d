"""`anlan journal`: verify the chains, show entries."""

import argparse
import json
from typing import Any

from anlan.cli import options


def register(commands: Any) -> None:
    parser = commands.add_parser("journal", help="verify the journal or show its entries")
    actions = parser.add_subparsers(dest="action", required=True)
    verify = actions.add_parser("verify", help="exit 0 when every chain holds, else name the first bad entry")
    verify.add_argument("--world", default="", help="one world only")
    verify.set_defaults(run=run_verify)
    show = actions.add_parser("show", help="print entries, one JSON line each")
    show.add_argument("--world", default="live", help="of which world")
    show.add_argument("--after", type=options.count, default=0, help="entries after this number")
    show.add_argument("--limit", type=options.count, default=100, help="at most so many")
    show.set_defaults(run=run_show)


def run_verify(args: argparse.Namespace) -> int:
    from anlan.conf.install import opened

    opened()
    from anlan.foundation import checkpoints, edited, journal, worlds
    from anlan.foundation.worlds import World

    rows = World.objects.order_by("pk")
    code = 0
    for world in [worlds.get(args.world)] if args.world else rows:
        verdict = journal.verify(worlds.info(world), world.scenario)
        bad, reason = verdict.bad_seq, verdict.reason
        if bad is None and (signed := checkpoints.fault(worlds.info(world))):
            bad, reason = signed
        if bad is None:
            print(f"{world.key}: {verdict.entries} entries hold, head {verdict.head}")
        else:
            print(f"{world.key}: entry {bad} is bad: {reason}")
            code = 1
        for row in edited.edited(worlds.info(world)):
            print(f"{world.key}: row {row.ref} was edited: its {row.what} is not what the journal tells")
            code = 1
    return code


def run_show(args: argparse.Namespace) -> int:
    from anlan.conf.install import opened

    opened()
    from anlan.foundation import journal, worlds

    for entry in journal.tail(worlds.get(args.world).pk, args.after, args.limit):
        print(json.dumps({**journal.read(entry), "hash": entry.hash}, ensure_ascii=False))
    return 0
