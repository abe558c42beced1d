"""`anlan engine`: gateways, windows, rules and due work; `anlan run` starts it."""

import argparse
from typing import Any

from anlan.cli.run import add_ports
from anlan.conf.supervisor import SUPERVISED
from anlan.foundation.processes import end_with_parent


def register(commands: Any) -> None:
    parser = commands.add_parser("engine", help="the engine alone (anlan run starts it)")
    add_ports(parser)
    parser.add_argument("--only", default="", metavar="WORLD", help="drive this exercise alone, then end")
    parser.add_argument(SUPERVISED, action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.supervised:
        end_with_parent()
    from anlan.conf.install import opened

    opened()
    from anlan.conf import engine
    from anlan.foundation import worlds

    if args.only:
        worlds.get(args.only)
    engine.main(port=None if args.only else args.gauge_port, host=args.gauge_host, only=args.only)
    return 0
