"""A run: files per contract, control totals, the same content whatever the processes, and a manifest that tells the end."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from generators import GeneratorError, generate
from generators.__main__ import main, parser
from store.contract import SOURCES

REFERENCES = ("departments", "services", "targets", "campaigns", "events", "waves")
WRITTEN = (*REFERENCES, "it_spend", "payments", "settlements", "probes", "surveys", "feedback")
WEEK = {"scenario": "dubai", "start": date(2012, 9, 27), "end": date(2012, 10, 3), "seed": 7, "scale": 0.02}
GOLDEN = {
    "departments": "5f1c42ffc6e4a386",
    "services": "862ec9bee135cfef",
    "targets": "13ee5ff7b5bf9abd",
    "it_spend": "3d64405278fe3f01",
    "payments": "f56639bc52e1e566",
    "settlements": "da21e7dd3982828d",
    "probes": "a8caa10f47295411",
    "surveys": "017d5554148e90fa",
    "feedback": "055dfc34e194c4d9",
    "campaigns": "4cf030b7f44a5993",
    "events": "a3d8946a90bfccd3",
    "waves": "17250ea1d04116f1",
}

Digest = Callable[[Path, str], str]


def week(out: Path, **changes: object) -> object:
    return generate(**{**WEEK, "processes": 1, **changes}, out=out)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def week_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week of every source."""
    out = tmp_path_factory.mktemp("week")
    week(out)
    return out


@pytest.mark.parametrize("source", WRITTEN)
def test_every_row_keeps_the_contract_of_its_source(small: Path, source: str) -> None:
    frame = pl.read_parquet(small / source / "*.parquet").unique()
    schema = SOURCES[source].schema
    assert frame.schema == schema.create_empty().schema
    _, failures = schema.filter(frame)
    assert failures.counts() == {}
    assert frame.height > 0 or source == "events"


def test_departments_and_services_of_logs_are_in_the_references(small: Path) -> None:
    services = pl.read_parquet(small / "services" / "*.parquet")
    for source in ("payments", "probes", "surveys", "feedback"):
        used = pl.read_parquet(small / source / "*.parquet").select(code="service", department="department").unique()
        assert used.join(services, on=["code", "department"], how="anti").height == 0


def test_twenty_polls_are_planned_in_2012_and_eight_begin_on_29_september(small: Path) -> None:
    waves = pl.read_parquet(small / "waves" / "*.parquet").filter(pl.col("survey") == "customer-poll")
    assert waves.height == 20
    assert waves.filter(pl.col("starts_on") == date(2012, 9, 29)).height == 8


def test_the_manifest_holds_rows_and_fils_of_every_file(small: Path) -> None:
    manifest = json.loads((small / "manifest.json").read_text("utf-8"))
    assert {k: manifest[k] for k in ("scenario", "from", "to", "seed", "scale")} == {
        "scenario": "dubai",
        "from": "2012-07-29",
        "to": "2012-09-15",
        "seed": 7,
        "scale": 0.1,
    }
    assert {f["path"] for f in manifest["files"]} == {p.relative_to(small).as_posix() for p in small.rglob("*.parquet")}
    for file in manifest["files"]:
        frame = pl.read_parquet(small / file["path"])
        money = SOURCES[file["source"]].money
        assert file["rows"] == frame.height
        assert file["fils"] == (frame[money].sum() if money else None)


def test_content_is_the_golden_one(week_of_all: Path, content_hash: Digest) -> None:
    assert {source: content_hash(week_of_all, source)[:16] for source in WRITTEN} == GOLDEN


def test_content_does_not_depend_on_the_number_of_processes(tmp_path: Path, content_hash: Digest) -> None:
    week(tmp_path / "one", processes=1)
    week(tmp_path / "three", processes=3)
    for source in WRITTEN:
        assert content_hash(tmp_path / "one", source) == content_hash(tmp_path / "three", source), source


def test_another_seed_gives_other_content(tmp_path: Path, content_hash: Digest) -> None:
    week(tmp_path / "seven")
    week(tmp_path / "eight", seed=8)
    for source in ("payments", "settlements", "probes", "surveys", "feedback"):
        assert content_hash(tmp_path / "seven", source) != content_hash(tmp_path / "eight", source), source


def test_scale_multiplies_volume_and_amount(tmp_path: Path) -> None:
    sums = []
    for scale in (0.1, 0.4):
        week(tmp_path / str(scale), scale=scale)
        rows = pl.read_parquet(tmp_path / str(scale) / "payments" / "*.parquet").unique("event_id")
        settled = rows.filter(pl.col("status") == "settled")
        sums.append((settled.height, settled["amount_fils"].sum()))
    assert sums[1][0] / sums[0][0] == pytest.approx(4, rel=0.02)
    assert sums[1][1] / sums[0][1] == pytest.approx(4, rel=0.25)


def test_a_finished_run_is_not_repeated_unless_forced(tmp_path: Path) -> None:
    assert week(tmp_path) is not None
    assert week(tmp_path) is None
    assert week(tmp_path, force=True) is not None


def test_other_parameters_replace_the_files(tmp_path: Path) -> None:
    week(tmp_path)
    week(tmp_path, start=date(2012, 8, 24), end=date(2012, 8, 30))
    found = sorted(p.name for p in (tmp_path / "payments").iterdir())
    assert found == ["payments-2012-08.parquet", "payments-2012-08.parquet.control.json"]


def test_an_interrupted_run_is_finished_by_the_next(tmp_path: Path) -> None:
    def interrupt(done: float, total: float, label: str) -> None:
        if label == "writing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        week(tmp_path, progress=interrupt)
    assert not (tmp_path / "manifest.json").exists()
    assert week(tmp_path) is not None
    assert (tmp_path / "manifest.json").exists()


def test_files_of_others_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "payments" / "notes.txt"
    mine.parent.mkdir()
    mine.write_text("keep", "utf-8")
    week(tmp_path)
    assert mine.read_text("utf-8") == "keep"


def test_only_the_named_sources_are_written_and_they_do_not_change(
    week_of_all: Path, tmp_path: Path, content_hash: Digest
) -> None:
    week(tmp_path / "some", only=("feedback", "services", "settlements"))
    assert {p.name for p in (tmp_path / "some").iterdir()} == {"feedback", "services", "settlements", "manifest.json"}
    for source in ("feedback", "settlements"):
        assert content_hash(tmp_path / "some", source) == content_hash(week_of_all, source)


@pytest.mark.parametrize("source", WRITTEN)
def test_a_source_that_is_asked_for_alone_is_what_it_is_among_all(
    source: str, week_of_all: Path, tmp_path: Path, content_hash: Digest
) -> None:
    week(tmp_path, only=(source,))
    assert {p.name for p in tmp_path.iterdir()} == {source, "manifest.json"}
    assert content_hash(tmp_path, source) == content_hash(week_of_all, source)


def test_progress_ends_with_everything_done(tmp_path: Path) -> None:
    seen: list[tuple[float, float, str]] = []
    week(tmp_path, progress=lambda *step: seen.append(step))
    assert [s[2] for s in seen if s[0] == pytest.approx(s[1])] == ["planning", "writing"]


def test_an_unwritable_folder_is_an_error_that_names_it(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    with pytest.raises(GeneratorError, match="cannot be"):
        week(blocked)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["atlantis"], "unknown scenario 'atlantis'; known: dubai"),
        ([], "unknown scenario None; known: dubai"),
        (["dubai", "--from", "2012-02-01", "--to", "2012-01-01"], "inverted range"),
        (["dubai", "--from", "2008-12-31"], "outside 2009-01-01 to 2015-12-31"),
        (["dubai", "--to", "2016-01-01"], "outside 2009-01-01 to 2015-12-31"),
        (["dubai", "--from", "yesterday"], "'yesterday' is not a day"),
        (["dubai", "--scale", "0.001"], "scale 0.001 is outside 0.02 to 100"),
        (["dubai", "--only", "weather"], "unknown source 'weather'; known: departments"),
        (["dubai", "--seed", "-3"], "seed -3 is negative"),
        (["dubai", "--processes", "0"], "give 1 or more"),
    ],
)
def test_a_request_that_cannot_be_fulfilled_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments, "--out", str(tmp_path)])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_the_command_line_lists_generates_and_says_when_there_is_nothing_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.startswith("dubai\t2009-01-01 to 2015-12-31\t")
    command = [
        "dubai",
        "--from",
        "2012-09-29",
        "--to",
        "2012-09-30",
        "--scale",
        "0.02",
        "--processes",
        "1",
        "--out",
        str(tmp_path),
    ]
    assert main(command) == 0
    told = capsys.readouterr()
    assert "rows in" in told.out
    assert "writing: 100%" in told.err
    assert main(command) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_every_option_is_documented() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "synthetic-data.md").read_text("utf-8")
    options = {o for action in parser()._actions for o in action.option_strings if o.startswith("--") and o != "--help"}
    assert options >= {"--from", "--to", "--seed", "--out"}
    assert [o for o in options if f"`{o}`" not in page] == []


def test_every_source_is_documented() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "synthetic-data.md").read_text("utf-8")
    assert [s for s in WRITTEN if f"`{s}`" not in page] == []
