"""`anlan register`: the registers from the command line, for scripts; who stands at the machine itself acts as the system."""

import argparse
import json
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("register", help="registers: list, template, import, export")
    actions = parser.add_subparsers(dest="action", required=True)
    listed = actions.add_parser("list", help="every register with its columns")
    listed.add_argument("--json", action="store_true", help="for programs")
    listed.set_defaults(run=run_list)
    for name, help_text, run in (
        ("template", "write the Excel template of a register", run_template),
        ("import", "read a file; nothing is saved without --confirm", run_import),
        ("export", "write a register to .xlsx or .csv", run_export),
    ):
        one = actions.add_parser(name, help=help_text)
        one.add_argument("name", help="the register's name or Chinese word")
        one.add_argument("file", type=Path)
        one.set_defaults(run=run)
        if name == "import":
            one.add_argument("--confirm", action="store_true", help="save it, all of it or nothing")
            one.add_argument("--json", action="store_true", help="for programs")
        if name == "export":
            one.add_argument(
                "--filter", action="append", default=[], metavar="COLUMN=VALUE", help="only these rows"
            )


def _ctx() -> Any:
    from anlan.conf.install import opened

    opened()
    from anlan.foundation import worlds

    return worlds.context(worlds.get("live"))


def run_list(args: argparse.Namespace) -> int:
    _ctx()
    from anlan.registers.all import registers

    found = [
        {
            "name": each.name, "word": each.word, "room": each.room,
            "columns": [{"name": c.name, "word": c.word, "required": c.required, "key": c.name in each.naming}
                        for c in each.columns],
        }
        for each in registers().values()
    ]  # fmt: skip
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for one in found:
            print(f"{one['name']:16} {one['word']}：{'、'.join(c['word'] for c in one['columns'])}")
    return 0


def run_template(args: argparse.Namespace) -> int:
    ctx = _ctx()
    from anlan.registers import uploads
    from anlan.registers.all import register as named

    args.file.write_bytes(uploads.template(ctx, named(args.name)))
    return 0


def run_import(args: argparse.Namespace) -> int:
    ctx = _ctx()
    from anlan.registers import uploads
    from anlan.registers.all import register as named

    it = named(args.name)
    looked = uploads.look(ctx, it, args.file.read_bytes(), args.file.name)
    told: dict[str, Any] = {**looked.counts, "errors_file": "", "saved": False}
    if told["wrong"]:
        errors = args.file.with_name(f"{args.file.stem}-errors.xlsx")
        errors.write_bytes(uploads.errors(ctx, it, looked, "zh"))
        told["errors_file"] = str(errors)
    elif args.confirm:
        uploads.save_file(ctx, it, looked, args.file.name)
        told["saved"] = True
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        rest = (
            f"; wrong rows: {told['errors_file']}"
            if told["wrong"]
            else "; saved"
            if told["saved"]
            else "; not saved"
        )
        print("{new} new, {changed} changed, {same} same, {wrong} wrong".format(**told) + rest)
    return 1 if told["wrong"] else 0


def run_export(args: argparse.Namespace) -> int:
    ctx = _ctx()
    from anlan.registers import queries
    from anlan.registers.all import register as named
    from anlan.registers.books import writing
    from anlan.registers.columns import Look

    it = named(args.name)
    asked = {name: value for name, _, value in (each.partition("=") for each in args.filter)}
    it.filtered_by(asked)
    rows, heads = queries.cells(ctx, it, asked), it.heads(Look(ctx))
    if args.file.suffix == ".csv":
        writing.write_csv(args.file, heads, rows)
    else:
        writing.write_xlsx(args.file, it.word, heads, rows)
    return 0
