import pytest

from tests.zalo_simulator.driving import OA, OPENAPI, OTHER_OA

V2, V3 = OPENAPI + "/v2.0", OPENAPI + "/v3.0"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


def upload(zalo, path: str, name: str, content: bytes, kind="image/png") -> dict:
    body = (
        b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name.encode() + b"\"\r\n"
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content + b"\r\n--edge--\r\n"
    )  # fmt: skip
    return zalo.api("POST", path, body, **{"Content-Type": "multipart/form-data; boundary=edge"})


@pytest.mark.parametrize("form", ["data", "plain"])
def test_the_detail_of_a_follower(zalo, uid, form):
    path = V3 + "/oa/user/detail"
    answer = zalo.get(path, {"user_id": uid}) if form == "data" else zalo.get(f"{path}?user_id={uid}")

    data = answer["data"]
    assert (data["user_id"], data["display_name"], data["user_is_follower"]) == (uid, "Nguyễn Thị Lan", True)
    assert data["user_last_interaction_date"] == "24/11/2026" and data["is_sensitive"] is False
    assert set(data["avatars"]) == {"120", "240"} and data["shared_info"]["phone"] == ""


def test_shared_info_appears_after_sharing(zalo, uid):
    zalo.do("share-info")

    shared = zalo.get(V3 + "/oa/user/detail", {"user_id": uid})["data"]["shared_info"]

    assert (shared["name"], shared["phone"], shared["address"]) == (
        "Nguyễn Thị Lan",
        "84912345678",
        "Phan Thiết",
    )


def test_nobody(zalo):
    assert zalo.get(V3 + "/oa/user/detail", {"user_id": "123"})["error"] == -213
    assert zalo.get(V3 + "/oa/user/detail", {"user_id": zalo.chat("minh")["uid"]})["error"] == -213
    assert zalo.get(V3 + "/oa/user/detail", {})["error"] == -201
    assert zalo.get(V3 + "/oa/user/detail?data=%7B")["error"] == -201


def test_the_id_by_app_joins_accounts_of_one_app(zalo, uid):
    other = zalo.follow(oa=OTHER_OA)
    mine = zalo.get(V3 + "/oa/user/detail", {"user_id": uid})["data"]["user_id_by_app"]
    zalo.token = zalo.sim("POST", "/grants", {"app_id": "1234567890123456789", "oa_id": OTHER_OA})[
        "access_token"
    ]

    assert zalo.get(V3 + "/oa/user/detail", {"user_id": other})["data"]["user_id_by_app"] == mine


def test_listing_users(zalo, uid):
    minh = zalo.follow("minh")
    zalo.do("unfollow", citizen="minh")
    zalo.api("POST", V2 + "/oa/tag/tagfollower", {"user_id": uid, "tag_name": "VIP"})

    def users(**given) -> list[str]:
        data = zalo.get(V3 + "/oa/user/getlist", {"offset": 0, "count": 50} | given)["data"]
        return [user["user_id"] for user in data["users"]]

    assert users() == [uid, minh]
    assert users(is_follower=True) == users(is_follower="true") == [uid]
    assert users(is_follower=False) == [minh]
    assert users(tag_name="VIP") == [uid]
    assert users(count=1, offset=1) == [minh]
    assert users(last_interaction_period="TODAY") == [uid, minh]
    assert users(last_interaction_period="2026_11_01:2026_11_23") == []
    zalo.advance(hours=24)
    assert (users(last_interaction_period="YESTERDAY"), users(last_interaction_period="TODAY")) == (
        [uid, minh],
        [],
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"count": 51}, -210),
        ({"offset": 9952}, -210),
        ({"count": "x"}, -201),
        ({"offset": -1}, -201),
        ({"last_interaction_period": "SOON"}, -201),
    ],
)
def test_limits_of_the_user_list(zalo, uid, given, code):
    assert zalo.get(V3 + "/oa/user/getlist", {"offset": 0, "count": 50} | given)["error"] == code


def test_tags(zalo, uid, listener):
    add = {"user_id": uid, "tag_name": "Kết hôn"}
    assert zalo.api("POST", V2 + "/oa/tag/tagfollower", add)["error"] == 0
    assert zalo.get(V2 + "/oa/tag/gettagsofoa")["data"] == ["Kết hôn"]
    assert zalo.api("POST", V2 + "/oa/tag/rmfollowerfromtag", add)["error"] == 0
    assert zalo.api("POST", V2 + "/oa/tag/rmfollowerfromtag", add)["error"] == -201
    zalo.api("POST", V2 + "/oa/tag/tagfollower", add)
    assert zalo.api("POST", V2 + "/oa/tag/rmtag", {"tag_name": "Kết hôn"})["error"] == 0
    assert zalo.get(V2 + "/oa/tag/gettagsofoa")["data"] == []
    assert listener.wait("add_user_to_tag")[0]["tag"] == {"name": "Kết hôn", "user_ids": [uid]}
    assert listener.wait("remove_tag")[0]["tag"] == {"name": "Kết hôn"}


def test_updating_a_user(zalo, uid):
    for path in ("/v2.0/oa/updatefollowerinfo", "/v3.0/oa/user/update"):
        body = {"user_id": uid, "name": "Chị Lan", "phone": "84912345678", "city_id": 30}
        assert zalo.api("POST", OPENAPI + path, body)["error"] == 0
    data = zalo.get(V3 + "/oa/user/detail", {"user_id": uid})["data"]
    assert data["user_alias"] == "Chị Lan" and data["shared_info"]["city"] == "30"


@pytest.mark.parametrize("version", ["/v2.0", "/v3.0"])
def test_conversation_and_recent_chats(zalo, uid, version):
    zalo.do("text", {"text": "Hồ sơ của tôi?"})
    zalo.do("location", {"latitude": 10.93, "longitude": 108.1})
    zalo.cs(uid, "Đã xong")
    zalo.zbs()

    rows = zalo.get(OPENAPI + version + "/oa/conversation", {"user_id": int(uid), "offset": 0, "count": 5})[
        "data"
    ]
    recent = zalo.get(OPENAPI + version + "/oa/listrecentchat", {"offset": 0, "count": 5})["data"]

    assert [(row["src"], row["type"], row["message"]) for row in rows] == [
        (0, "text", "Đã xong"),
        (1, "location", ""),
        (1, "text", "Hồ sơ của tôi?"),
    ]
    assert rows[1]["location"] == {"latitude": "10.93", "longitude": "108.1"}
    assert (rows[0]["from_id"], rows[0]["to_id"], rows[0]["to_display_name"]) == (OA, uid, "Nguyễn Thị Lan")
    assert isinstance(rows[0]["time"], int) and len(recent) == 1 and recent[0]["message"] == "Đã xong"
    assert zalo.get(OPENAPI + version + "/oa/conversation", {"user_id": uid, "count": 11})["error"] == -210


def test_the_account(zalo, uid):
    data = zalo.get(V2 + "/oa/getoa")["data"]

    assert (data["oa_id"], data["name"], data["num_follower"]) == (OA, "Tỉnh Bình Thuận", 1)
    assert data["is_verified"] is True and data["package_name"]


def test_quota_by_user_and_by_owner(zalo, uid):
    by_user = zalo.api("POST", V3 + "/oa/quota/message", {"user_id": uid})["data"]
    owner = {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}
    by_owner = zalo.api("POST", V3 + "/oa/quota/message", owner)["data"]

    assert by_user["cs_reply"] == {"remain": "8", "total": "8"} and int(by_user["last_interaction"]) > 0
    assert by_owner[0]["product_type"] == "cs" and by_owner[0]["remain"] == "100000"
    assert zalo.api("POST", V3 + "/oa/quota/message", {"quota_owner": "me"})["error"] == -201


@pytest.mark.parametrize("version", ["/v2.0", "/v3.0"])
def test_uploading_and_sending_files_and_pictures(zalo, uid, version):
    base = OPENAPI + version + "/oa/upload"
    picture = upload(zalo, base + "/image", "a.png", PNG)["data"]["attachment_id"]
    gif = upload(zalo, base + "/gif", "a.gif", b"GIF89a....", "image/gif")["data"]["attachment_id"]
    file = upload(zalo, base + "/file", "đơn.pdf", b"%PDF-1.4", "application/pdf")["data"]["token"]

    image = {"media_type": "image", "attachment_id": picture}
    assert zalo.attach(uid, "media", text="Ảnh", elements=[image])["error"] == 0
    moving = {"media_type": "gif", "attachment_id": gif, "width": 1, "height": 1}
    assert zalo.attach(uid, "media", elements=[moving])["error"] == 0
    assert zalo.cs(uid, {"attachment": {"type": "file", "payload": {"token": file}}})["error"] == 0
    shown = zalo.chat()["messages"]
    assert [message["kind"] for message in shown] == ["image", "gif", "file"]
    status, headers, content = zalo.http("GET", shown[0]["url"].removeprefix(zalo.base))
    assert (status, headers["Content-Type"], content) == (200, "image/png", PNG)
    status, headers, _ = zalo.http("GET", shown[2]["file"]["url"].removeprefix(zalo.base))
    assert headers["Content-Disposition"] == "attachment"


def test_uploads_expire_after_seven_days(zalo, uid):
    zalo.settings(access_token_life_s=10_000_000)
    zalo.token = zalo.sim("POST", "/grants", {"app_id": "1234567890123456789", "oa_id": OA})["access_token"]
    file = upload(zalo, V2 + "/oa/upload/file", "a.pdf", b"%PDF-1.4", "application/pdf")["data"]["token"]
    zalo.advance(days=8)
    zalo.do("text", {"text": "chào"})

    assert zalo.cs(uid, {"attachment": {"type": "file", "payload": {"token": file}}})["error"] == -100


@pytest.mark.parametrize(
    ("path", "name", "content", "code"),
    [
        ("/oa/upload/image", "a.png", b"no picture", -201),
        ("/oa/upload/image", "a.png", PNG + b"0" * 1_048_576, -210),
        ("/oa/upload/image", "a.png", b"", -201),
        ("/oa/upload/gif", "a.gif", PNG, -201),
        ("/oa/upload/file", "a.exe", b"MZ", -201),
    ],
)
def test_uploads_that_are_refused(zalo, path, name, content, code):
    assert upload(zalo, V2 + path, name, content)["error"] == code


def test_an_upload_that_is_no_form(zalo):
    assert zalo.api("POST", V2 + "/oa/upload/image", PNG)["error"] == -201


def test_template_pictures(zalo):
    assert upload(zalo, "/business/upload/image", "a.png", PNG)["data"]["media_id"]
    assert upload(zalo, "/business/upload/image", "a.png", PNG + b"0" * 600_000)["error"] == -159
    assert upload(zalo, "/business/upload/image", "a.png", b"x")["error"] == -158


ARTICLE = {
    "type": "normal",
    "title": "Chính sách mới",
    "author": "UBND tỉnh",
    "cover": {"cover_type": "photo", "photo_url": "https://mc.vn/a.png", "status": "show"},
    "description": "Hỗ trợ học phí",
    "body": [{"type": "text", "content": "Nội dung"}],
    "status": "show",
    "comment": "hide",
}


def test_an_article_from_draft_to_followers(zalo, uid, listener):
    token = zalo.api("POST", V2 + "/article/create", ARTICLE)["data"]["token"]
    assert zalo.api("POST", V2 + "/article/verify", {"token": token})["error"] == -214
    zalo.advance(seconds=2)
    article_id = zalo.api("POST", V2 + "/article/verify", {"token": token})["data"]["id"]
    element = {"media_type": "article", "attachment_id": article_id}
    message = {
        "attachment": {"type": "template", "payload": {"template_type": "media", "elements": [element]}}
    }
    body = {"recipient": {"target": {"gender": "0"}}, "message": message}

    assert zalo.api("POST", V2 + "/oa/message", body)["data"]["message_id"]
    assert zalo.chat()["messages"][-1]["elements"][0]["title"] == "Chính sách mới"
    assert zalo.get(f"{V2}/article/getdetail?id={article_id}")["data"]["title"] == "Chính sách mới"
    assert zalo.get(V2 + "/article/getslice?offset=0&limit=5&type=normal")["data"]["total"] == 1
    zalo.api("POST", V2 + "/article/update", ARTICLE | {"id": article_id, "title": "Sửa"})
    assert zalo.api("POST", V2 + "/oa/message", body)["error"] == -214
    assert zalo.api("POST", V2 + "/article/remove", {"id": article_id})["error"] == 0
    assert zalo.get(f"{V2}/article/getdetail?id={article_id}")["error"] == -201


def test_custom_fields(zalo):
    assert zalo.api("POST", V3 + "/oa/userfield/create", {"name": "Mã hồ sơ", "type": "text"})["error"] == 0
    (field,) = zalo.get(V3 + "/oa/userfield/get")["data"]
    assert (field["name"], field["key"], field["data_type"]) == ("Mã hồ sơ", "Mã hồ sơ", "text")
    assert zalo.api("POST", V3 + "/oa/userfield/delete", {"name": "Mã hồ sơ"})["error"] == 0
    assert zalo.api("POST", V3 + "/oa/userfield/update", {"name": "Mã hồ sơ"})["error"] == -201


def test_old_endpoints_and_the_token_in_the_query(zalo, uid):
    profile = zalo.api("GET", f"{V2}/oa/getprofile?access_token={zalo.token}&user_id={uid}", token="")
    followers = zalo.get(V2 + "/oa/getfollowers", {"offset": 0, "count": 5})

    assert profile["data"]["display_name"] == "Nguyễn Thị Lan"
    assert followers["data"]["followers"] == [{"user_id": uid}]
    detail = zalo.api("GET", f"{V3}/oa/user/detail?access_token={zalo.token}&user_id={uid}", token="")
    assert detail["data"]["user_id"] == uid
    assert zalo.api("GET", f"{V3}/oa/user/detail?access_token=x&user_id={uid}", token="")["error"] == -216


def test_paths_that_do_not_exist(zalo):
    for prefix in ("/openapi", "/business", "/oauth", "/graph"):
        status, _, _ = zalo.http("GET", prefix + "/v9/nothing")
        assert status == 404
