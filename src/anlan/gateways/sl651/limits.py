"""What one gateway may hold, and how long it waits. Socket time-outs are real time in every world."""

import logging
import resource
from dataclasses import dataclass

log = logging.getLogger(__name__)
SPARE_FILES = 256  # what the rest of the process opens: databases, logs, pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a gateway; none of them can be reached by stations that behave."""

    connections: int = 18_000
    batch: int = 1_000  # frames of one transaction
    pending_high: int = 20_000  # frames that wait to be written: above, sockets are not read
    pending_low: int = 5_000
    owed: int = 2_000  # frames of one connection that are not answered yet
    garbage: int = 64 * 1024  # bytes a connection may send that are no frames, or frames that may not be used
    peer_lines: int = 32  # connections of one peer: ANLAN_SL651_PEER_LINES
    peer_noise: int = 256 * 1024  # such bytes of all connections of one peer, within `shut_s`
    wrong_most: int = 10  # wrong passwords of a peer, or for a station, within `shut_s`
    shut_s: float = 600.0  # how long a peer is not heard after that
    idle_s: float = 7_200.0  # without a word: longer than the slowest station reports
    greeting_s: float = 30.0  # until the first frame of a station that may send
    half_frame_s: float = 30.0  # until a begun frame is given up
    retry_s: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 5.0)  # when nothing can be written


SIMULATED = Limits(peer_lines=Limits().connections)
"""For exercises: all their stations call from this machine, on a port that only it can reach."""


def open_files_for(wanted: int) -> int:
    """Raise this process's limit of open files as far as it goes; how many connections it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need = wanted + SPARE_FILES
    most = need if hard == resource.RLIM_INFINITY else min(need, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    have = need if soft == resource.RLIM_INFINITY else soft
    if have < need:
        log.warning(
            "this system lets a process open %d files: the gateway takes %d stations at once, not %d; "
            "raise the hard limit (LimitNOFILE= or ulimit -Hn)",
            have,
            max(have - SPARE_FILES, 1),
            wanted,
        )
    return max(min(wanted, have - SPARE_FILES), 1)
