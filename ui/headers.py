"""ASGI middleware: every response stays in the house, and a missing page says what to do."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

# unsafe-eval: gradio compiles its templates in the browser; unsafe-inline: its styles and its start-up script
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:; connect-src 'self'; "
    "font-src 'self' data:; frame-src 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; base-uri 'self'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
_PAGES = (404, 500, 503)


class Guard:
    """Adds the headers; replaces an error's body by a page where a browser asks for one (`page` takes path and status)."""

    def __init__(self, app: App, page: Callable[[str, int], str]) -> None:
        self._app, self._page = app, page

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = dict(scope["headers"]).get(b"accept", b"")
        replaced = False

        async def guarded(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), *_HEADERS]
                kind = next((value for name, value in headers if name == b"content-type"), b"")
                if message["status"] in _PAGES and b"text/html" in wanted and not kind.startswith(b"text/html"):
                    replaced = True
                    body = self._page(scope["path"], message["status"]).encode()
                    plain = [(n, v) for n, v in headers if n not in (b"content-type", b"content-length", b"content-encoding")]
                    plain += [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
                    await send({"type": "http.response.start", "status": message["status"], "headers": plain})
                    await send({"type": "http.response.body", "body": body})
                    return
                await send({**message, "headers": headers})
            elif not replaced:
                await send(message)

        await self._app(scope, receive, guarded)
