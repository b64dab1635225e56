"""What an OA notes about citizens: own fields and their values, the v3.0 update, erasure."""

from datetime import date

import pytest

from motcua.zalo import webhook_events as events
from motcua.zalo.client import ZaloClient
from motcua.zalo.dialect import Dialect
from motcua.zalo.errors import RecipientUnreachable, ZaloRejected
from motcua.zalo.user_fields import DATA_TYPES, DATETIME_FORMS, UserField
from tests.zalo.simulated import heard_events, on_stage

NOBODY = "7" * 19


def v3(stage) -> ZaloClient:
    dialect = Dialect(user_update_path="/v3.0/oa/user/update")
    return ZaloClient(stage.hosts, stage.session, dialect=dialect)


def test_fields_are_made_renamed_listed_and_deleted(simulator):
    made = [
        UserField(
            f"muc_{kind}", kind, f"Mục {kind}", datetime_form="dd/MM/yyyy" if kind == "datetime" else None
        )
        for kind in DATA_TYPES
    ]

    async def play(stage):
        client, token = stage.client, stage.token
        for field in made:
            await client.user_field_create(token, field)
        listed = await client.user_fields(token)
        await client.user_field_update(token, UserField("muc_text", "text", "Mục number"))
        await client.user_field_delete(token, "muc_url")
        left = await client.user_fields(token, "oa_custom")
        return listed, left, await client.user_fields(token, "system")

    listed, left, system = on_stage(simulator, play)

    assert listed == made
    assert [field.key for field in left] == [field.key for field in made if field.key != "muc_url"]
    assert {field.key: field.name for field in left}["muc_text"] == "Mục number"
    assert {field.key: field.name for field in left}["muc_number"] == "Mục number"
    assert {field.field_type for field in system} == {"system"} and "phone" in {field.key for field in system}


@pytest.mark.parametrize("form", DATETIME_FORMS)
def test_a_date_keeps_its_form(simulator, form):
    async def play(stage):
        await stage.client.user_field_create(
            stage.token, UserField("ngay", "datetime", "Ngày", datetime_form=form)
        )
        return await stage.client.user_fields(stage.token)

    assert on_stage(simulator, play)[0].datetime_form == form


@pytest.mark.parametrize(
    "do",
    [
        lambda c, t: c.user_field_create(t, UserField("so_nha", "text")),
        lambda c, t: c.user_field_update(t, UserField("so_nha", "number")),
        lambda c, t: c.user_field_update(t, UserField("khong_co", "text", "so_nha")),
        lambda c, t: c.user_field_delete(t, "khong_co"),
        lambda c, t: c.user_field_delete(t, "phone"),
    ],
    ids=["made twice", "another type", "nobody's", "nobody's deleted", "Zalo's own deleted"],
)
def test_a_field_that_is_refused(simulator, do):
    async def play(stage):
        await stage.client.user_field_create(stage.token, UserField("so_nha", "text"))
        with pytest.raises(ZaloRejected) as refused:
            await do(stage.client, stage.token)
        return refused.value, await stage.client.user_fields(stage.token)

    error, fields = on_stage(simulator, play)

    assert (type(error), error.zalo_code) == (ZaloRejected, -201)
    assert [(field.key, field.data_type, field.name) for field in fields] == [("so_nha", "text", "so_nha")]


def test_values_of_fields_come_back_as_text_and_tables(simulator):
    async def play(stage):
        client, token, user = stage.client, stage.token, stage.user_id
        for key, kind in (("so_nha", "text"), ("da_hen", "boolean"), ("don", "table"), ("trong", "text")):
            await client.user_field_create(token, UserField(key, kind))
        await client.custom_info_update(token, user, {"so_nha": "12B", "don": {"ma": "HS-1", "phi": "5000"}})
        await client.custom_info_update(token, user, {"da_hen": "true"})
        everything = await client.custom_info(token, user)
        some = await client.custom_info(token, user, ("so_nha", "don"))
        await client.user_field_delete(token, "so_nha")
        return everything, some, await client.custom_info(token, user)

    everything, some, left = on_stage(simulator, play)

    table = {"ma": "HS-1", "phi": "5000"}
    assert everything == {"so_nha": "12B", "da_hen": "true", "don": table, "trong": ""}
    assert some == {"so_nha": "12B", "don": table}
    assert left == {"da_hen": "true", "don": table, "trong": ""}


@pytest.mark.parametrize(
    ("do", "family", "code"),
    [
        (lambda s, u: s.client.custom_info(s.token, NOBODY), RecipientUnreachable, -213),
        (lambda s, u: s.client.custom_info_update(s.token, NOBODY, {"a": "1"}), RecipientUnreachable, -213),
        (lambda s, u: s.client.custom_info_update(s.token, u, {"khong_co": "1"}), ZaloRejected, -201),
        (lambda s, u: s.client.custom_info_update(s.token, u, {"a": {"b": "1"}}), ZaloRejected, -201),
        (lambda s, u: s.client.custom_info_update(s.token, u, {"bang": "1"}), ZaloRejected, -201),
    ],
    ids=["read of nobody", "change of nobody", "no such field", "a table for a text", "a text for a table"],
)
def test_values_that_are_refused(simulator, do, family, code):
    async def play(stage):
        await stage.client.user_field_create(stage.token, UserField("a", "text"))
        await stage.client.user_field_create(stage.token, UserField("bang", "table"))
        with pytest.raises(family) as refused:
            await do(stage, stage.user_id)
        return refused.value, await stage.client.custom_info(stage.token, stage.user_id)

    error, values = on_stage(simulator, play)

    assert (type(error), error.zalo_code, values) == (family, code, {"a": "", "bang": ""})


def test_the_v3_update_notes_alias_birthday_and_our_own_id(simulator):
    async def play(stage):
        await v3(stage).update_user(
            stage.token,
            stage.user_id,
            name="Nguyễn Văn An",
            phone="0912345678",
            address="12 Lê Lợi",
            birth_date=date(1999, 12, 31),
            alias="Bác An",
            external_id="CD-1",
        )
        detail = await stage.client.user_detail(stage.token, stage.user_id)
        only_alias = await v3(stage).update_user(stage.token, stage.user_id, alias="Anh An")
        return detail, only_alias, await stage.client.user_detail(stage.token, stage.user_id)

    detail, _, later = on_stage(simulator, play)

    shared = detail.shared
    assert (shared.name, shared.phone, shared.address) == ("Nguyễn Văn An", "84912345678", "12 Lê Lợi")
    assert (shared.birth_date, detail.alias) == ("31/12/1999", "Bác An")
    assert (later.alias, later.shared) == ("Anh An", shared)


def test_an_update_and_an_erasure_of_nobody(simulator):
    async def play(stage):
        for call in (
            stage.client.update_user(stage.token, NOBODY, name="A"),
            v3(stage).update_user(stage.token, NOBODY, name="A"),
            stage.client.forget_user(stage.token, NOBODY),
        ):
            with pytest.raises(RecipientUnreachable) as refused:
                await call
            assert refused.value.zalo_code == -213

    on_stage(simulator, play)


@pytest.mark.parametrize("version", ["v2.0", "v3.0"])
def test_an_update_is_told_by_webhook(simulator, version):
    async def play(stage):
        client = v3(stage) if version == "v3.0" else stage.client
        async with stage.listening():
            await client.update_user(stage.token, stage.user_id, name="Bác An")
            return stage, await heard_events(stage, 1)

    stage, (event,) = on_stage(simulator, play)

    assert isinstance(event, events.ProfileUpdated)
    assert (event.oa_candidates, event.user_for(stage.oa_id)) == ((stage.oa_id,), stage.user_id)


def test_after_an_erasure_the_oa_knows_the_citizen_as_a_stranger(simulator):
    async def play(stage):
        client, token, user = stage.client, stage.token, stage.user_id
        await stage.act("share-info")
        await client.tag_user(token, user, "đã hẹn")
        await v3(stage).update_user(token, user, alias="Bác A")
        await client.user_field_create(token, UserField("so_nha", "text"))
        await client.custom_info_update(token, user, {"so_nha": "12"})
        await client.forget_user(token, user)
        return await client.user_detail(token, user), await client.custom_info(token, user)

    detail, values = on_stage(simulator, play)

    assert set(vars(detail.shared).values()) == {None}
    assert (detail.tags, detail.notes, values) == ((), (), {"so_nha": ""})
    assert (detail.alias, detail.is_follower) == (detail.display_name, True)
