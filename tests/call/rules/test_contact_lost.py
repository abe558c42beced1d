"""Two silences in one township mean contact lost."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anlan.call.rules.contact_lost import ContactLostSettings, Silence, SilentKind, detect
from anlan.foundation.rules.errors import BadPack
from anlan.foundation.rules.grade import Grade

ROOT = Path(__file__).parents[3]
T0 = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)
PACK = tomllib.loads((ROOT / "src/anlan/packs/call/contact-lost.toml").read_text("utf-8"))
SETTINGS = ContactLostSettings.from_pack(PACK)


def silence(ref: str, *, kind: str = "station", town: str = "hongshan", minute: int = 0) -> Silence:
    return Silence(ref=ref, kind=SilentKind(kind), township=town, since=T0 + timedelta(minutes=minute))


def lost(*silences: Silence) -> list[str]:
    return [found.township for found in detect(silences=silences, settings=SETTINGS)]


def test_two_silent_stations_mean_contact_lost_and_the_worst_case():
    (found,) = detect(silences=[silence("s2", minute=5), silence("s1")], settings=SETTINGS)
    assert (found.silent, found.at, found.treat_as) == (("s1", "s2"), T0 + timedelta(minutes=5), Grade.RED)


def test_two_silent_holders_mean_it_too():
    assert lost(silence("a", kind="holder"), silence("b", kind="holder")) == ["hongshan"]


def test_one_silence_or_one_of_each_kind_does_not():
    assert lost(silence("s1")) == []
    assert lost(silence("s1"), silence("a", kind="holder")) == []


def test_the_same_station_twice_is_one_silence():
    assert lost(silence("s1"), silence("s1", minute=5)) == []


def test_silences_of_two_townships_are_not_put_together():
    assert lost(silence("s1"), silence("s2", town="liulin")) == []


def test_silences_far_apart_in_time_are_two_faults_and_not_one():
    assert lost(silence("s1"), silence("s2", minute=31)) == []
    assert lost(silence("s1"), silence("s2", minute=20), silence("s3", minute=40)) == ["hongshan"]


def test_a_station_known_to_be_out_of_order_is_no_sign():
    assert lost(silence("s1"), replace(silence("s2"), known_outage=True)) == []


def test_townships_come_in_the_order_of_their_paths():
    rows = [silence(f"s{n}", town=town) for town in ("b", "a") for n in (1, 2)]
    assert lost(*rows) == ["a", "b"]


def test_a_ladder_without_steps_is_a_fault_of_the_pack():
    with pytest.raises(BadPack):
        ContactLostSettings.from_pack({"contact_lost": {}})
