"""`anlan simulate calibrate` finds what made a flood, on the flood's own twin."""

import json

import pytest

from anlan.cli import main
from tests.support.flood_files import POINTS, RAIN, constant, tiff, valley

ROUGH = "[manning]\nlow = 0.01\nhigh = 0.2\nstart = 0.03\n"
SHORT = ("--minutes", "30", "--solver", "li")


@pytest.fixture
def observed(run):
    """The stage at the valley's mouth under a roughness that the search is not told."""

    def of(*options):
        mouth = run(*SHORT, *options, points=POINTS, out="truth")[1]["points"][0]
        rows = [f"谷口,{m:g},{mouth['bed_m'] + depth:.4f}" for m, depth in mouth["depth_m"][4::2]]
        return "\n".join(["name,minute,stage_m", *rows, "谷口,100,", ""])

    return of


@pytest.fixture
def calibrate(tmp_path, capsys):
    def go(*options, seen, parameters=ROUGH, as_json=True):
        for name, content in (
            ("seen.csv", seen), ("p.toml", parameters), ("rain.csv", RAIN), ("points.csv", POINTS),
        ):  # fmt: skip
            (tmp_path / name).write_text(content, encoding="utf-8")
        (tmp_path / "dem.tif").write_bytes(tiff(valley()))
        words = ["--dem", "dem.tif", "--rain", "rain.csv", "--points", "points.csv", "--out", "fit", *SHORT]
        words += ["--observed", "seen.csv", "--parameters", "p.toml", *options]
        with pytest.raises(SystemExit) as ended:
            main(["simulate", "calibrate", *words, *(["--json"] if as_json else [])])
        said, complained = capsys.readouterr()
        return ended.value.code, json.loads(said) if as_json and said else said, complained

    return go


def test_the_roughness_that_made_a_flood_is_found(observed, calibrate, tmp_path):
    code, found, _ = calibrate("--tries", "20", seen=observed("--manning", "0.07"))
    assert code == 0
    assert found["best"]["values"]["manning"] == pytest.approx(0.07, rel=0.05)
    assert found["best"]["score"] > 0.999
    assert found["start"]["values"] == {"manning": 0.03}
    assert found["start"]["score"] < found["best"]["score"]
    assert found["options"].startswith("--manning 0.0")
    assert (found["at_bound"], len(found["tries"]) <= 20) == ([], True)
    low, high = found["alike"]["manning"]
    assert low <= found["best"]["values"]["manning"] <= high < 0.2
    (gauge,) = found["best"]["gauges"]
    assert abs(gauge["peak_error_m"]) < 0.01
    assert gauge["n"] == 14
    assert json.loads((tmp_path / "fit" / "calibration.json").read_text(encoding="utf-8")) == found


def test_soil_and_roughness_are_searched_together(observed, calibrate):
    both = ROUGH + "[cn]\nlow = 50\nhigh = 95\nstart = 70\n"
    truth = observed("--manning", "0.05", "--soil", "scs", "--cn", "85")
    _, found, _ = calibrate("--tries", "30", "--soil", "scs", "--cn", "70", seen=truth, parameters=both)
    assert found["best"]["score"] > 0.97
    assert found["best"]["values"]["cn"] == pytest.approx(85, abs=6)


def test_one_seed_is_one_search_and_a_person_reads_what_to_doubt(observed, calibrate):
    seen = observed("--manning", "0.19")
    narrow = ROUGH.replace("0.2", "0.05")
    one = calibrate("--tries", "6", "--seed", "3", seen=seen, parameters=narrow)[1]
    two = calibrate("--tries", "6", "--seed", "3", seen=seen, parameters=narrow)[1]
    assert one["tries"] == two["tries"]
    told = calibrate("--tries", "8", "--lang", "en", seen=seen, parameters=narrow, as_json=False)[1]
    assert "manning: at its bound" in told
    assert "fits this flood only" in told
    assert "只合这一场洪水" in calibrate("--tries", "2", seen=seen, as_json=False)[1]


def test_a_raster_of_roughness_is_searched_by_a_factor(observed, calibrate, tmp_path):
    (tmp_path / "n.tif").write_bytes(tiff(constant(0.04)))
    factor = "[friction_factor]\nlow = 0.5\nhigh = 4\nstart = 1\n"
    _, found, _ = calibrate(
        "--tries", "16", "--friction", "n.tif", seen=observed("--manning", "0.08"), parameters=factor
    )
    assert found["best"]["values"]["friction_factor"] == pytest.approx(2.0, rel=0.1)


def test_when_every_try_is_refused_there_is_no_best(observed, calibrate, tmp_path):
    (tmp_path / "sea.csv").write_text("x,y,radius_m,minute,m3_s\n430125,3499905,0,0,1e9\n")
    code, found, _ = calibrate("--tries", "2", "--inflow", "sea.csv", seen=observed())
    assert code == 1
    assert found["refused"]
    assert "Refused at" in found["tries"][0]["reason"]


@pytest.mark.parametrize(
    ("options", "seen", "parameters", "words"),
    [
        ((), "name,minute,stage_m\n谷口,5,200\n", ROUGH, "saw nothing twice"),
        ((), "name,minute,stage_m\n河,5,200\n河,6,200\n", ROUGH, "'河' is no point"),
        ((), "name,minute\n谷口,5\n", ROUGH, "stage_m or depth_m"),
        ((), "name,minute,depth_m\n谷口,6,1\n谷口,5,1\n", ROUGH, "not after 6"),
        (("--objective", "kge"), "name,minute,stage_m\n谷口,5,200\n", ROUGH, "true zero"),
        (
            (),
            "name,minute,depth_m\n谷口,5,1\n谷口,6,1\n",
            "[cn]\nlow=1\nhigh=9\nstart=5\n",
            "--cn belongs to",
        ),
        ((), "name,minute,depth_m\n谷口,5,1\n谷口,6,1\n", "[speed]\nlow=1\n", "speed is no parameter"),
        ((), "name,minute,depth_m\n谷口,5,1\n谷口,6,1\n", "[manning]\nlow=1\n", "manning: high is missing"),
        ((), "name,minute,depth_m\n谷口,5,1\n谷口,6,1\n", "[manning", "not TOML"),
        ((), "name,minute,depth_m\n谷口,5,1\n谷口,6,1\n", "", "no parameter is given"),
        (("--tries", "0"), "name,minute,depth_m\n谷口,5,1\n谷口,6,1\n", ROUGH, "--tries is 0"),
    ],
)
def test_what_cannot_be_searched_is_named_with_its_mend(calibrate, options, seen, parameters, words):
    code, _, said = calibrate(*options, seen=seen, parameters=parameters)
    assert code == 2
    assert words in said
