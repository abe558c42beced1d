"""`anlan demo`: the demo city, the night of Liulin at sixty times, and the pages to watch it on."""

import argparse
import os
from typing import Any

from anlan.cli import options
from anlan.cli.run import add_ports, engine_args, web_args


def register(commands: Any) -> None:
    parser = commands.add_parser("demo", help="set up and open the running demo")
    add_ports(parser)
    parser.add_argument("--speed", type=options.speed, default=60.0, help="simulated seconds a second")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.set_defaults(run=run, gauge_host=os.environ.get("ANLAN_SL651_HOST", "127.0.0.1"))


def run(args: argparse.Namespace) -> int:
    from anlan.conf.install import ready

    ready()
    from anlan.conf import demoing, supervisor

    demoing.set_up(speed=args.speed)
    entry = demoing.link(host=args.host, port=args.port)
    demoing.welcome_when_ready(entry, browser=not args.no_browser)
    supervisor.run(web=web_args(args), engine=engine_args(args))
    return 0
