"""Who wants to be told of changes at their own address (webhooks out)."""

import re
import secrets

from motcua.alerts import watching
from motcua.core import crypto, queue, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict, NotFound

from . import feed
from .models import SECRET_PURPOSE, Delivery, Subscription

TELL = "motcua.dossiers.door.telling.tell"
MOST = 10
ID = re.compile(r"[1-9][0-9]{0,17}")
LARGEST_ID = 10**18 - 1
ALERT = "webhook_disabled"


class SubscriptionNotFound(NotFound):
    code = "webhook_not_found"
    message = "Không tìm thấy đăng ký này. Xin xem danh sách đăng ký của tỉnh."


class TooMany(Conflict):
    code = "too_many_webhooks"
    message = f"Mỗi tỉnh có nhiều nhất {MOST} đăng ký. Xin bỏ đăng ký không dùng nữa."


def subscribe(url: str, kinds: list[str]) -> tuple[Subscription, str]:
    """A new subscription to what changes from now on, and its secret: the only time it is readable."""
    if len(all_of_tenant()) >= MOST:
        raise TooMany
    secret = "whsec_" + secrets.token_urlsafe(32)
    sealed = crypto.keyring().encrypt(scope.required(), SECRET_PURPOSE, secret)
    found = Subscription(url=url, secret_encrypted=sealed, kinds=kinds)
    db.session.add(found)
    db.session.flush()
    return found, secret


def all_of_tenant() -> list[Subscription]:
    return list(db.session.scalars(db.select(Subscription).order_by(Subscription.id)))


def find(number: str) -> Subscription:
    """By its id as a path names it. Raises SubscriptionNotFound, also for what is no id."""
    if not ID.fullmatch(number):
        raise SubscriptionNotFound
    found = db.session.scalar(db.select(Subscription).where(Subscription.id == int(number)))
    if found is None:
        raise SubscriptionNotFound
    return found


def remove(number: str) -> None:
    """Raises SubscriptionNotFound. What is still owed is forgotten."""
    db.session.delete(find(number))


def deliveries_of(subscription: Subscription, limit: int) -> list[Delivery]:
    """The newest first."""
    return list(
        db.session.scalars(
            db.select(Delivery)
            .where(Delivery.subscription_id == subscription.id)
            .order_by(Delivery.id.desc())
            .limit(limit)
        )
    )


# True of a tenant whose changes anybody listens to.
DUE = "(SELECT true FROM change_subscription WHERE tenant_id = tenant.id AND disabled_at IS NULL LIMIT 1)"


def wake_waiting() -> bool:
    """Have the tenant in scope's subscribers told of what they do not know yet; whether there is anything."""
    listening = db.session.scalars(
        db.select(Subscription.position).where(Subscription.disabled_at.is_(None))
    ).all()
    if not listening:
        return False
    waiting = db.session.scalar(
        db.select(
            db.exists().where(
                Delivery.state.in_(("queued", "sending")),
                Delivery.next_attempt_at <= now(),
                db.or_(Delivery.lease_until.is_(None), Delivery.lease_until <= now()),
            )
        )
    )
    if waiting or feed.goes_on_after(min(listening)):
        return queue.wake(TELL, scope.required(), lane="normal")
    return False


def _causes() -> list[tuple[str, str]]:
    disabled = db.session.scalars(db.select(Subscription.id).where(Subscription.disabled_at.is_not(None)))
    return [(ALERT, str(number)) for number in disabled]


def _sentence(alert) -> str | None:
    found = db.session.scalar(db.select(Subscription).where(Subscription.id == int(alert.subject)))
    return found and (
        f"Hệ thống tại {found.url} không nhận thông báo thay đổi hồ sơ nên đã ngừng gửi ({found.disabled_because}). "
        "Xin nhờ đơn vị vận hành hệ thống đó sửa, xóa đăng ký này rồi đăng ký lại qua API; thay đổi đã lỡ có thể "
        "đọc lại ở /api/v1/changes."
    )


watching.watch(watching.Watch((ALERT,), _causes, _sentence))
