"""Make a state folder ready: tables up to date, an installation id, the live world."""

import uuid

from anlan.conf.install import prepare


def ready() -> None:
    """Set Django up and bring the records to this version's tables. Safe to call at every start."""
    prepare()
    from django.core.management import call_command

    from anlan.foundation import worlds

    call_command("migrate", verbosity=0, interactive=False)
    worlds.ensure_live(installation())


def installation() -> str:
    """This installation's own id, drawn once; the live journal begins with it."""
    from anlan.foundation.home import home

    path = home() / "installation"
    if not path.exists():
        path.write_text(str(uuid.uuid4()))
    return path.read_text().strip()
