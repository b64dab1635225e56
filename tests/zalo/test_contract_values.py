"""Where both halves judge the same thing: values of templates, and whom a broadcast reaches."""

import pytest

from motcua.zalo.article_content import Article, Paragraph
from motcua.zalo.audience import Audience
from motcua.zalo.errors import StillProcessing, ZaloRejected
from motcua.zalo.messages import ZbsTemplate
from motcua.zalo.zbs import LONGEST_BY_TYPE
from tests.zalo.simulated import on_stage

# By type of parameter: what both take, and what both turn away with -1124.
VALUES = {
    "2": (["1022", "19001000", "0912345678", "+84 912 345 678"], ["không có", "12"]),
    "11": (
        ["25/11/2026", "08:30 25/11/2026", "08:30:05 25/11/2026", "11/2026", "08:30", "08:30:05"],
        ["2026-11-25", "31/02/2026", "25:00", "mai"],
    ),
    "12": (["123456", "A1b2"], ["12 34", "12-34"]),
    "14": (["5000", "5.000", "1,250,000"], ["năm nghìn", "5000đ", "-5000"]),
    "DATE": (["25/11/2026"], ["25.11.2026"]),
    "NUMBER": (["12", "-3", "1.5"], ["mười hai"]),
    "CURRENCY": (["5000"], ["-5000"]),
    "PHONE": (["0912345678"], ["gọi"]),
}
LENGTHS = {kind: "1" * longest for kind, longest in LONGEST_BY_TYPE.items() if kind != "11"}
GOOD = [(kind, value) for kind, (good, _) in VALUES.items() for value in good] + list(LENGTHS.items())
WRONG = [(kind, value, -1124) for kind, (_, wrong) in VALUES.items() for value in wrong]
WRONG += [(kind, value + "1", -1121) for kind, value in LENGTHS.items()]


async def sent(stage, kind: str, value: str, *, checked: bool, **more) -> ZaloRejected | None:
    """What became of a template with one value of this kind: None, or why it was refused."""
    template = ZbsTemplate("355" + stage.template_id[3:], {"x": value})
    params = [{"name": "x", "type": kind} | more]
    layout = {"title": "Thông báo", "paragraphs": ["Nội dung: <x>"]}
    await stage.put_template(template.template_id, params=params, layout=layout)
    try:
        if checked:
            template.check((await stage.client.template_info(stage.token, template.template_id)).params)
        else:
            await stage.client.send_template_to_phone(stage.token, stage.phone, template, "t-1")
    except ZaloRejected as error:
        return error
    return None


@pytest.mark.parametrize(("kind", "value"), GOOD)
def test_a_value_that_passes_our_check_is_accepted(simulator, kind, value):
    async def play(stage):
        return [await sent(stage, kind, value, checked=checked) for checked in (True, False)]

    assert on_stage(simulator, play) == [None, None]


@pytest.mark.parametrize(("kind", "value", "code"), WRONG)
def test_a_value_that_is_refused_fails_our_check(simulator, kind, value, code):
    async def play(stage):
        return [await sent(stage, kind, value, checked=checked) for checked in (True, False)]

    ours, theirs = on_stage(simulator, play)

    assert (list(ours.details), theirs.zalo_code) == (["x"], code)


@pytest.mark.parametrize(
    ("given", "param", "passes"),
    [
        ({"x": ""}, {"require": True}, False),
        ({"x": ""}, {"require": False}, True),
        ({"x": ""}, {"require": True, "acceptNull": True}, True),
        ({"y": "1"}, {"require": True, "acceptNull": True}, False),
        ({"y": "1"}, {"require": False}, True),
        ({"x": "1"}, {"minLength": 2}, False),
        ({"x": "123"}, {"maxLength": 2}, False),
    ],
)
def test_what_may_be_empty_or_missing(simulator, given, param, passes):
    async def play(stage):
        template = ZbsTemplate("355" + stage.template_id[3:], given)
        params = [{"name": "x", "type": "4"} | param]
        await stage.put_template(template.template_id, params=params, layout={"paragraphs": ["Mã <x>"]})
        outcomes = []
        for try_it in (
            lambda: check(stage, template),
            lambda: stage.client.send_template_to_phone(stage.token, stage.phone, template, "t-1"),
        ):
            try:
                await try_it()
                outcomes.append(True)
            except ZaloRejected:
                outcomes.append(False)
        return outcomes

    assert on_stage(simulator, play) == [passes, passes]


async def check(stage, template: ZbsTemplate) -> None:
    template.check((await stage.client.template_info(stage.token, template.template_id)).params)


WOMAN_OF_HANOI = {"gender": "Nữ", "city": "Hà Nội", "birth_date": "1990-05-01", "platform": "ios"}


@pytest.mark.parametrize(
    ("audience", "reached"),
    [
        (Audience(), True),
        (Audience(gender=2), True),
        (Audience(gender=1), False),
        (Audience(cities=frozenset({9, 38})), True),
        (Audience(cities=frozenset({6})), False),
        (Audience(locations=frozenset({0}), platforms=frozenset({1})), True),
        (Audience(locations=frozenset({2})), False),
        (Audience(platforms=frozenset({2})), False),
        (Audience(ages=frozenset({4})), True),
        (Audience(ages=frozenset({0, 7})), False),
        (Audience(telcos=frozenset({1, 2, 3, 4})), True),
    ],
    ids=str,
)
def test_a_broadcast_reaches_whom_it_is_for(simulator, audience, reached):
    async def play(stage):
        citizen = {"citizen_id": stage.citizen, "name": "Nguyễn Thị B", "phone": stage.phone}
        await stage.ask("POST", "/citizens", citizen | WOMAN_OF_HANOI)
        article_id = await published(stage)
        assert await stage.client.broadcast(stage.token, article_id, audience)
        return await stage.shown()

    assert bool(on_stage(simulator, play)) is reached


async def published(stage, **more) -> str:
    article = Article("Tin", "Sở", "https://mc.vn/a.png", "Tóm tắt", (Paragraph("Nội dung"),), **more)
    token = await stage.client.article_create(stage.token, article)
    await stage.later(5)
    return await stage.client.article_verify(stage.token, token)


def test_only_a_published_article_is_broadcast(simulator):
    async def play(stage):
        client = stage.client
        hidden = await published(stage, status="hide")
        shown = await published(stage)
        article = Article("Tin", "Sở", "https://mc.vn/a.png", "Tóm tắt", (Paragraph("Nội dung"),))
        await client.article_update(stage.token, shown, article)
        with pytest.raises(StillProcessing) as changing:
            await client.broadcast(stage.token, shown)
        refused = []
        for article_id in (hidden, "404"):
            with pytest.raises(ZaloRejected) as error:
                await client.broadcast(stage.token, article_id)
            refused.append(error.value.zalo_code)
        return changing.value.zalo_code, refused, await stage.shown()

    assert on_stage(simulator, play) == (-214, [-201, -201], [])
