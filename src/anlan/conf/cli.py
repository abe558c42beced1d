"""The one entry of the command line: `anlan`."""


def main() -> None:
    raise SystemExit("anlan: not yet")
