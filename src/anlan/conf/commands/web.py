"""`anlan web`: the web process alone; `anlan run` starts it."""

import argparse
from typing import Any

from anlan.conf.commands.run import add_ports


def register(commands: Any) -> None:
    parser = commands.add_parser("web", help="the web process alone (anlan run starts it)")
    add_ports(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from anlan.conf.supervisor import serve

    serve(host=args.host, port=args.port)
    return 0
