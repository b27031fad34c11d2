"""The head of the document: language and direction at its first byte, and nothing else touched."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message

from ui.direction import DocumentHead, language_of, with_head

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title>'
    '<link rel="preload"\n href="./x.woff2" as="font" crossorigin /></head><body>ü</body></html>'
)
seen: list[dict[str, str]] = []


async def page(request: Request) -> Response:
    seen.append(dict(request.headers))
    return HTMLResponse(PAGE, headers={"etag": "1", "last-modified": "yesterday"})


async def word(request: Request) -> Response:
    return PlainTextResponse('<html lang="en">')


app = DocumentHead(Starlette(routes=[Route("/", page), Route("/word", word)]))


def get(path: str, query: str = "", **headers: str) -> tuple[dict[str, str], str]:
    """One request through the middleware, without a server."""
    sent: list[Message] = []
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in {"accept": "text/html", **headers}.items()],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as thread:  # browser tests leave a running event loop in the main thread
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return {k.decode(): v.decode() for k, v in sent[0]["headers"]}, body.decode()


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("", "en"),
        ("lang=ar", "ar"),
        ("a=1&lang=en", "en"),
        ("lang=fr", "en"),
        ("lang=ar&lang=en", "en"),
        ("lang=%22><script>", "en"),
    ],
)
def test_the_language_is_the_one_the_url_names(query: str, language: str) -> None:
    assert language_of(query) == language


def test_the_head_gets_language_direction_title_and_our_files() -> None:
    html = with_head(PAGE, "ar")
    assert '<html lang="ar" dir="rtl">' in html
    assert "<title>أداء الحكومة الإلكترونية</title>" in html
    assert "x.woff2" not in html
    assert html.index("dashboard.css") < html.index("</head>")
    assert 'dir="ltr"' in with_head(PAGE, "en")


def test_a_document_is_edited_whole_and_says_its_new_length() -> None:
    headers, body = get("/", "lang=ar", accept_encoding="gzip", if_none_match="1")
    assert body.startswith('<!DOCTYPE html><html lang="ar" dir="rtl">')
    assert int(headers["content-length"]) == len(body.encode())
    assert headers["content-language"] == "ar"
    assert headers["cache-control"] == "no-cache"
    assert not {"etag", "last-modified"} & headers.keys()


def test_the_application_is_asked_for_bytes_that_can_be_edited() -> None:
    seen.clear()
    get("/", accept_encoding="gzip, br", if_none_match="1", if_modified_since="yesterday")
    assert not {"accept-encoding", "if-none-match", "if-modified-since"} & seen[0].keys()


def test_everything_else_passes_untouched() -> None:
    _, body = get("/word", "lang=ar")
    assert body == '<html lang="en">'
    _, body = get("/", "lang=ar", accept="application/json")
    assert body == PAGE
