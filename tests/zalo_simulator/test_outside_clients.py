"""Requests built by hand exactly as public Zalo clients build them; docs/simulator.md says which does what."""

import json
from urllib.parse import quote, urlencode

import pytest

from tests.zalo_simulator.driving import APP, OA, SECRET, Zalo

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
BASES = {
    "houses": ("/openapi", "/business", "/oauth"),
    "bare": ("", "", ""),
    "host names": ("/openapi.zalo.me", "/business.openapi.zalo.me", "/oauth.zaloapp.com"),
    "old host": ("/openapi.zaloapp.com", "/business", "/oauth"),
}


def ask(zalo: Zalo, method: str, path: str, body: bytes | None = None, headers: dict | None = None) -> dict:
    status, _, answer = zalo.http(method, path, body, headers or {})
    assert status == 200, answer.decode()
    return json.loads(answer)


def cs(uid: str) -> bytes:
    return json.dumps({"recipient": {"user_id": uid}, "message": {"text": "Chào"}}).encode()


def multipart(name: str, filename: str, content: bytes, kind: str, **fields: str) -> tuple[bytes, dict]:
    edge = "------------------------d74496d66958873e"
    plain = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    )
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {kind}'
    body = (plain + head).encode() + b"\r\n\r\n" + content + f"\r\n--{edge}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={edge}"}


@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_one_text_one_template_and_one_refresh_under_every_base(zalo, uid, base):
    openapi, business, oauth = base
    token = {"access_token": zalo.token}
    zbs = {"phone": "84912345678", "template_id": "300001", "template_data": {"ho_ten": "Lan", "ma": "1"}}
    refresh = {"refresh_token": zalo.refresh_token, "app_id": APP, "grant_type": "refresh_token"}

    sent = ask(zalo, "POST", openapi + "/v3.0/oa/message/cs", cs(uid), JSON | token)
    notified = ask(zalo, "POST", business + "/message/template", json.dumps(zbs).encode(), JSON | token)
    pair = ask(
        zalo,
        "POST",
        oauth + "/v4/oa/access_token",
        urlencode(refresh).encode(),
        FORM | {"secret_key": SECRET},
    )

    assert sent["data"]["message_id"] and notified["data"]["msg_id"] and pair["expires_in"] == "90000"


@pytest.mark.parametrize(
    "path",
    [
        "/v3.0/oa/getoa/",
        "/openapi/v2.0/oa/getoa/",
        "/openapi/v3.0/oa/getoa",
        "/v3.0/oa/tag/gettagsofoa?offset=0&count=5",
    ],
)
def test_a_last_slash_and_the_other_version(zalo, path):
    assert ask(zalo, "GET", path, headers={"access_token": zalo.token})["error"] == 0


def test_real_host_names_in_the_host_header(zalo):
    headers = {"access_token": zalo.token, "Host": "openapi.zalo.me"}

    assert ask(zalo, "GET", "/v2.0/oa/getoa", headers=headers)["data"]["oa_id"] == OA


def test_a_fault_for_a_path_hits_every_spelling_of_it(zalo, uid):
    zalo.sim("POST", "/faults", {"kind": "rate_limit", "path": "/openapi/v3.0/oa/message"})

    for path in (
        "/openapi/v3.0/oa/message/cs",
        "/v3.0/oa/message/cs",
        "/openapi.zalo.me/v3.0/oa/message/cs/",
    ):
        assert ask(zalo, "POST", path, cs(uid), {"access_token": zalo.token})["error"] == -32


def test_php_sdk_token_in_query_and_body(zalo, uid):
    body = json.loads(cs(uid)) | {"access_token": zalo.token}
    headers = JSON | {"SDK-Source": "ZALO-PHP-SDK-v4", "Accept-Encoding": "*"}

    in_query = ask(
        zalo, "POST", f"/v3.0/oa/message/cs?access_token={zalo.token}", json.dumps(body).encode(), headers
    )
    in_body = ask(zalo, "POST", "/v3.0/oa/message/cs", json.dumps(body).encode(), headers)

    assert (in_query["error"], in_body["error"]) == (0, 0)


def test_php_sdk_get_with_data_and_a_form_content_type(zalo, uid):
    data = quote(json.dumps({"user_id": uid}))
    path = f"/v3.0/oa/user/detail?data={data}&access_token={zalo.token}"

    assert ask(zalo, "GET", path, headers=FORM)["data"]["display_name"] == "Nguyễn Thị Lan"


def test_php_sdk_upload_with_the_token_among_the_parts(zalo):
    body, headers = multipart("file", "a.png", PNG, "image/png", access_token=zalo.token)

    assert ask(zalo, "POST", "/v2.0/oa/upload/image", body, headers)["data"]["attachment_id"]


def test_dotnet_sdk_upload_without_quotes_and_with_the_token_in_the_query(zalo):
    edge = "3a0c2f1e-9d4b-4c55"
    head = f"--{edge}\r\nContent-Disposition: form-data; name=file; filename=a.png; filename*=utf-8''a.png\r\n\r\n"
    body = head.encode() + PNG + f"\r\n--{edge}--\r\n".encode()
    headers = {"Content-Type": f'multipart/form-data; boundary="{edge}"'}

    answer = ask(zalo, "POST", f"/v2.0/oa/upload/image?access_token={zalo.token}", body, headers)

    assert answer["data"]["attachment_id"]


def test_dotnet_sdk_posts_a_form_or_only_a_query(zalo, uid):
    form = urlencode({"access_token": zalo.token, "user_id": uid, "tag_name": "Khách"})

    assert ask(zalo, "POST", "/v2.0/oa/tag/tagfollower", form.encode(), FORM)["error"] == 0
    assert ask(zalo, "POST", "/v2.0/oa/tag/rmfollowerfromtag?" + form, b"", FORM)["error"] == 0


def test_java_sdk_upload_typed_as_multipart(zalo):
    body, headers = multipart("file", "don.pdf", b"%PDF-1.4", "multipart/form-data")
    headers |= {"access_token": zalo.token}

    assert ask(zalo, "POST", "/v2.0/oa/upload/file", body, headers)["data"]["token"]


def test_python_sdk_upload_without_a_file_name(zalo):
    body, headers = multipart("file", "", b"%PDF-1.4", "application/octet-stream")
    headers |= {"access_token": zalo.token}

    assert ask(zalo, "POST", "/v2.0/oa/upload/file", body, headers)["data"]["token"]


def test_old_python_sdk_posts_a_form_whose_data_is_json(zalo, uid):
    zalo.settings(v2_message="open")
    data = json.dumps({"recipient": {"user_id": int(uid)}, "message": {"text": "Chào"}})
    form = {"oaid": OA, "timestamp": "1", "mac": "x", "access_token": zalo.token, "data": data}

    answer = ask(zalo, "POST", "/v2.0/oa/message", urlencode(form).encode(), FORM)

    assert answer["data"]["user_id"] == uid and zalo.chat()["messages"][-1]["text"] == "Chào"


def test_a_v2_text_is_closed_unless_the_switch_opens_it(zalo, uid):
    assert zalo.api("POST", "/v2.0/oa/message", json.loads(cs(uid)))["error"] == -240

    zalo.settings(v2_message="open")

    assert zalo.api("POST", "/v2.0/oa/message", json.loads(cs(uid)))["data"]["message_id"]


@pytest.mark.parametrize(
    "headers", [{}, {"Content-Type": "text/plain"}, {"Content-Type": "application/json; charset=utf-8"}]
)
def test_json_whatever_its_content_type(zalo, uid, headers):
    answer = ask(zalo, "POST", "/openapi/v3.0/oa/message/cs", cs(uid), headers | {"access_token": zalo.token})

    assert answer["error"] == 0


def test_a_number_for_a_user_id_and_plain_query_parameters(zalo, uid):
    token = {"access_token": zalo.token}
    tag = json.dumps({"user_id": int(uid), "tag_name": "Khách"}).encode()

    assert ask(zalo, "POST", "/v2.0/oa/tag/tagfollower", tag, JSON | token)["error"] == 0
    assert ask(zalo, "GET", f"/v3.0/oa/user/detail?user_id={uid}", headers=token)["data"]["user_id"] == uid
    assert (
        ask(zalo, "GET", f"/v3.0/oa/conversation?user_id={uid}&offset=0&count=5", headers=token)["error"] == 0
    )
    assert ask(zalo, "GET", "/v3.0/oa/getfollowers?offset=0&count=50", headers=token)["data"]["total"] == 1


def test_go_sdk_uploads_and_status_under_v3(zalo, uid):
    body, headers = multipart("file", "a.png", PNG, "image/png")
    token = {"access_token": zalo.token}
    message_id = zalo.cs(uid, "Chào")["data"]["message_id"]

    assert ask(zalo, "POST", "/v3.0/oa/upload/image", body, headers | token)["data"]["attachment_id"]
    assert (
        ask(zalo, "GET", f"/v3.0/oa/getmessagestatus?message_id={message_id}", headers=token)["data"][
            "status"
        ]
        == 1
    )


def test_bearer_tokens_are_not_zalos(zalo, uid):
    headers = JSON | {"Authorization": f"Bearer {zalo.token}"}

    assert ask(zalo, "POST", "/v3.0/oa/message/cs", cs(uid), headers)["error"] == -216


def test_quotas_by_owner_with_and_without_product(zalo):
    every = zalo.api("POST", "/v3.0/oa/quota/message", {"quota_owner": "OA"})["data"]
    one = zalo.api(
        "POST",
        "/v3.0/oa/quota/message",
        {"quota_owner": "APP", "product_type": "cs", "quota_type": "sub_quota"},
    )["data"]

    assert len(every) == 9 and [row["product_type"] for row in one] == ["cs"]
    assert zalo.api("POST", "/v3.0/oa/quota/message", {"quota_owner": "X"})["error"] == -201


def test_an_expired_token_says_so(zalo):
    zalo.sim("POST", "/tokens/expire", {"app_id": APP, "oa_id": OA})

    answer = zalo.get("/v2.0/oa/getoa")

    assert answer["error"] == -216 and "expired" in answer["message"]


def test_template_lists_as_the_php_package_asks(zalo):
    token = {"access_token": zalo.token}

    rows = ask(zalo, "GET", "/template/all?offset=0&limit=100&status=1&filterPreset=0", headers=token)
    text = ask(zalo, "GET", "/template/all?offset=0&limit=100&status=ENABLE", headers=token)
    nobody = ask(zalo, "GET", "/template/info/v2?template_id=999", headers=token)

    assert rows["metadata"]["total"] == 1 and rows["data"][0]["status"] == "ENABLE"
    assert (text["error"], nobody["error"]) == (-132, -109)


def test_rate_limit_headers(zalo):
    _, headers, _ = zalo.http("GET", "/v2.0/oa/getoa", headers={"access_token": zalo.token})

    assert int(headers["X-RateLimit-Limit"]) > int(headers["X-RateLimit-Remain"]) > 0


def test_unknown_paths_are_empty_apis(zalo):
    for path in ("/v3.0/oa/nothing", "/openapi.zalo.me/v2.0/x", "/v4/nothing"):
        status, _, body = zalo.http("GET", path)
        assert (status, json.loads(body)["error"]) == (404, 404)
