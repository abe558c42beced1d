"""Fire weather: the published sample to the printed digit, day length by latitude, LY/T 1172 in both its variants."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.foundation.packs import load_all
from anlan.science.bounds import NameUnknown, NotFinite, TableWrong, ValueOutOfRange
from anlan.science.fireweather.canadian import MoistureCodes, fire_weather, step
from anlan.science.fireweather.daylength import DayLengths
from anlan.science.fireweather.lyt1172 import ForestFireIndex, dry_spell

DAY_LENGTHS = DayLengths.from_data(load_all().get("fwi-day-length").data)
LYT = ForestFireIndex.from_data(load_all().get("forest-fire-lyt1172").data)

# Van Wagner & Pickett 1985, FTR 33, sample output: April, start 85, 6, 15. T, RH, W, P -> FFMC DMC DC ISI BUI FWI
SAMPLE = [
    ((4, 17, 42, 25, 0), (87.69, 8.55, 19.01, 10.85, 8.49, 10.10)),
    ((4, 20, 21, 25, 2.4), (86.25, 10.41, 23.57, 8.84, 10.36, 9.28)),
    ((4, 8.5, 40, 17, 0), (86.97, 11.81, 26.05, 6.54, 11.75, 7.58)),
    ((4, 6.5, 25, 6, 0), (88.83, 13.19, 28.18, 4.90, 13.11, 6.16)),
    ((4, 13, 34, 24, 0), (89.10, 15.45, 31.47, 12.63, 15.35, 14.85)),
    ((4, 6, 40, 22, 0.4), (88.66, 16.48, 33.50, 10.71, 16.38, 13.47)),
]


def of(temp=20.0, rh=40.0, wind=10.0, rain=0.0, *, codes=(85.0, 30.0, 200.0), latitude=46.0, month=4):
    day = fire_weather(
        *(np.array([float(x)]) for x in (temp, rh, wind, rain)),
        latitude=np.array([latitude]),
        month=month,
        before=MoistureCodes(*(np.array([c]) for c in codes)),
        day_lengths=DAY_LENGTHS,
    )
    return {name: float(getattr(day, name)[0]) for name in ("ffmc", "dmc", "dc", "isi", "bui", "fwi", "dsr")}


def test_the_published_sample_comes_out_to_the_printed_digit():
    days = step(
        [day for day, _ in SAMPLE], latitude=46.0, before=MoistureCodes.spring(1), day_lengths=DAY_LENGTHS
    )
    for day, (_, printed) in zip(days, SAMPLE, strict=True):
        found = [round(float(x[0]), 2) for x in (day.ffmc, day.dmc, day.dc, day.isi, day.bui, day.fwi)]
        assert found == list(printed)


@pytest.mark.parametrize(
    ("latitude", "tables"),
    [
        (46.0, (("46N",), ("north",))),
        (31.7, (("46N",), ("north",))),  # Suizhou
        (26.6, (("20N",), ("north",))),  # Qiandongnan
        (30.0, (("20N",), ("north",))),
        (5.0, (("equator",), ("equator",))),
        (-20.0, (("20S",), ("south",))),
        (-45.0, (("40S",), ("south",))),
    ],
)
def test_the_day_length_table_follows_the_latitude_and_is_shown(latitude, tables):
    day = step([SAMPLE[0][0]], latitude=latitude, before=MoistureCodes.spring(1), day_lengths=DAY_LENGTHS)[0]
    assert day.tables_used() == tables


def test_a_grid_gives_every_cell_what_it_would_get_alone_on_any_number_of_threads():
    random = np.random.default_rng(3)
    n = 20_000
    grid = (
        random.uniform(-5, 38, n),
        random.uniform(0, 100, n),
        random.uniform(0, 50, n),
        random.gamma(0.3, 8, n),
    )
    before = MoistureCodes(random.uniform(0, 101, n), random.uniform(0, 120, n), random.uniform(0, 800, n))
    latitude = random.uniform(-60, 60, n)

    def run(threads):
        return fire_weather(
            *grid, latitude=latitude, month=7, before=before, day_lengths=DAY_LENGTHS, threads=threads
        )

    one, two = run(1), run(2)
    assert np.array_equal(one.fwi, two.fwi)
    assert np.isfinite(one.dsr).all()
    for i in (0, 7_777, n - 1):
        alone = of(
            *(x[i] for x in grid),
            codes=(before.ffmc[i], before.dmc[i], before.dc[i]),
            latitude=latitude[i],
            month=7,
        )
        assert alone["fwi"] == one.fwi[i]


@pytest.mark.parametrize("gap", ["temp", "rh", "wind", "rain"])
def test_a_missing_value_makes_its_cell_unknown_and_never_dry(gap):
    assert all(np.isnan(value) for value in of(**{gap: np.nan}).values())


def test_a_gap_in_a_series_is_refused_by_its_day():
    with pytest.raises(NotFinite, match="rain_mm of day 2"):
        step([(4, 17, 42, 25, 0), (4, 17, 42, 25, np.nan)], latitude=31.0, before=MoistureCodes.spring(1),
             day_lengths=DAY_LENGTHS)  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"temp": 290.0}, "temp_c"),
        ({"rh": 140.0}, "rh_percent"),
        ({"wind": -1.0}, "wind_km_h"),
        ({"rain": -2.0}, "rain"),
    ],
)
def test_a_value_of_another_unit_is_refused_with_its_name(wrong, name):
    with pytest.raises(ValueOutOfRange, match=name):
        of(**wrong)


weather = st.fixed_dictionaries(
    {
        "temp": st.floats(0, 40),
        "rh": st.floats(5, 95),
        "wind": st.floats(0, 60),
        "codes": st.tuples(st.floats(60, 95), st.floats(1, 90), st.floats(1, 500)),
    }
)


@settings(max_examples=60, deadline=None)
@given(weather)
def test_wind_and_dry_air_raise_the_danger_and_rain_lowers_it(given):
    calm = of(**given)
    assert of(**{**given, "wind": given["wind"] + 10})["isi"] > calm["isi"]
    assert of(**{**given, "rh": given["rh"] - 4})["dmc"] >= calm["dmc"]
    wet = of(**given, rain=20.0)
    assert wet["ffmc"] <= calm["ffmc"]
    assert wet["dc"] < calm["dc"]
    assert wet["dmc"] < calm["dmc"]


def test_bands_that_leave_a_latitude_out_are_refused():
    rows = [
        {"name": "a", "code": code, "south": 0, "north": 90, "months": [1] * 12} for code in ("dmc", "dc")
    ]
    with pytest.raises(TableWrong, match="without gap"):
        DayLengths.from_data({"day_length": rows})


def lyt(temp=22.0, rh=40.0, wind=4.0, last=1.0, days=3, green=0.0, snow=0.0, variant=None):
    return LYT.grade(
        *(np.array([float(x)]) for x in (temp, rh, wind)),
        last_rain_mm=np.array([float(last)]),
        days_since=np.array([days]),
        green_percent=np.array([float(green)]),
        snow_percent=np.array([float(snow)]),
        variant=variant,
    )


def test_the_variants_of_lyt1172_differ_and_each_is_named():
    ours, local = lyt(), lyt(variant="local-2020")
    assert ours.parts[:, 0].tolist() == [13, 13, 25, 15, 0]  # A, B, C, D, E by the standard's own tables
    assert local.parts[:, 0].tolist() == [16, 12, 15, 15, 0]
    assert (ours.variant.code, ours.variant.confidence) == ("standard", "M?")
    assert (local.variant.code, local.variant.confidence) == ("local-2020", "X")


@pytest.mark.parametrize(
    ("last", "days", "score"),
    [
        (0.3, 0, 10),
        (2.0, 8, 50),
        (2.0, 20, 50),
        (2.1, 0, 5),
        (5.1, 1, 5),
        (10.0, 0, 0),
        (10.1, 1, 0),
        (10.1, 2, 5),
    ],
)
def test_drought_grows_from_the_row_of_the_last_rain(last, days, score):
    assert lyt(last=last, days=days).parts[2, 0] == score


@pytest.mark.parametrize(
    ("name", "value", "part", "score"),
    [
        ("temp", 5.0, 0, 0), ("temp", 5.1, 0, 4), ("temp", 25.1, 0, 15),
        ("rh", 71, 1, 0), ("rh", 70, 1, 4), ("rh", 31, 1, 13), ("rh", 30, 1, 15),
        ("wind", 0.2, 3, 0), ("wind", 0.3, 3, 5), ("wind", 17.2, 3, 40),
        ("green", 100, 4, 20), ("green", 99, 4, 15), ("snow", 90, 4, 20), ("snow", 9, 4, 0),
    ],
)  # fmt: skip
def test_the_scores_change_at_the_bounds_of_the_tables(name, value, part, score):
    assert lyt(**{name: value}).parts[part, 0] == score


@pytest.mark.parametrize(
    ("given", "htz", "grade"),
    [
        ({"temp": 2, "rh": 90, "wind": 0, "last": 20, "days": 0, "green": 100}, -20, 1),
        ({"temp": 10, "rh": 65, "wind": 1.6, "last": 1, "days": 0}, 28, 2),
        ({"temp": 30, "rh": 20, "wind": 12, "last": 1, "days": 9}, 110, 5),
    ],
)
def test_grades_of_lyt1172(given, htz, grade):
    found = lyt(**given)
    assert (found.htz[0], found.grade[0]) == (htz, grade)


def test_a_missing_value_has_no_grade():
    found = lyt(rh=np.nan)
    assert np.isnan(found.htz[0])
    assert found.grade[0] == 0


def test_an_unknown_variant_is_refused_with_those_that_exist():
    with pytest.raises(NameUnknown, match="local-2020"):
        lyt(variant="draft")


@given(st.lists(st.floats(0, 30), min_size=1, max_size=40))
def test_days_since_rain_count_up_and_start_over(rain):
    _, days = dry_spell(np.array(rain))
    for i, amount in enumerate(rain):
        assert days[i] == (0 if amount >= 0.3 else (days[i - 1] + 1 if i else 1))
