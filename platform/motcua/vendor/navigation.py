"""What stands in the vendor's menu: each page once, with the permission that opens it."""

from motcua.accounts import gate
from motcua.console.navigation import Entry, Group

ENTRIES = (
    Entry("vendor_tenants.listed", "Các tỉnh", "vendor.tenants", ("vendor_tenant",)),
    Entry("vendor_tenants.new", "Thêm tỉnh", "vendor.onboard"),
    Entry("vendor_apps.listed", "Ứng dụng Zalo", "vendor.onboard", ("vendor_apps",)),
    Entry("vendor_features.listed", "Tính năng", "vendor.flags", ("vendor_features",)),
    Entry("vendor_usage.show", "Mức sử dụng", "vendor.usage", ("vendor_usage",)),
    Entry("vendor_notices.listed", "Thông báo cho các tỉnh", "vendor.announce", ("vendor_notices",)),
    Entry("vendor_door.people", "Người của nhà cung cấp", "vendor.staff"),
)


def menu() -> list[Group]:
    """What the signed-in person may open, in one group."""
    entries = tuple(one for one in ENTRIES if gate.may(one.permission))
    return [Group("Nhà cung cấp", entries)] if entries else []
