"""A process that is killed while it saves a file: none of it stands, the file waits as before, and is then saved whole."""

from pathlib import Path

from tests.support.installation import Installation

KILLED = """
import os, signal
ready()
from django.db import connections
from anlan.foundation import journal
from anlan.people.models import Person
from anlan.people.registers import PERSONS
from anlan.registers import uploads
from tests.support.city import make_city

ctx = make_city(with_accounts=False).ctx()
lines = ["姓名,地点,电话"] + [f"张三{n},柳林镇联盟村,138{n:08d}" for n in range(300)]
ref = uploads.keep(ctx, PERSONS, "\\n".join(lines).encode(), "a.csv")
before = Person.objects.count()
connections.close_all()
child = os.fork()
if not child:
    journal.append_many = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    uploads.confirm(ctx, PERSONS, ref)
died = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
left = [Person.objects.count() - before, uploads.upload(ctx, PERSONS, ref).state]
saved = uploads.confirm(ctx, PERSONS, ref)
told = [died, *left, Person.objects.count() - before, saved.state]
"""


def test_a_killed_save_leaves_all_or_nothing(tmp_path: Path) -> None:
    told = Installation(tmp_path / "home").python(KILLED)
    assert told == [-9, 0, "looked", 300, "saved"]
