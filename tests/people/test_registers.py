"""Registers of people: the contract of each, and what is its own."""

from anlan.people.registers import PERSONS
from tests.support.city import VILLAGE
from tests.support.registers import RegisterTests


class TestPersons(RegisterTests):
    register = PERSONS
    good = {"name": "欧阳四喜", "place": VILLAGE, "phone": "13912345678"}
    change = {"phone": "13987654321"}
    wrong = {"phone": "1391234567"}
