import pytest

from retina_studio.images.deidentify import MOST_DAYS, name_hash, shifted_date, volume_id
from retina_studio.images.metadata import image_name
from retina_studio.images.names import safe_name, tells

ALIAS = "P-3fa9c0ffee00"
KEY, OTHER = "11" * 32, "22" * 32


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Jane_Doe_OD", f"{ALIAS}_OD"),
        ("DOE^JANE_OD_2", f"{ALIAS}_OD_2"),
        ("doe^jane", ALIAS),
        ("Doe, Jane OS", f"{ALIAS} OS"),
        ("O'Brien, Pat", ALIAS),
        ("MUELLER-ANNA 1950-01-31 OD", f"{ALIAS} OD"),
        ("Müller_Jürgen_L", f"{ALIAS}_L"),
        ("JaneDoe_12", f"{ALIAS}_12"),
        ("McDonald Ronald", ALIAS),
        ("王伟_左眼", f"{ALIAS}_左眼"),
        ("IMG_20240131_OD", f"IMG_{ALIAS}_OD"),
        ("scan_31.01.1950_2", f"scan_{ALIAS}_2"),
        ("CAPT_12Jan2020", f"CAPT_{ALIAS}"),
        ("1.2.840.113619.2.55.3", ALIAS),
        ("Jane_Doe_OD_19500131", f"{ALIAS}_OD"),
        ("Mueller_OD", f"{ALIAS}_OD"),
        ("SMITH_OD", f"{ALIAS}_OD"),
        ("Doe-19510203-OD", f"{ALIAS}-OD"),
        ("doe_jane_os", f"{ALIAS}_os"),
        ("DoeJane1951", ALIAS),
        ("12345678_OD", f"{ALIAS}_OD"),
        ("510203-1234_OD", f"{ALIAS}_OD"),
    ],
)
def test_who_it_is_goes(name, safe):
    assert safe_name(name, ALIAS) == safe


@pytest.mark.parametrize(
    "name",
    [
        "drishtiGS_001", "IDRiD_12", "12_left", "im0001", "HEIMED_x", "00a3-OD-2", "Fundus_Left_Image", "Macula_Train",
        "TRAIN_Normal_003", "P012_OD_1", "C0001234", "IM-0001-0001", "CNV-1016042-1", "A_B_C", "左眼_1", "Wide Field",
        "1ffa92f4-8d87-11e8-9daf-6045cb817f5b", "16_left", "cup_12345678", "image", "000123", "00123456_OD",
        "frame_017", "Im012_ACRIMA",
    ],
)  # fmt: skip
def test_what_stands_for_nobody_stays(name):
    assert safe_name(name, ALIAS) == name


def test_the_names_of_real_research_images_stay(real_data):
    names = {image_name(path.name) for path in real_data.rglob("*") if path.is_file()}
    assert len(names) > 1500
    assert [name for name in names if safe_name(name, ALIAS) != name] == []


def test_the_patient_that_is_told_goes():
    assert safe_name("p1_OD", ALIAS, ["P1"]) == f"{ALIAS}_OD"
    assert safe_name("smith_2", ALIAS, ["Smith^John"]) == f"{ALIAS}_2"
    assert safe_name("img00771234L", ALIAS, ["0077-1234"]) == f"img{ALIAS}L"
    assert safe_name("0077_OS", ALIAS, ["77"]) == f"{ALIAS}_OS"
    assert safe_name("1770_OS", ALIAS, ["77"]) == "1770_OS"
    assert tells("p1_OD", ["P1"])
    assert not tells("p1_OD", ["", "P2"])


def test_dates_move_by_the_patients_own_days():
    moved = [shifted_date(KEY, "jane", day) for day in ("2020-01-01", "2020-01-31")]
    assert all("2010-01-04" <= day < "2020-01-31" for day in moved)
    first, second = (__import__("datetime").date.fromisoformat(day) for day in moved)
    assert (second - first).days == 30
    assert moved[0] == shifted_date(KEY, " JANE", "2020-01-01") != shifted_date(KEY, "john", "2020-01-01")
    assert shifted_date(OTHER, "jane", "2020-01-01") != moved[0]
    assert MOST_DAYS == 3650


@pytest.mark.parametrize("day", ["", "2020-13-01", "soon", "0001-01-01"])
def test_a_date_that_is_none_is_empty(day):
    assert shifted_date(KEY, "jane", day) == ""


def test_keyed_ids_need_the_key():
    assert volume_id(KEY, "1.2.3") == volume_id(KEY, "1.2.3") != volume_id(OTHER, "1.2.3")
    assert name_hash(KEY, "Jane") != name_hash(OTHER, "Jane")
    assert "1.2.3" not in volume_id(KEY, "1.2.3")
