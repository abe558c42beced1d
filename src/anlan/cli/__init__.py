"""The command line, one entry: `anlan`.

Exit codes: 0 done, 1 found something wrong, 2 could not be done (the message says what to do).
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from anlan import __version__
from anlan.foundation.errors import AnlanError

COMMANDS = (
    "demo",
    "run",
    "replay",
    "decode",
    "cap",
    "journal",
    "simulate",
    "verify",
    "bench",
    "doctor",
    "backup",
    "restore",
    "web",
    "engine",
    "account",
    "ground",
    "pack",
)


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.conf.settings")
    parser = argparse.ArgumentParser(
        prog="anlan", description="安澜 anlan: from the rain gauge to the doorbell, with proof"
    )
    parser.add_argument("--version", action="version", version=f"anlan {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"anlan.cli.{name}").register(commands)
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        raise SystemExit(2)
    try:
        code = args.run(args)
    except AnlanError as error:
        print(f"anlan {args.command}: {error}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    raise SystemExit(code or 0)
