"""Videos of articles: from the upload to the article that shows them."""

import pytest

from motcua.zalo.article_content import Article, Paragraph, Picture, Video, VideoArticle
from motcua.zalo.errors import StillProcessing, ZaloRejected
from tests.zalo.simulated import on_stage

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(200)
AVI = b"RIFF\x00\x00\x00\x00AVI " + bytes(200)
COVER = "https://mc.vn/a.png"


async def a_video(stage, content: bytes = MP4, filename: str = "hướng dẫn.mp4") -> str:
    token = await stage.client.article_video_upload(stage.token, content, filename)
    await stage.later(60)
    return await stage.client.article_video_verify(stage.token, token)


async def an_article(stage, article: Article | VideoArticle) -> str:
    token = await stage.client.article_create(stage.token, article)
    await stage.later(5)
    return await stage.client.article_verify(stage.token, token)


@pytest.mark.parametrize(
    ("content", "filename"), [(MP4, "a.mp4"), (AVI, "a.avi"), (MP4, "phim"), (AVI, "phim")]
)
def test_a_video_takes_its_time(simulator, content, filename):
    async def play(stage):
        token = await stage.client.article_video_upload(stage.token, content, filename)
        with pytest.raises(StillProcessing) as waiting:
            await stage.client.article_video_verify(stage.token, token)
        await stage.later(60)
        return waiting.value, await stage.client.article_video_verify(stage.token, token)

    waiting, video_id = on_stage(simulator, play)

    assert waiting.retry.name == "LATER"
    assert video_id


def test_a_video_article_is_made_changed_listed_and_broadcast(simulator):
    async def play(stage):
        client, token = stage.client, stage.token
        article = VideoArticle("Cách nộp hồ sơ", "Xem trong hai phút", await a_video(stage), COVER)
        article_id = await an_article(stage, article)
        changed = VideoArticle("Cách nộp hồ sơ mới", "Ba phút", article.video_id, COVER, comment="hide")
        await client.article_update(stage.token, article_id, changed)
        await stage.later(5)
        token = stage.token
        listed = await client.article_list(token, kind="video")
        others = await client.article_list(token)
        await client.broadcast(token, article_id)
        return (
            article,
            article_id,
            listed,
            others,
            await client.article_detail(token, article_id),
            (await stage.shown()),
        )

    article, article_id, listed, others, detail, shown = on_stage(simulator, play)

    assert [(one.article_id, one.title) for one in listed.articles] == [(article_id, "Cách nộp hồ sơ mới")]
    assert others.total == 0
    assert (detail["video_id"], detail["type"], detail["comment"]) == (article.video_id, "video", "hide")
    assert shown[-1]["elements"][0]["title"] == "Cách nộp hồ sơ mới"


@pytest.mark.parametrize("cover", ["video", "none"])
def test_an_article_with_a_video_inside(simulator, cover):
    async def play(stage):
        video_id = await a_video(stage)
        article = Article(
            "Chính sách mới",
            "Sở Nội vụ",
            None,
            "Tóm tắt",
            (Paragraph("Nội dung"), Picture(COVER, "Ảnh"), Video(video_id, COVER)),
            cover_video_id=video_id if cover == "video" else None,
            tracking_link="https://mc.vn/xem",
        )
        article_id = await an_article(stage, article)
        await stage.client.broadcast(stage.token, article_id)
        return article.to_wire(), await stage.client.article_detail(stage.token, article_id)

    wire, detail = on_stage(simulator, play)

    assert {name: detail[name] for name in wire} == wire


def test_what_is_refused_of_videos(simulator):
    async def play(stage):
        client, token = stage.client, stage.token
        refused = []
        for call in (
            client.article_video_verify(token, "404"),
            client.article_create(token, VideoArticle("Tiêu đề", "Mô tả", "404", COVER)),
            client.article_detail(token, "404"),
            client.article_remove(token, "404"),
        ):
            with pytest.raises(ZaloRejected) as error:
                await call
            refused.append((type(error.value), error.value.zalo_code))
        return refused

    assert on_stage(simulator, play) == [(ZaloRejected, -201)] * 4
