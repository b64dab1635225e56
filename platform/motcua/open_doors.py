"""What opens without a permission: a view that is named neither here nor by `requires` is refused."""

from motcua.accounts import signing_in, support_pages

# Endpoints without a permission. The first set has no tenant either; keep both short.
TENANTLESS = frozenset(
    {
        "health.healthz",
        "health.readyz",
        "health.metrics",
        "zalo_webhook.receive",
        "zalo_webhook.answer_probe",
        "zalo_consent.back_from_zalo",
        "front.home",
        "front.zalo_verifier",
        "api-docs.openapi_json",
        "static",
        "assets.show",
        "shell.prefer",
    }
)
PUBLIC = frozenset(
    {
        "tracking.show",
        "tracking.prove",
        "visits.offer",
        "visits.book",
        "visits.show",
        "visits.change",
        "visits.calendar",
        "survey_page.show",
        "satisfaction.show",
        "feedback.listed",
        "feedback.show",
        "feedback.public_photo",
        "feedback.form",
        "feedback.send",
        "feedback.mine",
        "feedback.change",
        "feedback.own_photo",
        "announcements.listed",
        "announcements.show",
        "tracking.look_up",
        "tracking.ask",
        "tracking.open_result",
        "results.show",
        "results.open_file",
        "data_copies.show",
        "lookups.index",
        "lookups.show",
        "lookups.later",
        "privacy_page.read",
        "portal.search",
        "portal.fields",
        "portal.procedure",
        "portal.offices_listed",
        "portal.office",
        "portal.how_to_follow",
        "portal.official_channel",
    }
    | signing_in.public("console")
    | signing_in.public("vendor_door")
    | support_pages.PUBLIC
)
