"""Acts with a form: what is refused shows the page again where it was asked; what may not be done shows no form."""

import re

import pytest

from anlan.move.actions import moving
from anlan.move.models import Evacuation
from anlan.places.atlas import atlas
from tests.support.city import VILLAGE, Mini

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(mini: Mini) -> str:
    ref = moving.order_stage(mini.ctx(), village=atlas().code(VILLAGE), stage="move", by="U-1", tier="county")
    return f"/w/{mini.world.key}/moving/{ref}"


def test_a_wrong_count_shows_the_village_again_with_the_figure_and_the_reason_beside_it(
    mini: Mini, move: str
) -> None:
    reply = mini.client("duty_officer").post(
        f"{move}/count", {"households": "99", "people": "7", "site": "祠堂"}
    )
    assert reply.status_code == 422
    text = re.sub(r"\s+", " ", reply.text)
    assert re.search(r'id="id_households-error">清点 99 户不对', text)
    box = re.search(r'<input[^>]*name="households"[^>]*>', text)
    assert box
    assert 'value="99"' in box[0]
    assert "autofocus" in box[0]
    assert 'aria-describedby="id_households-error"' in box[0]
    assert 'name="site" value="祠堂"' in text
    assert f'data-shown-at="{move}"' in text, "a script gives the address back"
    assert Evacuation.objects.get().households_moved == 0


def test_the_address_of_an_act_leads_back_to_its_page(mini: Mini, move: str) -> None:
    reply = mini.client("duty_officer").get(f"{move}/count?at=1")
    assert (reply.status_code, reply["Location"]) == (302, f"{move}?at=1")


def test_who_may_not_act_is_refused_and_shown_no_form(mini: Mini, move: str) -> None:
    given = {"households": "1", "people": "1"}
    assert mini.client("auditor").post(f"{move}/count", given).status_code == 403
    assert mini.client("foreign").post(f"{move}/count", given).status_code == 404
