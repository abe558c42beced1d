"""Draw the picture of critical rain from a pack that the model has written: `python -m tools.critical_rain PACK`.

The chart is the one that the pack's page shows, with the style that it has there. Only by hand: a run takes minutes.
"""

import os
import sys
from pathlib import Path

from anlan.conf.install import prepare
from anlan.foundation.packs.parse import parse

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "model-critical-rain.svg"
STYLE = """<style>text{font-family:"Noto Sans","Helvetica Neue",Arial,sans-serif;fill:#111}\
.chart__axis{fill:none;stroke:#999}.chart__grid{fill:none;stroke:#ddd}\
.chart__line{fill:none;stroke:#111;stroke-width:2.5;stroke-linejoin:round}.chart__dot{fill:#111}\
.chart__cross{fill:#fff;stroke:#111;stroke-width:1.5}.chart__limit{fill:none;stroke:#111;stroke-dasharray:6 4}\
.chart__band{fill:#bcd7e6;stroke:#7aa7bf;stroke-dasharray:3 3}.chart__label{font-size:13px;fill:#444}\
.chart__value{font-size:15px;font-weight:600}\
.chart__halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}\
.chart__end{text-anchor:end}.chart__mid{text-anchor:middle}</style>"""


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.conf.settings")
    prepare()
    from anlan.desk.views import critical_rain  # which needs Django

    path = Path(sys.argv[1])
    told = critical_rain.table(parse(path.read_bytes(), path=path), "en")
    if told is None:
        print(f"{path} holds no critical rain", file=sys.stderr)
        return 2
    head, rest = str(told.picture).split(">", 1)
    head = head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
    PICTURE.write_text(f"{head}>{STYLE}{rest}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
