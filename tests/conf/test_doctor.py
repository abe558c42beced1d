"""`anlan doctor` finds each planted fault, says the mend, and makes nothing itself."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from anlan.conf import doctor
from anlan.conf.doctor import duty, machine, records
from anlan.conf.doctor.finding import Finding
from anlan.foundation import journal, worlds
from anlan.foundation.models import JournalEntry, Task, World
from anlan.foundation.packs import load_all
from anlan.observe.ingest.ingest import Ingest, path_of
from anlan.observe.ingest.shapes import Batch, Broken
from anlan.observe.store.writer import Writer
from anlan.people.models import Account, Person
from anlan.places.models import Division
from anlan.simulate.models import Ground
from anlan.simulate.running import live
from tests.support.city import Mini, make_city
from tests.support.critical import village_rain
from tests.support.grounds import REF, keep_valley
from tests.support.installation import Installation


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as it should be: private, with whole private keys."""
    path = tmp_path / "home"
    (path / "keys").mkdir(parents=True, mode=0o700)
    path.chmod(0o700)
    key = path / "keys" / "seal-k1"
    key.write_bytes(b"k" * 32)
    key.chmod(0o600)
    monkeypatch.setenv("ANLAN_HOME", str(path))
    for name in ("ANLAN_HOST", "ANLAN_HOSTS", "ANLAN_HTTPS", "ANLAN_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return path


def codes(findings: Iterator[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def test_a_folder_as_it_should_be_has_nothing_to_say(home: Path) -> None:
    assert not [*machine.state_folder(), *machine.keys(), *duty.addresses()]


def test_a_state_folder_that_is_none_is_the_only_finding(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").touch()
    monkeypatch.setenv("ANLAN_HOME", str(home / "file"))
    assert [finding.code for finding in doctor.examine()] == ["home"]
    monkeypatch.setenv("ANLAN_HOME", str(home / "file" / "below"))
    assert [finding.code for finding in doctor.examine()] == ["home"]


def beat(home: Path, *, pid: int, seconds_ago: float, ill: str = "") -> None:
    (home / "run").mkdir()
    at = (datetime.now(UTC) - timedelta(seconds=seconds_ago)).isoformat()
    parts = [{"part": ill, "since": at, "why": "busy"}] if ill else []
    (home / "run" / "engine.json").write_text(json.dumps({"pid": pid, "beat": at, "ill": parts}))


PLANTED: dict[str, tuple[Callable[[Path, pytest.MonkeyPatch], object], Callable[[], Iterator[Finding]]]] = {
    "home-open": (lambda home, _: home.chmod(0o755), machine.state_folder),
    "keys-open": (lambda home, _: (home / "keys" / "seal-k1").chmod(0o644), machine.keys),
    "keys-cut": (lambda home, _: (home / "keys" / "seal-k1").write_bytes(b"short"), machine.keys),
    "keys-missing": (
        lambda home, _: (home / "keys-awaited.json").write_text('["links-k1"]'), machine.keys,
    ),
    "disk": (lambda _, patch: patch.setattr(machine, "LITTLE_MB", 1 << 40), machine.room),
    "open-files": (lambda _, patch: patch.setattr(machine, "STATIONS", 1 << 40), machine.room),
    "engine-stopped": (lambda home, _: None, machine.engine),
    "engine-ill": (lambda home, _: beat(home, pid=os.getpid(), seconds_ago=1, ill="watch"), machine.engine),
    "engine-hangs": (lambda home, _: beat(home, pid=os.getpid(), seconds_ago=120), machine.engine),
    "fonts": (lambda _, patch: patch.setattr(machine, "_has_chinese_font", lambda: False), machine.fonts),
    "hosts": (lambda _, patch: patch.setenv("ANLAN_HOST", "0.0.0.0"), duty.addresses),
    "https": (lambda _, patch: patch.setenv("ANLAN_HOSTS", "anlan.example.gov.cn"), duty.addresses),
    "packs": (lambda home, _: own_pack(home, "[pack]\n"), duty.packs),
    "pack-synthetic": (lambda home, _: own_pack(home, village_rain(synthetic=True)), duty.packs),
    "order-demo": (lambda home, _: None, duty.packs),
    "order-unsigned": (lambda home, _: own_pack(home, order(signed=False)), duty.packs),
}  # fmt: skip


def own_pack(home: Path, text: str) -> None:
    (home / "packs").mkdir(exist_ok=True)
    (home / "packs" / "mine.toml").write_text(text)


def order(*, signed: bool) -> str:
    """The shipped order in our own packs, without its signature, or signed by a real headquarters."""
    shipped = next(pack for pack in load_all().of_kind("standing_orders"))
    lines = shipped.path.read_text().splitlines()
    kept = [line for line in lines if not line.startswith(("signed_by", "signed_at", "demo"))]
    at = kept.index("[order]") + 1
    mine = ['signed_by = "市防指指挥长"', "signed_at = 2024-05-01T09:00:00+08:00"] if signed else []
    return "\n".join([*kept[:at], *mine, *kept[at:]])


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_fault_is_found_with_its_mend(
    code: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, check = PLANTED[code]
    plant(home, monkeypatch)
    finding = next(found for found in check() if found.code == code)
    assert len(finding.mend) > 5
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    chinese = next(found for found in check() if found.code == code)
    assert chinese.what != finding.what
    assert any("一" <= c <= "鿿" for c in str(chinese))


def test_an_order_signed_by_a_real_headquarters_has_nothing_to_say(home: Path) -> None:
    own_pack(home, order(signed=True))
    assert not list(duty.packs())


def test_a_port_that_another_program_holds_is_found_only_while_our_engine_stands(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("ANLAN_PORT", str(other.getsockname()[1]))
        assert "port-web" in codes(machine.engine())
        beat(home, pid=os.getpid(), seconds_ago=1)
        assert not codes(machine.engine())


def test_a_full_disk_is_bad_and_a_filling_one_a_word_to_know(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "LITTLE_MB", 1 << 40)
    assert not next(f for f in machine.room() if f.code == "disk").is_bad
    monkeypatch.setattr(machine, "TOO_LITTLE_MB", 1 << 40)
    assert next(f for f in machine.room() if f.code == "disk").is_bad


def test_an_engine_that_ran_and_is_gone_is_a_fault_and_one_that_never_ran_here_a_word(home: Path) -> None:
    assert not next(f for f in machine.engine() if f.code == "engine-stopped").is_bad
    beat(home, pid=2**22 + 1, seconds_ago=60)
    assert next(f for f in machine.engine() if f.code == "engine-stopped").is_bad


def test_no_key_is_missed_before_the_first_name_is_sealed(home: Path) -> None:
    (home / "records.sqlite3").touch()
    (home / "keys" / "seal-k1").unlink()
    assert not list(machine.keys())


# The records, in the test database.


@pytest.fixture
def mini(db: None) -> Mini:
    return make_city()


def records_codes() -> set[str]:
    return {
        f.code
        for check in (records.tables, records.clock, records.seals, records.accounts, records.letters)
        for f in check()
    }


def test_records_as_they_should_be_have_nothing_to_say(mini: Mini) -> None:
    Account.objects.filter(totp_sealed="").update(is_active=False)
    assert not records_codes()


def test_a_clock_behind_the_journal_is_found(mini: Mini) -> None:
    with_entry(mini)
    JournalEntry.objects.update(written_at=datetime.now(UTC) + timedelta(hours=1))
    assert "clock" in records_codes()


def with_entry(mini: Mini) -> None:
    journal.append(worlds.context(mini.world), "warn.test.noted", refs={}, body={})


def test_names_that_do_not_open_are_found(mini: Mini) -> None:
    assert "seals" not in records_codes()
    Person.objects.update(name_sealed="g1:k9:AAAA")
    assert "seals" in records_codes()


def test_an_account_without_one_time_codes_is_bad_once_it_was_used(mini: Mini) -> None:
    Account.objects.update(totp_sealed="", last_login=None)
    assert not any(f.is_bad for f in records.accounts())
    Account.objects.filter(username=mini.accounts["leader"]).update(last_login=datetime.now(UTC))
    bad = [f for f in records.accounts() if f.is_bad]
    assert [f.code for f in bad] == ["totp"]
    assert mini.accounts["leader"] in bad[0].what


def test_dead_letters_are_found(mini: Mini) -> None:
    Task.objects.create(world=mini.world, kind="x", key="x", due_at=datetime.now(UTC), state="dead")
    assert "dead-letters" in records_codes()


def test_empty_registers_are_a_fault_and_a_demo_needs_no_packs_of_its_own(mini: Mini, home: Path) -> None:
    assert not list(records.registers())
    Division.objects.update(synthetic=False)
    assert "packs of your own" in next(records.registers()).what
    own_pack(home, order(signed=True))
    assert not list(records.registers())
    Account.objects.all().delete()
    (finding,) = records.registers()
    assert finding.is_bad
    assert "accounts" in finding.what


def test_an_unread_quarantine_is_a_fault(mini: Mini) -> None:
    assert not list(records.quarantine())
    with Ingest.of(worlds.info(mini.world)) as ingest:
        now = datetime.now(UTC)
        ingest.take_batch(Batch(broken=[Broken(b"noise", "BadCrc", "10.0.0.1")]), known_at=now)
    assert [f.code for f in records.quarantine()] == ["quarantine"]


def test_a_live_forecast_that_stopped_is_a_fault(mini: Mini) -> None:
    keep_valley(mini)
    Ground.objects.update(synthetic=False)
    live.start(mini.ctx(), ground_ref=REF)
    Task.objects.filter(kind="simulate.cycle").update(
        state="dead", error="KeyError: 'x'", due_at=datetime.now(UTC)
    )
    assert [f.code for f in records.forecasts()] == ["forecast-stopped"]


def test_an_empty_database_is_none_and_no_fault(db: None) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder(connection).migration_qs.all().delete()
    (word,) = records.tables()
    assert (word.code, word.is_bad) == ("records-none", False)


def test_tables_of_another_version_are_found(mini: Mini) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder(connection).migration_qs.filter(app="warn").order_by("name").last().delete()
    assert "tables" in records_codes()


def test_the_demo_order_is_bad_where_people_are_real(mini: Mini, home: Path) -> None:
    (home / "records.sqlite3").touch()
    assert not next(duty.packs()).is_bad
    Division.objects.filter(pk__in=Division.objects.values("pk")[:1]).update(synthetic=False)
    assert next(duty.packs()).is_bad, "nobody who loads people says that they are real"


def test_a_live_world_without_a_line_says_who_calls(db: None) -> None:
    assert World.objects.count() == 0
    (word,) = records.channels()
    assert not word.is_bad


# The command.


def test_what_strangers_sent_beyond_their_budget_is_told_and_looking_makes_no_file(home: Path) -> None:
    assert codes(records.strangers()) == set()
    assert not path_of("live").exists()
    with Writer(path_of("live")) as writer:
        writer.quarantine.put([], peer="10.0.0.9", received_at=0, over=7)
    (word,) = records.strangers()
    assert (word.code, word.is_bad, "7 more" in word.what) == ("quarantine-over", False, True)
    path_of("live").unlink()


def test_the_command_looks_and_makes_nothing(tmp_path: Path) -> None:
    bare = Installation(tmp_path / "not-there")
    told = json.loads(bare.anlan("doctor", "--json", code=None).stdout)
    assert "records-none" in {finding["code"] for finding in told}
    assert set(told[0]) == {"code", "is_bad", "what", "mend"}
    assert not (tmp_path / "not-there").exists()
    used = Installation(tmp_path / "used")
    used.python("ready()\ntold = None")
    before = everything(used.home)
    told = json.loads(used.anlan("doctor", "--json", code=1).stdout)
    assert {f["code"] for f in told if f["is_bad"]} - {"fonts"} == {"engine-stopped", "registers-empty"}
    assert everything(used.home) == before


def everything(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*")}


@pytest.mark.parametrize(
    ("url", "code"), [("mysql://x", "settings"), ("postgresql://nobody@127.0.0.1:1/x", "database")]
)
def test_a_wrong_database_is_named_and_the_exit_code_says_so(tmp_path: Path, url: str, code: str) -> None:
    told = Installation(tmp_path, url).anlan("doctor", "--json", code=1)
    assert code in {finding["code"] for finding in json.loads(told.stdout)}
    assert "Traceback" not in told.stderr
