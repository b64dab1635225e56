"""Staff who have texts sent to their own Zalo: linked by a code that the console shows and they type in the chat."""

import secrets
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.citizens.models import Citizen
from motcua.core import attempts, queue, scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db
from motcua.core.errors import Conflict, TooManyAttempts
from motcua.zalo.messages import QueryHide, TextMessage

from .channels.routing import FREE_WINDOW
from .outbox import owe

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 8
CODE_TTL_S = 600
MOST_AN_HOUR = 20
EVENT = "text_test"
MARKS = {
    "vi": "[TIN THỬ – không phải tin thật, không gửi cho người dân]",
    "en": "[TEST – not a real message, not sent to citizens]",
}


class TextTester(TenantOwned, Base):
    """A member of staff and their own Zalo."""

    __tablename__ = "text_tester"

    staff_id: Mapped[int] = mapped_column(BigInteger)
    citizen_id: Mapped[int] = mapped_column(BigInteger)
    linked_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("tenant_id", "staff_id"),
        ForeignKeyConstraint(["tenant_id", "staff_id"], ["staff.tenant_id", "staff.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
    )


class NotLinked(Conflict):
    code = "text_tester_not_linked"
    message = "Chưa nối Zalo của anh/chị. Xin bấm “Lấy mã nối”, nhắn mã đó cho OA của tỉnh rồi gửi thử lại."


class WindowClosed(Conflict):
    code = "text_test_window_closed"
    message = "Đã quá 48 giờ kể từ lần anh/chị nhắn cho OA nên không gửi miễn phí được. Xin nhắn một tin rồi thử lại."


class TooManyTests(TooManyAttempts):
    code = "too_many_text_tests"
    message = f"Mỗi cán bộ gửi thử nhiều nhất {MOST_AN_HOUR} tin một giờ. Xin đợi rồi thử lại."


def offer_code(staff_id: int) -> str:
    """A code good for ten minutes and one use."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    queue.connection().set(_key(code), str(staff_id), ex=CODE_TTL_S)
    return code


def link(citizen: Citizen, code: str) -> bool:
    """False for a code that nobody was shown, or that is over. Does not commit.

    Raises TooManyAttempts for who keeps guessing.
    """
    guesses = f"{scope.required()}:text-tester:{citizen.id}"
    attempts.take({guesses: attempts.MOST_WRONG})
    staff_id = queue.connection().getdel(_key(code.upper()))
    if staff_id is None:
        return False
    attempts.give_back([guesses])
    unlink(int(staff_id))
    db.session.add(TextTester(staff_id=int(staff_id), citizen_id=citizen.id))
    db.session.flush()
    return True


def unlink(staff_id: int) -> None:
    db.session.execute(db.delete(TextTester).where(TextTester.staff_id == staff_id))


def citizen_of(staff_id: int) -> Citizen | None:
    return db.session.scalar(
        db.select(Citizen)
        .join(
            TextTester,
            (TextTester.tenant_id == Citizen.tenant_id) & (TextTester.citizen_id == Citizen.id),
        )
        .where(TextTester.staff_id == staff_id)
    )


def send(staff_id: int, said: str, language: str, titles: list[str]) -> None:
    """Owe the words, marked as a test, to the staff member's own Zalo. Does not commit.

    Raises NotLinked, WindowClosed and TooManyTests.
    """
    citizen = citizen_of(staff_id)
    if citizen is None:
        raise NotLinked
    at = now()
    if citizen.last_interaction_at is None or at - citizen.last_interaction_at >= FREE_WINDOW:
        raise WindowClosed
    try:
        attempts.take({f"{scope.required()}:text-test:{staff_id}": MOST_AN_HOUR}, 3600)
    except TooManyAttempts as error:
        raise TooManyTests(details=error.details) from error
    text = f"{MARKS[language]}\n\n{said}"[:2000]
    buttons = tuple(QueryHide(title[:100], "#menu") for title in titles[:5])  # they look alike and do nothing
    owe(
        citizen,
        EVENT,
        dedupe_key=f"{EVENT}:{staff_id}:{secrets.token_hex(8)}",
        consultation=TextMessage(text, buttons=buttons),
    )


def _key(code: str) -> str:
    return f"motcua:text-tester:{scope.required()}:{code}"
