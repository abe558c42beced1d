"""`anlan simulate MODEL`: run a model on files, without web and database (docs/reference/simulate.md).

A model is one module (or folder) here: `register(models)` adds its words and `run(args)` does it; its name goes into MODELS.
"""

import importlib
from typing import Any

MODELS = (
    "quake",
    "fire_weather",
    "slope",
    "hazard_source",
    "breach",
    "flood",
    "calibrate",
    "score_nowcasts",
    "critical_rain",
)


def register(commands: Any) -> None:
    parser = commands.add_parser("simulate", help="run a model on files, without web and database")
    models = parser.add_subparsers(dest="model", metavar="MODEL", required=True)
    for name in MODELS:
        importlib.import_module(f"{__name__}.{name}").register(models)
