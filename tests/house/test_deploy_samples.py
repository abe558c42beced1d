"""The samples for a real server fit the code and each other, and the programs that read them take them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from anlan.conf import asgi, supervisor
from anlan.foundation.processes import STOP_SECONDS
from tests.support.house import ROOT

FOLDER = ROOT / "examples" / "deploy"
DOCS = ROOT / "docs"
UNITS = ("anlan.service", "anlan-backup.service", "anlan-backup.timer")


def text(name: str) -> str:
    return (FOLDER / name).read_text()


def set_in(unit: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)$", text(unit), re.MULTILINE))


def test_the_how_to_names_every_sample_and_no_other() -> None:
    page = (DOCS / "how-to" / "deploy.md").read_text()
    assert set(re.findall(r"`([\w@-]+\.(?:service|timer|conf|env)|Caddyfile)`", page)) == {
        path.name for path in FOLDER.iterdir()
    }


def test_the_settings_of_the_sample_are_settings() -> None:
    named = set(re.findall(r"\b(ANLAN_\w+)=", text("anlan.env")))
    assert {"ANLAN_HOME", "ANLAN_HTTPS", "ANLAN_HOSTS"} <= named
    assert named <= set(re.findall(r"`(ANLAN_\w+)`", (DOCS / "reference" / "settings.md").read_text()))


def test_the_unit_leaves_room_for_viewers_and_time_to_end() -> None:
    unit = set_in("anlan.service")
    assert int(unit["LimitNOFILE"]) >= supervisor.VIEWERS + 512
    assert int(unit["TimeoutStopSec"]) > STOP_SECONDS
    assert unit["KillMode"] == "mixed"
    assert "MemoryDenyWriteExecute" not in unit, "kernels are compiled"
    (home,) = re.findall(r"^ANLAN_HOME=(.*)$", text("anlan.env"), re.MULTILINE)
    assert {home} <= set(unit["ReadWritePaths"].split()) <= set(set_in(UNITS[1])["ReadWritePaths"].split())


@pytest.mark.parametrize("proxy", ["nginx.conf", "Caddyfile"])
def test_a_proxy_pushes_what_is_live_at_once_and_takes_what_the_server_takes(proxy: str) -> None:
    (pattern,) = re.findall(r"(?:~|path_regexp) (\^/w/\S+)", text(proxy))
    assert re.match(pattern, "/w/x1/live")
    assert asgi.LIVE.match("/w/x1/live")
    assert not re.match(pattern, "/w/live/desk")
    assert re.search("proxy_buffering off|flush_interval -1", text(proxy))
    (size,) = set(re.findall(r"(?:client_max_body_size|max_size) (\d+)", text(proxy)))
    assert int(size) * 1024 * 1024 == settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert f"127.0.0.1:{re.findall(r'ANLAN_PORT=(.*)', text('anlan.env'))[0]}" in text(proxy)


def test_nginx_sends_on_the_headers_that_the_settings_trust() -> None:
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in text("nginx.conf")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text("nginx.conf")
    assert "proxy_request_buffering on;" in text("nginx.conf")


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    return found or pytest.skip(f"{name} is not installed here")


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_the_units(unit: str, tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    for name in UNITS:
        (tmp_path / name).write_text(text(name).replace("/srv/anlan/venv/bin/anlan run", "/bin/true"))
    said = subprocess.run([analyze, "verify", tmp_path / unit], capture_output=True, text=True)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    command = f"{program('openssl')} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x"
    files = ["-keyout", tmp_path / "key.pem", "-out", tmp_path / "fullchain.pem"]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    return tmp_path


def with_certificate(name: str, folder: Path) -> str:
    return text(name).replace("/etc/anlan/tls", str(folder))


def test_nginx_takes_its_sample(certificate: Path) -> None:
    nginx = program("nginx")
    (certificate / "anlan.conf").write_text(with_certificate("nginx.conf", certificate))
    temporary = "".join(
        f"{kind}_temp_path {certificate}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (certificate / "nginx.conf").write_text(
        f"pid {certificate}/pid; error_log stderr; events {{}} http {{ access_log off; {temporary} include {certificate}/anlan.conf; }}"
    )
    said = subprocess.run([nginx, "-t", "-c", certificate / "nginx.conf"], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr


def test_caddy_takes_its_sample(certificate: Path) -> None:
    caddy = program("caddy")
    if subprocess.run([caddy, "version"], capture_output=True, text=True).stdout.lstrip("v") < "2.7":
        pytest.skip("this Caddy is older than 2.7 and knows no request_buffers")
    (certificate / "Caddyfile").write_text(with_certificate("Caddyfile", certificate))
    command = [caddy, "validate", "--adapter", "caddyfile", "--config", certificate / "Caddyfile"]
    said = subprocess.run(command, capture_output=True, text=True, env={"HOME": str(certificate)})
    assert said.returncode == 0, said.stderr
