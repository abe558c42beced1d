"""`anlan account`: make an account, or give one a new password, from the server's own console."""

import argparse
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("account", help="make an account or set a password")
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="make an account at a post")
    add.add_argument("username")
    add.add_argument("--name", required=True, help="the person's name; stored sealed")
    add.add_argument("--post", required=True, help="ref of the post")
    add.set_defaults(run=run_add)


def run_add(args: argparse.Namespace) -> int:
    import getpass

    from anlan.conf.install import prepare

    prepare()
    from anlan.foundation import worlds
    from anlan.people.administration import create_account

    ctx = worlds.context(worlds.get("live"))
    password = getpass.getpass("password: ")
    create_account(ctx, username=args.username, name=args.name, password=password, post_ref=args.post)
    print(f"account {args.username} stands; it sets up its one-time code when it signs in first")
    return 0
