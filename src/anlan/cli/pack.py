"""`anlan pack`: which rule packs act in the live world; adopt one, or switch it off, with a reason."""

import argparse
from typing import Any

from anlan.foundation.rules.reason import LEAST_REASON


def register(commands: Any) -> None:
    parser = commands.add_parser("pack", help="which rule packs act here; adopt one or switch it off")
    actions = parser.add_subparsers(dest="action", required=True)
    listed = actions.add_parser("list", help="every pack, and whether it acts in the live world")
    listed.set_defaults(run=run_list)
    for name, help_text in (("on", "adopt a pack"), ("off", "switch a pack off")):
        one = actions.add_parser(name, help=f"{help_text}; the reason goes into the journal")
        one.add_argument("id", help="the pack's id")
        one.add_argument("--why", required=True, help=f"at least {LEAST_REASON} characters")
        one.add_argument("--at", default="*", metavar="CODE", help="a division's code; everywhere without it")
        one.set_defaults(run=run_switch, on=name == "on")


def run_list(args: argparse.Namespace) -> int:
    from anlan.conf.install import opened

    opened()
    from anlan.foundation import packs, shelf
    from anlan.foundation.home import home

    found = packs.load_all(home=home())
    for pack in map(shelf.as_switched, found.packs):
        acts = "acts" if pack.is_on else "off (example: adopt it first)"
        switched = "".join(f" {'on' if on else 'off'} at {code}" for code, on in pack.switches)
        print(f"{pack.id:32} {pack.kind:18} {acts}{switched}")
    for file in found.refused:
        print(
            f"refused: {file.why}; {'its last good version acts' if file.is_kept else 'nothing stands in for it'}"
        )
    return 1 if found.refused else 0


def run_switch(args: argparse.Namespace) -> int:
    from anlan.conf.install import opened

    opened()
    from anlan.foundation import switching, worlds
    from anlan.places.atlas import atlas

    code = args.at if args.at == switching.EVERYWHERE else atlas().code(args.at).code
    switching.switch(worlds.context(worlds.get("live")), pack=args.id, on=args.on, reason=args.why, code=code)
    print(f"{args.id}: {'on' if args.on else 'off'} at {code}; the engine takes it up at its next look")
    return 0
