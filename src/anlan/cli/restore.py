"""`anlan restore FILE`: a backup into an empty state folder and an empty database."""

import argparse
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("restore", help="restore a backup into an empty installation")
    parser.add_argument("file", type=Path)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from anlan.conf.install import prepare

    prepare()
    from anlan.conf import backups

    return backups.command_restore(args.file)
