"""`/console/api-keys`: making, showing once and taking back the keys of the one-stop system."""

import re
from datetime import timedelta

import pytest

from motcua.accounts import api_keys
from motcua.accounts.models import ApiKey
from motcua.audit.models import AuditEntry
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db, tenant_scope
from tests.factories import make_api_key

PAGE = "/console/api-keys/"
TENANT = "binh-thuan"


def text(answer) -> str:
    return answer.get_data(as_text=True)


def made(admin, **given) -> str:
    answer = admin.post(PAGE, data={"label": "iGate", "mode": "live", "expires": ""} | given)
    assert answer.status_code == 200, text(answer)
    return re.search(r'value="(mck_[^"]+)"', text(answer))[1]


def call(app, key: str) -> int:
    return app.test_client().get("/api/v1/changes", headers={"Authorization": f"Bearer {key}"}).status_code


def keys() -> list[ApiKey]:
    with tenant_scope(TENANT):
        return api_keys.all_keys()


@pytest.mark.parametrize("mode", ["live", "test", "read_only"])
def test_a_key_is_shown_once_and_works(app, admin, mode):
    key = made(admin, mode=mode)

    assert call(app, key) == 200
    assert [one.mode for one in keys()] == [mode]
    later = text(admin.get(PAGE))
    assert key not in later and key[-43:] not in later and "iGate" in later


def revoke(admin, key_id: str):
    return admin.post(f"{PAGE}{key_id}/revoke", data={"name": key_id})


@pytest.mark.parametrize("typed", ["", "x", "MCK"])
def test_a_key_is_revoked_only_by_its_name(app, admin, typed):
    key = made(admin)

    answer = admin.post(f"{PAGE}{keys()[0].key_id}/revoke", data={"name": typed})

    assert answer.status_code == 422 and "Chưa thu hồi" in text(answer)
    assert call(app, key) != 401


def test_before_a_key_is_revoked_the_page_says_what_will_happen(admin):
    made(admin)

    page = text(admin.get(f"{PAGE}{keys()[0].key_id}/revoke"))

    assert "bị từ chối ngay" in page and "Không lấy lại được" in page and "iGate" in page


def test_a_revoked_key_is_refused_at_once(app, admin):
    key = made(admin)

    revoke(admin, keys()[0].key_id)

    assert call(app, key) == 401
    assert "đã thu hồi" in text(admin.get(PAGE))


def test_a_key_works_on_its_last_day_and_not_after(app, admin):
    key = made(admin, expires=now().astimezone(VIETNAM).date().isoformat())
    with tenant_scope(TENANT):
        row = db.session.scalars(db.select(ApiKey)).one()
        assert now() < row.expires_at <= now() + timedelta(days=2)
    assert call(app, key) == 200

    with tenant_scope(TENANT):
        db.session.scalars(db.select(ApiKey)).one().expires_at = now()
        db.session.commit()

    assert call(app, key) == 401
    assert "hết hạn" in text(admin.get(PAGE))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"label": ""}, "Xin ghi ai dùng khóa này"),
        ({"label": "x" * 81}, "Xin ghi ai dùng khóa này"),
        ({"mode": "root"}, "Xin chọn một loại khóa"),
        ({"expires": "2020-01-01"}, "Ngày cuối đã qua"),
        ({"expires": "ngày mai"}, "Ngày chưa đúng"),
    ],
)
def test_a_form_with_a_fault_makes_no_key_and_keeps_what_was_typed(app, admin, given, sentence):
    answer = admin.post(PAGE, data={"label": "iGate <b>", "mode": "live", "expires": ""} | given)

    assert answer.status_code == 422
    assert sentence in text(answer) and "<b>" not in text(answer)
    assert keys() == []


def test_making_and_taking_back_are_in_the_log_without_the_secret(app, admin):
    key = made(admin)
    revoke(admin, keys()[0].key_id)

    with tenant_scope(TENANT):
        found = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [one.action for one in found] == ["api_key.issue", "api_key.revoke"]
    assert all(key[-43:] not in str(one.detail) for one in found)


def test_anothers_key_is_not_found_and_goes_on_working(app, admin):
    theirs = make_api_key("da-nang")

    names = (theirs.split("_")[1], "nobodys")
    answers = {revoke(admin, name).status_code for name in names}
    answers |= {admin.get(f"{PAGE}{name}/revoke").status_code for name in names}

    assert answers == {404}
    assert call(app, theirs) == 200


def test_an_officer_may_not_make_keys(officer):
    assert officer.get(PAGE).status_code == 403
    assert officer.post(PAGE, data={"label": "x", "mode": "live"}).status_code == 403
