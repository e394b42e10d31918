"""How the page is shown where somebody links to it: its title, description, picture and icon.

Programs that make such previews run no scripts and take the first of each tag, and Gradio puts its own first.
"""

from __future__ import annotations

import re
from html import escape

from gradio.route_utils import get_root_url
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pricer import PACKAGE
from pricer.ui.components.header import LEAD, TITLE

_PICTURES = PACKAGE / "ui" / "pictures"
ICON = _PICTURES / "icon.svg"
PICTURE = _PICTURES / "preview.jpg"
PICTURE_SIZE = (1200, 630)  # pixels
_PICTURE_SHOWS = "A product description on the left; its price, its range and the likeliest tokens on the right."
_PLACE = f"/{PICTURE.name}"

_GRADIOS = re.compile(rb"""\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>""")
_HEAD = re.compile(rb"<head>\s*<meta charset=[^>]*>")


def picture_route() -> Route:
    """GET of the picture."""
    return Route(_PLACE, lambda _: FileResponse(PICTURE))


class LinkPreview:
    """Middleware that gives the page, and nothing else, tags of its own in place of Gradio's, and compresses it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._page = GZipMiddleware(self._with_tags, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what `app` answers."""
        is_page = scope["type"] == "http" and scope["path"] == "/"
        await (self._page if is_page else self._app)(scope, receive, send)

    async def _with_tags(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page is sent once it is complete, because its length changes."""
        start: Message = {}
        body = b""

        async def sent(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            headers = MutableHeaders(scope=start)
            if headers.get("content-type", "").startswith("text/html") and scope["method"] == "GET":
                body = _tagged(body, get_root_url(Request(scope), "/", scope.get("root_path")))
                headers["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, sent)


def _tagged(page: bytes, root: str) -> bytes:
    own = "".join(f"\n\t\t{tag}" for tag in _tags(root)).encode()
    return _HEAD.sub(lambda head: head[0] + own, _GRADIOS.sub(b"", page), count=1)


def _tags(root: str) -> list[str]:
    picture, (width, height) = f"{root}{_PLACE}", PICTURE_SIZE
    graph = {"title": TITLE, "type": "website", "url": f"{root}/", "description": LEAD, "image": picture}
    graph |= {"image:width": width, "image:height": height, "image:alt": _PICTURE_SHOWS}
    card = {"card": "summary_large_image", "title": TITLE, "description": LEAD, "image": picture}
    return [
        f"<title>{TITLE}</title>",
        f'<meta name="description" content="{escape(LEAD)}" />',
        *(f'<meta property="og:{name}" content="{escape(str(value))}" />' for name, value in graph.items()),
        *(f'<meta name="twitter:{name}" content="{escape(value)}" />' for name, value in card.items()),
        '<link rel="icon" type="image/svg+xml" href="favicon.ico" />',
    ]
