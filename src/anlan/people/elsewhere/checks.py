"""For doctor: whether the sign-ins elsewhere can be read, and have their packs."""

from collections.abc import Iterator

from anlan.foundation.errors import Invalid
from anlan.foundation.packs.pack import PackError
from anlan.people.elsewhere import setup


def checks() -> Iterator[tuple[str, str, str, str, str]]:
    """What is wrong with `sign-in.toml`."""
    mend = ("改好 sign-in.toml，见部署说明。", "Mend sign-in.toml as the deployment guide says.")
    try:
        for provider in setup.setup().providers:
            _ = provider.way
    except Invalid as error:
        yield ("sign-in-elsewhere", error.said("zh"), error.said("en"), *mend)
    except PackError as error:
        yield ("sign-in-elsewhere", f"{error}", f"{error}", *mend)
