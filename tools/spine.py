"""Draw the way of a reading to the doorbell into the docs: `python -m tools.spine`.

Each stop is a function that exists; each hop that no call makes names the constant by which both sides know it.
"""

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "explanation" / "spine.md"
BEGIN, END = "<!-- stops: python -m tools.spine -->", "<!-- end of stops -->"


@dataclass(frozen=True)
class Stop:
    """One function on the way, and how the next one is reached: by a call, or by a name that `hop` holds."""

    at: Callable[..., Any]
    says: str
    hop: str = "call"


def stops() -> tuple[Stop, ...]:
    """From the gauge to the proof."""
    from anlan.call import events as call
    from anlan.call import handlers, sending
    from anlan.call.actions import calldown, callout, doorchecks, hearing
    from anlan.gateways.sl651.server import GatewayThread
    from anlan.judge import events as judge
    from anlan.judge.actions import exceedances
    from anlan.judge.watching import Watching
    from anlan.observe.ingest.ingest import Ingest
    from anlan.prove.queries.proof.facts import facts_of

    return (
        Stop(GatewayThread, "takes the frame from the socket"),
        Stop(
            Ingest.take_batch,
            "stores the reading before it is acknowledged; windows and stages move",
            "engine's look",
        ),
        Stop(Watching.look, "holds what stations measure now against every pack in force"),
        Stop(exceedances.keep, "keeps the finding once, with its entry", judge.EXCEEDANCE_OPENED),
        Stop(handlers.call_out, "puts the township's decision on the list of due work", call.CALLOUT),
        Stop(callout.decide_exceedances, "asks the standing order what this starts"),
        Stop(calldown.open_calldown, "fills the ladders with the people of the place", call.CALLDOWN_OPENED),
        Stop(
            calldown.go_on_with,
            "decides the next steps and writes each call down as `sending`",
            "row of Call",
        ),
        Stop(sending.send, "hands the call to its channel, by its key", "channel's report"),
        Stop(sending.hear, "takes in what the channel heard"),
        Stop(hearing.hear, "an answer settles the line; silence goes up the ladder", call.LINE_SILENT),
        Stop(
            doorchecks.order,
            "sends the nearest free person to the door, never into water",
            call.DOORCHECK_DONE,
        ),
        Stop(facts_of, "reads it all again from the journal: the proof"),
    )


def table() -> list[str]:
    rows = ["| where | what it does | reaches the next by |", "| --- | --- | --- |"]
    for stop in stops():
        module = inspect.getmodule(stop.at)
        assert module is not None
        rows.append(f"| `{module.__name__}.{stop.at.__qualname__}` | {stop.says} | {_hop(stop.hop)} |")
    return rows


def _hop(hop: str) -> str:
    return f"`{hop}`" if "." in hop else hop


def page(text: str) -> str:
    """The page with its stops drawn anew."""
    head, rest = text.split(BEGIN)
    return head + BEGIN + "\n\n" + "\n".join(table()) + "\n\n" + END + rest.split(END)[1]


def main() -> int:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.conf.settings")
    from anlan.conf.install import prepare

    prepare()
    PAGE.write_text(page(PAGE.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
