"""Transactions: named after who opens them, measured from the moment the lock is theirs, told across processes."""

import json
from pathlib import Path
from typing import Any

import pytest

from anlan.conf import doctor
from anlan.conf.doctor import machine
from anlan.foundation import held, journal, writing
from anlan.foundation.actions import action
from anlan.people import accounts
from tests.support.city import make_city


def test_the_99th_of_a_hundred_is_known_within_a_fifth_and_the_worst_exactly() -> None:
    each = held.Held()
    for ms in range(1, 1001):
        each.add(ms)
    assert each.count == 1000
    assert 990 <= each.p99() <= 990 * held.GROWS
    assert each.worst == 1000


@pytest.mark.django_db
def test_an_action_is_measured_under_the_name_of_who_opened_it(monkeypatch: pytest.MonkeyPatch) -> None:
    mini = make_city()
    counted: dict[str, Any] = {}
    monkeypatch.setattr(held, "_held", counted)
    accounts.signed_out(mini.ctx(), account=mini.account("leader"))
    with action(mini.ctx(), "warn.call"), writing.writing():
        journal.append(mini.ctx(), "warn.test.done", refs={"t": "T-1"}, body={})
    here = "test_an_action_is_measured_under_the_name_of_who_opened_it"
    assert set(counted) == {"people.accounts.signed_out", f"tests.foundation.test_writing.{here}"}
    assert {each.count for each in counted.values()} == {1}


@pytest.mark.django_db
def test_a_transaction_that_never_had_the_lock_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: dict[str, Any] = {}
    monkeypatch.setattr(held, "_held", counted)
    with pytest.raises(RuntimeError), held.measured("never"):
        raise RuntimeError
    assert counted == {}


def test_doctor_adds_up_what_processes_counted_and_names_what_was_too_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert list(machine.slow_writes()) == []
    (tmp_path / "run" / "held").mkdir(parents=True)
    quick, slow = held.Held(), held.Held()
    for ms in (3, 4, 5):
        quick.add(ms)
    slow.add(400)
    for pid, told in ((1, {"quick": quick}), (2, {"quick": quick, "slow": slow})):
        rows = {name: [each.worst, dict(each.buckets)] for name, each in told.items()}
        (tmp_path / "run" / "held" / f"{pid}.json").write_text(json.dumps(rows))
    (finding,) = machine.slow_writes()
    assert ("slow" in finding.what, "quick" in finding.what, finding.is_bad) == (True, False, False)
    first, second = doctor.write_times()
    assert first.split() == ["1", "400.0", "ms", "400.0", "ms", "slow"]
    assert second.split()[0] == "6"
