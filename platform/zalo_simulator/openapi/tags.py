from ..call import Call
from ..errors import ZaloError
from ..webhooks import events
from .buttons import read_text
from .consultation import find_chat

MAX_TAG = 100


def add(call: Call) -> dict:
    """POST /v2.0/oa/tag/tagfollower; the tag is created when first used."""
    fields = call.fields()
    chat, name = (
        find_chat(call, fields.get("user_id")),
        read_text(fields.get("tag_name"), "tag_name", MAX_TAG),
    )
    if name not in chat.tags:
        chat.tags.append(name)
        _tell(call, "add_user_to_tag", name, [chat.uid])
    return {}


def remove_user(call: Call) -> dict:
    """POST /v2.0/oa/tag/rmfollowerfromtag"""
    fields = call.fields()
    chat, name = (
        find_chat(call, fields.get("user_id")),
        read_text(fields.get("tag_name"), "tag_name", MAX_TAG),
    )
    if name not in chat.tags:
        raise ZaloError(-201, "tag_name is invalid")
    chat.tags.remove(name)
    _tell(call, "remove_user_from_tag", name, [chat.uid])
    return {}


def delete(call: Call) -> dict:
    """POST /v2.0/oa/tag/rmtag"""
    name = read_text(call.fields().get("tag_name"), "tag_name", MAX_TAG)
    tagged = [chat for chat in call.world.chats_of_account(call.oa.oa_id) if name in chat.tags]
    if not tagged:
        raise ZaloError(-201, "tag_name is invalid")
    for chat in tagged:
        chat.tags.remove(name)
    _tell(call, "remove_tag", name, None)
    return {}


def list_all(call: Call) -> list[str]:
    """GET /v2.0/oa/tag/gettagsofoa"""
    return sorted({name for chat in call.world.chats_of_account(call.oa.oa_id) for name in chat.tags})


def _tell(call: Call, event: str, name: str, uids: list[str] | None) -> None:
    call.world.touch()
    call.services.webhooks.emit(call.oa.oa_id, "", event, events.tag(call.oa.oa_id, name, uids))
