"""`anlan setup`: from an empty state folder to a signed-in administrator, and the list of what is still lacking."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from anlan.cli.run import add_ports
from anlan.conf.founding import lon_lat

ASKED = (
    ("name", "县（市、区）名称 / name of the county: "),
    ("code", "区划代码，6 位 / division code, 6 digits: "),
    ("centre", "县城经纬度，如 113.30,31.85 / lon,lat of the county seat: "),
    ("admin", "第一位管理员的用户名 / user name of the first administrator: "),
)


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "setup", help="begin with your own county: its name and code, its first administrator"
    )
    parser.add_argument("--name", help="the county's name")
    parser.add_argument("--code", help="its division code, 6 digits")
    parser.add_argument(
        "--centre", type=lon_lat, metavar="LON,LAT", help="where the county seat lies, in degrees"
    )
    parser.add_argument(
        "--from",
        dest="folder",
        type=Path,
        metavar="FOLDER",
        help="register books and map files to load, in any order",
    )
    parser.add_argument("--admin", metavar="NAME", help="user name of the first administrator")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    add_ports(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from anlan.conf import founding
    from anlan.conf.install import ready

    ready()
    founding.refuse_a_demo()
    if sys.stdin.isatty() and not args.json and not args.folder:
        _ask(args)
    done = founding.found(args)
    if args.json:
        print(json.dumps(done, ensure_ascii=False, indent=2))
    else:
        _tell(done)
    return 1 if done["errors_files"] else 0


def _ask(args: argparse.Namespace) -> None:
    """For what the command was not given, while there is no county yet."""
    from anlan.places.atlas import atlas

    for name, question in ASKED:
        is_known = bool(atlas().places) and name != "admin"
        while not is_known and not getattr(args, name):
            answer = input(question).strip()
            try:
                setattr(args, name, lon_lat(answer) if name == "centre" else answer)
            except ValueError:
                continue


def _tell(done: dict[str, Any]) -> None:
    from anlan.conf.doctor.finding import is_chinese

    zh = is_chinese()
    for name, counts in done["loaded"].items():
        print("{name}: {new} new, {changed} changed, {same} same, {wrong} wrong".format(name=name, **counts))
    for name in (*done["unknown_files"], *done["errors_files"]):
        print(f"! {name}")
    if done["admin"]:
        said = ("十分钟内在本机打开，只能用一次", "open it on this machine within ten minutes; it works once")
        print(f"{done['admin']['name']}: {done['admin']['sign_in_link']}\n  {said[0] if zh else said[1]}")
    kept = (
        "另存一份，丢了谁也打不开名册"
        if zh
        else "keep a copy elsewhere: without them nobody opens the registers"
    )
    print(f"密钥 keys: {done['keys']}\n  {kept}")
    for step in done["open_steps"]:
        print(f"{step['number']:>3} {step['word']}：{step['lacks']}")
    print("anlan run")
