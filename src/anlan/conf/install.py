"""Make a state folder ready: tables up to date, an installation id, the live world."""

import os
import uuid
from typing import Any


def prepare() -> None:
    """Set Django up, with compiled kernels kept in the state folder."""
    import django

    from anlan.foundation.home import home

    os.environ.setdefault("NUMBA_CACHE_DIR", str(home() / "kernels"))
    django.setup()


def opened() -> None:
    """Set Django up over records that are there already; nothing is made. Raises: Conflict where there are none."""
    prepare()
    from django.db import connection

    from anlan.foundation.errors import Conflict
    from anlan.foundation.home import home
    from anlan.foundation.words import w

    is_file = connection.vendor == "sqlite"
    if (is_file and not os.path.exists(connection.settings_dict["NAME"])) or not _has_tables(connection):
        raise Conflict(
            w("{home} 里还没有记录。用 anlan run 建好再来，或用 anlan demo 先看演示。"), home=home()
        )


def _has_tables(connection: Any) -> bool:
    return "foundation_world" in connection.introspection.table_names()


def ready() -> None:
    """Set Django up, and make tables where there are none. Safe to call at every start.

    Raises: Conflict over records of an earlier version: those are changed by `anlan upgrade` alone.
    """
    prepare()
    from django.core.management import call_command
    from django.db import connection

    from anlan.conf.backups import migrating
    from anlan.foundation import packs, worlds
    from anlan.foundation.errors import Conflict
    from anlan.foundation.home import home
    from anlan.foundation.words import w

    if _has_tables(connection) and migrating.steps():
        raise Conflict(w("这里的记录是上一版的。先停下运行的安澜，再执行 anlan upgrade：它先备份，再升级。"))
    call_command("migrate", verbosity=0, interactive=False)
    worlds.ensure_live(installation())
    keep_version()
    packs.keep_good(home())


def installation() -> str:
    """This installation's own id, drawn once; the live journal begins with it."""
    from anlan.foundation.home import home

    path = home() / "installation"
    if not path.exists():
        path.write_text(str(uuid.uuid4()))
    return path.read_text().strip()


def keep_version() -> None:
    """Write down which version the records belong to."""
    from anlan import __version__
    from anlan.foundation.home import home

    path = home() / "version"
    if version_of_records() != __version__ or not path.exists():
        path.write_text(__version__)


def version_of_records() -> str:
    """The version that made the tables as they are."""
    from anlan import __version__
    from anlan.foundation.home import home

    path = home() / "version"
    return path.read_text().strip() if path.exists() else __version__
