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
    "setup",
    "run",
    "replay",
    "exercise",
    "decode",
    "cap",
    "journal",
    "simulate",
    "verify",
    "bench",
    "doctor",
    "backup",
    "restore",
    "upgrade",
    "web",
    "engine",
    "account",
    "ground",
    "map",
    "pack",
    "register",
)


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    parser = argparse.ArgumentParser(
        prog="anlan", description="安澜 anlan: from the rain gauge to the doorbell, with proof"
    )
    parser.add_argument("--version", action="version", version=f"anlan {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"anlan.cli.{name}").register(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.conf.settings")
    os.umask(0o077)  # what we write is ours alone to read
    args = parser().parse_args(argv)
    if args.command is None:
        parser().print_help()
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
    except Exception as error:
        if not (text := error_text(error)):
            raise
        print(f"anlan {args.command}: {text}", file=sys.stderr)
        code = 2
    raise SystemExit(code or 0)


def error_text(error: Exception) -> str:
    """What went wrong and what to do about it, where it is the caller's to mend; nothing for a fault of ours."""
    from django.db import DatabaseError

    from anlan.foundation.errors import AnlanError

    if isinstance(error, AnlanError):
        from anlan.conf.doctor.finding import is_chinese

        return error.said("zh" if is_chinese() else "en")
    if isinstance(error, DatabaseError):
        return f"the database does not answer as it should ({error}): `anlan doctor` says how to mend it"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; give one that can be used"
    return ""
