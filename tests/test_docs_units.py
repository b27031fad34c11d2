"""The systemd units of the operator's page: their commands are commands of ours, and their folders are the same in both."""

import re
import shlex
from configparser import ConfigParser
from pathlib import Path, PurePosixPath

import pytest

from store.__main__ import main

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "operating.md").read_text("utf-8")


def units() -> dict[str, ConfigParser]:
    """Each unit of the page by its file name."""
    found = {}
    for name, body in re.findall(r"```ini\n# /etc/systemd/system/(\S+)\n(.*?)```", PAGE, re.DOTALL):
        parser = ConfigParser(interpolation=None, strict=True)
        parser.optionxform = str
        parser.read_string(body)
        found[name] = parser
    return found


def command(line: str) -> list[str]:
    """A command without the dash that lets it fail, and without the path of its program."""
    program, *arguments = shlex.split(line.removeprefix("-"))
    return [PurePosixPath(program).name, *arguments]


def test_there_is_a_unit_for_the_folder_that_is_watched_and_one_for_the_dashboard() -> None:
    assert set(units()) == {"kpi-store.service", "kpi-dashboard.service"}
    for unit in units().values():
        assert unit["Install"]["WantedBy"] == "multi-user.target"
        assert unit["Service"]["Restart"] == "always"


@pytest.mark.parametrize("name", ["kpi-store.service", "kpi-dashboard.service"])
def test_commands_of_the_store_are_understood(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    service = units()[name]["Service"]
    lines = [command(line) for key, line in service.items() if key in ("ExecStart", "ExecStartPre")]
    ours = [line[3:] for line in lines if line[:3] == ["python", "-m", "store"]]
    assert ours
    for arguments in ours:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--help"])
        assert ended.value.code == 0
        with pytest.raises(SystemExit) as refused:
            main([*arguments, "--no-such-option"])
        assert refused.value.code == 2
        assert "unrecognized arguments: --no-such-option\n" in capsys.readouterr().err


def test_both_work_on_the_same_store_and_may_write_where_they_have_to() -> None:
    store, dashboard = (units()[name]["Service"] for name in ("kpi-store.service", "kpi-dashboard.service"))
    watch = command(store["ExecStart"])
    data = watch[watch.index("--data") + 1]
    assert dashboard["Environment"] == f"DATA={data}"
    assert data in command(dashboard["ExecStartPre"])
    writable = PurePosixPath(store["ReadWritePaths"])
    assert all(writable in PurePosixPath(path).parents for path in (data, watch[watch.index("watch") + 1]))


def test_sigterm_goes_to_the_service_alone() -> None:
    """With the default the child that reads the file in hand is killed, and the file rejected."""
    assert units()["kpi-store.service"]["Service"]["KillMode"] == "mixed"
