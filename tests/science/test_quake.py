"""Earthquakes: golden values of the relations, ellipses, every village of a city, and the traps of old tables."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.foundation.packs import load_all
from anlan.science.bounds import NameUnknown, TableWrong, ValueOutOfRange
from anlan.science.quake.field import Source, ellipses, ground_motion, intensity_at, place
from anlan.science.quake.instrumental import Instrumental, basic_intensity
from anlan.science.quake.relations import Axis, Convention, Quantity, Relations

DATA = load_all().get("attenuation-gb18306").data
ALL = Relations.from_data(DATA)
ZONES = ("tibet", "xinjiang", "east", "moderate")
MODERATE = ALL.of_zone(Quantity.INTENSITY, "moderate")
SCALE = Instrumental.from_data(DATA["instrumental"])

# GB 18306-2015 (Xiao Liang, Yu Yanxiang 2011), moderate zone, lines at I = i: km along and across
GOLDEN = {
    5.0: (6.90, {6: (11.4, 7.4)}),
    6.0: (7.97, {7: (12.6, 8.3), 6: (36.7, 27.4)}),
    7.0: (9.04, {8: (13.8, 9.2), 7: (39.1, 29.4), 6: (86.5, 74.7)}),
}


@pytest.mark.parametrize("magnitude", GOLDEN)
def test_radii_and_epicentral_intensity_of_the_moderate_zone(magnitude):
    centre, radii = GOLDEN[magnitude]
    assert round(MODERATE.epicentral(magnitude), 2) == centre
    found = ellipses(MODERATE, magnitude, degrees=(6, 7, 8), convention=Convention.AT_DEGREE)
    assert {e.degree: (round(e.long_km, 1), round(e.short_km, 1)) for e in found} == radii


@pytest.mark.parametrize(("zone", "constant"), [("tibet", 0.2079), ("xinjiang", -0.6748)])
def test_the_two_axes_meet_at_the_epicentre(zone, constant):
    """The self-check of the transcription: A + C lg R0 is the same along both axes, to the rounding of the tables."""
    long, short = ALL.of_zone(Quantity.INTENSITY, zone).axes(0.0)
    at = np.zeros(1)
    assert long.value(at)[0] == pytest.approx(constant, abs=1e-4)
    assert short.value(at)[0] == pytest.approx(constant, abs=1e-4)


@pytest.mark.parametrize(
    ("magnitude", "gal"),
    [
        (5.0, (441.5, 127.6, 33.6, 15.0)),
        (6.0, (752.6, 280.4, 87.0, 41.3)),
        (6.5, (982.7, 408.9, 137.7, 67.6)),
        (7.0, (993.6, 457.2, 167.0, 85.0)),
    ],
)
def test_peak_acceleration_along_the_long_axis_of_the_moderate_zone(magnitude, gal):
    pga = ALL.of_zone(Quantity.PGA, "moderate")
    found, near = ground_motion(pga, magnitude, np.array([0.0, 10, 30, 50]), np.zeros(4))
    assert found.round(1).tolist() == list(gal)
    assert near.all()


@pytest.mark.parametrize(
    ("code", "values"),
    [  # M 6 at 0, 20, 50, 100 km along the long axis
        ("wang2000-east", (8.23, 7.00, 5.94, 4.88)),
        ("lg-east", (7.99, 6.90, 5.96, 5.04)),
    ],
)
def test_older_relations_by_name(code, values):
    relation = ALL.get(code)
    found = relation.axis(Axis.LONG, 6.0).value(np.array([0.0, 20, 50, 100]))
    assert found.round(2).tolist() == list(values)
    assert not relation.is_default


def test_an_older_relation_is_never_picked_for_a_zone():
    for zone in ZONES:
        assert ALL.of_zone(Quantity.INTENSITY, zone).code == f"gb18306-intensity-{zone}"
    with pytest.raises(NameUnknown, match="moderate"):
        ALL.of_zone(Quantity.INTENSITY, "sichuan")


def test_the_trap_of_2008_is_a_relation_to_base_ten_and_is_marked():
    """Read with the natural logarithm it says I = 2.0 at the epicentre of M 6; as it stands, 7.85."""
    relation = ALL.get("wangyu2008-central-south")
    assert (relation.log, relation.confidence) == ("lg", "X")
    assert round(relation.epicentral(6.0), 2) == 7.85
    assert all(e.long_km > e.short_km > 0 for e in ellipses(
        relation, 6.0, degrees=(6, 7), convention=Convention.AT_DEGREE))  # fmt: skip


def test_the_convention_moves_the_line_by_half_a_degree():
    at = ellipses(MODERATE, 6.0, degrees=(6,), convention=Convention.AT_DEGREE)[0]
    outer = ellipses(MODERATE, 6.0, degrees=(6,), convention=Convention.OUTER_BOUNDARY)[0]
    assert (at.value, outer.value) == (6.0, 5.5)
    assert outer.long_km > at.long_km


@settings(deadline=None)
@given(st.sampled_from(sorted(ALL.by_code)), st.floats(5, 8), st.floats(1, 150), st.sampled_from(list(Axis)))
def test_the_radius_is_the_inverse_of_the_relation(code, magnitude, km, axis):
    relation = ALL.get(code)
    one = relation.axis(axis, magnitude)
    assert one.radius_km(float(one.value(np.array([km]))[0])) == pytest.approx(km, rel=1e-9)


@pytest.mark.parametrize("quantity", list(Quantity))
@pytest.mark.parametrize("zone", ZONES)
def test_on_an_axis_a_place_has_exactly_what_that_axis_says(quantity, zone):
    relation = ALL.of_zone(quantity, zone)
    km = np.array([5.0, 20, 60, 120])
    long, short = relation.axes(6.2)
    along, across = intensity_at(relation, 6.2, km, 0 * km), intensity_at(relation, 6.2, 0 * km, km)
    assert along == pytest.approx(long.value(km), abs=1e-9)
    assert across == pytest.approx(short.value(km), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 6.28), st.floats(1, 100), st.floats(5, 7.9))
def test_shaking_fades_outward_and_grows_with_magnitude(angle, km, magnitude):
    x, y = np.array([km, km + 5]) * np.cos(angle), np.array([km, km + 5]) * np.sin(angle)
    near, far = intensity_at(MODERATE, magnitude, x, y)
    assert near > far
    assert intensity_at(MODERATE, magnitude + 0.1, x, y)[1] > far


def test_every_village_of_a_city_within_a_fifth_of_a_second():
    random = np.random.default_rng(0)
    lon, lat = random.uniform(112.7, 113.8, 1_009), random.uniform(31.3, 32.4, 1_009)
    source = Source(6.0, 113.3, 31.8, 60.0)
    intensity_at(MODERATE, 6.0, np.zeros(1), np.zeros(1))  # compile
    spent = []
    for _ in range(5):
        began = time.perf_counter()
        x, y = place(source, lon, lat)
        found = intensity_at(MODERATE, 6.0, x, y)
        spent.append(time.perf_counter() - began)
    assert found.size == 1_009
    assert min(spent) < 0.2


def test_the_azimuth_turns_the_ellipse():
    """A place north of the epicentre shakes more when the fault runs north than when it runs east."""
    lon, lat = np.array([113.3]), np.array([32.0])
    shakes = [
        intensity_at(MODERATE, 6.0, *place(Source(6.0, 113.3, 31.7, a), lon, lat))[0] for a in (0.0, 90.0)
    ]
    assert shakes[0] > shakes[1]


@pytest.mark.parametrize(
    ("degree", "pga", "pgv"),
    [(6, 0.651, 0.0554), (7, 1.347, 0.119), (8, 2.79, 0.257), (9, 5.76, 0.554), (10, 11.9, 1.19)],
)
def test_instrumental_intensity_at_the_centre_values_of_the_scale(degree, pga, pgv):
    assert SCALE.intensity(np.array([pga]), np.array([pgv]))[0] == pytest.approx(degree, abs=0.02)


def test_instrumental_intensity_takes_the_mean_when_weak_velocity_alone_when_strong_and_stays_on_the_scale():
    weak = SCALE.intensity(np.array([0.315]), np.array([0.0554]))[0]
    assert weak == pytest.approx((5.0 + 6.0) / 2, abs=0.02)
    strong = SCALE.intensity(np.array([11.9]), np.array([0.257]))[0]
    assert strong == pytest.approx(8.0, abs=0.02)
    assert SCALE.intensity(np.array([0.0, 40.0]), np.array([0.0, 9.9])).tolist() == [1.0, 12.0]


def test_basic_intensity_of_a_zone_changes_at_the_lower_bound():
    found = basic_intensity(np.array([0.039, 0.04, 0.09, 0.38, 0.75]), DATA["basic"])
    assert np.isnan(found[0])
    assert found[1:].tolist() == [6, 7, 9, 10]


def test_swapped_axes_are_refused_by_name():
    with pytest.raises(ValueOutOfRange, match="swapped"):
        place(Source(6.0, 113.3, 31.7, 0.0), np.array([31.7]), np.array([113.3]))


def test_a_relation_without_its_logarithm_is_refused():
    row = dict(DATA["relation"][0]) | {"log": "log"}
    with pytest.raises(TableWrong, match="lg"):
        Relations.from_data({**DATA, "relation": [row]})
