"""`anlan bench`: what is fast, against a peer in the same run."""

import argparse
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("bench", help="measure what is called fast")
    parser.add_argument("--json", action="store_true", help="print rows as JSON")
    parser.add_argument("--only", default="", help="one module of bench/")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from anlan.conf import benching

    return benching.run(as_json=args.json, only=args.only)
