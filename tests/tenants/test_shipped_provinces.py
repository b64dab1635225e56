"""The six provinces that we ship."""

import csv
import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from motcua.catalogue.agencies_file import read_agencies
from motcua.catalogue.national import read_national
from motcua.catalogue.procedures_file import read_procedures
from motcua.tenancy.folder import read_tenant
from motcua.tenancy.secret_keys import find_secrets

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
COMMUNES = {
    "binh-thuan": 45,
    "an-giang": 102,
    "da-nang": 94,
    "tien-giang": 57,
    "dong-nai": 95,
    "thanh-pho-ho-chi-minh": 168,
}
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def national():
    return {facts.code: facts for facts in read_national(TENANTS / "_national")}


def agencies_of(slug: str):
    return read_agencies(TENANTS / slug / "agencies.csv")


def test_there_are_six_provinces():
    assert {path.parent.name for path in TENANTS.glob("*/tenant.toml")} == set(COMMUNES)


def test_each_goes_by_its_legal_name_and_by_the_one_its_citizens_know():
    names = {slug: read_tenant(TENANTS / slug) for slug in COMMUNES}

    assert {slug: (one.name_on(TODAY), one.short_name_on(TODAY)) for slug, one in names.items()} == {
        "binh-thuan": ("Tỉnh Lâm Đồng", "Bình Thuận"),
        "an-giang": ("Tỉnh An Giang", "An Giang"),
        "da-nang": ("Thành phố Đà Nẵng", "Đà Nẵng"),
        "tien-giang": ("Tỉnh Đồng Tháp", "Tiền Giang"),
        "dong-nai": ("Tỉnh Đồng Nai", "Đồng Nai"),
        "thanh-pho-ho-chi-minh": ("Thành phố Hồ Chí Minh", "TP. Hồ Chí Minh"),
    }


def test_no_two_share_a_host_an_account_or_a_template():
    provinces = [read_tenant(TENANTS / slug) for slug in COMMUNES]
    accounts = [account for one in provinces for account in one.official_accounts]
    hosts = [host for one in provinces for host in one.hosts]
    templates = [number for account in accounts for number in account.templates.values()]

    assert len(set(hosts)) == len(hosts) == 7
    assert len({account.oa_id for account in accounts}) == len(accounts) == 6
    assert all(re.fullmatch(r"388[0-9]{16}", account.oa_id) for account in accounts)
    assert len(set(templates)) == len(templates) == 42


def test_all_offer_what_needs_no_data_of_theirs_and_two_cities_more():
    offered = {slug: read_tenant(TENANTS / slug).services for slug in COMMUNES}
    everywhere = ("traffic_fine", "directory", "outage")

    assert offered == dict.fromkeys(COMMUNES, everywhere) | {
        "da-nang": ("land_price", "traffic_fine", "traffic_violation", "driving_licence", *everywhere[1:]),
        "thanh-pho-ho-chi-minh": ("land_price", *everywhere),
    }


@pytest.mark.parametrize(("slug", "expected"), COMMUNES.items())
def test_each_has_the_communes_of_its_territory(slug, expected):
    with (TENANTS / "_national" / "units" / "wards_new_2025.csv").open(encoding="utf-8") as file:
        units = {row["ward_code"]: row for row in csv.DictReader(file)}
    communes = [row for row in agencies_of(slug) if row.kind == "commune"]
    province = read_tenant(TENANTS / slug).gso_codes_on(TODAY)

    assert len(communes) == expected
    assert all(units[row.gso_code]["province_code"] in province for row in communes)
    assert all(row.name[5:].casefold() == units[row.gso_code]["ward"].casefold() for row in communes)
    assert all(row.desk_name == f"Trung tâm Phục vụ hành chính công {row.name[5:]}" for row in communes)


def test_whole_provinces_have_all_their_communes_and_the_others_none_from_elsewhere():
    with (TENANTS / "_national" / "units" / "wards_new_2025.csv").open(encoding="utf-8") as file:
        counts = Counter(row["province_code"] for row in csv.DictReader(file))

    assert (counts["91"], counts["48"], counts["75"], counts["79"]) == (102, 94, 95, 168)
    assert "ubnd-phuong-cao-lanh" not in {row.code for row in agencies_of("tien-giang")}
    assert "ubnd-phuong-da-lat" not in {row.code for row in agencies_of("binh-thuan")}
    assert "ubnd-dac-khu-hoang-sa" in {row.code for row in agencies_of("da-nang")}


def test_the_commune_of_the_story_is_there():
    phan_thiet = next(row for row in agencies_of("binh-thuan") if row.code == "ubnd-phuong-phan-thiet")

    assert phan_thiet.name == "UBND phường Phan Thiết"
    assert "Phường Phú Trinh, Thành phố Phan Thiết" in phan_thiet.old_units


@pytest.mark.parametrize("slug", COMMUNES)
def test_no_identifier_was_invented_and_departments_say_where_they_come_from(slug):
    agencies = agencies_of(slug)

    assert not any(row.national_code for row in agencies)
    assert all("unverified" in row.evidence for row in agencies if row.kind != "commune")


@pytest.mark.parametrize("slug", COMMUNES)
def test_its_procedures_are_the_national_ones_of_its_levels(slug, national):
    levels = set(read_tenant(TENANTS / slug).procedures.include_levels)
    rows = read_procedures(
        TENANTS / slug / "procedures.csv", national, {row.code for row in agencies_of(slug)}
    )

    assert {row.code for row in rows} == {code for code, one in national.items() if levels & set(one.levels)}
    assert len(rows) == 1678
    assert all(row.enabled and not row.overrides for row in rows)
    assert next(row.agency for row in rows if row.code == "1.000894") == "commune"


def test_no_folder_holds_a_secret_or_a_number_of_a_person():
    for file in TENANTS.rglob("*"):
        if file.suffix == ".toml":
            assert not list(find_secrets(tomllib.loads(file.read_text("utf-8"))))
        if file.suffix == ".csv" and file.parent.name in COMMUNES:
            text = file.read_text("utf-8")
            assert not re.search(r"\b0[35789][0-9]{8}\b|\b0[0-9]{11}\b|@", text)
        assert file.suffix not in {".py", ".env", ".pem", ".key"}
