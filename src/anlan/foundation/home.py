"""Where anlan keeps its state: everything lies under one folder, `ANLAN_HOME`."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AWAITED = "keys-awaited.json"
"""Names of keys that restored records need: nobody may draw them anew."""


_makes = True


@contextmanager
def only_looking() -> Iterator[None]:
    """Make no folder and draw no key meanwhile: what is missing is missing."""
    global _makes
    before, _makes = _makes, False
    try:
        yield
    finally:
        _makes = before


def makes() -> bool:
    """Whether what is missing may be made."""
    return _makes


class KeyMissing(RuntimeError):
    """A key of the restored records is not here. Copy the keys folder that belongs to them."""


def home() -> Path:
    """The state folder (default `~/.anlan`), made on first use and readable by its owner alone."""
    path = Path(os.environ.get("ANLAN_HOME") or Path.home() / ".anlan").expanduser().resolve()
    if _makes:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def secret(name: str, size: int = 32) -> bytes:
    """The key called `name` from `keys/`, drawn once. Keys never travel in a backup."""
    folder = home() / "keys"
    path = folder / name
    if not _makes:
        return path.read_bytes() if path.exists() else secrets.token_bytes(size)
    folder.mkdir(exist_ok=True, mode=0o700)
    awaited = home() / AWAITED
    if not path.exists() and awaited.exists() and name in json.loads(awaited.read_text()):
        raise KeyMissing(
            f"{path} is missing: copy it from where you keep the keys of the installation that was backed up"
        )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _whole(path, size)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(size))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()


def _whole(path: Path, size: int) -> bytes:
    """Another process may be writing the key this very moment: wait for all of it."""
    import time

    for _ in range(100):
        value = path.read_bytes()
        if len(value) >= size:
            return value
        time.sleep(0.01)
    raise RuntimeError(
        f"{path} is cut short. Restore it from where you keep the keys; never draw a new one over it."
    )
