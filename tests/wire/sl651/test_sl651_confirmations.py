"""Many answers at once are the same bytes as one by one."""

from datetime import UTC, datetime

import pytest

from anlan.wire.sl651.batch import pack
from anlan.wire.sl651.build import Uplink
from anlan.wire.sl651.codes import Control
from anlan.wire.sl651.confirmations import confirmations
from anlan.wire.sl651.frame import decode_frame
from anlan.wire.sl651.message import encode_message
from anlan.wire.sl651.reply import confirmation

AT = datetime(2025, 6, 30, 4, 5, tzinfo=UTC)


def frames() -> list[bytes]:
    made = []
    for n, end in enumerate((Control.ETX, Control.ETB, Control.ETX)):
        station = f"42130{n}00A{n}"
        uplink = Uplink(station=station, center=n + 1, password=0xA000 + n)
        groups = [(station, "P", AT, [("22", "1.5")] * (n + 1))]
        made.append(
            encode_message(
                uplink.message(function=0x32 + n, serial=300 + n, sent_at=AT, groups=groups, end=end)
            )
        )
    return made


@pytest.mark.parametrize("keep_online", [True, False])
def test_many_confirmations_equal_those_made_one_by_one(keep_online: bool) -> None:
    sent = frames()
    rows = confirmations(*pack(sent), now=AT, keep_online=keep_online)
    alone = [confirmation(decode_frame(f), now=AT, keep_online=keep_online) for f in sent]
    assert [row.tobytes() for row in rows] == alone


def test_no_frames_give_no_confirmations() -> None:
    assert confirmations(*pack([]), now=AT, keep_online=True).shape == (0, 25)
