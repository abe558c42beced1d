"""The register of lines: its contract, and what is its own."""

import pytest

from anlan.foundation.errors import AnlanError
from anlan.reach.models import Line
from anlan.reach.registers import LINES
from anlan.registers import saving
from tests.support.city import TOWN, Mini
from tests.support.registers import RegisterTests


class TestLines(RegisterTests):
    register = LINES
    good = {
        "name": "县局短信",
        "kind": "sms-plain",
        "place": TOWN,
        "address": "https://sms.example.gov.cn/send",
    }
    change = {"address": "https://sms2.example.gov.cn/send"}
    wrong = {"per_second": "0"}

    def test_its_secret_is_sealed_and_shown_nowhere(self, mini: Mini) -> None:
        ref = self.add(mini, secret="not-to-be-seen")
        assert "not-to-be-seen" not in Line.objects.get(ref=ref).secret_sealed
        body = mini.client("administrator").get(f"{self.base(mini)}/{ref}").content.decode()
        assert "not-to-be-seen" not in body

    def test_a_line_that_is_on_is_switched_off_before_it_changes(self, mini: Mini) -> None:
        ref = self.add(mini)
        Line.objects.update(state="on")
        row = Line.objects.get(ref=ref)
        with pytest.raises(AnlanError, match="停用"):
            saving.change(self.ctx(mini), LINES, row, self.change)
