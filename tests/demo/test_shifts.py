from datetime import date, timedelta
from itertools import pairwise

import pytest

from anlan.demo.city.shifts import duty_shifts

DAY = date(2021, 8, 11)


def test_someone_is_awake_at_every_hour_in_every_unit(city):
    shifts = duty_shifts(city, first=DAY, last=DAY + timedelta(days=2))
    units = {u.ref for u in city.organisations if u.kind != "village"}
    for unit in units:
        own = [s for s in shifts if s.organisation == unit]
        assert len(own) == 3
        assert all(a.ends_at == b.starts_at for a, b in pairwise(own))
        assert all(city.holder[s.officer].kind == "duty_officer" for s in own)
        assert all(city.holder[s.officer].organisation == unit for s in own)


def test_adding_a_day_changes_no_other(city):
    short = duty_shifts(city, first=DAY, last=DAY)
    assert set(short) <= set(duty_shifts(city, first=DAY - timedelta(days=1), last=DAY + timedelta(days=1)))


def test_dates_the_wrong_way_round_are_refused(city):
    with pytest.raises(ValueError, match="first <= last"):
        duty_shifts(city, first=DAY, last=DAY - timedelta(days=1))
