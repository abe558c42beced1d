"""What is kept must build anywhere: no path of one machine, no host of one package index."""

import re
from pathlib import Path

import pytest

from tests.support.house import ROOT, kept_files

# Written in two halves, so that this file does not find itself.
WORDS = (
    ("/wor", "k/"), ("/ro", "ot/"), (r"\.libr", "ary/"), ("bash_", "jobs"), ("/opt/", "wheels"),
    (r"registry\.", "npmjs"), ("pypi", r"\.org"), ("pythonho", "sted"), (r"deb\.deb", r"ian\.org"),
)  # fmt: skip
LEAK = re.compile("|".join(left + right for left, right in WORDS))
PICTURES = {".png", ".ico", ".woff2", ".pbf", ".pdf"}


def leaks(path: Path) -> list[str]:
    lines = path.read_text(errors="replace").splitlines()
    return [
        f"{path.name}:{number}: {found[0]}"
        for number, line in enumerate(lines, 1)
        if (found := LEAK.search(line))
    ]


@pytest.mark.parametrize("words", WORDS)
def test_a_planted_leak_is_seen(tmp_path: Path, words: tuple[str, str]) -> None:
    path = tmp_path / "lock.toml"
    path.write_text("ok = 1\nurl = 'https:/" + "".join(words).replace("\\", "") + "'\n")
    assert leaks(path)


def test_no_kept_file_names_a_machine_or_an_index() -> None:
    faults = [leak for path in kept_files() if path.suffix not in PICTURES for leak in leaks(path)]
    assert not faults, "\n".join(faults)


def test_no_lock_that_names_hosts_is_kept() -> None:
    assert not {"uv.lock", "poetry.lock"} & {str(path.relative_to(ROOT)) for path in kept_files()}
