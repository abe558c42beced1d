"""登录失败: who waits after how many wrong tries. Counted by source and name; a device that signed in before has a
count of its own, so that a stranger's tries do not keep the true officer out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.foundation import crypto
from anlan.people import rules
from anlan.people.models import SignInTries

KEPT = timedelta(days=1)
POLICY = rules.LockoutPolicy()


@dataclass(frozen=True)
class Tries:
    """The counts that one try falls under, each by source and name with its policy."""

    counts: tuple[tuple[str, str, rules.LockoutPolicy], ...]

    def are_over(self, now: datetime) -> bool:
        """Whether any of them has to wait."""
        return any(self._row(source, name).is_locked(now) for source, name, _ in self.counts)

    def count(self, now: datetime) -> bool:
        """Keep one more failure; whether the next try has to wait."""
        SignInTries.objects.filter(failed_at__lt=now - KEPT).delete()
        after = [
            (source, name, rules.after_failure(attempts=self._row(source, name), now=now, policy=policy))
            for source, name, policy in self.counts
        ]
        for source, name, told in after:
            SignInTries.objects.update_or_create(source=source, name_index=name, defaults=vars(told))
        return any(told.is_locked(now) for *_, told in after)

    def end(self) -> None:
        """Who came in starts afresh; what one source tried with other names still counts."""
        for source, name, _ in self.counts:
            if name:
                SignInTries.objects.filter(source=source, name_index=name).delete()

    @staticmethod
    def _row(source: str, name: str) -> rules.Attempts:
        row = SignInTries.objects.filter(source=source, name_index=name).first()
        return rules.Attempts(row.failures, row.failed_at, row.locked_until) if row else rules.Attempts()


def of(username: str, *, source: str, device: str = "") -> Tries:
    """Where a try with this name counts. `device` is known for this name, or empty."""
    name = crypto.blind(username)
    if device:
        return Tries(((f"device:{device}", name, POLICY),))
    anywhere = rules.FROM_ANYWHERE
    return Tries(((source[:64], name, POLICY), ("", name, anywhere), (source[:64], "", anywhere)))


def forget(username: str) -> None:
    """Let that name be tried at once again, from wherever."""
    SignInTries.objects.filter(name_index=crypto.blind(username)).delete()


def waiting(now: datetime) -> dict[str, datetime]:
    """By keyed hash of a name: until when new devices wait, for the administrator's pages."""
    rows = SignInTries.objects.filter(source="", locked_until__gt=now)
    return dict(rows.values_list("name_index", "locked_until"))
