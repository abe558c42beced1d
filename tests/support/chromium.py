"""The Chromium of the browser tests: the system's own, installed on Debian when it is missing.

python -m tests.support.chromium     finds it, or installs it where that is possible, or says what to do
"""

import os
import shutil
import subprocess
from pathlib import Path

GIVEN = "ANLAN_TEST_CHROMIUM"
NAMES = "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"
ELSEWHERE = tuple(f"/Applications/{name}.app/Contents/MacOS/{name}" for name in ("Chromium", "Google Chrome"))
PACKAGES = "chromium", "fonts-noto-cjk"
FLAGS = (
    "--no-sandbox",  # the pages under test are ours; containers rarely grant a sandbox
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",  # the map draws without a graphics card
)


class NoChromium(RuntimeError):
    """No browser could be had. The text says what to do."""


def path() -> str:
    """Where Chromium is. Raises NoChromium."""
    found = [os.environ.get(GIVEN), *map(shutil.which, NAMES), *filter(os.path.exists, ELSEWHERE)]
    for each in found:
        if each:
            return each
    raise NoChromium(f"No Chromium here. Install Chromium or Chrome, or give its path in {GIVEN}.")


def has_chinese_font() -> bool:
    lister = shutil.which("fc-list")
    return bool(lister) and bool(subprocess.run([lister, ":lang=zh"], capture_output=True).stdout.strip())


def _is_debian() -> bool:
    """Debian itself: Ubuntu's package of the name is a stub for another installer."""
    release = Path("/etc/os-release")
    return (
        bool(shutil.which("apt-get")) and release.exists() and "\nID=debian\n" in f"\n{release.read_text()}\n"
    )


def install() -> None:
    """Debian's packages, as root or by a sudo that asks no password. NoChromium tells the command to type."""
    by_hand = f"apt-get update && apt-get install {' '.join(PACKAGES)}"
    if not _is_debian():
        raise NoChromium(
            f"Install Chromium or Chrome and a Chinese font, or give the browser's path in {GIVEN}."
        )
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and subprocess.run([*prefix, "true"], capture_output=True).returncode:
        raise NoChromium(f"The browser tests need Chromium and a Chinese font. As root: {by_hand}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *PACKAGES]):
        if subprocess.run([*prefix, "apt-get", *step], env=quiet).returncode:
            raise NoChromium(f"apt-get {step[0]} failed. As root: {by_hand}")


def is_ready() -> bool:
    try:
        return bool(path()) and has_chinese_font()
    except NoChromium:
        return False


def main() -> None:
    try:
        if not is_ready():
            install()
        print(f"browser: {path()}")
    except NoChromium as lack:
        raise SystemExit(str(lack)) from lack


if __name__ == "__main__":
    main()
