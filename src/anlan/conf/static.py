"""Files for browsers: their addresses carry a digest of what they hold, so that they are kept for a year; sent compressed.

The build brought the compressed files; what a source changed since is compressed once, before the first request is taken, and
lies under `static` of the state folder. Both by digest.
"""

import gzip
import hashlib
import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

SHIPPED = Path(__file__).parent / "compressed"
SMALL = 400  # bytes that no compression makes worth while
LIKE_TEXT = {".css", ".js", ".mjs", ".svg", ".json"}
BUILT = re.compile(r"/build/assets/[^/]+-[\w-]{8}\.\w+$")
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


@cache
def digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def hashed(name: str, path: str) -> str:
    """`css/app.css` → `css/app.0123456789ab.css`; what the front end's build named is named by its digest already."""
    if BUILT.search(name):
        return name
    stem, dot = os.path.splitext(name)
    return f"{stem}.{digest(path)[:12]}{dot}"


@cache
def compressed(path: str) -> str:
    """Where the same lies compressed; the path itself where that is no gain."""
    if Path(path).suffix not in LIKE_TEXT or os.path.getsize(path) < SMALL:
        return path
    name = f"{digest(path)}.gz"
    if (SHIPPED / name).exists():
        return str(SHIPPED / name)
    made = Path(settings.STATIC_ROOT) / name
    if not made.exists():
        scratch = made.with_suffix(f".{os.getpid()}")
        scratch.write_bytes(gzip.compress(Path(path).read_bytes(), 9, mtime=0))
        scratch.replace(made)
    return str(made)


class Hashed(StaticFilesStorage):
    """Gives `{% static %}` the address with the digest."""

    def url(self, name: str | None) -> str:
        path = finders.find(name or "")
        return super().url(hashed(name, path) if name and isinstance(path, str) else name)


class ByDigest(finders.AppDirectoriesFinder):
    """Finds a file by the address with its digest, for servers that ask the finders."""

    def find(self, path: str, *args: Any, **kwargs: Any) -> Any:
        return super().find(HASHED.sub(os.path.splitext(path)[1], path), *args, **kwargs)

    def list(self, ignore_patterns: Any) -> Any:
        return ()


class Static(WhiteNoiseMiddleware):
    """Serves each file under its own name and under the one with its digest."""

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        super().add_file_to_dictionary(url, path, stat_cache=stat_cache)
        super().add_file_to_dictionary(hashed(url, path), path, stat_cache=stat_cache)

    def immutable_file_test(self, path: str, url: str) -> bool:
        return bool(BUILT.search(url) or HASHED.search(url))

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        small = compressed(path)
        return StaticFile(path, headers.items(), encodings={"gzip": small} if small != path else {})
