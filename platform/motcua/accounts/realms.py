"""The two groups of people who sign in, so that everything about signing in is written once."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from motcua.tenancy import current

from . import models, vendor_models
from .permissions import ROLE_NAMES, VENDOR_ROLE_NAMES


@dataclass(frozen=True)
class Realm:
    """`person` and what belongs to a person: recovery codes, browsers signed in, links.

    The staff's rows are those of the province in scope; the vendor's belong to none.
    """

    name: str  # in signatures and keys of counters: never change it
    person: type[Any]
    recovery_code: type[Any]
    sign_in: type[Any]
    link: type[Any]
    role_names: dict[str, str]
    admin_role: str
    host_path: str  # under which its pages stand


STAFF = Realm(
    "staff",
    models.Staff,
    models.StaffRecoveryCode,
    models.StaffSignIn,
    models.StaffLink,
    ROLE_NAMES,
    "province_admin",
    "/console",
)
VENDOR = Realm(
    "vendor",
    vendor_models.VendorStaff,
    vendor_models.VendorRecoveryCode,
    vendor_models.VendorSignIn,
    vendor_models.VendorLink,
    VENDOR_ROLE_NAMES,
    "vendor_admin",
    "/vendor",
)


def of(person) -> Realm:
    return VENDOR if isinstance(person, vendor_models.VendorStaff) else STAFF


def public_url(realm: Realm, path: str) -> str:
    """Absolute address of a page of the realm."""
    if realm is STAFF:
        return current.public_url(path)
    settings = current_app.config["SETTINGS"]
    return settings.public_url(settings.vendor_host, path)


def name_of_place(realm: Realm) -> str:
    """Where these people work, as pages and letters name it."""
    return current.province_name() if realm is STAFF else "Nhà cung cấp"


BY_NAME = {one.name: one for one in (STAFF, VENDOR)}
