"""`anlan doctor`: what is misconfigured, and the mend. It only looks; it makes no folder, no key and no table."""

import os
from tempfile import TemporaryDirectory

from anlan.conf.doctor import duty, machine, records
from anlan.conf.doctor.finding import Finding, found, said
from anlan.foundation import held, rooms
from anlan.foundation.home import only_looking


def examine() -> list[Finding]:
    """Everything that is not as it should be, the machine first. Nothing of the records is asked where they cannot be."""
    with only_looking():
        return _examined()


def _examined() -> list[Finding]:
    findings = [*machine.state_folder()]
    if any(finding.is_bad for finding in findings):
        return findings
    findings += [*machine.keys(), *machine.room(), *duty.addresses()]
    fault = _settings()
    if fault is not None:
        return [*findings, fault]
    findings += [
        *machine.engine(),
        *machine.slow_writes(),
        *machine.fonts(),
        *duty.assets(),
        *duty.packs(),
    ]
    findings += [found(*told) for checks in rooms.brought("checks") for told in checks()]
    return [*findings, *records.all_of_them()]


def write_times() -> list[str]:
    """How long each kind of transaction held the write lock, a line each, the slowest first: times, p99, worst, name."""
    times = held.of_all(machine.folder())
    return [
        f"{each.count:>8} {each.p99():>9.1f} ms {each.worst:>9.1f} ms  {name}" for name, each in times.items()
    ]


def _settings() -> Finding | None:
    from anlan.conf.install import prepare

    try:
        with TemporaryDirectory() as nothing_is_kept:
            os.environ.setdefault("NUMBA_CACHE_DIR", nothing_is_kept)
            prepare()
    except (ValueError, OSError, RuntimeError) as error:
        return said("settings", error=error)
    return None
