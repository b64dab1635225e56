"""What an extra service's chat shows, from its declaration: the list, a question back, the cards of an answer."""

from motcua.citizens.models import Citizen
from motcua.messaging.wording import texts
from motcua.services import exemplifying, switching
from motcua.services.asking import Asked
from motcua.services.contract import Card, Field, Option, Reply, Service
from motcua.services.wording import name_of, shared_sources, source_words
from motcua.tenancy import current
from motcua.zalo.errors import ZaloRejected
from motcua.zalo.messages import OpenUrl, TextMessage

from . import service_dialogue
from .saying import command, say, send
from .service_dialogue import Talk

ON_A_SCREEN = 4  # buttons beside the one that leads on
MOST_CARDS, MOST_CHOICES, MOST_LINKS = 8, 12, 2
AGAIN, DETAILS = ("Hỏi tiếp", "Ask again"), ("Xem chi tiết", "Details")


def show_list(citizen: Citizen, key: str, page: int) -> None:
    services = switching.all_on()
    start = ON_A_SCREEN * max(page - 1, 0)
    start = start if start < len(services) else 0
    shown, english = services[start : start + ON_A_SCREEN], citizen.language == "en"
    rows = [
        {
            "name": name_of(one, citizen.language),
            "summary": (one.summary_en if english else "") or one.summary,
            "example": exemplifying.line_of(one),
        }
        for one in shown
    ]
    buttons = [command(citizen, "service", one.code, name_of(one, citizen.language)) for one in shown]
    if start + ON_A_SCREEN < len(services):
        title = ("Xem tiếp", "Next page")[english]
        buttons.append(command(citizen, "services", str(page + 1), title))
    else:
        buttons.append(command(citizen, "menu"))
    say(citizen, key, "service_list", {"services": rows}, tuple(buttons))


def ask_back(citizen: Citizen, key: str, service: Service, field: Field, reason: str = "") -> None:
    """Ask for one field of the form; with `reason` because what was said does not fit."""
    english = citizen.language == "en"
    labels = [label_of(option, english) for option in field.options]
    words = {
        "service": name_of(service, citizen.language),
        "label": (field.label_en if english else "") or field.label,
        "help": (field.help_en if english else "") or field.help,
        "example": next(one.example for one in exemplifying.form_of(service) if one.name == field.name),
        "options": labels,
        "personal": field.personal,
        "reason": reason,
    }
    buttons = [
        command(citizen, "service_value", str(at), label) for at, label in enumerate(labels[:ON_A_SCREEN], 1)
    ]
    buttons.append(command(citizen, "service_cancel"))
    say(citizen, key, "service_refused" if reason else "service_ask", words, tuple(buttons))


def label_of(option: Option, english: bool) -> str:
    return (option.label_en if english else "") or option.label


def show_answer(citizen: Citizen, key: str, asked: Asked, reply: Reply) -> None:
    """The answer; when it offers choices they are kept, unless the citizen is in the midst of something else."""
    service, english = asked.service, citizen.language == "en"
    choices = list(reply.choices[:MOST_CHOICES]) if reply.kind == "choices" else []
    if choices and not citizen.dialogue:
        service_dialogue.keep(citizen, Talk(service, choices=choices))
    else:
        choices = []
    buttons: list = [
        command(citizen, "service_choice", str(at), one.label)
        for at, one in enumerate(choices[:ON_A_SCREEN], 1)
    ]
    if not buttons:
        buttons = [*_links(reply.cards, english), command(citizen, "service", service.code, AGAIN[english])]
    buttons.append(command(citizen, "service_cancel" if choices else "menu"))
    text = _fitting(citizen, asked, reply, [one.label for one in choices])
    send(citizen, key, "service_answer", TextMessage(text, buttons=tuple(buttons)))


def _fitting(citizen: Citizen, asked: Asked, reply: Reply, choices: list[str]) -> str:
    """The words of an answer with as many of its cards as one message holds."""
    service, english = asked.service, citizen.language == "en"
    body = texts.bodies_of("service_answer")[citizen.language]
    shared = shared_sources(reply, asked.sources)
    words = {
        "service": name_of(service, citizen.language),
        "province": current.province_name(),
        "text": reply.text,
        "choices": choices,
        "sources": [source_words(one, english) for one in shared],
        "disclaimer": (service.disclaimer_en if english else "") or service.disclaimer,
        "page_url": "" if any(one.personal for one in service.form) else page_url(service),
    }
    if reply.kind == "none" and not reply.cards:
        words["disclaimer"] = ""
    for count in range(min(len(reply.cards), MOST_CARDS), -1, -1):
        cards = [_card_words(card, not shared, english) for card in reply.cards[:count]]
        text = texts.fill("service_answer", body, words | {"cards": cards, "more": len(reply.cards) - count})
        if len(text) < texts.MAX_CHARACTERS:
            break
    return text


def page_url(service: Service) -> str:
    return current.public_url(f"/tra-cuu/{service.code}")


def _card_words(card: Card, with_source: bool, english: bool) -> dict:
    return {
        "title": card.title,
        "facts": [{"label": label, "value": value} for label, value in card.facts],
        "note": card.note,
        "source": source_words(card.source, english) if with_source and card.source else "",
    }


def _links(cards: tuple[Card, ...], english: bool) -> list[OpenUrl]:
    links = {}
    for card in cards:
        if card.link and card.link not in links and len(links) < MOST_LINKS:
            try:
                links[card.link] = OpenUrl((card.link_title or DETAILS[english])[:100], card.link)
            except ZaloRejected:
                continue  # an address that Zalo would refuse: the answer goes without it
    return list(links.values())
