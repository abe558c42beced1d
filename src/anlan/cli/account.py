"""`anlan account`: make an account, from the server's own console."""

import argparse
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("account", help="make an account")
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="make an account at a post")
    add.add_argument("username")
    add.add_argument("--name", required=True, help="the person's name; stored sealed")
    add.add_argument("--post", required=True, help="ref of the post, as the page of accounts lists it")
    add.set_defaults(run=run_add)


def run_add(args: argparse.Namespace) -> int:
    import getpass

    from anlan.conf.install import opened

    opened()
    from anlan.foundation import worlds
    from anlan.foundation.errors import Invalid
    from anlan.foundation.words import w
    from anlan.people.accounts.administration import create_account

    ctx = worlds.context(worlds.get("live"))
    try:
        password = getpass.getpass("password: ")
    except EOFError:
        raise Invalid(w("没有读到密码。请在终端里输入，或从标准输入给一行。")) from None
    create_account(ctx, username=args.username, name=args.name, password=password, post_ref=args.post)
    print(f"account {args.username} stands; it sets up its one-time code when it signs in first")
    return 0
