"""`anlan backup FILE`: everything but the keys, while the system runs."""

import argparse
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("backup", help="write a backup (never the keys)")
    parser.add_argument("file", type=Path, help="the file to write, such as anlan-2026-11-21.zip")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from anlan.conf.install import opened

    opened()
    from anlan.conf import backups

    return backups.command_write(args.file)
