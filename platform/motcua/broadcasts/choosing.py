"""What an audience may be chosen from, and the form in which it is chosen."""

from collections.abc import Iterable

from werkzeug.datastructures import MultiDict

from motcua.catalogue import listing
from motcua.catalogue.models import Agency, NationalProcedure, TenantProcedure
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.zalo.audience import AGES

from . import audience
from .audience import Audience
from .models import Broadcast

LANGUAGES = {"": "Mọi ngôn ngữ", "vi": "Người dùng tiếng Việt", "en": "Người dùng tiếng Anh"}


def communes() -> list[Agency]:
    """The committees of communes, with the older units that went into each; by name."""
    return [one for one in listing.agencies() if one.level == "commune"]


def procedure_fields() -> list[str]:
    return listing.fields_in_use()


def read(form: MultiDict, one: Broadcast) -> Audience:
    """Raises Invalid for what is not on offer."""
    chosen = Audience(
        source=form.get("source", "conditions"),
        topic=form.get("topic") or None,
        communes=tuple(sorted(set(form.getlist("communes")))),
        fields=tuple(sorted(set(form.getlist("fields")))),
        last_contact=form.get("last_contact", "any"),
        language=form.get("language") or None,
        followers_only=form.get("followers_only") == "1",
        ages=tuple(sorted({int(age) for age in form.getlist("ages") if age.isdecimal() and len(age) < 3})),
    )
    known = (
        ((chosen.source,), audience.SOURCES),
        ((chosen.topic,), (None, *audience.topics())),
        (chosen.communes, {agency.code for agency in communes()} if chosen.communes else ()),
        (chosen.fields, procedure_fields() if chosen.fields else ()),
        ((chosen.last_contact,), audience.LAST_CONTACT),
        ((chosen.language,), (None, "vi", "en")),
        (chosen.ages, AGES),
    )
    if any(value not in offered for values, offered in known for value in values):
        raise Invalid("Có lựa chọn không còn trong danh sách. Xin tải lại trang rồi chọn lại.")
    if one.channel == "article":
        return Audience(ages=chosen.ages)
    return with_codes(chosen)


def with_codes(chosen: Audience) -> Audience:
    """The same audience, its fields spelled out as the procedures they hold now."""
    return Audience(**(vars(chosen) | {"ages": (), "codes": tuple(sorted(_codes_of(chosen.fields)))}))


def _codes_of(names: Iterable[str]) -> list[str]:
    if not names:
        return []
    field = db.func.coalesce(TenantProcedure.field, NationalProcedure.field)
    return list(
        db.session.scalars(
            db.select(TenantProcedure.code)
            .outerjoin(NationalProcedure, NationalProcedure.code == TenantProcedure.code)
            .where(field.in_(list(names)))
        )
    )


def described(one: Broadcast) -> list[tuple[str, str]]:
    """(condition, value) in words, for the page that is approved."""
    chosen = Audience.of(one)
    if one.channel == "article":
        ages = ", ".join(AGES[age] for age in chosen.ages)
        return [("Người quan tâm OA", "Mọi người" if not ages else f"Tuổi {ages}, theo Zalo")]
    found = []
    if one.is_emergency:
        found.append(("Người quan tâm OA", "Mọi người, kể cả người đã nhắn DỪNG"))
    elif chosen.source == "conditions":
        found.append(("Loại thông báo đã bật", audience.topics().get(chosen.topic or "", "Chưa chọn")))
    if chosen.source == "list":
        found.append(("Danh sách tải lên", "Chỉ người quan tâm OA hoặc đã đồng ý nhận thông báo"))
    if chosen.communes:
        names = {agency.code: agency.name for agency in communes()}
        found.append(
            ("Có hồ sơ tại, hoặc nhận tin của", "; ".join(names.get(code, code) for code in chosen.communes))
        )
    if chosen.fields:
        found.append(("Có hồ sơ lĩnh vực", "; ".join(chosen.fields)))
    if chosen.last_contact != "any":
        found.append(("Nhắn với OA lần cuối", audience.LAST_CONTACT[chosen.last_contact]))
    if chosen.language:
        found.append(("Ngôn ngữ", LANGUAGES[chosen.language]))
    if chosen.followers_only and not one.is_emergency:
        found.append(("Quan tâm OA", "Chỉ người đang quan tâm"))
    return found
