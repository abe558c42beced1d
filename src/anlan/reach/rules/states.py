"""States of a message, in exact words: what a provider has taken is not yet on the telephone."""

from collections.abc import Iterable

from anlan.foundation.words import Worded, w


class MessageState(Worded):
    """状态, in the order in which they come; a final one never moves back."""

    CREATED = "created", w("待发")
    SENDING = "sending", w("正在发")
    FAILED_NOW = "failed_now", w("这次没发成，会再发")
    UNKNOWN = "unknown", w("发没发出不清楚")
    TAKEN = "taken", w("运营方已收下")
    DELIVERED = "delivered", w("已送到手机")
    FAILED = "failed", w("发不出去")
    EXPIRED = "expired", w("过时未发")

    @property
    def is_final(self) -> bool:
        return self in FINAL


S = MessageState
FINAL = frozenset({S.DELIVERED, S.FAILED, S.EXPIRED})
WAITING = frozenset({S.CREATED, S.FAILED_NOW, S.UNKNOWN})
"""A line may take it; an unknown one only by another line than the one that did not answer."""
_HEARD = {
    S.SENDING: {S.TAKEN, S.DELIVERED, S.FAILED, S.FAILED_NOW, S.UNKNOWN},
    S.UNKNOWN: {S.TAKEN, S.DELIVERED, S.FAILED},
    S.TAKEN: {S.DELIVERED, S.FAILED},
}


def moves(old: MessageState, heard: MessageState) -> bool:
    """Whether what is heard of a try moves it: receipts come twice, late, out of order and before the answer."""
    return heard in _HEARD.get(old, set())


def of_tries(tries: Iterable[MessageState]) -> MessageState:
    """What a message is by all its tries: the best that any of them came to; one that failed for good is no news while
    another is under way."""
    found = list(tries)
    order = (S.DELIVERED, S.TAKEN, S.SENDING, S.UNKNOWN, S.FAILED_NOW, S.FAILED)
    return next((state for state in order if state in found), S.CREATED)
