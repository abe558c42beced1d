"""`anlan run`: web and engine under one supervisor."""

import argparse
import os
from typing import Any

from anlan.cli import options

PORT = 8765
GAUGE_PORT = 7651


def register(commands: Any) -> None:
    parser = commands.add_parser("run", help="run web and engine until stopped")
    add_ports(parser)
    parser.set_defaults(run=run)


def add_ports(parser: argparse.ArgumentParser) -> None:
    """The addresses that a server listens on."""
    parser.add_argument(
        "--host", default=os.environ.get("ANLAN_HOST", "127.0.0.1"), help="address of the web pages"
    )
    parser.add_argument(
        "--port",
        type=options.port,
        default=int(os.environ.get("ANLAN_PORT", PORT)),
        help="port of the web pages",
    )
    parser.add_argument(
        "--gauge-port",
        type=options.port,
        default=int(os.environ.get("ANLAN_SL651_PORT", GAUGE_PORT)),
        help="port on which SL 651 stations report",
    )
    parser.add_argument(
        "--gauge-host",
        default=os.environ.get("ANLAN_SL651_HOST", "0.0.0.0"),
        help="address on which stations report; the demo listens on this machine alone",
    )


def run(args: argparse.Namespace) -> int:
    from anlan.conf import supervisor
    from anlan.conf.install import ready

    ready()
    from anlan.conf import setting_up

    if first := setting_up.offer(host=args.host, port=args.port):
        print(f"第一次使用，在本机打开 first visit, on this machine: {first}", flush=True)
    supervisor.run(web=web_args(args), engine=engine_args(args))
    return 0


def web_args(args: argparse.Namespace) -> list[str]:
    return ["web", "--host", args.host, "--port", str(args.port)]


def engine_args(args: argparse.Namespace) -> list[str]:
    return ["engine", "--gauge-host", args.gauge_host, "--gauge-port", str(args.gauge_port)]
