"""A new province from nothing to a receipt on a simulated phone, by `motcua` and the province's own console."""

import sys
import time

import pytest

from motcua.demo.wire import Phone
from tests.factories import APP_ID
from tests.vendor.visiting import Visitor, link_on

SLUG, OA_ID = "an-giang", "3880000000000000089"
HOST, ADMIN = f"{SLUG}.localhost", "an@angiang.example"


pytestmark = pytest.mark.timeout(600)


def test_a_province_goes_from_nothing_to_live_by_a_script(world, capsys):
    began = time.monotonic()
    world.simulator.ask("POST", "/oas", {"oa_id": OA_ID, "name": "Dịch vụ công An Giang"})
    motcua = world.motcua

    created = motcua(
        "tenant", "create", SLUG, "--unit", "new-91", "--host", HOST, "--oa-id", OA_ID, "--app-id", APP_ID,
        "--admin-email", ADMIN, "--admin-name", "Nguyễn Văn An", "--primary-color", "#1e6b34",
    )  # fmt: skip
    assert "đang dùng thử" in created
    grant = world.simulator.ask("POST", "/grants", {"app_id": APP_ID, "oa_id": OA_ID})
    tokens = ("--access-token", grant["access_token"], "--refresh-token", grant["refresh_token"])
    motcua("oa", "connect", "--tenant", SLUG, *tokens)
    motcua("tenant", "invite", SLUG, "0912345678")
    assert "✗ Webhook đã nhận" in motcua("tenant", "check", SLUG, fails=True)

    admin = Visitor(world.port, HOST)
    admin.take_up(created.strip().split(": ")[-1], ADMIN)
    admin.get("/console/readiness/")
    assert "giờ làm việc đúng" in admin.post("/console/readiness/hours")
    admin.get("/console/privacy/")
    body = admin.page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    admin.post("/console/privacy/", body=body)
    officer, second = Visitor(world.port, HOST), Visitor(world.port, HOST)
    for visitor, email, role in (
        (officer, "quay@angiang.example", "officer"),
        (second, "binh@angiang.example", "province_admin"),
    ):
        admin.get("/console/staff")
        page = admin.post("/console/staff", email=email, full_name="Trần Thị Bình", role=role, agency="")
        visitor.take_up(link_on(page), email)

    lan, tuan = (Phone(world.simulator.wire, name, OA_ID) for name in ("lan", "tuan"))
    for phone in (lan, tuan):
        phone.act("follow")
    lan.act("share-info")
    lan.wait_for("Đã liên kết", 0)
    officer.get("/console/dossiers/new?procedure=1.000894&agency=ubnd-phuong-long-xuyen")
    officer.post(
        "/console/dossiers/new", procedure="1.000894", submission="6f1de2a4-5c4f-4c0e-9a53-0b8d5c7d0f11",
        channel="counter", agency="ubnd-phuong-long-xuyen", code="", owner_name="Nguyễn Thị Lan",
        owner_phone="0912 345 678", owner_id="060190012345", decision="accept",
    )  # fmt: skip
    receipt = lan.wait_for("đăng ký kết hôn", 0)
    took = time.monotonic() - began

    motcua("backup", "note", "--place", "kho sao lưu hằng đêm")
    assert "✗" not in motcua("tenant", "check", SLUG)
    motcua("tenant", "go-live", SLUG)
    assert f"{SLUG}\tlive\t{HOST}" in motcua("tenant", "list")
    assert "→" in motcua("tenant", "diff", SLUG)
    assert receipt["from"] == "oa"
    # Tuấn was not invited: while the province was on trial he heard nothing, not even a welcome.
    assert [one for one in tuan.messages() if one["from"] == "oa"] == []
    with capsys.disabled():
        sys.stdout.write(f"\nnew province to receipt by script: {took:.1f} s\n")
