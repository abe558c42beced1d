"""`anlan web`: the web process alone; `anlan run` starts it."""

import argparse
from typing import Any

from anlan.cli.run import add_ports
from anlan.conf.supervisor import SUPERVISED, serve
from anlan.foundation.processes import end_with_parent


def register(commands: Any) -> None:
    parser = commands.add_parser("web", help="the web process alone (anlan run starts it)")
    add_ports(parser)
    parser.add_argument(SUPERVISED, action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.supervised:
        end_with_parent()
    serve(host=args.host, port=args.port)
    return 0
