"""Zalo verifies a host by a file or a meta tag; each host shows its own and nobody else's."""

import pytest

from motcua.tenancy import domains
from motcua.tenancy.domains import DomainProofInvalid
from tests.factories import make_province

TOKEN = "KFgs5Dht9WXNgzGmvUKl67Y3-baF_Z0"


@pytest.mark.parametrize(
    "pasted",
    [
        TOKEN,
        f"  zalo_verifier{TOKEN}.html ",
        f'<meta name="zalo-platform-site-verification" content="{TOKEN}"/>',
        f"<meta content = '{TOKEN}' name='zalo-platform-site-verification'>",
    ],
)
def test_the_token_is_read_from_whatever_the_admin_pastes(pasted):
    assert domains.read_token(pasted) == TOKEN


@pytest.mark.parametrize("pasted", ["", "abc", "../../etc/passwd", "<meta>", "a b c d e f g h", "x" * 300])
def test_what_is_no_token_is_refused_with_the_remedy(pasted):
    with pytest.raises(DomainProofInvalid, match="Xin dán"):
        domains.read_token(pasted)


def test_the_file_is_served_on_its_host_only(province, app):
    make_province("da-nang")
    domains.keep("binh-thuan.localhost", TOKEN, "There Is No Limit To What You Can Accomplish Using Zalo!")
    client = app.test_client()

    here = client.get(f"/zalo_verifier{TOKEN}.html", headers={"Host": "binh-thuan.localhost"})
    there = client.get(f"/zalo_verifier{TOKEN}.html", headers={"Host": "da-nang.localhost"})
    wrong = client.get("/zalo_verifierSomethingElse.html", headers={"Host": "binh-thuan.localhost"})

    assert here.get_data(as_text=True) == "There Is No Limit To What You Can Accomplish Using Zalo!"
    assert [there.status_code, wrong.status_code] == [404, 404]


def test_what_was_pasted_cannot_run_on_our_host(province, app):
    domains.keep("binh-thuan.localhost", TOKEN, "<script>alert(1)</script>")

    answer = app.test_client().get(f"/zalo_verifier{TOKEN}.html", headers={"Host": "binh-thuan.localhost"})

    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("host", ["binh-thuan.localhost", "localhost"])
def test_the_root_page_carries_the_meta_tag(province, app, host):
    domains.keep(host, TOKEN, "")

    page = app.test_client().get("/", headers={"Host": host}).get_data(as_text=True)

    head = page.split("</head>")[0]
    assert f'<meta name="zalo-platform-site-verification" content="{TOKEN}"/>' in head


def test_the_provinces_front_page_leads_into_its_chat(province, app):
    page = app.test_client().get("/", headers={"Host": "binh-thuan.localhost"}).get_data(as_text=True)

    assert "Mở Dịch vụ công Bình Thuận" in page and "<svg" in page


def test_an_unknown_host_has_no_front_page(province, app):
    assert app.test_client().get("/", headers={"Host": "elsewhere.example"}).status_code == 404


def test_a_later_proof_takes_the_place_of_the_earlier(province):
    domains.keep("binh-thuan.localhost", TOKEN, "one")

    kept = domains.keep("binh-thuan.localhost", TOKEN + "x", "two")

    assert (kept.token, kept.sentence) == (TOKEN + "x", "two")
