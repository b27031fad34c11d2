"""The two commands of the README and their relatives: what `make` would do, and what it says where it cannot."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAKE = which("make") or "make"


def make(*arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **({"PATH": path} if path else {})}
    for name in ("DATA", "PORT", "MAKEFLAGS", "MAKELEVEL"):
        env.pop(name, None)
    return subprocess.run([MAKE, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, env=env)


@pytest.fixture
def environment(tmp_path: Path) -> str:
    """An environment that counts as installed, whose programs say what they are asked for: VENV=..."""
    programs = tmp_path / "venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "streamlit", "pip"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $* with DATA=$DATA"\n', "utf-8")
        (programs / name).chmod(0o755)
    for mark in (".run", ".test"):
        (programs.parent / mark).touch()
    return f"VENV={programs.parent}"


def published(folder: Path) -> Path:
    folder.mkdir()
    (folder / "CURRENT").write_text("v1", "utf-8")
    return folder


def test_run_serves_the_store_and_port_it_is_given(environment: str, tmp_path: Path) -> None:
    store = published(tmp_path / "mine")
    ran = make("run", environment, f"DATA={store}", "PORT=8999")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-3:] == [
        f"python -m store publish --if-old with DATA={store}",
        f"Serving {store} on http://localhost:8999  (Ctrl-C stops it)",
        f"streamlit run dashboard.py --server.port 8999 --server.headless true with DATA={store}",
    ]


def test_run_of_a_store_where_nothing_is_published_says_how_to_fill_it(environment: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = make("run", environment, f"DATA={tmp_path / 'empty'}")
    assert ran.returncode == 2
    assert f"{tmp_path / 'empty'}: nothing published in this store. Fill it first:" in ran.stderr
    assert f"-m store publish --data {tmp_path / 'empty'}" in ran.stderr
    assert "Serving" not in ran.stdout


def test_run_on_a_port_that_is_taken_says_so_before_anything_is_made(environment: str, tmp_path: Path) -> None:
    python = Path(environment.removeprefix("VENV=")) / "bin" / "python"
    python.unlink()
    python.symlink_to(sys.executable)
    with socket.create_server(("", 0)) as taken:
        ran = make("run", environment, f"DATA={published(tmp_path / 'mine')}", f"PORT={taken.getsockname()[1]}")
    assert ran.returncode == 2
    assert "is taken by another program. Choose another one: make run PORT=8502" in ran.stderr
    assert "publish" not in ran.stdout + ran.stderr


def test_run_of_a_file_says_that_a_store_is_a_folder(environment: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = make("run", environment, f"DATA={tmp_path / 'file'}")
    assert (ran.returncode, "is a file; a store is a folder" in ran.stderr) == (2, True)


@pytest.mark.parametrize("data", ["", "DATA= "])
def test_without_a_store_named_it_is_the_default_one(data: str, environment: str) -> None:
    ran = make("serve", environment, *filter(None, [data]))
    assert "Serving data/store on http://localhost:8501" in ran.stdout


def test_data_generates_anew_and_fills_the_default_store_from_nothing(environment: str) -> None:
    ran = make("--dry-run", "data", environment)
    steps = [line for line in ran.stdout.splitlines() if re.search(r"-m (generators|store)|rm -rf", line)]
    assert [re.sub(r"^\S+/python", "python", step) for step in steps] == [
        "python -m generators dubai --out data/synthetic --force",
        "rm -rf data/store",
        "python -m generators dubai --out data/synthetic",
        "python -m store ingest --all data/synthetic --data data/store",
        "python -m store publish --data data/store",
    ]


def test_test_says_which_package_is_missing_where_there_is_no_chromium_and_no_right_to_install_it(
    environment: str, tmp_path: Path
) -> None:
    """A system without Chromium, whose user is not root: only these programs are found."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sh").symlink_to("/bin/sh")
    (programs / "id").write_text("#!/bin/sh\necho 1000\n", "utf-8")
    (programs / "id").chmod(0o755)
    ran = make("test", environment, path=str(programs))
    assert ran.returncode == 2
    assert "The browser tests need Chromium: sudo apt-get install chromium" in ran.stderr
    assert "pytest" not in ran.stdout


@pytest.mark.parametrize("listed", ["requirements", "requirements-dev"])
def test_every_requirement_is_pinned_and_every_direct_one_is_among_them(listed: str) -> None:
    direct = {
        re.split(r"[\[<>=;~! ]", line)[0].lower().replace("_", "-")
        for line in (ROOT / f"{listed}.in").read_text("utf-8").splitlines()
        if line and line[0] not in "#-"
    }
    lines = [line for line in (ROOT / f"{listed}.txt").read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.match(r"[\w.\[\],-]+==[\w.]+( ;.*)?$", line)] == []
    pinned = {re.split(r"[\[=]", line)[0].lower().replace("_", "-") for line in lines}
    assert direct - pinned == set()
    assert direct
