"""What stands in the vendor's menu: each page once, with the permission that opens it."""

from flask import Blueprint

from motcua.accounts import gate
from motcua.console.navigation import Entry, Group, Place, place_in
from motcua.core.database import db

GROUPS = (
    Group(
        "Các tỉnh",
        (
            Entry("vendor_tenants.listed", "Các tỉnh", "vendor.tenants", ("vendor_tenant",)),
            Entry("vendor_tenants.new", "Thêm tỉnh", "vendor.onboard"),
            Entry("vendor_features.listed", "Tính năng", "vendor.flags", ("vendor_features",)),
            Entry("vendor_notices.listed", "Thông báo cho các tỉnh", "vendor.announce", ("vendor_notices",)),
        ),
    ),
    Group(
        "Hệ thống",
        (
            Entry("vendor_usage.show", "Mức sử dụng", "vendor.usage", ("vendor_usage",)),
            Entry("vendor_apps.listed", "Ứng dụng Zalo", "vendor.onboard", ("vendor_apps",)),
            Entry("vendor_support.listed", "Vào hỗ trợ", "vendor.enter", ("vendor_support",)),
            Entry("vendor_door.people", "Người của nhà cung cấp", "vendor.staff"),
        ),
    ),
)


def menu() -> list[Group]:
    """The groups with what the signed-in person may open; none that is empty."""
    shown = []
    for group in GROUPS:
        if entries := tuple(one for one in group.entries if gate.may(one.permission)):
            shown.append(Group(group.label, entries))
    return shown


def place() -> Place | None:
    """Where in the vendor's menu the page being shown belongs."""
    return place_in(GROUPS)


def blueprint(name: str, module: str, under: str) -> Blueprint:
    """One of the vendor's rooms of pages. They visit provinces' scopes, so who asks must outlive the session."""
    made = Blueprint(name, module, url_prefix=f"/vendor{under}")

    @made.before_request
    def keep_who_asks():
        db.session.expunge(gate.vendor_person())

    return made
