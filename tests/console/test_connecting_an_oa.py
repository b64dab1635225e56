"""A province's admin connects the OA: to Zalo's consent page and back, against the simulated Zalo."""

import html
import http.client
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from motcua.alerts import watching
from motcua.core import throttle
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.demo.wire import Wire
from motcua.messaging.models import Message
from motcua.tenancy.models import OfficialAccount, PendingConsent, ZaloApp
from tests.factories import OA_IDS, make_province, make_staff
from tests.signing_in import sign_in

MINE, THEIRS = "binh-thuan", "da-nang"
START = "/console/official-accounts/main/connect"


@pytest.fixture
def zalo(simulator, app, province):
    simulator.reset()
    make_province(THEIRS)
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(ours, zalo_base_url=simulator.base_url)
    app.config["WTF_CSRF_ENABLED"] = False
    db.session.execute(db.update(OfficialAccount).values(state="not_connected", access_token_encrypted=None))
    db.session.commit()
    yield simulator
    app.config["SETTINGS"] = ours
    app.config["WTF_CSRF_ENABLED"] = True


class Browser:
    """An admin's browser: signed in to one province, and following where it is sent."""

    def __init__(self, app, slug: str, role: str = "province_admin"):
        self.client, self.host = app.test_client(), {"Host": f"{slug}.localhost"}
        sign_in(self.client, make_staff(slug, role=role))

    def get(self, path: str, host: str | None = None):
        return self.client.get(path, headers={"Host": host} if host else self.host)

    def to_zalo(self) -> str:
        """Press “Kết nối”; the consent page's address."""
        answer = self.get(START)
        assert answer.status_code == 302
        return answer.headers["Location"]

    def back(self, address: str) -> str:
        """Come back from Zalo, over the vendor's host; the page that the admin then sees."""
        there = self.get(_path(address), host="localhost")
        assert there.status_code == 200, there.get_data(as_text=True)
        onward = html.unescape(
            re.search(r'<a class="btn btn-primary" href="([^"]+)"', there.get_data(as_text=True))[1]
        )
        assert self.get(_path(onward)).status_code == 302
        return self.get("/console/official-accounts/").get_data(as_text=True)


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def agree(simulator, address: str, oa_id: str) -> str:
    """The OA's admin chooses an OA on Zalo's page and agrees; where Zalo sends the browser."""
    form = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()} | {"oa_id": oa_id}
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", urlsplit(address).path, urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 302
    return answer.headers["Location"]


def account() -> OfficialAccount:
    db.session.rollback()
    return db.session.scalars(db.select(OfficialAccount)).one()


@pytest.fixture
def admin(app, zalo):
    return Browser(app, MINE)


def test_the_admin_consents_and_the_oa_is_connected(zalo, admin):
    address = admin.to_zalo()
    status, page = Wire(zalo.port).ask("GET", _path(address))
    assert status == 200 and OA_IDS[MINE] in page

    seen = admin.back(agree(zalo, address, OA_IDS[MINE]))

    assert "Đã kết nối Dịch vụ công Bình Thuận" in seen
    assert account().state == "connected"
    assert account().access_token and account().refresh_token


def test_the_verifier_stays_here_and_only_its_challenge_travels(zalo, admin):
    query = parse_qs(urlsplit(admin.to_zalo()).query)

    assert re.fullmatch(r"[\w-]{43}", query["code_challenge"][0])
    db.session.rollback()
    row = db.session.execute(db.text("SELECT pending_consent::text FROM pending_consent")).scalar()
    assert query["code_challenge"][0] not in row


def test_consent_for_another_oa_is_refused_and_nothing_is_stored(zalo, admin):
    seen = admin.back(agree(zalo, admin.to_zalo(), OA_IDS[THEIRS]))

    assert "không phải OA đã khai cho tỉnh" in seen
    assert account().state == "not_connected"


def test_a_code_of_another_oa_under_our_oas_id_is_refused_too(zalo, admin):
    address = agree(zalo, admin.to_zalo(), OA_IDS[THEIRS]).replace(OA_IDS[THEIRS], OA_IDS[MINE])

    seen = admin.back(address)

    assert "không phải OA đã khai cho tỉnh" in seen
    assert account().access_token is None


def test_coming_back_twice_works_once(zalo, admin):
    address = agree(zalo, admin.to_zalo(), OA_IDS[MINE])
    admin.back(address)

    assert "đã hết hạn hoặc đã dùng" in admin.back(address)
    assert account().state == "connected"


def test_coming_back_too_late_is_refused(zalo, app, admin):
    address = agree(zalo, admin.to_zalo(), OA_IDS[MINE])
    db.session.execute(
        db.update(PendingConsent).values(created_at=db.func.now() - db.text("interval '16 minutes'"))
    )
    db.session.commit()

    assert "đã hết hạn" in admin.back(address)
    assert account().state == "not_connected"


def test_another_admin_cannot_finish_what_one_began(zalo, app, admin):
    address = agree(zalo, admin.to_zalo(), OA_IDS[MINE])

    assert "đã hết hạn hoặc đã dùng" in Browser(app, MINE).back(address)
    assert account().state == "not_connected"


def test_another_province_cannot_finish_it(zalo, app, admin):
    address = agree(zalo, admin.to_zalo(), OA_IDS[MINE])
    other = Browser(app, THEIRS)
    query = urlsplit(address).query

    other.get(f"/console/official-accounts/finish?{query}")

    assert account().state == "not_connected"
    with tenant_scope(THEIRS):
        assert db.session.scalars(db.select(OfficialAccount)).one().access_token == "a token"


@pytest.mark.parametrize("state", ["", "x", "a.b.c", "W10.AAAA"])
def test_a_state_that_is_not_ours_goes_nowhere(zalo, admin, state):
    answer = admin.get(f"/zalo/consent?state={state}&code=x&oa_id=1", host="localhost")

    assert answer.status_code == 422
    assert "làm lại từ đầu" in answer.get_data(as_text=True)


def test_a_code_that_zalo_refuses_is_told_and_nothing_is_stored(zalo, admin):
    address = agree(zalo, admin.to_zalo(), OA_IDS[MINE])
    wrong = re.sub(r"code=[^&]+", "code=wrong", address)

    assert "Đã kết nối" not in re.sub(r"<p class=\"badge.*?</p>", "", admin.back(wrong))
    assert account().state == "not_connected"


def test_an_officer_may_not_connect(app, zalo):
    officer = Browser(app, MINE, role="officer")

    assert officer.get(START).status_code == 403
    assert officer.get("/console/official-accounts/").status_code == 403


def test_the_page_names_the_address_to_register_at_zalo(admin):
    page = admin.get("/console/official-accounts/").get_data(as_text=True)

    assert "http://localhost:8000/zalo/consent" in page


def post(admin, path: str, **form) -> str:
    """Send a form as the admin; the page that is then seen."""
    answer = admin.client.post(f"/console/official-accounts/{path}", data=form, headers=admin.host)
    assert answer.status_code == 303
    return admin.get("/console/official-accounts/").get_data(as_text=True)


def test_a_pasted_pair_connects_the_oa(zalo, admin):
    pair = zalo.grant(MINE)

    seen = post(
        admin,
        "main/tokens",
        access_token=f" {pair['access_token']}\n",
        refresh_token=pair["refresh_token"],
    )

    assert "Đã kết nối" in seen
    assert (account().state, account().access_token) == ("connected", pair["access_token"])


@pytest.mark.parametrize("of", ["another OA", "nobody", "nothing"])
def test_a_pasted_token_that_is_not_this_oas_is_refused(zalo, admin, of):
    pair = {"another OA": zalo.grant(THEIRS), "nobody": {"access_token": "x", "refresh_token": "y"}}.get(
        of, {}
    )

    seen = post(
        admin,
        "main/tokens",
        access_token=pair.get("access_token", ""),
        refresh_token=pair.get("refresh_token", ""),
    )

    assert 'role="alert"' in seen and "Đã kết nối Dịch vụ công" not in seen
    assert account().state == "not_connected"


def test_an_oas_own_webhook_key_is_stored_encrypted_and_can_be_taken_back(zalo, admin):
    assert "đã lưu" in post(admin, "main/webhook-secret", webhook_secret="only mine")
    assert account().webhook_secret == "only mine"
    assert (
        "only mine"
        not in db.session.execute(db.text("SELECT official_account::text FROM official_account")).scalar()
    )

    post(admin, "main/webhook-secret", webhook_secret="")
    assert account().webhook_secret is None


def test_an_apps_fixed_verifier_wins_over_one_for_each_consent(zalo, admin):
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    db.session.scalars(db.select(ZaloApp)).one().pkce_verifier = verifier
    db.session.commit()

    address = admin.to_zalo()
    seen = admin.back(agree(zalo, address, OA_IDS[MINE]))

    challenge = parse_qs(urlsplit(address).query)["code_challenge"]
    assert challenge == ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"]
    assert "Đã kết nối" in seen


def test_connecting_again_sends_what_waited_and_closes_the_alert(zalo, admin):
    with tenant_scope(MINE):
        account().state = "needs_consent"
        waiting = Message(
            lane="urgent",
            event="help",
            phone_index="x",
            phone_encrypted="x",
            content={},
            dedupe_key="w",
            failure="zalo_needs_consent",
            next_attempt_at=now() + timedelta(minutes=10),
            expires_at=now() + timedelta(days=1),
        )
        db.session.add(waiting)
        db.session.commit()
        watching.look()
        assert watching.open_alerts()

    admin.back(agree(zalo, admin.to_zalo(), OA_IDS[MINE]))

    with tenant_scope(MINE):
        assert watching.open_alerts() == []
        assert db.session.scalars(db.select(Message.next_attempt_at)).one() <= now()


def test_try_again_now_closes_the_circuit(zalo, admin):
    with tenant_scope(MINE):
        account().state = "connected"
        db.session.commit()
        circuit = watching.circuit_of(account(), "zbs")
    throttle.note_results(circuit, 0, 1, open_for_s=600, why="Xin nạp tiền.")
    page = admin.get("/console/official-accounts/").get_data(as_text=True)

    post(admin, "main/retry")

    assert "Xin nạp tiền." in page and "Thử lại ngay" in page
    assert throttle.look(circuit).open_s == 0


def test_a_proof_is_kept_for_my_own_hosts_only(zalo, admin):
    form = {"token": "zalo_verifierABCDEFGH12345678.html", "sentence": "There Is No Limit"}

    assert "Đã đặt mã xác minh" in post(admin, f"domains/{MINE}.localhost", **form)
    other = admin.client.post(
        f"/console/official-accounts/domains/{THEIRS}.localhost", data=form, headers=admin.host
    )
    assert other.status_code == 404
