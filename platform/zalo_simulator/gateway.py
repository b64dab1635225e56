import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from .call import Call, Reply, authorise, token_of
from .encoding import encode_json
from .errors import Misbehave, ZaloError
from .faults import Fault
from .services import Services
from .world.clock import wall_ms

Endpoint = Callable[[Call], Any]

_GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
    "</center>\r\n<hr><center>ZServer</center>\r\n</body>\r\n</html>\r\n"
)
_JSON = "application/json;charset=UTF-8"


class Gateway:
    """The way every Zalo API request takes: faults, rate limit, token, endpoint, journal."""

    def __init__(self, services: Services):
        self._services = services

    def handler(self, endpoint: Endpoint, house: str, path: str):
        """The aiohttp handler of one endpoint; faults, refusals and the journal know it by `path`."""

        async def handle(request: web.Request) -> web.Response:
            return await self._handle(request, endpoint, house, path)

        return handle

    async def _handle(self, request: web.Request, endpoint: Endpoint, house: str, path: str) -> web.Response:
        started, at_ms = time.perf_counter(), wall_ms()
        services = self._services
        body = await request.read()
        value = token_of(request, body)
        token = services.world.tokens.access.get(value)
        app_id, oa_id = (token.app_id, token.oa_id) if token else ("", "")
        services.world.stats.requests += 1
        limit, left = services.rates.take(app_id, oa_id)
        faults = services.faults.take(path, oa_id) if services.faults.active else []
        try:
            await self.disturb(faults)
            if left < 0:
                raise ZaloError(-32)
            call = authorise(services, request, body, value, house, path)
            payload = _wrap(endpoint(call))
            if any(fault.kind == "lost_answer" for fault in faults):
                raise Misbehave("lost_answer")
            response, outcome = _json_answer(payload), "answered"
        except ZaloError as error:
            services.world.stats.answers[error.code] += 1
            response = _json_answer({"error": error.code, "message": error.message} | error.extra)
            outcome = "answered"
        except Misbehave as mischief:
            outcome = mischief.kind
            services.world.stats.faults[outcome] += 1
            response = await self.misbehave(request, outcome)
        if response is not None:
            response.headers["X-RateLimit-Limit"] = str(limit)
            response.headers["X-RateLimit-Remain"] = str(max(left, 0))
        services.journal.record(request, path, body, response, at_ms, started, oa_id, app_id, outcome)
        return response if response is not None else web.Response()

    async def disturb(self, faults: list[Fault]) -> None:
        for fault in faults:
            match fault.kind:
                case "latency":
                    self._services.world.stats.faults["latency"] += 1
                    await asyncio.sleep(fault.latency_ms / 1000)
                case "error":
                    raise ZaloError(fault.code, fault.message)
                case "rate_limit":
                    raise ZaloError(-32)
                case "lost_answer":
                    pass  # takes effect after the endpoint has done its work
                case kind:
                    raise Misbehave(kind)

    async def misbehave(self, request: web.Request, kind: str) -> web.Response | None:
        """The answer of a broken Zalo; None when there is none and the connection is gone."""
        if kind == "http_500":
            return web.json_response({"error": 500, "message": "Internal server error"}, status=500)
        if kind == "html":
            return web.Response(text=_GATEWAY_PAGE, status=502, content_type="text/html")
        if kind == "timeout":
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._services.world.settings.hang_s):
                    await self._services.world.closing.wait()
        if request.transport is not None:
            request.transport.close()
        return None


def _wrap(result: Any) -> dict:
    if isinstance(result, Reply):
        return {"error": 0, "message": "Success", "data": result.data} | result.extra
    return {"error": 0, "message": "Success", "data": result}


def _json_answer(payload: dict) -> web.Response:
    body = encode_json(payload)
    return web.Response(body=body, headers={"Content-Type": _JSON})
