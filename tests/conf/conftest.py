"""Fixtures of these tests."""

from tests.support.backups import source  # noqa: F401
