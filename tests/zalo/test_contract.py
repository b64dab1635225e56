"""The client against the simulator over real HTTP: two implementations of one description.

They share no code, so what passes here was understood the same way twice.
"""

from datetime import UTC, datetime, timedelta

import pytest

from motcua.zalo.article_content import Article, Paragraph
from motcua.zalo.client import ZaloClient
from motcua.zalo.dialect import Dialect
from motcua.zalo.errors import (
    AttachmentExpired,
    NotEntitled,
    RecipientUnreachable,
    StillProcessing,
    ZaloNeedsConsent,
    ZaloRejected,
    ZaloTokenInvalid,
)
from motcua.zalo.messages import (
    CallPhone,
    FileMessage,
    GifMessage,
    ImageMessage,
    ListElement,
    ListMessage,
    OpenUrl,
    QueryHide,
    QueryShow,
    RequestUserInfo,
    SendSms,
    StickerMessage,
    TextMessage,
    ZbsTemplate,
)
from motcua.zalo.template_draft import DraftParam, TemplateDraft
from tests.zalo.simulated import DATA, on_stage

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
BUTTONS = (
    OpenUrl("Xem hồ sơ", "https://mc.vn/t/abc"),
    QueryShow("Tra cứu", "#tra_cuu HS-001"),
    QueryHide("Theo dõi", "#theo_doi"),
    CallPhone("Gọi", "0912345678"),
    SendSms("Nhắn", "0912345678", "Xin hỏi"),
)


def test_a_text_with_all_buttons_reaches_the_phone(simulator):
    async def play(stage):
        sent = await stage.client.send_consultation(
            stage.token, stage.user_id, TextMessage("Chào bạn", BUTTONS)
        )
        return sent, await stage.shown(), await stage.now()

    sent, shown, now = on_stage(simulator, play)

    assert [(one["message_id"], one["text"]) for one in shown] == [(sent.message_id, "Chào bạn")]
    assert [button["type"] for button in shown[0]["buttons"]] == [button.action for button in BUTTONS]
    assert abs(now - sent.sent_at) < timedelta(minutes=1)
    assert sent.quota["quota_type"] == "reply" and sent.rate_remain > 0


def test_every_kind_of_message_is_accepted(simulator):
    async def play(stage):
        client, token = stage.client, stage.token
        image = await client.upload_image(token, PNG, "anh.png")
        gif = await client.upload_gif(token, b"GIF89a" + bytes(50))
        file = await client.upload_file(token, b"%PDF-1.7 ...", "biên nhận.pdf")
        said = await stage.act("text", text="Cho tôi hỏi")
        for message in (
            TextMessage("Dạ", quote_message_id=said["message_id"]),
            ImageMessage(image, text="Ảnh"),
            ImageMessage(url="https://mc.vn/a.png"),
            GifMessage(gif, width=10, height=10),
            StickerMessage("bfe458bf64fa8da4d4eb"),
            FileMessage(file),
            RequestUserInfo("Chia sẻ số điện thoại", "Để nhận tin hồ sơ", "https://mc.vn/a.png"),
            ListMessage((ListElement("Một", "phụ", None, BUTTONS[0]), ListElement("Hai", action=BUTTONS[1]))),
        ):
            await client.send_consultation(token, stage.user_id, message)
        return await stage.shown()

    shown = on_stage(simulator, play)

    kinds = [one["kind"] for one in shown if one["from"] == "oa"]
    assert kinds == ["text", "image", "image", "gif", "sticker", "file", "request_user_info", "list"]


def test_a_template_by_user_id_by_phone_and_by_hash(simulator):
    async def play(stage):
        client, token, template = stage.client, stage.token, stage.template()
        by_user = await client.send_template_to_user(token, stage.user_id, template)
        by_phone = await client.send_template_to_phone(token, stage.phone, template, "t-1")
        by_hash = await client.send_template_to_hashed_phone(
            token, stage.phone, template, "t-2", mode="development"
        )
        status = await client.message_status(token, by_phone.message_id)
        return (by_user, by_phone, by_hash), await stage.shown(), status

    sent, shown, status = on_stage(simulator, play)

    assert [one.message_id for one in sent] == [one["message_id"] for one in shown]
    assert {one["template_id"] for one in shown} == {shown[0]["template_id"]}
    assert "Nguyễn Văn A" in shown[0]["text"]
    assert (status.state, [one["tracking_id"] for one in shown]) == ("delivered", ["", "t-1", "t-2"])


def test_what_our_check_passes_the_simulator_accepts_and_the_other_way_round(simulator):
    wrong = [
        {"ho_ten": "x" * 31},
        {"ho_ten": ""},
        {"ma_ho_so": "x" * 31},
        {"ngay_tra": "2026-11-25"},
        {"ngay_tra": "30/02/2026"},
    ]

    async def play(stage):
        info = await stage.client.template_info(stage.token, stage.template_id)
        stage.template().check(info.params)
        for change in wrong:
            template = stage.template(**change)
            with pytest.raises(ZaloRejected) as ours:
                template.check(info.params)
            assert list(ours.value.details) == list(change)
            with pytest.raises(ZaloRejected) as theirs:
                await stage.client.send_template_to_user(stage.token, stage.user_id, template)
            assert theirs.value.zalo_code in (-1121, -1122, -1124)

    on_stage(simulator, play)


def test_a_template_not_meant_for_user_ids_is_sent_by_phone(simulator):
    async def play(stage):
        await stage.put_template("399" + stage.template_id[3:], uid_capable=False)
        template = ZbsTemplate("399" + stage.template_id[3:], DATA)
        with pytest.raises(ZaloRejected) as refused:
            await stage.client.send_template_to_user(stage.token, stage.user_id, template)
        assert refused.value.zalo_code == -249 and refused.value.retry.name == "OTHER_CHANNEL"
        return await stage.client.send_template_to_phone(stage.token, stage.phone, template, "t-1")

    assert on_stage(simulator, play).message_id


DRAFT = TemplateDraft(
    name="Báo kết quả hồ sơ mới",
    type=1,
    tag=1,
    layout={"body": {"components": [{"TITLE": {"value": "Hồ sơ <ma_ho_so> đã xong"}}]}},
    params=(DraftParam("ma_ho_so", "4", "HS-001"),),
)


def test_templates_are_created_rejected_edited_and_listed(simulator):
    async def play(stage):
        client, token = stage.client, stage.token
        made = await client.template_create(token, DRAFT, "draft-1")
        with pytest.raises(ZaloRejected) as refused:
            await client.template_edit(token, made.template_id, DRAFT, "draft-2")
        assert refused.value.zalo_code == -1091
        await stage.ask(
            "POST", f"/templates/{made.template_id}/review", {"status": "REJECT", "reason": "Sai"}
        )
        info = await client.template_info(token, made.template_id)
        await client.template_edit(token, made.template_id, DRAFT, "draft-3")
        everything = await client.template_list(token)
        pending = await client.template_list(token, status="PENDING_REVIEW")
        return made, info, everything, pending, await client.template_sample_data(token, made.template_id)

    made, info, everything, pending, sample = on_stage(simulator, play)

    assert (made.status, info.status, info.reason) == ("PENDING_REVIEW", "REJECT", "Sai")
    assert info.params[0].name == "ma_ho_so" and info.price_uid_vnd <= info.price_phone_vnd
    assert (everything.total, pending.total) == (2, 1)
    assert pending.templates[0].template_id == made.template_id
    assert sample == {"ma_ho_so": "HS-001"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_ratings_come_back(simulator, method):
    async def play(stage):
        template_id = "388" + stage.template_id[3:]
        await stage.put_template(template_id, template_type=5)
        sent = await stage.client.send_template_to_user(
            stage.token, stage.user_id, ZbsTemplate(template_id, DATA)
        )
        await stage.act("rate", message_id=sent.message_id, stars=4, feedbacks=["Nhanh chóng"], note="Tốt")
        now = datetime.fromtimestamp((await stage.ask("GET", "/clock"))["now_ms"] / 1000, UTC)
        span = (now - timedelta(hours=1), now + timedelta(hours=1))
        client = ZaloClient(stage.hosts, stage.session, dialect=Dialect(report_method=method))
        page = await client.ratings(stage.token, template_id, *span)
        return sent, page

    sent, page = on_stage(simulator, play)

    (rating,) = page.ratings
    assert (rating.message_id, rating.stars, rating.note) == (sent.message_id, 4, "Tốt")
    assert (rating.answers, page.total) == (("Nhanh chóng",), 1)


def test_the_oa_and_its_numbers(simulator):
    async def play(stage):
        client, token = stage.client, stage.token
        return (
            stage,
            await client.oa_info(token),
            await client.template_quota(token),
            await client.quality(token),
            await client.template_tags(token),
            await client.user_quota(token, stage.user_id),
            await client.owner_quota(token),
        )

    stage, info, quota, quality, tags, user_quota, packages = on_stage(simulator, play)

    assert (info.oa_id, info.name, info.is_verified) == (stage.oa_id, "Tỉnh thử nghiệm", True)
    assert info.followers == 1 and info.zbs_account
    assert quota.daily >= quota.daily_left > 0
    assert quality.current == "HIGH" and "TRANSACTION" in tags
    assert user_quota.replies_left > 0 and user_quota.last_interaction_at is not None
    assert packages[0].product_type == "cs" and packages[0].left > 0


def test_users_and_their_tags(simulator):
    async def play(stage):
        client, token = stage.client, stage.token
        before = await client.user_detail(token, stage.user_id)
        await stage.act("share-info")
        await client.tag_user(token, stage.user_id, "đã hẹn")
        await client.update_user(token, stage.user_id, name="Bác A")
        after = await client.user_detail(token, stage.user_id)
        tags = await client.tags(token)
        found = [one async for one in client.user_list(token, tag="đã hẹn", is_follower=True)]
        await client.untag_user(token, stage.user_id, "đã hẹn")
        left = [one async for one in client.user_list(token, tag="đã hẹn")]
        everybody = [one async for one in client.user_list(token)]
        return stage, before, after, tags, found, left, everybody

    stage, before, after, tags, found, left, everybody = on_stage(simulator, play)

    assert (before.shared.phone, after.shared.phone) == (None, stage.phone)
    assert before.user_id == stage.user_id and before.is_follower and before.last_interaction_on is not None
    assert (after.tags, after.alias, tags) == (("đã hẹn",), "Bác A", ["đã hẹn"])
    assert (found, left, everybody) == ([stage.user_id], [], [stage.user_id])


def test_a_deleted_tag_is_gone(simulator):
    async def play(stage):
        await stage.client.tag_user(stage.token, stage.user_id, "tạm")
        await stage.client.delete_tag(stage.token, "tạm")
        return await stage.client.tags(stage.token)

    assert on_stage(simulator, play) == []


def test_the_conversation_lists_both_sides_newest_first(simulator):
    async def play(stage):
        await stage.act("text", text="Hồ sơ của tôi?")
        sent = await stage.client.send_consultation(stage.token, stage.user_id, TextMessage("Đang xử lý"))
        await stage.client.react(
            stage.token, stage.user_id, (await stage.shown())[0]["message_id"], "/-heart"
        )
        items = await stage.client.conversation(stage.token, stage.user_id)
        return stage, sent, items, await stage.client.recent_chats(stage.token)

    stage, sent, items, recent = on_stage(simulator, play)

    assert [(item.from_oa, item.text, item.type) for item in items] == [
        (True, "Đang xử lý", "text"),
        (False, "Hồ sơ của tôi?", "text"),
    ]
    assert items[0].message_id == sent.message_id
    assert abs(items[0].sent_at - sent.sent_at) < timedelta(seconds=1)
    assert [(item.user_id, item.message_id) for item in recent] == [(stage.user_id, sent.message_id)]


ARTICLE = Article("Chính sách mới", "Sở Nội vụ", "https://mc.vn/a.png", "Tóm tắt", (Paragraph("Nội dung"),))


def test_an_article_is_made_verified_broadcast_and_removed(simulator):
    async def play(stage):
        client, token = stage.client, stage.token
        made = await client.article_create(token, ARTICLE)
        with pytest.raises(StillProcessing):
            await client.article_verify(token, made)
        await stage.ask("POST", "/clock", {"advance_s": 5})
        article_id = await client.article_verify(token, made)
        await client.article_update(token, article_id, ARTICLE)
        await stage.ask("POST", "/clock", {"advance_s": 5})
        listed = await client.article_list(token)
        detail = await client.article_detail(token, article_id)
        broadcast = await client.broadcast(token, article_id)
        await client.article_remove(token, article_id)
        return article_id, listed, detail, broadcast, await client.article_list(token)

    article_id, listed, detail, broadcast, left = on_stage(simulator, play)

    assert [one.article_id for one in listed.articles] == [article_id] and listed.total == 1
    assert detail["title"] == "Chính sách mới" and broadcast
    assert left.total == 0


def test_a_picture_for_a_template_has_a_media_id(simulator):
    async def play(stage):
        return await stage.client.upload_template_image(stage.token, PNG, "logo.png")

    assert on_stage(simulator, play)


def test_an_upload_older_than_a_week_has_to_be_made_again(simulator):
    async def play(stage):
        image = await stage.client.upload_image(stage.token, PNG)
        await stage.ask("POST", "/clock", {"advance_s": 8 * 86_400})
        await stage.grant()
        await stage.act("text", text="Chào")
        with pytest.raises(AttachmentExpired):
            await stage.client.send_consultation(stage.token, stage.user_id, ImageMessage(image))

    on_stage(simulator, play)


def test_after_a_week_of_silence_only_templates_pass(simulator):
    async def play(stage):
        await stage.ask("POST", "/clock", {"advance_s": 7 * 86_400 + 60})
        await stage.grant()
        with pytest.raises(RecipientUnreachable):
            await stage.client.send_consultation(stage.token, stage.user_id, TextMessage("Chào"))
        return await stage.client.send_template_to_user(stage.token, stage.user_id, stage.template())

    assert on_stage(simulator, play).message_id


@pytest.mark.parametrize("how", ["expire", "remove"])
def test_a_dead_token_asks_for_a_refresh_on_both_hosts(simulator, how):
    async def play(stage):
        await stage.ask("POST", f"/tokens/{how}", {"app_id": stage.app_id, "oa_id": stage.oa_id})
        with pytest.raises(ZaloTokenInvalid):
            await stage.client.oa_info(stage.token)
        with pytest.raises(ZaloTokenInvalid):
            await stage.client.template_quota(stage.token)

    on_stage(simulator, play)


def test_a_revoked_grant_asks_for_consent_on_both_hosts(simulator):
    async def play(stage):
        await stage.ask("DELETE", "/grants", {"app_id": stage.app_id, "oa_id": stage.oa_id})
        with pytest.raises(ZaloNeedsConsent):
            await stage.client.oa_info(stage.token)
        with pytest.raises(ZaloNeedsConsent):
            await stage.client.template_quota(stage.token)

    on_stage(simulator, play)


def test_an_app_that_demands_proof(simulator):
    async def play(stage):
        await stage.ask("POST", "/apps", {"app_id": stage.app_id, "requires_proof": True})
        with pytest.raises(NotEntitled):
            await stage.client.oa_info(stage.token)
        return await stage.client.proving(stage.app_secret).oa_info(stage.token)

    assert on_stage(simulator, play).name == "Tỉnh thử nghiệm"
