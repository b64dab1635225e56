"""Broadcasting a published article to the OA's followers."""

from .audience import Audience
from .call import Caller
from .limits import id_of
from .reading import as_id, as_mapping


class Broadcasts(Caller):
    async def broadcast(
        self, access_token: str, article_id: str, audience: Audience | None = None
    ) -> str | None:
        """Send a published article to followers: the message id. A lost answer is ZaloUncertain."""
        element = {"media_type": "article", "attachment_id": id_of("article_id", article_id)}
        payload = {"template_type": "media", "elements": [element]}
        body = {
            "recipient": {"target": (audience or Audience()).to_wire()},
            "message": {"attachment": {"type": "template", "payload": payload}},
        }
        answer = await self._call("openapi", "POST", "/v2.0/oa/message", access_token, json_body=body)
        return as_id(as_mapping(answer.data).get("message_id"))
