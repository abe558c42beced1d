"""An empty form that was sent is a form that was sent: it is answered with what is missing, never as a mere look at the page."""

import re

import pytest

from tests.support.city import make_city
from tests.support.house import PACKAGE, sources


def test_no_view_takes_an_empty_post_for_a_look() -> None:
    wrong = [path for path in sources() if re.search(r"\.POST or None", path.read_text())]
    assert not [str(path.relative_to(PACKAGE)) for path in wrong], "use anlan.ui.acts.posted"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("administrator", "/w/live/registers/accounts/new"),
        ("leader", "/account/password"),
        ("duty_officer", "/w/live/calls/new"),
        ("station_engineer", "/w/live/imports"),
    ],
)
def test_an_empty_form_is_refused_with_what_is_missing(role: str, page: str) -> None:
    answer = make_city().client(role).post(page, {})
    assert answer.status_code == 422
    assert re.search(r'aria-invalid|role="alert"|class="wrong', answer.content.decode())
