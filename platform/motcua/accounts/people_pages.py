"""The page of a console that lists its people, invites them, and changes what they may.

`add_to` hangs it into a province's console and into the vendor's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.core.database import db
from motcua.core.errors import Invalid, MotcuaError

from . import gate, invitations, jobs, links, managing, realms
from .permissions import PERMISSIONS, ROLES, VENDOR_ROLES, marked


@dataclass(frozen=True)
class PeoplePages:
    """The views of one console.

    `agencies` lists what a person can belong to, each with `code` and `name`; None where there is no such thing.
    """

    agencies: Callable[[], list] | None = None

    def people(self):
        return self._list()

    def invite_person(self):
        """The link is shown on the answer and nowhere later."""
        form, realm = request.form, gate.realm()
        try:
            more = {"agency_code": self._agency()} if self.agencies else {}
            link = invitations.invite_to(
                realm,
                form.get("email", ""),
                form.get("full_name", ""),
                form.get("role", ""),
                by=current_user.full_name,
                **more,
            )
            db.session.commit()
        except MotcuaError as error:
            db.session.rollback()
            flash(error.message, "error")
            return self._list(typed=form, faults=error.details), error.status
        return self._list(link=link, invited=form.get("full_name", "").strip())

    def person(self, number: int):
        return self._one(managing.get(gate.realm(), number))

    def change_person(self, number: int):
        """Role and agency. Both sign the person out, so that the next page opens with the new rights."""
        person = managing.get(gate.realm(), number)

        def change():
            managing.change_role(person, request.form.get("role", ""), _me())
            if self.agencies:
                managing.change_agency(person, self._agency())

        return self._do(person, change, f"Đã lưu vai trò của {person.full_name}.")

    def disable_person(self, number: int):
        person = managing.get(gate.realm(), number)
        return self._do(
            person,
            lambda: managing.disable(person, _me()),
            f"Đã ngừng tài khoản của {person.full_name}; người này bị đăng xuất ngay. Có thể mở lại bất cứ lúc nào.",
        )

    def enable_person(self, number: int):
        person = managing.get(gate.realm(), number)
        return self._do(
            person, lambda: managing.enable(person), f"Đã mở lại tài khoản của {person.full_name}."
        )

    def reset_persons_second_factor(self, number: int):
        person = managing.get(gate.realm(), number)
        return self._do(
            person,
            lambda: managing.reset_second_factor(person, _me()),
            f"Đã xóa mã xác thực của {person.full_name}. Lần đăng nhập tới người này cài mã trên điện thoại mới.",
        )

    def send_link(self, number: int):
        person = managing.get(gate.realm(), number)
        try:
            link = invitations.send(person, by=current_user.full_name)
            db.session.commit()
        except MotcuaError as error:
            db.session.rollback()
            flash(error.message, "error")
            return self._one(person), error.status
        return self._one(person, link=link)

    def add_to(self, blueprint: Blueprint, rule: str, sees: str, manages: str) -> None:
        """`sees` and `manages` are the permissions of looking and of changing."""
        views = (
            ("GET", "", self.people, sees),
            ("POST", "", self.invite_person, manages),
            ("GET", "/<int:number>", self.person, sees),
            ("POST", "/<int:number>", self.change_person, manages),
            ("POST", "/<int:number>/disable", self.disable_person, manages),
            ("POST", "/<int:number>/enable", self.enable_person, manages),
            ("POST", "/<int:number>/second-factor/reset", self.reset_persons_second_factor, manages),
            ("POST", "/<int:number>/link", self.send_link, manages),
        )
        for method, more, view, permission in views:
            blueprint.add_url_rule(rule + more, view.__name__, marked(view, permission), methods=[method])

    def _agency(self) -> str | None:
        code = request.form.get("agency", "")
        if code and code not in {one.code for one in self.agencies()}:
            raise Invalid("Tỉnh chưa có cơ quan này. Xin chọn một cơ quan trong danh sách.")
        return code or None

    def _do(self, person, change: Callable[[], None], said: str):
        try:
            change()
            db.session.commit()
        except MotcuaError as error:
            db.session.rollback()
            flash(error.message, "error")
            return self._one(person), error.status
        flash(said, "success")
        return redirect(url_for(".person", number=person.id), 303)

    def _list(self, **more):
        realm, asked = gate.realm(), request.args
        words, role = asked.get("q", ""), asked.get("role", "")
        return render_template(
            "accounts/people.html",
            page=managing.find_page(realm, words, role, asked.get("page", 1, type=int)),
            asked={"q": words, "role": role},
            **self._common(realm),
            **({"typed": {}, "faults": {}, "link": None} | more),
        )

    def _one(self, person, link: str | None = None):
        roles = VENDOR_ROLES if gate.realm() is realms.VENDOR else ROLES
        return render_template(
            "accounts/person.html",
            person=person,
            link=link,
            waiting=links.newest(person),
            means={role: sorted(PERMISSIONS[one] for one in held) for role, held in roles.items()},
            **self._common(gate.realm()),
        )

    def _common(self, realm: realms.Realm) -> dict:
        return {
            "roles": realm.role_names,
            "agencies": self.agencies() if self.agencies else None,
            "mail": jobs.is_possible(),
            "may_manage": gate.may("vendor.staff" if realm is realms.VENDOR else "staff.manage"),
            "lasts": {name: int(span.total_seconds() // 3600) for name, span in links.LASTS.items()},
        }


def _me():
    return current_user._get_current_object()
