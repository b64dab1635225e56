"""From JSON to typed events: templates, quotas, tags, groups, calls and the web widget."""

from .reading import as_id, as_int, as_list, as_mapping, as_text, as_time
from .webhook_chat import LONGEST_LIST
from .webhook_events import (
    CallEvent,
    ConsentReply,
    Event,
    Feedback,
    GroupEvent,
    JourneyEvent,
    QuotaChanged,
    ResponseButton,
    Tagged,
    TemplateChanged,
    WidgetEvent,
)


def feedback(body: dict, common: dict) -> Event:
    message = as_mapping(body.get("message"))
    rate = as_int(message.get("rate"))
    chips = map(as_text, as_list(message.get("feedbacks"))[:LONGEST_LIST])
    return Feedback(
        **common,
        msg_id=as_id(message.get("msg_id")) or as_id(body.get("msg_id")),
        rate=rate if rate is not None and 1 <= rate <= 5 else None,
        note=as_text(message.get("note")) or "",
        feedbacks=tuple(chip for chip in chips if chip),
        submitted_at=as_time(message.get("submit_time")),
        tracking_id=as_text(message.get("tracking_id")) or None,
    )


def response_button(body: dict, common: dict) -> Event:
    message = as_mapping(body.get("message"))
    return ResponseButton(
        **common,
        msg_id=as_id(body.get("msg_id")) or as_id(message.get("msg_id")),
        label=as_text(message.get("data")) or "",
        submitted_at=as_time(message.get("submit_time")),
        tracking_id=as_text(message.get("tracking_id")) or None,
    )


def template_changed(aspect: str, body: dict, common: dict) -> Event:
    # Only the status event's inner names are certain; the others differ in what follows prev_ and new_.
    pair = as_mapping(body.get(aspect)) or body
    return TemplateChanged(
        **common,
        aspect=aspect,
        template_id=as_id(body.get("template_id")),
        previous=_starting(pair, "prev"),
        new=_starting(pair, "new"),
        reason=as_text(body.get("reason")) or None,
    )


def _starting(pair: dict, start: str) -> str | None:
    """The first value whose name starts so, as text; a list as its parts joined by commas."""
    for name, value in pair.items():
        if name.startswith(start):
            parts = map(as_text, value[:LONGEST_LIST]) if isinstance(value, list) else [as_text(value)]
            return ",".join(part for part in parts if part) or None
    return None


def quota_changed(body: dict, common: dict) -> Event:
    pair = as_mapping(body.get("quota"))
    return QuotaChanged(
        **common, previous=as_int(_starting(pair, "prev")), new=as_int(_starting(pair, "new"))
    )


def tagged(action: str, body: dict, common: dict) -> Event:
    tag = as_mapping(body.get("tag"))
    return Tagged(**common, action=action, tag=as_text(tag.get("name")), user_ids=_ids(tag.get("user_ids")))


def group(body: dict, common: dict) -> Event:
    name = common["event_name"]
    message = as_mapping(body.get("message"))
    kind = name.partition("_send_group_")[2] or None
    if name.startswith("oa_send_group_"):
        common |= {"user_id": None}  # the recipient is the group
    recipient = as_mapping(body.get("recipient"))
    group_id = as_id(body.get("group_id")) or as_id(recipient.get("group_id"))
    if kind and group_id is None:
        group_id = as_id(recipient.get("id"))
    members = [as_mapping(one).get("id") for one in as_list(body.get("users"))[:LONGEST_LIST]]
    return GroupEvent(
        **common,
        action=name,
        group_id=group_id,
        user_ids=_ids(members),
        kind=kind,
        text=as_text(message.get("text")) or "",
        msg_id=as_id(message.get("msg_id")),
    )


def _ids(values) -> tuple[str, ...]:
    return tuple(one for one in map(as_id, as_list(values)[:LONGEST_LIST]) if one)


def consent_reply(body: dict, common: dict) -> Event:
    places = (body, as_mapping(body.get("data")), as_mapping(body.get("message")))
    names = ("user_consent", "consent", "status", "answer", "reply")
    found = (as_text(place.get(name)) for place in places for name in names)
    answer = next((text for text in found if text), None)
    return ConsentReply(**common, answer=answer, phone=as_id(body.get("phone")))


def call(body: dict, common: dict) -> Event:
    return CallEvent(**common, action=common["event_name"], phone=as_id(body.get("phone")))


def widget(body: dict, common: dict) -> Event:
    data = as_mapping(body.get("data"))
    common |= {"user_id": common["user_id"] or as_id(data.get("user_id"))}
    external_id = as_id(data.get("user_external_id"))
    return WidgetEvent(
        **common, action=common["event_name"], external_id=external_id, url=as_text(data.get("url"))
    )


def journey(action: str, body: dict, common: dict) -> Event:
    # Only the names of these events are certain, so their parts are looked for where others have them.
    places = (body, as_mapping(body.get("message")), as_mapping(body.get("data")))

    def part(name: str) -> str | None:
        return next(filter(None, (as_id(place.get(name)) for place in places)), None)

    return JourneyEvent(
        **common,
        action=action,
        journey_id=part("journey_id"),
        msg_id=part("msg_id"),
        tracking_id=part("tracking_id"),
    )
