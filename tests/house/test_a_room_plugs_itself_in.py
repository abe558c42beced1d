"""A room from a folder elsewhere is taken in by pages, API, menu, journal, packs, doctor and the walk; nobody else names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.house import PACKAGE, ROOT

ROOM = {
    "__init__.py": "",
    "README.md": "# Lanterns\n\nWhat stands on the river.\n",
    "words.toml": '"河灯" = "Lanterns"\n"放了河灯" = "A lantern was set out"\n"灯谱" = "Lantern book"\n'
    '"{place}有一盏灯没点" = "A lantern of {place} is not lit"\n"点灯" = "Light it"\n"点好了。" = "It is lit."\n',
    "apps.py": """
from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w

class LanternsRoom(Room):
    after = "call"
    menu = (Entry(w("河灯"), "lanterns", "desk.view", "watch", 7),)
    events = {"lanterns.set_out": w("放了河灯")}
    pack_kinds = {"lanterns": (w("灯谱"), ("lantern",))}
    permissions = {"lanterns.light": ("duty_officer",), "warn.issue": ("auditor",)}
    counters = "views:counters"
    checks = "views:checks"
    samples = "views:samples"
    dues = "due:DUES"
    sayings = "due:SAYINGS"
""",
    "due.py": """
from anlan.foundation.rules.urgency import Harm
from anlan.foundation.words import w
from anlan.places.atlas import atlas
from anlan.ui.due import Act, Dues, Kind, Next, Wait, due
from anlan.ui.speech import plain

SAYINGS = {"lanterns.set_out": plain(w("放了河灯"))}

def waits(ctx, at, path):
    yield Wait(kind="dark", key="dark:1", place=atlas().city, since=ctx.now, due_at=ctx.now, harm=Harm.COUNT)

DUES = Dues(
    waits=waits,
    kinds={
        "dark": Kind(
            say=lambda say, it: due(it, title=say(w("{place}有一盏灯没点"), place=it.place.name), detail=""),
            next=lambda say, it: Next(primary=Act(word=say(w("点灯")), fields={"act": "light"})),
        )
    },
    acts={"light": lambda request: w("点好了。")},
)
""",
    "urls.py": """
from django.urls import path
from anlan.lanterns import views

urlpatterns = [
    path("w/<slug:world>/lanterns", views.all_of_them),
    path("w/<slug:world>/lanterns/<str:lantern>", views.all_of_them),
]
""",
    "views.py": """
from django.shortcuts import render
from anlan.ui.pages import page

@page("desk.view")
def all_of_them(request, lantern=""):
    return render(request, "ui/confirm.html", {"question": "河灯", "do": "河灯", "back": "/"})

def checks():
    yield "lanterns", "灯暗", "A lantern is dim", "点灯", "Light it"

def counters():
    yield "lanterns", "gauge", "Lanterns on the river.", [({}, 7)]

def samples(ctx):
    return {("lanterns", "lantern"): "L-1"}
""",
    "api.py": """
from ninja import Router
from anlan.foundation.api import may

router = Router(tags=["lanterns"])

@router.get("/w/{world}/lanterns", response=list[str], summary="Lanterns")
@may("desk.view")
def lanterns(request, world: str):
    return ["L-1"]
""",
}
LOOK = """
import sys, anlan
anlan.__path__.append(sys.argv[1])
import django
django.setup()
from django.core.management import call_command
from django.test.utils import setup_test_environment
setup_test_environment()
call_command("migrate", verbosity=0)
from anlan.conf import doctor, metrics
from anlan.people.accounts.scope import permissions_of
from anlan.conf.api import api
from anlan.desk.story import story
from anlan.desk.names import spoken
from anlan.foundation import journal, rooms
from anlan.foundation.writing import writing
from anlan.places.atlas import atlas
from tests.support.city import VILLAGE
from anlan.foundation.packs.pack import kinds
from tests.support import routes

names = [room.name.rpartition(".")[2] for room in rooms.found()]
assert names[names.index("call") + 1 :][:2] == ["lanterns", "prove"], names
stage = routes.make_stage()
officer, key = stage.mini.client("duty_officer"), stage.mini.world.key
shown = officer.get(f"/w/{key}/lanterns", HTTP_ACCEPT_LANGUAGE="zh")
assert shown.status_code == 200, shown.content
assert f"/w/{key}/lanterns" in officer.get(f"/w/{key}/desk").content.decode()
desk = officer.get(f"/w/{key}/desk?item=dark:1").content.decode()
assert "有一盏灯没点" in desk and "点灯" in desk, "its row, in the desk's order, with its button"
pressed = officer.post(f"/w/{key}/desk/act", {"act": "light", "item": "dark:1"}, follow=True)
assert "点好了。" in pressed.content.decode()
assert officer.get(f"/w/{key}/lanterns?lang=en").status_code == 200
assert officer.get(f"/api/v1/w/{key}/lanterns").json() == ["L-1"]
assert "/api/v1/w/{world}/lanterns" in api.get_openapi_schema()["paths"]
assert "lanterns.light" in permissions_of("duty_officer") - permissions_of("auditor")
assert "warn.issue" not in permissions_of("auditor"), "what the place's own pack names is the pack's"
assert "anlan_lanterns 7" in metrics.text()
assert spoken("lanterns.set_out") == "放了河灯"
with writing():
    journal.append(stage.mini.ctx(), "lanterns.set_out", refs={}, body={}, place=atlas().code(VILLAGE).path)
told = story(stage.mini.ctx(), atlas().code(VILLAGE), lang="en").lines
assert told[0].told.text == "A lantern was set out", told
assert kinds()["lanterns"] == ("lantern",)
told = doctor.examine()
assert "lanterns" in {finding.code for finding in told}, told
walked = {route.pattern: routes.address(route, stage)[0] for route in routes.everything() if "lanterns" in route.pattern}
assert walked["w/<slug:world>/lanterns/<str:lantern>"].endswith("/lanterns/L-1"), walked
assert len(walked) == 3, walked
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in ROOM.items():
        path = tmp_path / "rooms" / "lanterns" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "rooms"


def test_a_room_in_a_folder_of_its_own_is_taken_in_by_all(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    around = {
        **os.environ, "ANLAN_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "anlan.conf.settings",
        "PYTHONPATH": str(ROOT), "ANLAN_DATABASE_URL": "",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(folder)], cwd=tmp_path, env=around, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_list_of_rooms_stands_in_the_frame() -> None:
    named = [
        f"{path.relative_to(PACKAGE)}: {room}"
        for path in (PACKAGE / "conf" / name for name in ("settings.py", "urls.py", "api.py", "page.py"))
        for room in ("warn", "observe", "simulate", "move", "call", "prove", "judge", "desk")
        if f'"{room}"' in path.read_text()
    ]
    assert not named
