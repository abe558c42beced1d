"""Checkpoints: a chain that was cut short or rewritten whole fits itself, but not what was signed before."""

import json
from pathlib import Path

import pytest
from django.db import transaction

from anlan.foundation import checkpoints, journal, worlds
from anlan.foundation.models import JournalEntry, JournalHead, World


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(checkpoints, "folder", lambda: tmp_path)
    return tmp_path


def write(world: World, *bodies: str) -> None:
    for body in bodies:
        with transaction.atomic():
            journal.append(worlds.context(world), "warn.test.noted", refs={}, body={"what": body})


def fault(world: World) -> tuple[int, str] | None:
    return checkpoints.fault(worlds.info(world))


@pytest.fixture
def signed(exercise: World) -> World:
    """Signed after the third and after the fifth entry."""
    write(exercise, "a", "b", "c")
    assert checkpoints.write(worlds.info(exercise))
    write(exercise, "d", "e")
    assert checkpoints.write(worlds.info(exercise))
    return exercise


def test_a_chain_that_only_grew_fits_every_checkpoint(signed: World) -> None:
    write(signed, "f")
    assert fault(signed) is None
    assert [row["seq"] for row in checkpoints.read(worlds.info(signed))] == [3, 5]


def test_a_head_is_signed_once_and_an_empty_chain_never(signed: World, live: World) -> None:
    assert not checkpoints.write(worlds.info(signed))
    assert not checkpoints.write(worlds.info(live))
    assert fault(live) is None


def test_a_line_that_a_full_disk_cut_off_is_none_and_the_next_is_whole(
    signed: World, own_folder: Path
) -> None:
    with (own_folder / f"{signed.key}.jsonl").open("a") as file:
        file.write('{"seq": 6, "ha')
    write(signed, "f")
    assert checkpoints.write(worlds.info(signed))
    assert [row["seq"] for row in checkpoints.read(worlds.info(signed))] == [3, 5, 6]
    assert fault(signed) is None


def test_a_chain_cut_short_with_its_head_is_seen(signed: World) -> None:
    JournalEntry.objects.filter(world=signed, seq__gt=3).delete()
    JournalHead.objects.filter(world=signed).update(
        seq=3, hash=JournalEntry.objects.get(world=signed, seq=3).hash
    )
    assert journal.verify(worlds.info(signed), signed.scenario).bad_seq is None
    assert fault(signed) == (5, "entries up to a signed checkpoint are missing")


def test_a_chain_rewritten_whole_is_seen(signed: World) -> None:
    JournalEntry.objects.filter(world=signed).delete()
    JournalHead.objects.filter(world=signed).update(seq=0, hash=journal.genesis(signed.scenario, signed.seed))
    write(signed, "a", "b", "another story", "d", "e")
    assert journal.verify(worlds.info(signed), signed.scenario).bad_seq is None
    found = fault(signed)
    assert found is not None
    assert found[0] == 3
    assert "rewritten" in found[1]


@pytest.mark.parametrize("field", ["seq", "hash", "at", "signature", "key"])
def test_a_checkpoint_that_was_changed_itself_is_seen(signed: World, own_folder: Path, field: str) -> None:
    path = own_folder / f"{signed.key}.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[0][field] = {"seq": 2, "at": "2021-08-11T20:00:00.000Z"}.get(field) or rows[1][field]
    if field == "key":
        rows[0][field] = "0" * 16
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = fault(signed)
    assert found is not None
    assert "changed" in found[1]


def test_a_public_key_put_in_place_of_ours_is_seen(signed: World, own_folder: Path) -> None:
    (public,) = own_folder.glob("*.pub")
    public.write_text("A" * 43 + "=\n")
    assert fault(signed) is not None


def test_a_copy_of_the_folder_can_be_checked_without_the_secret_key(
    signed: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(checkpoints, "secret", lambda name: pytest.fail("the secret key was asked for"))
    assert fault(signed) is None
