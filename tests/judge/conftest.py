"""Fixtures of these tests."""

from tests.support.at_four import city, mini  # noqa: F401
