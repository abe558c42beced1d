"""Who may be heard: passwords that are tried, noise, and how many lines one peer holds. Pure: times are passed in.

what came                            what follows
wrong password, `wrong_most` times   the peer is shut for `shut_s`: whatever it sends is counted, never stored nor answered
the same for one station             for `shut_s` that station is heard from its usual peers alone
noise of a peer beyond `garbage`     its frames of unknown stations are counted and not looked at
noise of a peer beyond `peer_noise`  the peer is shut for `shut_s`
"""

from dataclasses import dataclass

from anlan.gateways.sl651.limits import Limits

REMEMBERED = 10_000  # peers and stations of which anything is held; the oldest go first


@dataclass(slots=True)
class _Tally:
    count: int
    since: float
    shut_until: float = 0.0


class Guard:
    """What was held against peers and stations in the last `shut_s` seconds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held: dict[tuple[str, str], _Tally] = {}
        self._lines: dict[str, int] = {}

    def comes(self, peer: str) -> bool:
        """Whether one more line of a peer fits; it counts until `goes`."""
        if self._lines.get(peer, 0) >= self._limits.peer_lines:
            return False
        self._lines[peer] = self._lines.get(peer, 0) + 1
        return True

    def goes(self, peer: str) -> None:
        self._lines[peer] -= 1
        if not self._lines[peer]:
            del self._lines[peer]

    def is_shut(self, peer: str, now: float) -> bool:
        """Nothing of this peer is taken now."""
        return self._is_shut(("noise", peer), now) or self._is_shut(("wrong", peer), now)

    def is_tried(self, station: str, now: float) -> bool:
        """Somebody tries this station's password now: hear it from its usual peers alone."""
        return self._is_shut(("station", station), now)

    def wrong(self, peer: str, station: str, now: float) -> bool:
        """A wrong password came; True when it is the one too many, which is to be told."""
        of_peer = self._add(("wrong", peer), 1, self._limits.wrong_most, now)
        of_station = self._add(("station", station), 1, self._limits.wrong_most, now)
        return of_peer or of_station

    def noise(self, peer: str, size: int, now: float) -> None:
        """So many bytes came that are of no use."""
        self._add(("noise", peer), size, self._limits.peer_noise, now)

    def is_noisy(self, peer: str) -> bool:
        """It has sent as much noise lately as one line may: frames of nobody are not looked at any more."""
        tally = self._held.get(("noise", peer))
        return tally is not None and tally.count > self._limits.garbage

    def _is_shut(self, key: tuple[str, str], now: float) -> bool:
        tally = self._held.get(key)
        return tally is not None and now < tally.shut_until

    def _add(self, key: tuple[str, str], amount: int, most: int, now: float) -> bool:
        """Count; True when that shuts, which happens once in `shut_s`."""
        tally = self._held.get(key)
        if tally is None or now - tally.since > self._limits.shut_s:
            self._held.pop(key, None)
            while len(self._held) >= REMEMBERED:
                del self._held[next(iter(self._held))]
            tally = self._held[key] = _Tally(0, now)
        tally.count += amount
        if tally.count < most or now < tally.shut_until:
            return False
        tally.count, tally.since, tally.shut_until = 0, now, now + self._limits.shut_s
        return True
