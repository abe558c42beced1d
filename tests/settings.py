"""Settings of the test run: the real ones over a state folder of its own, with a fast password hasher.

Nobody's real state is touched: whatever `ANLAN_HOME` says outside, each pytest process gets an empty one that
goes with it. `ANLAN_DATABASE_URL` is honoured, so that the same tests run on PostgreSQL (`just test-postgres`).
"""

import atexit
import os
import shutil
import tempfile

os.environ["ANLAN_HOME"] = tempfile.mkdtemp(prefix="anlan-test-")
os.environ.setdefault(
    "NUMBA_CACHE_DIR", ""
)  # kernels beside their sources: one compilation for all processes of all tests
atexit.register(shutil.rmtree, os.environ["ANLAN_HOME"], ignore_errors=True)

from anlan.conf.settings import *  # noqa: E402, F403
from anlan.foundation import words  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
words.STRICT = True  # a sentence without its English fails the test that shows it
