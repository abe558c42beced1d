"""What runs with us may be handed on: permissive licences, LGPL only by a line in the decision record, GPL never."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import PurePath

import pytest
from packaging.requirements import Requirement

from tests.support.house import ROOT

RECORD = ROOT / "docs/adr/0018-licences.md"
FREE = {
    "MIT", "MIT-0", "BSD", "BSD-2-CLAUSE", "BSD-3-CLAUSE", "APACHE-2.0", "ISC", "PSF-2.0", "ZLIB", "0BSD", "CC0-1.0",
    "MPL-2.0", "APACHE-2.0 WITH LLVM-EXCEPTION", "UNLICENSE", "PYTHON-2.0",
}  # fmt: skip
CLASSIFIED = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache Software License": "APACHE-2.0",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0",
}
# Libraries that Linux wheels carry within, by the beginning of their names.
CARRIED = {
    "libcom_err": "MIT", "libcrypt-": "LGPL-2.1", "libcrypto": "APACHE-2.0", "libcurl": "MIT", "libgeos": "LGPL-2.1",
    "libgfortran": "GPL-3.0 WITH GCC-EXCEPTION", "libgssapi": "MIT", "libk5crypto": "MIT", "libkeyutils": "LGPL-2.1",
    "libkrb5": "MIT", "liblber": "BSD", "libldap": "BSD", "libnghttp2": "MIT", "libpq": "BSD", "libproj": "MIT",
    "libquadmath": "LGPL-2.1", "libsasl2": "BSD", "libscipy_openblas": "BSD", "libselinux": "CC0-1.0",
    "libsqlite3": "CC0-1.0", "libssl": "APACHE-2.0", "libtiff": "MIT", "libpcre": "BSD", "libz": "ZLIB",
}  # fmt: skip

# Of extras that tests do not install, as their own files on PyPI say (2026-11).
WRITTEN = {
    "affine": "BSD-3-Clause", "attrs": "MIT", "certifi": "MPL-2.0", "click": "BSD-3-Clause", "click-plugins": "BSD-3-Clause",
    "cligj": "BSD-3-Clause", "pyparsing": "MIT", "rasterio": "BSD-3-Clause", "tzdata": "Apache-2.0",
}  # fmt: skip
EXTRAS = distribution("anlan").metadata.get_all("Provides-Extra") or []


def allowed_by_record() -> set[str]:
    """Packages that stand in the record's table."""
    return set(re.findall(r"^\| `([\w-]+)` \|", RECORD.read_text(), re.MULTILINE))


def run_time(extras: tuple[str, ...] = ("",)) -> dict[str, Distribution]:
    """What is installed for running anlan, by name."""
    found: dict[str, Distribution] = {}
    waiting = [("anlan", extras)]
    while waiting:
        name, wanted = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            found[key] = distribution(name)
        except PackageNotFoundError:
            assert key in WRITTEN, f"{name} is neither installed nor in WRITTEN: look up its licence"
            continue
        for text in found[key].requires or []:
            needs = Requirement(text)
            if needs.marker is None or any(needs.marker.evaluate({"extra": extra}) for extra in wanted):
                waiting.append((needs.name, ("", *needs.extras)))
    del found["anlan"]
    return found


def said(metadata) -> str:
    """The licence as an expression, from the newest field that says one."""
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classes = [
        c.split(" :: ")[-1] for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    if classes:
        return " AND ".join(CLASSIFIED.get(c, c) for c in classes)
    return str(metadata.get("License") or "none").splitlines()[0]


def refused(expression: str, *, may_be_lgpl: bool) -> list[str]:
    """The parts of a licence that we cannot take: of alternatives one must do, of several all."""
    bad = []
    plain = expression.replace("(", " ( ").replace(")", " ) ").upper()
    for part in re.split(r"\sAND\s(?![^(]*\))", plain):
        choices = [re.sub(r"[()]", "", c).strip() for c in re.split(r"\sOR\s", part)]
        if not any(c in FREE or (may_be_lgpl and c.startswith("LGPL-")) for c in choices):
            bad.append(part.strip())
    return bad


def carried(package: Distribution) -> Iterator[str]:
    """Names of the libraries within the wheel."""
    for path in package.files or []:
        if any(part.endswith(".libs") for part in path.parts[:-1]):
            yield PurePath(path).name


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("MIT", []),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", []),
        ("GPL-3.0-only OR MIT", []),
        ("AGPL-3.0-only", ["AGPL-3.0-ONLY"]),
        ("MIT AND GPL-2.0-or-later", ["GPL-2.0-OR-LATER"]),
        ("LGPL-3.0-only", ["LGPL-3.0-ONLY"]),
        ("none", ["NONE"]),
    ],
)
def test_a_planted_licence_is_judged(expression: str, verdict: list[str]) -> None:
    assert refused(expression, may_be_lgpl=False) == verdict


def test_lgpl_passes_only_where_the_record_says_so_and_gpl_never() -> None:
    assert refused("LGPL-3.0-only", may_be_lgpl=True) == []
    assert refused("GPL-3.0-only", may_be_lgpl=True) == ["GPL-3.0-ONLY"]


def locked(extra: str) -> set[str]:
    """Every package that an extra brings, by the lock: also what tests do not install."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    packages = {row["name"]: row for row in lock["package"]}
    found: set[str] = set()
    waiting = [row["name"] for row in packages["anlan"]["optional-dependencies"][extra]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [row["name"] for row in packages[name].get("dependencies", ())]
    return found


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_package_of_an_extra_has_a_licence_that_somebody_read(extra: str) -> None:
    record = allowed_by_record()
    packages = locked(extra)
    assert packages
    read = run_time(("", *EXTRAS))
    told = {
        name: said(read[name].metadata) if name in read else WRITTEN.get(name, "none") for name in packages
    }
    faults = {name: bad for name in packages if (bad := refused(told[name], may_be_lgpl=name in record))}
    assert not faults


@pytest.mark.parametrize("extras", [("",), *(("", extra) for extra in EXTRAS)], ids=["default", *EXTRAS])
def test_every_package_that_runs_with_us_may_be_handed_on(extras: tuple[str, ...]) -> None:
    record = allowed_by_record()
    packages = run_time(extras)
    assert {"django", "numba", "pyproj"} <= packages.keys()
    faults = {
        name: bad
        for name, package in packages.items()
        if (bad := refused(said(package.metadata), may_be_lgpl=name in record))
    }
    assert not faults, f"not acceptable, or not yet written down in {RECORD.name}"


def test_every_library_within_a_wheel_is_known_and_lgpl_stands_in_the_record() -> None:
    record = allowed_by_record()
    faults = []
    for name, package in run_time(("", *EXTRAS)).items():
        for library in carried(package):
            licence = next((of for start, of in CARRIED.items() if library.startswith(start)), "unknown")
            if licence not in FREE and not ("GPL-" in licence and name in record):
                faults.append(f"{name}: {library} is {licence}")
    assert not faults, f"find the licence, then write it here and, for LGPL, in {RECORD.name}"


def test_the_record_names_no_package_that_is_gone() -> None:
    assert allowed_by_record() <= run_time(("", *EXTRAS)).keys()
