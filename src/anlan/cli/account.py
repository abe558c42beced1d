"""`anlan account`: accounts from the server's own console; who stands at the machine itself needs no second administrator."""

import argparse
import json
from typing import Any

from anlan.cli.run import add_ports


def register(commands: Any) -> None:
    parser = commands.add_parser("account", help="accounts: add, list, reset, end")
    actions = parser.add_subparsers(dest="action", required=True)
    for name, about, run in (
        ("add", "make an account at a post", run_add),
        ("list", "every account with its post and state", run_list),
        ("reset", "take password, one-time codes, sessions and tokens away; a link signs in once", run_reset),
        ("end", "let an account in no more; its sessions and tokens end at once", run_end),
    ):
        one = actions.add_parser(name, help=about)
        one.set_defaults(run=run)
        if name == "list":
            one.add_argument("--json", action="store_true", help="for programs")
            continue
        one.add_argument("username")
        if name == "add":
            one.add_argument("--name", required=True, help="the person's name; stored sealed")
            one.add_argument("--post", required=True, help="ref of the post, as the register of posts lists it")
        if name == "reset":
            add_ports(one)


def _ctx() -> Any:
    from anlan.conf.install import opened

    opened()
    from anlan.foundation import worlds

    return worlds.context(worlds.get("live"))


def run_add(args: argparse.Namespace) -> int:
    import getpass

    ctx = _ctx()
    from anlan.foundation.errors import Invalid
    from anlan.foundation.words import w
    from anlan.people.accounts.administration import create_account

    try:
        password = getpass.getpass("password: ")
    except EOFError:
        raise Invalid(w("没有读到密码。请在终端里输入，或从标准输入给一行。")) from None
    create_account(ctx, username=args.username, name=args.name, password=password, post_ref=args.post)
    print(f"account {args.username} stands; it sets up its one-time code when it signs in first")
    return 0


def run_list(args: argparse.Namespace) -> int:
    ctx = _ctx()
    from anlan.people.accounts.queries import accounts

    found = [
        {
            "username": a.username, "ref": a.ref, "unit": a.organisation, "post": a.post, "role": a.role["zh"],
            "active": a.is_active, "one_time_code": a.has_totp, "waits_for": a.asked,
            "last_login": a.last_login.isoformat() if a.last_login else "",
        }
        for a in accounts(ctx)
    ]  # fmt: skip
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for a in found:
            state = "" if a["active"] else "  - ended"
            print(f"{a['username']:24} {a['role']:8} {a['unit']} {a['post']}{state}")
    return 0


def run_reset(args: argparse.Namespace) -> int:
    ctx = _ctx()
    from anlan.people.accounts.administration import reset_by_link

    key = reset_by_link(ctx, username=args.username)
    print(f"{args.username}: http://{args.host}:{args.port}/sign-in/link/{key}")
    print("it works once, within ten minutes; a password of one's own and a one-time code are set up then")
    return 0


def run_end(args: argparse.Namespace) -> int:
    ctx = _ctx()
    from anlan.people.accounts.administration import set_active

    set_active(ctx, username=args.username, active=False)
    print(
        f"account {args.username} is ended: its sessions and tokens are over; what it did stays in the journal"
    )
    return 0
