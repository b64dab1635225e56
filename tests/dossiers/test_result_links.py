"""E-results: a link opens once, for whoever proves the dossier, and leads nowhere but to the province's system."""

import contextvars
import datetime as dt
import http.server
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from motcua.core.database import db, tenant_scope
from motcua.dossiers import following, intake, result_files, result_links
from motcua.dossiers.schemas import EventIn
from motcua.tenancy import current
from tests.conversation.conftest import hears, post, say  # noqa: F401 - fixtures
from tests.dossiers.test_requests import form_of
from tests.factories import event_body, make_citizen, make_dossier

HOST = {"Host": "binh-thuan.localhost"}
SOURCE = "kq.binhthuan.example"
PDF = b"%PDF-1.7 the result"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of the source's host, and a context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SOURCE)])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SOURCE)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "source.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


class Source(http.server.BaseHTTPRequestHandler):
    answers: dict = {}  # noqa: RUF012 - path -> (status, headers, body)

    def do_GET(self):
        status, headers, body = self.answers[self.path]
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture
def source(certificate, monkeypatch):
    """The province's system, by real TLS on loopback; `source["/a"] = (status, headers, body)`."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Source)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    connect = partial(
        result_files.connect_to,
        port=server.server_address[1],
        addresses=lambda host: ["127.0.0.1"],
        may_reach=lambda address: True,
        context=ssl.create_default_context(cafile=str(certificate)),
    )
    monkeypatch.setattr(result_files, "connect_to", connect)
    monkeypatch.setattr(Source, "answers", {"/kq.pdf": (200, {}, PDF)})
    yield Source.answers
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def dossier(province):
    rules = {"file_hosts": [SOURCE]}
    current.tenant().settings = current.tenant().settings | {"news": rules}
    made = make_dossier()
    items = [{"name": "Giấy chứng nhận kết hôn", "file_url": f"https://{SOURCE}/kq.pdf"}]
    result = {"items": items, "ways": ["desk", "electronic"]}
    intake.add_event(made.code, EventIn().load(event_body(9, result=result)))
    db.session.commit()
    return made


def link_of(dossier, citizen=None) -> str:
    ((_, address),) = result_links.make(dossier, citizen)
    db.session.commit()
    return "/r/" + address.rpartition("/r/")[2]


def open_with(client, path: str, digits: str = "5678"):
    form = form_of(client, "/", digits=digits)
    return client.post(path, data=form, headers=HOST)


def test_the_right_digits_open_it_and_nobody_may_keep_a_copy(app, dossier, source):
    answer = open_with(app.test_client(), link_of(dossier))

    assert (answer.status_code, answer.data, answer.content_type) == (200, PDF, "application/pdf")
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_second_opening_says_how_to_get_a_new_link(app, dossier, source):
    path = link_of(dossier)
    open_with(app.test_client(), path)

    again = open_with(app.test_client(), path)

    assert again.status_code == 410 and "nhận đường dẫn mới" in again.get_data(as_text=True)


def test_a_messenger_that_looks_at_the_link_does_not_burn_it(app, dossier, source):
    path = link_of(dossier)
    for method in ("GET", "HEAD", "GET"):
        answer = app.test_client().open(path, method=method, headers=HOST)
        assert answer.status_code == 200
        assert "Giấy chứng nhận" not in answer.get_data(as_text=True)

    assert open_with(app.test_client(), path).data == PDF


def test_wrong_digits_open_nothing_and_are_counted(app, dossier, source):
    path = link_of(dossier)
    client = app.test_client()
    for _ in range(5):
        assert open_with(client, path, "0000").status_code == 303

    open_with(client, path)

    assert "Đã nhập sai 5 lần" in client.get(path, headers=HOST).get_data(as_text=True)


def test_it_ends_after_its_hours(app, dossier, source, time_machine):
    path = link_of(dossier)
    time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(hours=72, seconds=1))

    assert app.test_client().get(path, headers=HOST).status_code == 410


def test_it_ends_with_the_following_and_with_a_newer_one(app, dossier, source):
    citizen = make_citizen("7001", phone="84912345678")
    following.follow(dossier, citizen, "phone")
    first = link_of(dossier, citizen)
    second = link_of(dossier, citizen)
    assert app.test_client().get(first, headers=HOST).status_code == 410
    assert app.test_client().get(second, headers=HOST).status_code == 200

    following.unfollow(dossier, citizen)
    db.session.commit()

    assert app.test_client().get(second, headers=HOST).status_code == 410


def test_the_key_is_not_in_the_database_and_another_one_is_not_found(app, dossier):
    path = link_of(dossier)

    row = db.session.execute(db.text("SELECT result_link::text FROM result_link")).scalar()
    assert path.rpartition("/")[2] not in row
    assert app.test_client().get("/r/" + "A" * 32, headers=HOST).status_code == 404


def test_of_two_openings_at_once_one_gets_it(app, dossier):
    link_of(dossier)
    link_id = db.session.scalar(db.select(result_links.ResultLink.id))
    db.session.commit()

    def claim(_):
        def run():
            with app.app_context(), tenant_scope("binh-thuan"):
                link = db.session.get(result_links.ResultLink, ("binh-thuan", link_id))
                try:
                    result_links.claim(link)
                except result_links.LinkGone:
                    return False
                return True

        return contextvars.Context().run(run)

    with ThreadPoolExecutor(4) as many:
        assert sum(many.map(claim, range(8))) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((302, {"Location": "https://10.0.0.1/"}, b""), "redirect"),
        ((500, {}, b""), "failure"),
        ((200, {}, b"<html><script>alert(1)</script>"), "not a PDF"),
        ((200, {"Content-Length": str(10**9)}, PDF), "too large"),
        ((200, {"Content-Length": str(len(PDF) + 10)}, PDF), "cut short"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_source_should_not_send_is_not_passed_on_and_the_link_lives(
    app, dossier, source, answer, why
):
    path = link_of(dossier)
    source["/kq.pdf"] = answer
    assert open_with(app.test_client(), path).status_code == 502
    source["/kq.pdf"] = (200, {}, PDF)

    assert open_with(app.test_client(), path).data == PDF


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "192.168.1.1", "0.0.0.0", "::1", "fe80::1%eth0",
     "::ffff:127.0.0.1", "2002:7f00:1::", "fd00::1", "224.0.0.1"],
)  # fmt: skip
def test_no_address_inside_is_ever_connected_to(address):
    assert not result_files.is_public(address)
    with pytest.raises(result_files.FileUnavailable) as refused:
        result_files.connect_to("kq.example", addresses=lambda host: ["203.0.114.9", address])

    assert refused.value.details["why"] == "address_not_public"


def test_a_certificate_of_another_host_is_refused(source):
    with pytest.raises(result_files.FileUnavailable):
        result_files.fetch("https://khac.example/kq.pdf", ("khac.example",))


def test_a_host_that_is_not_on_the_list_is_never_asked():
    with pytest.raises(result_files.FileUnavailable) as refused:
        result_files.fetch("https://kq.example/a", ("other.example",))

    assert refused.value.details["why"] == "host_not_listed"


def test_the_province_may_lead_to_the_source_instead(app, dossier):
    rules = {"file_hosts": [SOURCE], "file_delivery": "redirect"}
    current.tenant().settings = current.tenant().settings | {"news": rules}
    db.session.commit()

    path = link_of(dossier)
    answer = open_with(app.test_client(), path)

    assert f'href="https://{SOURCE}/kq.pdf" rel="noreferrer' in answer.get_data(as_text=True)
    assert open_with(app.test_client(), path).status_code == 410


def test_the_chat_sends_a_link_to_whoever_proved_it_only(say, dossier):  # noqa: F811
    code = dossier.code
    (refused,) = say(f"#e-result:{code}")
    say("5678")

    (sent,) = say(f"#e-result:{code}")

    assert "4 số cuối" in refused and "một lần" in sent
    assert db.session.scalar(db.select(db.func.count()).select_from(result_links.ResultLink)) == 1


def test_the_page_leads_to_it_once_proven(app, dossier, source):
    client = app.test_client()
    form = form_of(client, f"/t/{dossier.token}", digits="5678")
    client.post(f"/t/{dossier.token}/proof", data=form, headers=HOST)
    assert "Xem kết quả điện tử" in client.get(f"/t/{dossier.token}", headers=HOST).get_data(as_text=True)

    answer = client.post(f"/t/{dossier.token}/result", data=form_of(client, "/"), headers=HOST)
    path = "/r/" + answer.headers["Location"].rpartition("/r/")[2]

    assert client.post(path, data=form_of(client, path), headers=HOST).data == PDF
