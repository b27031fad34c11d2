"""The settings of the server that its speed and privacy rest on, read off a running one."""

import ctypes
import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT, Server

pytestmark = pytest.mark.browser
SYS_PIDFD_GETFD = 438
SETTINGS = {
    "runner.postScriptGC": False,
    "browser.gatherUsageStats": False,
    "browser.serverAddress": "localhost",
    "server.enableStaticServing": True,
    "server.fileWatcherType": "none",
    "client.showErrorDetails": "none",
}


def test_the_settings_are_those_streamlit_reads() -> None:
    code = "import json, sys; from streamlit import config; print(json.dumps({k: config.get_option(k) for k in sys.argv[1:]}))"
    run = subprocess.run([sys.executable, "-c", code, *SETTINGS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == SETTINGS


def test_answers_leave_at_once_because_uvloop_sets_tcp_nodelay(server: Server) -> None:
    """Without it, Nagle's algorithm holds each answer for 40 ms."""
    assert "uvloop" in Path(f"/proc/{server.process.pid}/maps").read_text()
    with socket.create_connection(("127.0.0.1", server.port)) as ours:
        ours.sendall(b"GET /_stcore/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert ours.recv(12) == b"HTTP/1.1 200"
        theirs = [copy for copy in sockets_of(server.process.pid) if peer(copy) == ours.getsockname()]
        assert len(theirs) == 1
        assert theirs[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        for copy in theirs:
            copy.close()


def sockets_of(pid: int) -> Iterator[socket.socket]:
    """Copies of a child's sockets."""
    handle = os.pidfd_open(pid)
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        if not entry.readlink().name.startswith("socket:"):
            continue
        copy = ctypes.CDLL(None).syscall(SYS_PIDFD_GETFD, handle, int(entry.name), 0)
        if copy >= 0:
            yield socket.socket(fileno=copy)
    os.close(handle)


def peer(connection: socket.socket) -> object:
    try:
        return connection.getpeername()
    except OSError:
        return None


def test_the_document_names_its_language_and_brings_its_own_style(server: Server) -> None:
    for query, start in (
        ("", '<html lang="en" dir="ltr">'),
        ("?lang=ar", '<html lang="ar" dir="rtl">'),
        ("?lang=xx", '<html lang="en"'),
    ):
        request = urllib.request.Request(f"{server.url}/{query}", headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            document = answer.read().decode()
        assert start in document
        assert "app/static/dashboard.css" in document
        assert int(answer.headers["content-length"]) == len(document.encode())


def test_style_script_and_fonts_are_served_with_their_types(server: Server) -> None:
    for name, kind in (
        ("dashboard.css", "text/css"),
        ("dashboard.js", "javascript"),
        ("fonts/plex-sans-arabic-400.woff2", "font/woff2"),
    ):
        with urllib.request.urlopen(f"{server.url}/app/static/{name}") as answer:
            assert kind in answer.headers["content-type"]
