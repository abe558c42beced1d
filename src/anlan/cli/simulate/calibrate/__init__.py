"""`anlan simulate calibrate`: which parameters of a flood fit what gauges saw (docs/reference/simulate.md).

`given` reads the gauges and the parameters, `tries` runs a flood for each try, `told` says what was found.
"""

import argparse
from typing import Any

from anlan.cli.simulate.files import Answer, add_model, whole_number
from anlan.cli.simulate.flood import add_options


def register(models: Any) -> None:
    parser = add_model(
        models, "calibrate", what="the parameters of a flood that fit what gauges saw", work=work
    )
    add_options(parser)
    for option, file in (
        ("--observed", "CSV with name,minute and stage_m or depth_m, at names of --points"),
        ("--parameters", "TOML: for each parameter low, high and start"),
    ):
        parser.add_argument(option, metavar="FILE", required=True, help=file)
    parser.add_argument(
        "--objective", choices=["nse", "kge", "peak", "timing"], default="nse", help="what makes a run good"
    )
    parser.add_argument("--tries", default="40", help="runs at most")
    parser.add_argument("--seed", default="0", help="of the tries spread over the bounds")
    parser.set_defaults(resume=False)


def work(args: argparse.Namespace) -> Answer:
    from anlan.cli.simulate.calibrate import given, told, tries
    from anlan.cli.simulate.flood import results

    parameters = given.parameters(args.parameters)
    gauges = given.gauges(args.observed, args.objective)
    most, seed = whole_number(args.tries, "--tries"), whole_number(args.seed, "--seed", least=0)
    found = tries.search_for(args, parameters, gauges, most=most, seed=seed, out=results.folder(args.out))
    return found, told.lines(found, args.lang)
