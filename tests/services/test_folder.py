"""Data files and services of a province's folder, loaded by `motcua tenant apply` once for each new content."""

import re
import shutil
from datetime import date

import pytest

from motcua.applying import apply_tenant
from motcua.core.database import db, tenant_scope
from motcua.services import data, switching
from motcua.tenancy.problems import FolderInvalid
from tests.factories import TENANTS
from tests.installing import LINES

TOLD = 'document = "Thông báo 12"\nvalid_from = 2025-01-01\nofficial = true\n'


@pytest.fixture
def folder(tmp_path, app, national, buses):
    """Bình Thuận's own folder, with a table of bus times."""
    (tmp_path / "_national").symlink_to(TENANTS / "_national")
    path = shutil.copytree(TENANTS / "binh-thuan", tmp_path / "binh-thuan")
    toml = path / "tenant.toml"
    toml.write_text(
        re.sub(r"services = \[.*\]", 'services = ["buses"]', toml.read_text("utf-8"), count=1)
        + '\n[service_settings.buses]\noperator = "Phương Trang"\n',
        "utf-8",
    )
    place = path / "services" / "buses"
    place.mkdir(parents=True)
    (place / "gio-xe.csv").write_text(LINES, "utf-8")
    (place / "gio-xe.toml").write_text(TOLD, "utf-8")
    return path


def versions(service) -> list[tuple[str, str, int]]:
    with tenant_scope("binh-thuan"):
        return [(one.state, one.loaded_by, one.row_count) for one in data.versions(service)]


def test_the_folders_table_is_loaded_and_published_once(folder, buses):
    first, again = apply_tenant(folder), apply_tenant(folder)

    assert "1 bảng dữ liệu" in first.sentence
    assert not again.changed
    assert versions(buses) == [("published", "thư mục của tỉnh", 3)]
    with tenant_scope("binh-thuan"):
        assert switching.is_on("buses")
        assert switching.settings_of("buses") == {"operator": "Phương Trang"}
        [holding] = data.published("buses", date(2025, 6, 1))
        assert (holding.document, holding.valid_from) == ("Thông báo 12", date(2025, 1, 1))


def test_what_was_rolled_back_in_the_console_does_not_come_back_with_the_next_application(folder, buses):
    apply_tenant(folder)
    with tenant_scope("binh-thuan"):
        data.roll_back(buses, data.versions(buses)[0].id, "Hà")
        db.session.commit()
    (folder / "tenant.toml").write_text(
        (folder / "tenant.toml").read_text("utf-8") + "\n# xem lại\n", "utf-8"
    )
    toml = folder / "services" / "buses" / "gio-xe.toml"
    (folder / "services" / "buses" / "other.txt").write_text("x")

    apply_tenant(folder)
    assert versions(buses) == [("retired", "thư mục của tỉnh", 3)]

    toml.write_text(TOLD.replace("12", "13"), "utf-8")
    apply_tenant(folder)
    assert [state for state, _, _ in versions(buses)] == ["published", "retired"]


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("gio-xe.csv", LINES + "9;;;x\n", "dòng 5"),
        ("gio-xe.toml", "document = 7", "“document”"),
        ("gio-xe.toml", 'color = "red"', "“color”"),
        ("gio-xe.toml", "= =", "cú pháp"),
        ("gio-xe.toml", "official = 1", "true hoặc false"),
        ("gio-xe.toml", None, "Thiếu tệp gio-xe.toml"),
        ("../lottery/x.csv", LINES, "Không có dịch vụ “lottery”"),
        ("../x.csv", LINES, "sai chỗ"),
    ],
)
def test_a_wrong_file_is_told_with_its_place_and_nothing_is_loaded(folder, buses, app, file, content, said):
    place = folder / "services" / "buses" / file
    place.parent.mkdir(exist_ok=True)
    place.unlink(missing_ok=True)
    if content is not None:
        place.write_text(content, "utf-8")

    with pytest.raises(FolderInvalid) as refused:
        apply_tenant(folder)

    assert said in refused.value.message
    assert "Xin" in refused.value.message
    assert versions(buses) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [('["buses"]', '["buses", "lottery"]', "lottery"), ("operator =", "colour =", "colour")],
    ids=["service", "setting"],
)
def test_a_service_or_a_setting_that_is_not_there_is_refused(folder, old, new, said):
    toml = folder / "tenant.toml"
    toml.write_text(toml.read_text("utf-8").replace(old, new), "utf-8")

    with pytest.raises(FolderInvalid) as refused:
        apply_tenant(folder)

    assert said in refused.value.message
