"""`anlan doctor`: what is misconfigured, and the mend. It only looks; it makes no folder, no key and no table."""

from anlan.conf.doctor import duty, machine, records
from anlan.conf.doctor.finding import Finding, found

__all__ = ["Finding", "examine"]


def examine() -> list[Finding]:
    """Everything that is not as it should be, the machine first. Nothing of the records is asked where they cannot be."""
    findings = [*machine.state_folder()]
    if any(finding.is_bad for finding in findings):
        return findings
    findings += [*machine.keys(), *machine.room(), *duty.addresses()]
    fault = _settings()
    if fault is not None:
        return [*findings, fault]
    findings += [*machine.processes(), *machine.fonts(), *duty.assets(), *duty.packs()]
    return [*findings, *records.all_of_them()]


def _settings() -> Finding | None:
    from anlan.conf.install import prepare

    try:
        prepare()
    except (ValueError, OSError, RuntimeError) as error:
        return found(
            "settings",
            f"设置无法读取：{error}",
            f"The settings cannot be read: {error}",
            "按这句话改正环境变量，见 docs/reference/settings.md。",
            "Correct the variable as it says; see docs/reference/settings.md.",
        )
    return None
