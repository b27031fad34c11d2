"""The document's head, written before the first byte leaves: language, direction, style sheet and script.

Rule: `lang` and `dir` come from the URL alone (`?lang=ar`), so a link opens in its language and direction without a flash,
and switching the language is following a link.
Hazard: Streamlit compresses and revalidates its page; asked with `Accept-Encoding` or `If-None-Match` it would answer with
bytes that cannot be edited, or with none, so both headers are withheld from it on the way in.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.i18n import LANGUAGES, SOURCE_LANGUAGE, translator

_WITHHELD: Final = {b"accept-encoding", b"if-none-match", b"if-modified-since"}
_FONT_PRELOAD: Final = re.compile(r"<link\s+rel=\"preload\"[^>]*?as=\"font\"[^>]*?/?>", re.DOTALL)
_TITLE: Final = re.compile(r"<title>.*?</title>", re.DOTALL)
_HEAD: Final = (
    '<meta name="color-scheme" content="light dark">'
    '<link rel="preload" href="./app/static/fonts/plex-sans-latin-400.woff2" as="font" type="font/woff2" crossorigin>'
    '<link rel="preload" href="./app/static/fonts/plex-sans-latin-600.woff2" as="font" type="font/woff2" crossorigin>'
    '<link rel="stylesheet" href="./app/static/dashboard.css">'
    '<link rel="stylesheet" href="./app/static/controls.css">'
    '<script src="./app/static/dashboard.js" defer></script>'
)


def language_of(query: str) -> str:
    """Language that a query string asks for; the source language when it asks for none, or for one not offered."""
    asked = parse_qs(query).get("lang", [])
    return asked[0] if len(asked) == 1 and asked[0] in LANGUAGES else SOURCE_LANGUAGE


def with_head(html: str, language: str) -> str:
    """Streamlit's page with our language, direction, title, style sheet and script in its head."""
    words = translator(language)
    direction, title = "rtl" if words.rtl else "ltr", escape(words("e-Government performance"))
    html = html.replace('<html lang="en">', f'<html lang="{language}" dir="{direction}">', 1)
    html = _TITLE.sub(lambda _: f"<title>{title}</title>", _FONT_PRELOAD.sub("", html, count=1), count=1)
    return html.replace("</head>", _HEAD + "</head>", 1)


class DocumentHead:
    """ASGI middleware that edits HTML documents on their way out and leaves everything else alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; buffer its answer when it turns out to be a document."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [(k, v) for k, v in scope["headers"] if k not in _WITHHELD]}
        await self.app(scope, receive, _Editor(scope, send))


class _Editor:
    """The `send` of one document: holds its start back until the body is complete."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.language = language_of(scope["query_string"].decode("latin-1"))
        self.send = send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if "text/html" in Headers(raw=message["headers"]).get("content-type", ""):
                self.start = message
                return
        elif self.start is not None:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self.start)
            return
        await self.send(message)

    async def _finish(self, start: Message) -> None:
        body = with_head(self.body.decode("utf-8"), self.language).encode("utf-8")
        headers = MutableHeaders(raw=start["headers"])
        headers["content-length"] = str(len(body))
        headers["content-language"] = self.language
        headers["cache-control"] = "no-cache"
        for name in ("etag", "last-modified"):
            if name in headers:
                del headers[name]
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})
