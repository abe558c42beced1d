"""`anlan decode`: frames to JSON lines, without any state."""

import argparse
import sys
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("decode", help="decode station frames into JSON lines")
    parser.add_argument("protocol", choices=["sl651"])
    parser.add_argument("file", help="a file with one frame a line, hex or ASCII; - for standard input")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    import json

    from anlan.wire.sl651.lines import decode_lines

    try:
        source = sys.stdin if args.file == "-" else open(args.file, encoding="utf-8", errors="replace")  # noqa: SIM115
    except OSError as error:
        print(
            f"anlan decode: {args.file}: {error.strerror}; give a file that can be read, or -",
            file=sys.stderr,
        )
        return 2
    bad = 0
    with source:
        for row in decode_lines(source):
            bad += not row["ok"]
            print(json.dumps(row, ensure_ascii=False))
    return 1 if bad else 0
