"""`anlan cap check`: what is wrong with a CAP file, line by line."""

import argparse
import sys
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("cap", help="check a CAP 1.2 file")
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="say what is wrong, line by line")
    check.add_argument("file", help="the CAP file; - for standard input")
    check.add_argument("--lang", choices=["zh", "en"], default="zh", help="language of the lines")
    check.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from anlan.wire.cap import check as cap_check
    from anlan.wire.cap.report import render

    try:
        data = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
    except OSError as error:
        print(
            f"anlan cap: {args.file}: {error.strerror}; give a file that can be read, or -", file=sys.stderr
        )
        return 2
    report = cap_check.check(data)
    for line in render(report, args.lang):
        print(line)
    return report.exit_code
