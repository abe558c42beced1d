"""`anlan upgrade`: the records of an earlier version become those of this one, after a backup; on failure they stay as they were."""

import argparse
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "upgrade", help="after a new version was installed: back up, migrate, verify"
    )
    parser.add_argument(
        "--backup",
        type=Path,
        metavar="FILE",
        help="where the backup goes; else upgrades/ of the state folder",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from anlan.conf.install import opened

    opened()
    from anlan.conf import upgrading

    return upgrading.command(args.backup)
