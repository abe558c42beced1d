"""Make a state folder ready: tables up to date, an installation id, the live world."""

import os
import uuid


def prepare() -> None:
    """Set Django up, with compiled kernels kept in the state folder."""
    import django

    from anlan.foundation.home import home

    os.environ.setdefault("NUMBA_CACHE_DIR", str(home() / "kernels"))
    django.setup()


def ready() -> None:
    """Set Django up and bring the records to this version's tables. Safe to call at every start."""
    prepare()
    from django.core.management import call_command

    from anlan.foundation import packs, worlds
    from anlan.foundation.home import home

    call_command("migrate", verbosity=0, interactive=False)
    worlds.ensure_live(installation())
    packs.keep_good(home())


def installation() -> str:
    """This installation's own id, drawn once; the live journal begins with it."""
    from anlan.foundation.home import home

    path = home() / "installation"
    if not path.exists():
        path.write_text(str(uuid.uuid4()))
    return path.read_text().strip()
