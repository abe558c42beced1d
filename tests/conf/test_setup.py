"""`anlan setup`: an empty home becomes a county with an administrator who signs in; nothing is invented, nothing done twice."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import resolve

from anlan.foundation import worlds
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict
from anlan.people import founding
from anlan.people.models import Account, Post
from anlan.places import actions as places
from anlan.places.atlas import atlas
from anlan.ui import onset
from tests.support.house import ROOT
from tests.support.installation import Installation

COUNTY = ("--name", "云溪县", "--code", "429981", "--centre", "111.5,30.5")


def test_an_empty_home_becomes_a_county_whose_administrator_signs_in(tmp_path: Path) -> None:
    house = Installation(tmp_path / "home")
    done = json.loads(house.anlan("setup", *COUNTY, "--admin", "county-it", "--json").stdout)
    assert done["loaded"] == {}
    assert [step["number"] for step in done["open_steps"]] == list(range(1, 21))
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/sign-in/link/\S+", done["admin"]["sign_in_link"])
    again = json.loads(house.anlan("setup", "--admin", "county-it", "--json").stdout)
    assert again["admin"]["sign_in_link"] != done["admin"]["sign_in_link"], "the first key may be lost"
    refused = house.anlan("setup", "--admin", "another", code=2)
    assert "anlan account add" in refused.stderr


@pytest.fixture
def live(db: None) -> Ctx:
    return worlds.context(worlds.ensure_live("a-county-of-its-own"))


@pytest.fixture
def county(live: Ctx) -> Ctx:
    ctx = live
    places.make_root(ctx, code="429981", name="云溪县", lon=111.5, lat=30.5, on=ctx.now.date())
    return ctx


def test_a_county_may_be_the_root(county: Ctx) -> None:
    assert (atlas().city.name, atlas().city.tier, atlas().city.code) == ("云溪县", 2, "429981")


def test_the_link_leads_to_the_first_password_and_then_to_the_authenticator(county: Ctx) -> None:
    key = founding.first_administrator(county, username="county-it", name="王一")
    client = Client()
    client.get(f"/sign-in/link/{key}")
    page = client.get("/", follow=True)
    assert page.request["PATH_INFO"] == "/account/password"
    assert 'name="old"' not in page.text
    reply = client.post(
        "/account/password", {"new": "rain-of-the-night", "again": "rain-of-the-night"}, follow=True
    )
    assert reply.request["PATH_INFO"] == "/account/totp"
    account = Account.objects.get(username="county-it")
    assert account.check_password("rain-of-the-night")
    with pytest.raises(Conflict):
        founding.first_administrator(county, username="county-it", name="王一")


def test_without_a_division_there_is_no_post_to_give(live: Ctx) -> None:
    with pytest.raises(Conflict, match="区划"):
        founding.post_of_the_first(live)
    assert not Post.objects.exists()


def test_there_are_twenty_steps_each_with_a_page(county: Ctx) -> None:
    states = onset.states(county)
    for address in filter(None, (state.step.address("live") for state in states)):
        resolve(address)
    assert [state.step.number for state in states] == list(range(1, 21))


def test_a_folder_of_books_and_maps_is_read_in_the_order_in_which_they_need_each_other(
    tmp_path: Path,
) -> None:
    house, folder = Installation(tmp_path / "home"), tmp_path / "books"
    folder.mkdir()
    (folder / "区划.csv").write_bytes(
        "区划代码,名称,类别\n429981100001,云溪村,行政村\n429981100000,云溪镇,镇\n429981000000,云溪县,县\n".encode(
            "gb18030"
        )
    )
    (folder / "gauges.csv").write_text(
        "站址,站名,站类,地点,密码\n0042998101,云溪站,雨量站,429981100001,1234\n"
    )
    (folder / "notes.csv").write_text("a,b\n1,2\n")
    command = ("setup", "--from", str(folder), "--json")
    done = json.loads(house.anlan(*command, "--admin", "county-it").stdout)
    assert done["loaded"] == {
        "divisions": {"new": 3, "changed": 0, "same": 0, "wrong": 0},
        "stations": {"new": 1, "changed": 0, "same": 0, "wrong": 0},
    }
    assert (done["unknown_files"], done["errors_files"]) == (["notes.csv"], [])
    again = json.loads(house.anlan(*command).stdout)
    assert again["loaded"]["divisions"] == {"new": 0, "changed": 0, "same": 3, "wrong": 0}
    assert again["admin"] is None

    (folder / "stations.csv").write_text(
        "站址,站名,站类,地点,密码\n0042998102,无处站,雨量站,429981999999,1234\n"
    )
    wrong = house.anlan(*command, code=1)
    (errors,) = json.loads(wrong.stdout)["errors_files"]
    assert Path(errors).name == "stations-errors.xlsx"


def test_the_example_county_is_loaded_whole(tmp_path: Path) -> None:
    house = Installation(tmp_path / "home")
    done = json.loads(
        house.anlan(
            "setup", "--from", str(ROOT / "examples" / "county"), "--admin", "county-it", "--json"
        ).stdout
    )
    assert {name: counts["new"] for name, counts in done["loaded"].items()} == {
        "divisions": 8, "objects": 2, "organisations": 5, "posts": 7, "holders": 13, "contacts": 5, "shifts": 62, "households": 20,
        "stations": 4, "thresholds": 11,
        "map:边界.geojson": 5, "map:河流.geojson": 1,
    }  # fmt: skip
    assert (done["unknown_files"], done["errors_files"]) == ([], [])
    assert {1, 3, 4, 8, 9, 11, 13, 15, 16} & {step["number"] for step in done["open_steps"]} == set()
