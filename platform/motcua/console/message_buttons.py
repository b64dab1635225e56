"""The buttons that stand under a text, for its preview: made by the code that makes the real ones."""

from motcua.appointments import telling
from motcua.appointments.reminding import BUTTONS
from motcua.conversation.saying import TITLES
from motcua.dossiers import news_buttons
from motcua.dossiers.models import Dossier, Follow
from motcua.dossiers.record_models import DossierSupplement
from motcua.dossiers.records import Made
from motcua.messaging import events
from motcua.surveys.wording import LEVELS

USUAL = ("menu", "my_dossiers")


def titles(event: str, language: str) -> list[str]:
    english = language == "en"
    if event.startswith("dossier_") or event in ("request_answered", "request_refused"):
        return [one.title for one in _of_news(event, language)]
    if event in BUTTONS:
        return [telling.title(name, language) for name in BUTTONS[event]]
    if event in ("survey_ask", "survey_reminder"):
        return [title[english] for title in LEVELS.values()]
    if event in events.BY_NAME:
        return []
    return [TITLES[name][english] for name in USUAL]


def _of_news(event: str, language: str):
    dossier = Dossier(code="000.00.01.H11-241126-0007", token="K7Q2M9XD4F3A")  # noqa: S106 - an example
    made = Made(supplement=DossierSupplement(contact_phone="0252 3822 222"))
    return news_buttons.under(event, dossier, made, Follow(proof="phone"), language)
