"""A flash-flood warning of two more units goes from the composer to issue with the accounts that the demo gives."""

from pathlib import Path

import pytest

from tests.support.installation import Installation

pytestmark = pytest.mark.slow

WALK = """
import re
ready()
from django.test import Client
from anlan.conf import demoing
from anlan.people.models import Account
from anlan.warn.models import Alert
from anlan.foundation.worlds import World

demoing.set_up(speed=0)
alerts = f"/w/{World.objects.exclude(key='live').get().key}/alerts"

def person(name):
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Account.objects.get(username=name))
    return client

writer = person("forecaster")
body = writer.post(f"{alerts}/new", {
    "event_type": "11A06", "level": "3", "expires_at": "2021-08-12 07:00", "named": [demoing.LIULIN], "polygon": "",
    "description": "山洪随时会来。", "instruction": "去高处。", "by_when": "先准备。", "do": "save",
    "joint_with": [demoing.LAND],
}, follow=True).content.decode()
ref = Alert.objects.get(message="alert", source="own").ref
here = f"{alerts}/{ref}"
sides = Alert.objects.get(ref=ref).joint_with

def press(name, act):
    reply = person(name).post(f"{here}/{act}", {}, follow=True)
    return [reply.status_code, Alert.objects.get(ref=ref).state]

said = [press("forecaster", "submit"), press("approver", "approve"), press("forecaster", "issue")]
asked = writer.get(f"{here}/cosign/{demoing.LAND}/telephone").content.decode()
said += [press("land", "cosign"), press("water", "cosign"), press("forecaster", "issue")]
told = ["随县水利和湖泊局" in body, sorted(sides), said, "签发人" in asked]
"""


def test_a_joint_alert_of_the_demo_is_issued_by_three_units(tmp_path: Path) -> None:
    is_said, sides, said, can_choose = Installation(tmp_path).python(WALK)
    assert is_said, "the composer says whom it ticked"
    assert sides == ["O-421321-natural_resources", "O-421321-water"]
    assert said == [
        [200, "review"],
        [200, "approved"],
        [200, "approved"],  # two units have not agreed
        [200, "approved"],
        [200, "approved"],
        [200, "issued"],
    ]
    assert can_choose, "whoever is asked by telephone can be chosen"
