"""A gateway in a process of its own, to be killed: `python child.py FOLDER [bytes a file may have]` prints its port."""

import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from anlan.gateways.sl651.limits import Limits  # noqa: E402
from anlan.gateways.sl651.server import GatewayThread  # noqa: E402
from anlan.observe.ingest.ingest import Ingest  # noqa: E402
from tests.gateways.conftest import roster  # noqa: E402
from tests.support.stations import NOW  # noqa: E402


def tell_trouble(gateway: GatewayThread) -> None:
    """One word more as soon as something cannot be written."""
    while not gateway.gateway.trouble:
        time.sleep(0.02)
    print(gateway.gateway.trouble, flush=True)


def main() -> None:
    ingest = Ingest.over(Path(sys.argv[1]), roster(), now=NOW)
    gateway = GatewayThread(
        ingest, host="127.0.0.1", port=0, clock=lambda: NOW, limits=Limits(retry_s=(0.05,))
    )
    if len(sys.argv) > 2:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    print(gateway.start(), flush=True)
    threading.Thread(target=tell_trouble, args=(gateway,), daemon=True).start()
    for line in sys.stdin:  # any word: there is room again
        assert line
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    time.sleep(60)


if __name__ == "__main__":
    main()
