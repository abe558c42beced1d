"""`anlan doctor`: what is misconfigured, and the mend."""

import argparse
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="say what is misconfigured and how to mend it")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--times", action="store_true", help="how long each kind of write held the lock")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from anlan.conf import doctor

    if args.times:
        print("\n".join(["   times       p99         worst     what", *doctor.write_times()]))
        return 0
    findings = doctor.examine()
    if args.json:
        import json

        print(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(finding)
    return 1 if any(finding.is_bad for finding in findings) else 0
