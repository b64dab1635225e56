"""A refusal that helps: which permission was missing, which roles have it, and who can give it."""

from motcua.core.database import db
from motcua.core.errors import Forbidden

from . import realms
from .permissions import API_KEY_MODES, PERMISSIONS, ROLES, VENDOR_ROLES

MODE_NAMES = {"live": "chạy thật (live)", "test": "thử (test)", "read_only": "chỉ đọc (read_only)"}
MOST_NAMED = 5


class NotAllowed(Forbidden):
    """`details["grant"]`: {"permission", "meaning", "roles": [names], "ask": [full names]}.

    `kind`: "staff", "vendor" or "api_key", by who asked. `reads_only`: the role has the permission, and may only see.
    """

    def __init__(self, permission: str | None, kind: str, reads_only: bool = False):
        meaning = PERMISSIONS.get(permission or "", "Trang chưa mở cho ai")
        roles = [] if permission is None else _holders(permission, kind)
        admins = admins_of(realms.VENDOR if kind == "vendor" else realms.STAFF)
        grant = {"permission": permission, "meaning": meaning, "roles": roles, "ask": admins}
        super().__init__(_sentence(meaning, roles, admins, kind, reads_only), details={"grant": grant})


def admins_of(realm: realms.Realm) -> list[str]:
    """Full names of whoever can give permissions in this realm, the longest there first."""
    query = (
        db.select(realm.person.full_name)
        .where(realm.person.role == realm.admin_role, realm.person.is_enabled)
        .order_by(realm.person.id)
        .limit(MOST_NAMED)
    )
    return list(db.session.scalars(query))


def _holders(permission: str, kind: str) -> list[str]:
    if kind == "api_key":
        return [MODE_NAMES[mode] for mode, held in API_KEY_MODES.items() if permission in held]
    roles, names = (
        (VENDOR_ROLES, realms.VENDOR.role_names) if kind == "vendor" else (ROLES, realms.STAFF.role_names)
    )
    return [names[role] for role, held in roles.items() if permission in held]


def _sentence(meaning: str, roles: list[str], admins: list[str], kind: str, reads_only: bool) -> str:
    names = ", ".join(admins)
    if kind == "vendor":
        whom = f"quản trị của nhà cung cấp ({names})" if admins else "quản trị của nhà cung cấp"
    else:
        whom = f"quản trị viên của tỉnh ({names})" if admins else "quản trị viên của tỉnh"
    if reads_only:
        return (
            "Tài khoản này chỉ được xem, không thay đổi được gì. "
            f"Việc cần làm xin chuyển cho người phụ trách, hoặc nhờ {whom} đổi vai trò."
        )
    if not roles:
        return f"Không vai trò nào mở được trang này. Xin báo cho {whom}."
    if kind == "api_key":
        return (
            f"Khóa API này chưa có quyền “{meaning}”. Loại khóa có quyền: {', '.join(roles)}. "
            f"Xin nhờ {whom} cấp khóa đúng loại."
        )
    return (
        f"Tài khoản chưa có quyền “{meaning}”. Xin nhờ {whom} đổi sang vai trò có quyền này, "
        "và nói rõ ông/bà cần làm việc gì."
    )
