"""Every command, as a process on a small input: what the parser, README and docs name is run, and its exit code and output read.

Commands and options are found in the parser: a new one without a case here fails.
"""

import argparse
import json
import re
import shlex
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.support.city import TOWN
from tests.support.flood_files import POINTS, RAIN, tiff, valley
from tests.support.house import ROOT
from tests.support.installation import Installation
from tests.support.mapfiles import bow_tie, box, geojson
from tests.support.patience import PATIENCE_S, eventually
from tests.support.ports import free_port

BLOCK = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`anlan ([a-zA-Z][^`]*)`")
TYPED = re.compile(r"^(?:\$ )?(?:.*(?:&&|\|) )?(?:uv run )?anlan ([a-z].*)$", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
CAP = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier></alert>"""
FILES = {
    "quake.json": json.dumps({"magnitude": 6.0, "lon": 113.3, "lat": 31.7, "azimuth_deg": 60, "zone": "moderate"}),
    "places.csv": "name,lon,lat\n震中,113.3,31.7\n",
    "weather.csv": "date,temp_c,rh_percent,wind_km_h,rain_mm\n1985-04-13,17,42,25,0\n",
    "slope.json": json.dumps({"division": "522601", "hourly_mm": [5, 30, 20, 10]}),
    "source.json": json.dumps({"people_within_500m": 60, "items": [{"substance": "氨", "quantity_t": 20}]}),
    "breach.json": json.dumps({"cause": "overtopping", "volume_m3": 1e6, "height_m": 10, "water_m": 10, "crest_m": 6}),
    "frames": f"{'7E' * 4}\n", "alert.xml": CAP, "rain.csv": RAIN, "points.csv": POINTS,
    "seen.csv": "name,minute,stage_m\n谷口,10,200.1\n谷口,20,200.2\n谷口,30,200.3\n",
    "parameters.toml": "[manning]\nlow = 0.01\nhigh = 0.2\nstart = 0.03\n",
    "village.geojson": geojson([(box(113.22, 31.53), {"MC": "联盟村"})]).decode(),
    "odd.geojson": geojson([(box(113.22, 31.53), {"MC": "联盟村"}), (bow_tie(113.3, 31.5), {"MC": "古城畈村"})]).decode(),
    "persons.csv": f"姓名,地点,电话\n欧阳四喜,{TOWN},13912345678\n",
    "code.csv": "name,x,y,code\n谷口村,430125,3499815,420000000101\n",
}  # fmt: skip
FLOOD = (
    "--dem {folder}/dem.tif --rain {folder}/rain.csv --points {folder}/points.csv --minutes 30 --solver li"
)


@dataclass(frozen=True)
class Case:
    """A command line, its exit code and what it says on either output."""

    line: str
    says: str
    code: int | None = 0
    slow: bool = False
    given: str | None = None  # on standard input
    is_alone: bool = False  # in an empty home of its own


CASES = (
    Case("decode sl651 {folder}/frames", '"ok": false', code=1),
    Case("decode sl651 -", r"\A\Z", given=""),
    Case("decode sl651 {folder}/nothing", "No such file", code=2),
    Case("cap check {folder}/alert.xml --lang en", "sender", code=1),
    Case("cap check {folder}/nothing", "No such file", code=2),
    Case("journal verify", "live: [0-9]+ entries hold"),
    Case("journal verify --world nowhere", "没有代号为 nowhere 的演练", code=2),
    Case("journal show --world live --after 0 --limit 1", '"hash": "'),
    Case("journal show --limit -1", "invalid count value", code=2),
    Case("simulate quake {folder}/quake.json --places {folder}/places.csv --date 2026-01-01 --json", '"isoseismals"'),
    Case("simulate fire-weather {folder}/weather.csv --system fwi --latitude 31 --lang en", "ffmc"),
    Case("simulate slope {folder}/slope.json --division 522601 --json", '"rules"'),
    Case("simulate hazard-source {folder}/source.json --people 90", "级"),
    Case("simulate breach {folder}/breach.json --csv {folder}/hydrograph.csv --at 430125,3499815,20 --json", "peak_m3_s"),
    Case("simulate flood {folder}/nothing --out {folder}/out", "required: --dem", code=2),
    Case(f"simulate flood {FLOOD} --out {{folder}}/flood --json", '"refused": false'),
    Case(f"simulate calibrate {FLOOD} --observed {{folder}}/seen.csv --parameters {{folder}}/parameters.toml --tries 2 "
         "--out {folder}/fit --json", '"best"'),
    Case("simulate score-nowcasts --nights 0", "give 1 or more", code=2),
    Case("simulate score-nowcasts --nights 1 --cells 40", "CSI", slow=True),
    Case("simulate critical-rain --dem {folder}/dem.tif --points {folder}/nothing --out {folder}/critical", "No such file", code=2),
    Case("simulate critical-rain --dem {folder}/dem.tif --points {folder}/code.csv --threshold 0.15 --processes 1 "
         "--durations 60 --date 2026-01-02 --out {folder}/critical --json", '"villages"', slow=True),
    Case("verify --only ritter --json", '"ok": true', slow=True),
    Case("verify --only nothing", "there is no case 'nothing'", code=2),
    Case("bench --only nothing", "there is no bench/nothing.py", code=2),
    Case("bench --only sl651 --json", '"ratio"', slow=True),
    Case("doctor --json", '"code": "engine-stopped"', code=None),
    Case("backup {folder}/backup.zip", "rows"),
    Case("backup {folder}/dem.tif", "exists already", code=2),
    Case("restore {folder}/dem.tif", "anlan restore: ", code=2),
    Case("upgrade --backup {folder}/before.zip", "nothing to do"),
    Case("setup --name 云溪县 --code 429981 --centre 111.5,30.5 --admin county-it", "sign-in/link/", is_alone=True),
    Case("setup --name 云溪县 --code 42998 --admin county-it --json", "区划代码是 6 位数字", code=2, is_alone=True),
    Case("account add county-1 --name 李守夜 --post POST-duty_officer", "account county-1 stands", given="rain-of-the-night\n"),
    Case("account add county-2 --name 李守夜 --post POST-duty_officer", "没有读到密码", code=2, given=""),
    Case("account add county-2 --name 李守夜 --post POST-nowhere", "没有岗位 POST-nowhere", code=2, given="rain-of-the-night\n"),
    Case("account list --json", '"username": "auditor-1", "ref": "U-'),
    Case("account reset auditor-1 --port 8766", r"http://127\.0\.0\.1:8766/sign-in/link/\S{20}"),
    Case("account end auditor-1", "sessions and tokens are over"),
    Case("account end nobody-1", "没有账号 nobody-1", code=2),
    Case("account reset auditor-1", "已停用", code=2),
    Case("account list", "auditor-1 .* ended"),
    Case("ground list", "anlan ground add"),
    Case("ground live nowhere on", "nowhere", code=2),
    Case(f"ground add --dem {{folder}}/dem.tif --place {TOWN}", "anlan ground add: ", code=2),
    Case("map look {folder}/village.geojson --json", '"taken": 1'),
    Case("map look {folder}/odd.geojson --kind boundary --column MC", "crosses itself", code=1),
    Case("map look {folder}/nothing", "No such file", code=2),
    Case("map load boundary {folder}/village.geojson --crs 4490", "nothing is saved"),
    Case("map load boundary {folder}/odd.geojson --mend --source 县局 --licence 内部 --dated 2024-06-30 --confirm --json",
         '"saved": true'),
    Case("map load boundary {folder}/village.geojson --confirm", "请写明图从哪里来", code=2),
    Case("map load stream {folder}/village.geojson --layer x", "这个图层要线", code=2),
    Case("pack list", "village-rain-shuanghe +threshold +off"),
    Case(f"pack on village-rain-shuanghe --why 本镇核实过 --at {TOWN}", f"on at {TOWN}"),
    Case("pack off rainstorm-signal-national --why 不是本地的", r"off at \*"),
    Case("pack on nothing --why 本镇核实过", "没有代号为 nothing 的规则包", code=2),
    Case("register list --json", '"name": "persons"'),
    Case("register template persons {folder}/persons.xlsx", ""),
    Case("register import persons {folder}/persons.csv --json", '"new": 1, .*"saved": false'),
    Case("register import persons {folder}/persons.csv --confirm", "1 new, 0 changed, 0 same, 0 wrong; saved"),
    Case("register export persons {folder}/all.xlsx", ""),
    Case("register export persons {folder}/all.csv --filter colour=red", "不能按 colour 筛", code=2),
    Case("register template nothing {folder}/x.xlsx", "没有叫 nothing 的台账", code=2),
    Case("engine --only nowhere", "没有代号为 nowhere 的演练", code=2),
    Case("exercise new nothing --run --json", "没有名为 nothing 的演练想定", code=2),
    Case("exercise new storm --mm 60 --hours 2 --shape even --place 421321117 --issuer simulated --phones-fail-min 90 "
         "--start 2026-07-01T20:00 --length 4 --seed 3 --speed 0 --json", '"state": "ready"'),
    Case("exercise new readings --night 2026-06-01T20:00 --percent 150", "没有一个雨量站记到雨", code=2),
    Case("exercise list", "60 毫米"),
    Case("exercise list --json", '"scenario": "storm"'),
    Case("exercise start x1 --json", '"running"'),
    Case("exercise pause x1 --json", '"paused"'),
    Case("exercise end x1 --json", '"ended"'),
    Case("exercise run x1 --json", "状态已经变了", code=2),
    Case("replay liulin --resume nowhere", "没有代号为 nowhere 的演练", code=2),
    Case("replay liulin", "ANLAN_HOME", code=2),
    Case("replay liulin --since 99:99", "invalid clock value", code=2),
    Case("replay liulin --phones-fail-at 05:30", "invalid moment value", code=2),
    Case("replay liulin --since 01:00 --until 01:05 --hours ending --seed 3 --speed 0 --json", '"head"',
         slow=True, is_alone=True),
    Case("demo --speed -1", "invalid speed value", code=2),
    Case("run --port 99999", "invalid port value", code=2),
    Case("web --port x", "invalid port value", code=2),
)  # fmt: skip
SERVERS = {
    "run": "--port {web} --gauge-port {gauge}",
    "web": "--port {web}",
    "engine": "--gauge-port {gauge}",
}
"""Commands that stay: started, spoken to, and told to end. `demo` is `run` over a city: the journey walks it."""
NEED_RECORDS = [
    "journal verify", "journal show", "backup nothing.zip", "upgrade", "ground list", "ground live x on",
    "ground add --dem x --place 1", "pack list", "pack on x --why 本镇核实过", "map look x", "map load road x",
    "register list", "register template persons x.xlsx", "register import persons x.csv", "register export persons x.csv",
    "account add xxx --name y --post z", "account list", "account reset x", "account end x", "engine", "engine --only x",
    "exercise list", "exercise new calm", "exercise start x1", "exercise run x1",
]  # fmt: skip
ALONE = {
    "journal verify", "doctor --json", "decode sl651 {folder}/nothing",
    "account add county-1 --name 李守夜 --post POST-duty_officer",
}  # fmt: skip
"""One of each exit code is a process like the reader's own."""
END = """
import sys, traceback
def end(words, given=None):
    said, sys.stdin = io.StringIO(), io.TextIOWrapper(io.BytesIO((given or "").encode()))
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try: main(words)
        except SystemExit as end: return end.code or 0, said.getvalue()
        except BaseException: return 1, said.getvalue() + traceback.format_exc()
    return 0, said.getvalue()
"""
NEVER_ASKED = {"help", "version", "supervised"}


def the_parser() -> argparse.ArgumentParser:
    (entry,) = entry_points(group="console_scripts", name="anlan")
    return __import__(entry.module, fromlist=["parser"]).parser()


def leaves(parser: argparse.ArgumentParser, *path: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that does something, by its words."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield " ".join(path), parser
    for action in below:
        for name, found in action.choices.items():
            yield from leaves(found, *path, name)


COMMANDS = dict(leaves(the_parser()))


def command_of(line: str) -> str:
    """The longest command that a line begins with, else the line itself."""
    words = line.split()
    return next((c for n in (2, 1) if (c := " ".join(words[:n])) in COMMANDS), line)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The small city in a state folder."""
    found = Installation(tmp_path_factory.mktemp("home"))
    found.python("ready()\nfrom tests.support.city import make_city\nmake_city()\ntold = None")
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("files")
    for name, text in FILES.items():
        (where / name).write_text(text, encoding="utf-8")
    (where / "dem.tif").write_bytes(tiff(valley()))
    return where


TOGETHER = {c.line: c for c in CASES if not (c.slow or c.is_alone or c.line in ALONE)}
"""Quick ones, one after the other in one process: a second each is what Python needs to begin."""


@pytest.fixture(scope="module")
def told(house: Installation, folder: Path) -> dict[str, tuple[int, str]]:
    """Exit code and words of every command line that shares the process."""
    lines = {line: (shlex.split(line.format(folder=folder)), c.given) for line, c in TOGETHER.items()}
    return house.python(f"{END}told = {{line: end(*typed) for line, typed in {lines!r}.items()}}")  # type: ignore[no-any-return]


@pytest.mark.parametrize("line", TOGETHER)
def test_a_quick_command_ends_with_its_code_and_says_what_it_did(
    line: str, told: dict[str, tuple[int, str]]
) -> None:
    code, said = told[line]
    assert "Traceback" not in said, said
    assert TOGETHER[line].code in (None, code), said
    assert re.search(TOGETHER[line].says, said), said


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(c, id=c.line, marks=[pytest.mark.slow] if c.slow else [])
        for c in CASES
        if c.line not in TOGETHER
    ],
)
def test_a_command_ends_with_its_code_and_says_what_it_did(
    case: Case, house: Installation, folder: Path, tmp_path: Path
) -> None:
    line = shlex.split(case.line.format(folder=folder))
    where = Installation(tmp_path) if case.is_alone else house
    done = where.anlan(*line, code=None, given=case.given)
    said = done.stdout + done.stderr
    assert "Traceback" not in said, said
    assert case.code in (None, done.returncode), said
    assert re.search(case.says, said), said


@pytest.mark.parametrize("command", SERVERS)
def test_a_server_listens_and_ends_when_it_is_told(command: str, house: Installation) -> None:
    ports = {"web": free_port(), "gauge": free_port()}
    line = SERVERS[command].format(**ports).split()
    process = house.start(command, *line, stderr=subprocess.PIPE)
    try:
        assert eventually(
            lambda: all(is_open(port) for name, port in ports.items() if f"{{{name}}}" in SERVERS[command])
        )
    finally:
        process.terminate()
        _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said
    assert "Traceback" not in said


def is_open(port: int) -> bool:
    with socket.socket() as line:
        line.settimeout(1)
        return line.connect_ex(("127.0.0.1", port)) == 0


def test_without_records_every_command_that_needs_them_says_so_and_makes_none(tmp_path: Path) -> None:
    bare = Installation(tmp_path / "home")
    told = bare.python(f"{END}told = {{line: end(line.split()) for line in {NEED_RECORDS!r}}}")
    assert {line: said for line, (code, said) in told.items() if code != 2 or "还没有记录" not in said} == {}
    assert not list((tmp_path / "home").glob("*.sqlite3"))


def test_every_command_has_a_case_and_every_case_is_a_command() -> None:
    cases = {command_of(case.line) for case in CASES}
    assert cases == COMMANDS.keys()
    done = {command_of(case.line) for case in CASES if case.code != 2} | SERVERS.keys()
    assert COMMANDS.keys() - done == {"demo", "restore", "ground live", "ground add", "exercise run"}, (
        "these have tests of their own"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_parsed_and_told(command: str) -> None:
    parser = COMMANDS[command]
    ways = [group._group_actions[0] for group in parser._mutually_exclusive_groups if group.required]
    needed = [word for a in parser._actions if a.required or a in ways for word in typed(a)]
    for action in parser._actions:
        if action.dest in NEVER_ASKED or not action.option_strings or action in others(parser):
            continue
        assert action.help, f"{command} {action.option_strings[-1]} says nothing"
        found = vars(the_parser().parse_args([*command.split(), *needed, *typed(action)]))
        assert found[action.dest] not in (action.default, None) or action.required or action.choices
    assert f"anlan {command}" in parser.format_help()


def others(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Options that exclude one that is given already."""
    return [a for group in parser._mutually_exclusive_groups for a in group._group_actions[1:]]


def typed(action: argparse.Action) -> list[str]:
    """What a person types for an option or an argument."""
    if action.nargs == 0:
        return [action.option_strings[-1]]
    samples = ["7", "03:00", "2021-08-12T05:30+08:00", "111.5,30.5"]
    value = next(s for s in map(str, action.choices or samples) if is_taken(action, s))
    return [*action.option_strings[-1:], value]


def is_taken(action: argparse.Action, sample: str) -> bool:
    try:
        (action.type or str)(sample)  # type: ignore[operator]
    except ValueError:
        return False
    return True


def docs() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def named(text: str) -> Iterator[str]:
    """Every command of ours that a page names: in backticks, or a line of a block, without its comment."""
    blocks = "\n".join(BLOCK.findall(text)).replace("\\\n", " ")
    for line in [*QUOTED.findall(BLOCK.sub("", text)), *TYPED.findall(blocks)]:
        line = re.split(r"  #| > ", line)[0].strip()
        first, _, rest = line.partition(" ")
        models, _, more = rest.partition(" ")
        yield from [f"{first} {model} {more}".strip() for model in models.split("|")] if rest else [line]


def faults(line: str) -> list[str]:
    """What a named line says that the parser does not know."""
    command = command_of(line)
    if command not in COMMANDS:
        is_group = any(known.startswith(f"{line} ") for known in COMMANDS)
        return [] if is_group or {"COMMAND", "MODEL"} & set(line.split()[:2]) else [f"no command {line}"]
    known = {word for action in COMMANDS[command]._actions for word in action.option_strings}
    return [f"{command} has no {option}" for option in OPTION.findall(line) if option not in known]


def test_a_command_or_option_that_is_not_there_is_seen() -> None:
    assert faults("cap chek FILE")
    assert faults("replay liulin --sped 3")
    assert not faults("replay liulin [--hours ending|beginning] [--json]")
    page = "see `anlan doctor`\n```console\n$ uv run anlan cap check FILE   # why\n```\nanlan is free"
    assert list(named(page)) == ["doctor", "cap check FILE"]


def test_docs_name_commands_and_options_that_exist() -> None:
    lines = [(page.name, line) for page in docs() for line in named(page.read_text())]
    assert [f"{name}: {fault}" for name, line in lines for fault in faults(line)] == []
    assert {command_of(line) for _, line in lines} >= COMMANDS.keys(), "document these"


def test_readme_and_sources_name_no_other_command() -> None:
    told = [(path.name, line) for path in (ROOT / "src").rglob("*.toml") for line in quoted(path.read_text())]
    assert told
    assert [f"{name}: {fault}" for name, line in told for fault in faults(line)] == []


def quoted(text: str) -> list[str]:
    """Commands that words on screen tell people to type."""
    first = "|".join(c.split()[0] for c in COMMANDS)
    return re.findall(rf"\banlan ((?:{first})\b[ a-z-]*)", text)
