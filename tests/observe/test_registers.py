"""The register of stations: its contract, and what is its own."""

import pytest

from anlan.foundation import crypto, journal
from anlan.observe.models import Station
from anlan.observe.registers import STATIONS
from anlan.registers import saving
from tests.support.city import VILLAGE, VILLAGE_2, Mini
from tests.support.registers import RegisterTests


class TestStations(RegisterTests):
    register = STATIONS
    good = {
        "address": "0042132199",
        "name": "古城畈站",
        "kind": "rain",
        "place": VILLAGE_2,
        "password": "12AB",
    }
    change = {"name": "古城畈二站", "serves": f"{VILLAGE}、{VILLAGE_2}"}
    wrong = {"password": "12345"}

    def test_its_password_opens_frames_and_is_nowhere_in_clear(self, mini: Mini) -> None:
        ref = self.add(mini)
        kept = Station.objects.get(address=ref)
        assert crypto.unseal(kept.password_sealed, ref) == "12AB"
        assert "12AB" not in str(journal.story(mini.ctx(), ref))
        page = mini.client(self.keeper).get(f"{self.base(mini)}/{ref}")
        assert "12AB" not in page.text

    @pytest.mark.parametrize(
        "marks",
        [{"warning_cm": "2400"}, {"kind": "stage", "warning_cm": "2500", "guarantee_cm": "2400"}],
    )
    def test_marks_that_cannot_be_are_refused(self, mini: Mini, marks: dict[str, str]) -> None:
        with pytest.raises(saving.NotRead, match="特征水位"):
            self.add(mini, **marks)
