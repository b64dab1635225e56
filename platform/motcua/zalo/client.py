"""The client of Zalo's OA API and ZBS: all families of endpoints over one pool of connections.

Every method takes the OA's access token first, so that one client serves all provinces. What it
raises says when to try again: see `errors`. Which endpoint is where: docs/zalo-channel.md.
"""

from .articles import Articles
from .broadcasts import Broadcasts
from .calls import Calls
from .conversations import Conversations
from .messaging import Messaging, Sent
from .phone_messaging import PhoneMessaging
from .purchases import Purchases
from .quotas import Quotas
from .reports import Reports
from .social import Social
from .templates import Templates
from .uploads import Uploads
from .user_fields import UserFields
from .user_list import UserListing
from .users import Users

__all__ = ["Sent", "ZaloClient"]


class ZaloClient(
    Messaging,
    PhoneMessaging,
    Templates,
    Reports,
    Users,
    UserListing,
    UserFields,
    Conversations,
    Quotas,
    Articles,
    Broadcasts,
    Uploads,
    Calls,
    Purchases,
    Social,
):
    """`ZaloClient(hosts, session, timeout_s=10.0, app_secret=None, gate=None, dialect=None)`.

    The session stays its owner's to close.
    """
