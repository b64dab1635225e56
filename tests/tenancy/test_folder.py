"""tenant.toml: every rule, and every fault reported with its real line and a remedy."""

from datetime import date, time
from pathlib import Path

import pytest

from motcua.tenancy.folder import read_tenant
from motcua.tenancy.problems import FolderInvalid, Problem

SHIPPED = Path(__file__).resolve().parents[2] / "tenants" / "binh-thuan" / "tenant.toml"


@pytest.fixture
def written(tmp_path):
    """The shipped Bình Thuận with pieces of text exchanged; each piece must be there exactly once."""

    def write(*changes: tuple[str, str], slug: str = "binh-thuan") -> Path:
        text = SHIPPED.read_text("utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        folder = tmp_path / slug
        folder.mkdir(exist_ok=True)
        (folder / "tenant.toml").write_text(text, encoding="utf-8")
        return folder

    return write


SERVICES = 'services = ["traffic_fine", "directory", "outage"]'
FORM_SETS = """
[[form_sets]]
circular = "tt01-2018"
valid_to = 2025-09-30

[[form_sets]]
circular = "tt03-2025"
valid_from = 2025-10-01
"""


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(FolderInvalid) as refused:
        read_tenant(folder)
    for problem in refused.value.problems:
        assert "Xin" in problem.remedy, problem
        assert str(problem) in refused.value.message
    return refused.value.problems


def line_of(folder: Path, text: str) -> int:
    lines = (folder / "tenant.toml").read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_a_province_is_known_by_the_name_that_holds_on_the_day(written):
    province = read_tenant(written())

    assert province.name_on(date(2025, 6, 30)) == "Tỉnh Bình Thuận"
    assert province.name_on(date(2025, 7, 1)) == "Tỉnh Lâm Đồng"
    assert province.short_name_on(date(2026, 11, 24)) == "Bình Thuận"
    assert province.agency_codes_on(date(2024, 1, 1)) == ("H11",)
    assert province.gso_codes_on(date(2026, 1, 1)) == ("68",)


def test_what_stands_in_the_file_arrives_in_its_types(written):
    province = read_tenant(written())

    assert province.office_hours.spans == ((time(7), time(11, 30)), (time(13, 30), time(17)))
    assert province.merged_into.on == date(2025, 7, 1)
    assert province.official_accounts[0].templates["survey"] == "360005"
    assert province.contact.hotline is None
    assert province.closed_days == ()


def test_a_province_may_change_to_the_new_forms_on_its_own_day(written):
    given = read_tenant(written((SERVICES, f"{SERVICES}\n{FORM_SETS}"))).form_sets

    assert [(one.circular, one.valid_from, one.valid_to) for one in given] == [
        ("tt01-2018", None, date(2025, 9, 30)),
        ("tt03-2025", date(2025, 10, 1), None),
    ]
    assert read_tenant(written()).form_sets == ()  # the nation's day


@pytest.mark.parametrize(
    ("old", "new", "field", "mark"),
    [
        ('timezone = "Asia/Ho_Chi_Minh"', 'timezone = "Asia/Saigon2"', "timezone", "Saigon2"),
        ('hosts = ["binh-thuan.localhost"]', 'hosts = ["https://a.vn"]', "hosts[1]", "https://a.vn"),
        ('hosts = ["binh-thuan.localhost"]', 'hosts = ["a.vn", "a.vn"]', "hosts[2]", "a.vn"),
        ('status = "live"', 'status = "on"', "status", '"on"'),
        ('status = "live"', 'status = "live"\nstatsu = "live"', "statsu", "statsu"),
        ('languages = ["vi", "en"]', 'languages = ["en"]', "languages", "languages"),
        (SERVICES, 'services = ["Lottery!"]', "services[1]", "Lottery!"),
        ('"Bình Thuận"\nkind = "tỉnh"\nvalid_from', '"Bình Thuận"\nvalid_from', "names[2].kind", None),
        ("2025-07-01\nnote", "2025-06-30\nnote", "names[2].valid_from", "valid_from = 2025-06-30"),
        ("2025-07-01\nnote", "2025-07-02\nnote", "names[2].valid_from", "valid_from = 2025-07-02"),
        ('"60"\nvalid_to = 2025-06-30', '"60"\nvalid_to = 2025-05-31', "gso_codes[2].valid_from", None),
        ('code = "H36"', 'code = "H36.1"', "agency_codes[2].code", "H36.1"),
        (SERVICES, f"{SERVICES}\n{FORM_SETS}".replace("2018", "2017"), "form_sets[1].circular", "2017"),
        (SERVICES, f"{SERVICES}\n{FORM_SETS}".replace("10-01", "10-02"), "form_sets[2].valid_from", "10-02"),
        ("weekdays = [1, 2, 3, 4, 5]", "weekdays = [1, 8]", "office_hours.weekdays[2]", "weekdays"),
        ('["13:30", "17:00"]', '["11:00", "17:00"]', "office_hours.spans[2]", "spans"),
        ('["13:30", "17:00"]', '["13:30", "25:00"]', "office_hours.spans[2][2]", "spans"),
        ('same_day_cutoff = "15:00"', 'same_day_cutoff = "18:00"', "office_hours.same_day_cutoff", "18:00"),
        ('primary_color = "#0b5394"', 'primary_color = "#ffcc00"', "branding.primary_color", "#ffcc00"),
        ('primary_color = "#0b5394"', 'primary_color = "blue"', "branding.primary_color", "blue"),
        ('monogram = "BT"', 'monogram = "Bt"', "branding.monogram", "monogram"),
        ("https://dichvucong.gov.vn", "http://dichvucong.gov.vn", "contact.portal_url", "portal_url"),
        ('oa_id = "3880000000000000060"', "oa_id = 3880000000000000060", "official_accounts[1].oa_id", "oa_id"),
        ("survey = ", "servey = ", "official_accounts[1].templates.servey", "servey"),
        ("raw_chat_days = 90", "raw_chat_days = 0", "retention.raw_chat_days", "raw_chat_days"),
        ('["province", "commune"]', '["huyện"]', "procedures.include_levels[1]", "huyện"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_reported_with_its_file_field_and_line(written, old, new, field, mark):
    folder = written((old, new))

    problems = problems_of(folder)

    assert [problem.field for problem in problems] == [field]
    assert problems[0].file == "binh-thuan/tenant.toml"
    if mark:
        assert problems[0].line == line_of(folder, mark)


def test_every_fault_is_reported_at_once_in_the_order_of_the_file(written):
    folder = written(
        ('status = "live"', 'status = "on"'),
        ('monogram = "BT"', 'monogram = "B"'),
        ("raw_chat_days = 90", "raw_chat_days = -1"),
    )

    fields = [problem.field for problem in problems_of(folder)]

    assert fields == ["status", "branding.monogram", "retention.raw_chat_days"]


def test_a_slug_other_than_the_folder_is_refused(written):
    assert [problem.field for problem in problems_of(written(slug="binh-thuam"))] == ["slug"]


@pytest.mark.parametrize(
    "secret",
    [
        'oa_secret_key = "SIMOASECRETKEY"',
        'refresh_token = "abc"',
        'admin_password = "abc"',
        'mat_khau = "abc"',
        'address = "https://an:matkhau@example.vn"',
        'address = "-----BEGIN PRIVATE KEY-----"',
        'address = "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3x"',
    ],
    ids=["secret", "token", "password", "mật khẩu", "login in an address", "PEM", "key material"],
)
def test_a_secret_is_refused_with_its_own_sentence_and_never_repeated(written, secret):
    folder = written(("[contact]\n", f"[contact]\n{secret}\n"))

    problems = problems_of(folder)

    assert [problem.line for problem in problems] == [line_of(folder, secret)]
    assert "bí mật" in problems[0].message
    assert secret.split('"')[1] not in "".join(map(str, problems))


def test_what_stands_behind_an_unknown_key_is_not_repeated(written):
    problems = problems_of(written(("[contact]\n", '[contact]\nma_rieng = "hunter2"\n')))

    assert "hunter2" not in str(problems[0])


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (b"slug = \n", 1, "TOML"),
        (b'slug = "a"\nslug = "b"\n', 2, "TOML"),
        (b'slug = "\xd0"\n', None, "UTF-8"),
    ],
    ids=["no value", "key twice", "other encoding"],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path, content, line, says):
    (tmp_path / "tenant.toml").write_bytes(content)

    problem = problems_of(tmp_path)[0]

    assert problem.line == line
    assert says in str(problem)


def test_a_missing_file_is_named(tmp_path):
    assert "Thiếu tệp" in str(problems_of(tmp_path / "binh-thuan")[0])


@pytest.mark.parametrize("name", ["hooks.py", ".env", "templates/oa.pem"])
def test_code_and_keys_are_refused_as_files(written, name):
    folder = written()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x")

    assert [problem.file for problem in problems_of(folder)] == [f"binh-thuan/{name}"]
