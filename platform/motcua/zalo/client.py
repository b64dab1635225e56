"""The client of Zalo's OA API and ZBS: all families of endpoints over one pool of connections.

Every method takes the OA's access token first, so that one client serves all provinces. What it
raises says when to try again: see `errors`.
"""

from .articles import Articles
from .conversations import Conversations
from .messaging import Messaging, Sent
from .quotas import Quotas
from .templates import Templates
from .uploads import Uploads
from .user_list import UserListing
from .users import Users

__all__ = ["Sent", "ZaloClient"]


class ZaloClient(Messaging, Templates, Users, UserListing, Conversations, Quotas, Articles, Uploads):
    """`ZaloClient(hosts, session, timeout_s=10.0, app_secret=None, gate=None)`.

    The session stays its owner's to close.
    """
