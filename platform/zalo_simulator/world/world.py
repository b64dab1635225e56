import asyncio
from collections import deque

from . import ids
from .chats import CHAT_LIMIT, Chat
from .clock import VirtualClock
from .phones import hash_phone
from .records import (
    App,
    Asset,
    CallConsent,
    Citizen,
    Journey,
    Message,
    OfficialAccount,
    Rating,
    RsaKey,
    Template,
)
from .rooms import Group, GroupAsset, Visitor
from .settings import Settings
from .stats import Stats
from .tallies import Tallies
from .tokens import TokenStore

MESSAGE_LIMIT = 300_000
ASSET_LIMIT_BYTES = 200_000_000


class World:
    """Everything the simulator remembers. Rules live elsewhere; this only finds and keeps."""

    def __init__(self):
        self.clock = VirtualClock()
        self.closing = asyncio.Event()
        self.version = 0
        self.clear()

    def clear(self) -> None:
        """Back to an empty world on the real clock; running services keep their reference to it."""
        self.clock.run_at(1.0)
        self.clock.set(VirtualClock().now_ms())
        self.settings = Settings()
        self.tokens = TokenStore(self.clock, self.settings)
        self.stats = Stats()
        self.apps: dict[str, App] = {}
        self.accounts: dict[str, OfficialAccount] = {}
        self.citizens: dict[str, Citizen] = {}
        self.templates: dict[str, Template] = {}
        self.ratings: list[Rating] = []
        self.assets: dict[str, Asset] = {}
        self.articles: dict[str, dict] = {}
        self.user_fields: dict[str, list] = {}
        self.tallies = Tallies()
        self.groups: dict[str, Group] = {}
        self.group_assets: dict[str, GroupAsset] = {}
        self.visitors: dict[str, Visitor] = {}
        self.journeys: dict[str, Journey] = {}
        self.consents: dict[str, CallConsent] = {}
        self.rsa_keys: dict[tuple[str, str], RsaKey] = {}
        self.orders: dict[str, dict] = {}
        self.videos: dict[str, dict] = {}
        self.responses: list[dict] = []  # quick replies to ZBS messages
        self.user_tokens: dict[str, dict] = {}
        self.user_refresh_tokens: dict[str, dict] = {}
        self.user_codes: dict[str, dict] = {}
        self.chats: dict[tuple[str, str], Chat] = {}
        self._by_uid: dict[tuple[str, str], Chat] = {}
        self._by_account: dict[str, list[Chat]] = {}
        self._by_citizen: dict[str, list[Chat]] = {}
        self._by_phone: dict[str, Citizen] = {}
        self._by_hash: dict[str, Citizen] = {}
        self._messages: dict[str, tuple[Chat, Message]] = {}
        self._order: deque[tuple[Chat, Message]] = deque()
        self.touch()

    def touch(self) -> None:
        self.version += 1

    # people -----------------------------------------------------------------------------------

    def put_citizen(self, citizen: Citizen) -> None:
        old = self.citizens.get(citizen.citizen_id)
        if old is not None:
            self._by_phone.pop(old.phone, None)
            self._by_hash.pop(hash_phone(old.phone), None)
        self.citizens[citizen.citizen_id] = citizen
        self._by_phone[citizen.phone] = citizen
        self._by_hash[hash_phone(citizen.phone)] = citizen
        self.touch()

    def citizen_by_phone(self, phone: str) -> Citizen | None:
        """Whoever has the number; a stranger's number becomes a citizen unless settings say otherwise."""
        citizen = self._by_phone.get(phone)
        if citizen is None and self.settings.unknown_phone == "adopt":
            citizen = Citizen(citizen_id=phone, name=f"Thuê bao {phone[-4:]}", phone=phone)
            self.put_citizen(citizen)
        return citizen

    def citizen_by_hash(self, digest: str) -> Citizen | None:
        return self._by_hash.get(digest)

    def phone_owner(self, phone: str) -> Citizen | None:
        return self._by_phone.get(phone)

    def citizen_by_uid(self, oa_id: str, uid: str) -> Citizen | None:
        chat = self._by_uid.get((oa_id, uid))
        return self.citizens[chat.citizen_id] if chat else None

    # chats ------------------------------------------------------------------------------------

    def chat_between(self, oa_id: str, citizen_id: str) -> Chat:
        """The chat, made on first use; making it gives the citizen a user id but no relation yet."""
        chat = self.chats.get((oa_id, citizen_id))
        if chat is None:
            chat = Chat(oa_id, citizen_id, ids.uid_for(oa_id, citizen_id))
            self._index(chat)
            self.touch()
        return chat

    def chat_by_uid(self, oa_id: str, uid: str) -> Chat | None:
        return self._by_uid.get((oa_id, uid))

    def chats_of_account(self, oa_id: str) -> list[Chat]:
        return self._by_account.get(oa_id, [])

    def chats_of_citizen(self, citizen_id: str) -> list[Chat]:
        return self._by_citizen.get(citizen_id, [])

    def _index(self, chat: Chat) -> None:
        self.chats[chat.oa_id, chat.citizen_id] = chat
        self._by_uid[chat.oa_id, chat.uid] = chat
        self._by_account.setdefault(chat.oa_id, []).append(chat)
        self._by_citizen.setdefault(chat.citizen_id, []).append(chat)

    # messages ---------------------------------------------------------------------------------

    def keep_message(self, chat: Chat, message: Message) -> None:
        """Append to the chat; the oldest of the chat, then of all chats, give way."""
        chat.messages.append(message)
        self._messages[message.message_id] = (chat, message)
        if len(chat.messages) > CHAT_LIMIT:
            for old in chat.messages[: CHAT_LIMIT // 10]:
                self._messages.pop(old.message_id, None)
            del chat.messages[: CHAT_LIMIT // 10]
        self._order.append((chat, message))
        if len(self._order) > MESSAGE_LIMIT:
            old_chat, old = self._order.popleft()
            if self._messages.pop(old.message_id, None) and old in old_chat.messages[:1]:
                del old_chat.messages[0]
        self.touch()

    def find_message(self, message_id: str) -> tuple[Chat, Message] | None:
        return self._messages.get(message_id)

    def forget_messages(self, chat: Chat) -> None:
        for message in chat.messages:
            self._messages.pop(message.message_id, None)
        chat.messages.clear()
        self.touch()

    # files ------------------------------------------------------------------------------------

    def keep_asset(self, asset: Asset) -> None:
        self.assets[asset.asset_id] = asset
        while sum(item.size for item in self.assets.values()) > ASSET_LIMIT_BYTES:
            del self.assets[next(iter(self.assets))]
        self.touch()

    # state file -------------------------------------------------------------------------------

    def dump(self) -> dict:
        return {
            "format": 1,
            "clock": {"now_ms": self.clock.now_ms(), "scale": self.clock.scale},
            "settings": self.settings.as_dict(),
            "tokens": self.tokens.dump(),
            "articles": self.articles,
            "user_fields": self.user_fields,
            "responses": self.responses,
            "tallies": self.tallies.dump(),
            "orders": self.orders,
            "videos": self.videos,
            "user_tokens": self.user_tokens,
            "user_refresh_tokens": self.user_refresh_tokens,
        } | {name: [row.dump() for row in rows] for name, rows in self._tables().items()}

    def _tables(self) -> dict:
        return {
            "apps": self.apps.values(),
            "accounts": self.accounts.values(),
            "citizens": self.citizens.values(),
            "templates": self.templates.values(),
            "ratings": self.ratings,
            "assets": self.assets.values(),
            "chats": self.chats.values(),
            "groups": self.groups.values(),
            "group_assets": self.group_assets.values(),
            "visitors": self.visitors.values(),
            "journeys": self.journeys.values(),
            "consents": self.consents.values(),
            "rsa_keys": self.rsa_keys.values(),
        }

    def load(self, data: dict) -> None:
        """Replace everything by a dump; the clock goes on from where it was, never backwards."""
        self.clear()
        for name, value in data["settings"].items():
            if hasattr(self.settings, name):
                setattr(self.settings, name, value)
        self.tokens.load(data["tokens"])
        self.articles = data["articles"]
        self.user_fields = data["user_fields"]
        self.responses = data["responses"]
        self._load_later_parts(data)
        self.apps = {row["app_id"]: App.load(row) for row in data["apps"]}
        self.accounts = {row["oa_id"]: OfficialAccount.load(row) for row in data["accounts"]}
        self.templates = {row["template_id"]: Template.load(row) for row in data["templates"]}
        self.ratings = [Rating.load(row) for row in data["ratings"]]
        self.assets = {row["asset_id"]: Asset.load(row) for row in data["assets"]}
        for row in data["citizens"]:
            self.put_citizen(Citizen.load(row))
        for row in data["chats"]:
            chat = Chat.load(row)
            self._index(chat)
            for message in chat.messages:
                self._messages[message.message_id] = (chat, message)
                self._order.append((chat, message))
        self.clock.set(max(data["clock"]["now_ms"], self.clock.now_ms()))
        self.clock.run_at(data["clock"]["scale"])

    def _load_later_parts(self, data: dict) -> None:
        """What state files of the first version do not have yet."""
        self.tallies.load(data.get("tallies", {}))
        for name in ("orders", "videos", "user_tokens", "user_refresh_tokens"):
            setattr(self, name, data.get(name, {}))

        def rows(name: str, record: type) -> list:
            return [record.load(row) for row in data.get(name, [])]

        self.groups = {group.group_id: group for group in rows("groups", Group)}
        self.group_assets = {asset.asset_id: asset for asset in rows("group_assets", GroupAsset)}
        self.visitors = {visitor.anonymous_id: visitor for visitor in rows("visitors", Visitor)}
        self.journeys = {journey.token: journey for journey in rows("journeys", Journey)}
        self.consents = {consent.consent_id: consent for consent in rows("consents", CallConsent)}
        self.rsa_keys = {(key.app_id, key.oa_id): key for key in rows("rsa_keys", RsaKey)}
