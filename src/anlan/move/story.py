"""What the journal says of moving people, in sentences."""

from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import w
from anlan.move.events import (
    EVACUATION_COUNTED,
    EVACUATION_ORDERED,
    EVACUATION_SET_OUT,
    EVACUATION_TAKEN_BACK,
    HOUSEHOLD_MARKED,
)
from anlan.ui.speech import Entry, Saying, Told, Words, plain


def _ordered(say: Words, entry: Entry) -> Told:
    stage, n = say(Stage(entry["body"]["stage"]).word), entry["body"]["households_to_move"]
    return Told(say(w("{stage}：应转 {n} 户"), stage=stage, n=n), "key")


def _set_out(say: Words, entry: Entry) -> Told:
    return Told(say(w("{n} 户上路"), n=entry["body"]["households"]))


def _counted(say: Words, entry: Entry) -> Told:
    body = entry["body"]
    return Told(
        say(w("清点到 {n}／{of} 户"), n=body["households_moved"], of=body["households_to_move"]), "safe"
    )


def _marked(say: Words, entry: Entry) -> Told:
    return Told(say(w("一户不肯走")), "key") if entry["body"]["event"] == "refused" else _counted(say, entry)


SAYINGS = {
    EVACUATION_ORDERED: Saying(_ordered),
    EVACUATION_SET_OUT: Saying(_set_out),
    EVACUATION_COUNTED: Saying(_counted),
    HOUSEHOLD_MARKED: Saying(_marked),
    EVACUATION_TAKEN_BACK: plain(w("一条点到或清点已撤销"), "key"),
}
