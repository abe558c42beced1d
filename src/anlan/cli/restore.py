"""`anlan restore FILE`: a backup into an empty state folder and an empty database."""

import argparse
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("restore", help="restore a backup into an empty installation")
    parser.add_argument("file", type=Path)
    vouch = parser.add_mutually_exclusive_group()
    vouch.add_argument(
        "--key", type=Path, help="public key (checkpoints/….pub) that signed it; else that of the keys folder"
    )
    vouch.add_argument(
        "--unverified", action="store_true", help="restore although nothing tells who wrote it"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from anlan.conf.install import prepare

    prepare()
    from anlan.conf import backups

    return backups.command_restore(args.file, key=args.key, unverified=args.unverified)
