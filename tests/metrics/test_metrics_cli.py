"""The command line: exact JSON, CSV and table, and one line with the allowed values for what is asked wrongly."""

import csv
import io
import json
import re
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from metrics.catalogue import KPIS
from metrics.cli import main
from tests.support.marts import build_snapshot

DAYS = ["--from", "2012-01-01", "--to", "2012-09-30"]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two departments, two years, mobile and web; and monthly IT spending."""
    rows = [
        {"day": date(2012, 9, 30), "department": "customs", "settled": 2_448_000, "gross_fils": 320_000_000_000},
        {
            "day": date(2012, 9, 30),
            "department": "dewa",
            "service": "power",
            "channel": "mpay",
            "settled": 147,
            "gross_fils": 100,
        },
        {"day": date(2011, 9, 30), "department": "customs", "settled": 2_054_024, "gross_fils": 260_000_000_000},
        *({"day": date(year, 1, 31), "department": "customs"} for year in (2011, 2012)),
    ]
    spend = [{"period_start": date(2012, 9, 1), "period_end": date(2012, 9, 30), "spent_fils": 7}]
    survey = [{"day": date(2012, 9, 1), "csat_valid": 40, "csat_top2": 20, "invited": 160, "completed": 40}]
    with closing(build_snapshot(tmp_path, payments=rows, it_spend=spend, surveys=survey)):
        pass
    monkeypatch.setenv("DATA", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("store")
def test_json_of_the_headline(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["query", "transactions", *DAYS, "--compare", "previous-year", "--by", "department", "channel", "--format", "json"]
    assert main(command) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {k: answer[k] for k in ("kpi", "unit", "window", "base", "complete_through")} == {
        "kpi": "transactions",
        "unit": "count",
        "window": ["2012-01-01", "2012-09-30"],
        "base": ["2011-01-01", "2011-09-30"],
        "complete_through": "2012-09-30",
    }
    assert (answer["total"]["value"], answer["total"]["base_value"]) == (2_448_147, 2_054_024)
    assert answer["total"]["change"] == pytest.approx(0.1919, abs=5e-5)
    first = answer["rows"][0]
    assert (first["department"], first["channel"], first["value"], first["n"]) == ("customs", "web", 2_448_000, 2_448_000)
    assert (first["numerator"], first["denominator"]) == (2_448_000, None)
    assert "FROM payments" in answer["sql"]
    assert answer["snapshot"].startswith("test")


@pytest.mark.usefixtures("store")
def test_json_without_a_base_has_null(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "collected_amount", *DAYS, "--where", "channel=mpay", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["base"], answer["total"]["value"], answer["unit"], answer["change_unit"]) == (None, 100, "fils", "ratio")


@pytest.mark.usefixtures("store")
def test_json_of_satisfaction_has_n_response_rate_and_interval(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "satisfaction", *DAYS, "--by", "department", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    for row in (*answer["rows"], answer["total"]):
        assert (row["value"], row["n"], row["response_rate"]) == (0.5, 40, 0.25)
        assert (row["low"], row["high"]) == pytest.approx((0.3520, 0.6480), abs=5e-5)


@pytest.mark.usefixtures("store")
def test_csv_has_a_header_and_the_total_last(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "transactions", *DAYS, "--by", "department", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(r["department"], r["value"]) for r in rows] == [("customs", "2448000"), ("dewa", "147"), ("total", "2448147")]


@pytest.mark.usefixtures("store")
def test_table_reads_like_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "transactions", *DAYS, "--by", "department", "--compare", "previous-year"]) == 0
    out = capsys.readouterr().out
    assert "Transactions (count), 2012-01-01 to 2012-09-30" in out
    assert "compared with 2011-01-01 to 2011-09-30" in out
    lines = [line.split() for line in out.splitlines()]
    assert ["customs", "2,448,000", "2,448,000", "2,054,024", "+19.2%"] in lines
    assert ["dewa", "147", "147", "no", "data"] in lines
    assert ["total", "2,448,147", "2,448,147", "2,054,024", "+19.2%"] in lines


@pytest.mark.usefixtures("store")
def test_values_of_one_filter_add_up_and_filters_narrow(capsys: pytest.CaptureFixture[str]) -> None:
    both = ["--where", "channel=mpay", "channel=web", "--where", "department=dewa"]
    assert main(["query", "transactions", *DAYS, *both, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"]["value"] == 147


@pytest.mark.usefixtures("store")
def test_scope_shows_one_department(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "transactions", *DAYS, "--scope", "department=dewa", "--by", "department", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert ([r["department"] for r in answer["rows"]], answer["total"]["value"], answer["scope"]) == (["dewa"], 147, ["dewa"])


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["show", "transaction"], "unknown KPI 'transaction'; allowed: transactions, "),
        (["query", "transaction", *DAYS], "unknown KPI 'transaction'; allowed: transactions, "),
        (["query", "transactions", *DAYS, "--by", "chanel"], "unknown dimension 'chanel'; allowed: channel, "),
        (["query", "transactions", *DAYS, "--where", "method=credit"], "unknown method 'credit'; allowed: credit_card, "),
        (["query", "transactions", *DAYS, "--where", "department=dubai"], "unknown department 'dubai'; allowed: "),
        (["query", "transactions", *DAYS, "--where", "service=powr"], "unknown service 'powr'; allowed: power, dewa-bills"),
        (["query", "transactions", *DAYS, "--where", "channel"], "--where 'channel': write DIM=VALUE"),
        (["query", "transactions", *DAYS, "--scope", "department=x"], "unknown department 'x'; allowed: customs, dewa"),
        (["query", "transactions", *DAYS, "--scope", "dewa"], "unknown scope 'dewa'; allowed: all, department=CODE"),
        (
            ["query", "transactions", "--from", "2012-09-30", "--to", "2012-01-01"],
            "inverted range: 2012-09-30 is after 2012-01-01",
        ),
        (["query", "transactions", *DAYS, "--where", "cls=x"], "unknown dimension to filter by 'cls'"),
        (["query", "transactions", *DAYS, "--where", "week=2012-W39"], "and filter by department, service, channel, method"),
        (
            ["query", "transactions", *DAYS, "--by", "day", "month"],
            "choose one of day, week, month, quarter, year, beside any of",
        ),
        (
            ["query", "transactions", "--from", "0001-01-01", "--to", "0001-03-05", "--compare", "previous-year"],
            "no calendar before the year 1",
        ),
        (
            ["query", "transactions", "--from", "0001-01-01", "--to", "0001-03-05", "--compare", "previous-period"],
            "no calendar before the year 1",
        ),
        (["query", "it_spend", "--from", "2012-09-02", "--to", "2012-09-30"], "nearest whole windows: 2012-09-01..2012-09-30"),
    ],
)
def test_a_wrong_question_is_one_line_on_stderr_and_exit_code_2(
    command: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert message in captured.err


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["query", "transactions", "--from", "2012-02-30", "--to", "2012-09-30"], "'2012-02-30' is no day"),
        (["query", "transactions", "--from", "20120101", "--to", "2012-09-30"], "'20120101' is no day"),
        (["query", "transactions", "--from", "2012-W10-1", "--to", "2012-09-30"], "'2012-W10-1' is no day"),
        (["query", "transactions", *DAYS, "--compare", "last-week"], "'previous-year', 'previous-period'"),
        (["query", "transactions", *DAYS, "--format", "xml"], "'table', 'json', 'csv'"),
        (["query", "transactions"], "required: --from, --to"),
        (["nothing"], "'list', 'show', 'query', 'docs'"),
    ],
)
def test_a_wrong_command_is_one_line_on_stderr_and_exit_code_2(
    command: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(command)
    captured = capsys.readouterr()
    assert stopped.value.code == 2
    assert captured.err.count("\n") == 1
    assert message in captured.err


def test_a_store_without_a_snapshot_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "transactions", *DAYS, "--data", str(tmp_path)]) == 1
    assert "python -m store publish" in capsys.readouterr().err


def test_list_names_every_kpi_with_its_unit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [kpi for kpi in KPIS if not any(line.split()[:1] == [kpi] for line in lines)] == []
    assert any("Collected amount (fils)" in line for line in lines)


def test_show_gives_definition_formula_and_dimensions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "success_rate"]) == 0
    out = capsys.readouterr().out
    assert "Settled transactions / payment attempts." in out
    assert "Numerator `SUM(settled)`, denominator `SUM(attempts)`, over `payments`." in out
    assert "Dimensions: day, week, month, quarter, year, department, service, channel, method, automatic" in out


def test_docs_are_what_the_catalogue_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", "--check"]) == 0, capsys.readouterr().err


def test_stale_docs_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "definitions.md"
    monkeypatch.setattr("metrics.docs.PAGE", page)
    assert main(["docs", "--check"]) == 1
    assert "run `python -m metrics docs`" in capsys.readouterr().err
    assert main(["docs"]) == 0
    assert main(["docs", "--check"]) == 0
    page.write_text(page.read_text("utf-8") + "and more", "utf-8")
    assert main(["docs", "--check"]) == 1


def _cells(table: str) -> list[str]:
    """The cells of the total of a table without dimensions."""
    return [cell.strip() for cell in re.split(r"  +", table.splitlines()[4].strip())]


def test_the_n_of_availability_are_its_probes_in_every_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    up = [{"day": date(2012, 9, day), "up_seconds": 75, "down_seconds": 25, "records": 96} for day in (1, 2)]
    with closing(build_snapshot(tmp_path, availability=up, complete_through=date(2012, 9, 30))):
        pass
    asked = ["query", "availability", *DAYS, "--by", "department", "--data", str(tmp_path)]
    assert main([*asked, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["n_counts"], answer["rows"][0]["n"], answer["total"]["n"]) == ("probes and status events", 192, 192)
    assert main([*asked, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["n"], row["n_counts"]) for row in rows] == [("192", "probes and status events")] * 2
    assert main(asked) == 0
    out = capsys.readouterr().out
    assert "; n: probes and status events" in out
    assert ["dewa", "75.000%", "192", "75.000%", "to", "75.000%"] in [line.split() for line in out.splitlines()]


@pytest.mark.usefixtures("store")
def test_the_mean_of_satisfaction_carries_its_response_rate(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "satisfaction_mean", *DAYS, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"]["response_rate"] == 0.25


def test_the_mean_of_satisfaction_has_n_response_rate_and_interval_in_table_and_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"csat_valid": 100, "csat_sum": 350, "csat_squares": 1350, "invited": 400, "completed": 100}
    with closing(build_snapshot(tmp_path, surveys=[{"day": date(2012, 9, 1), **row}], complete_through=date(2012, 9, 30))):
        pass
    asked = ["query", "satisfaction_mean", *DAYS, "--data", str(tmp_path)]
    assert main(asked) == 0
    assert re.split(r" {2,}", capsys.readouterr().out.splitlines()[3].strip()) == ["3.50", "100", "3.28 to 3.72", "25.000%"]
    assert main([*asked, "--format", "csv"]) == 0
    (total,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (total["value"], total["n"], total["response_rate"]) == ("3.5", "100", "0.25")
    assert (float(total["low"]), float(total["high"])) == pytest.approx((3.2770, 3.7230), abs=5e-5)


def test_the_table_shows_bounds_intervals_and_what_change_and_n_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey = [{"day": date(y, 9, 1), "csat_valid": 40, "csat_top2": 20, "invited": 160, "completed": 40} for y in (2011, 2012)]
    up = [{"day": date(2012, 9, 1), "up_seconds": 75, "down_seconds": 5, "unknown_seconds": 20}]
    with closing(build_snapshot(tmp_path, surveys=survey, availability=up, complete_through=date(2012, 9, 30))):
        pass
    assert main(["query", "availability", *DAYS, "--data", str(tmp_path)]) == 0
    assert "75.000% to 95.000%" in capsys.readouterr().out
    assert main(["query", "satisfaction", *DAYS, "--compare", "previous-year", "--data", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "2012-01-01 to 2012-09-30; n: answers" in out
    assert "SUM(" not in out
    assert out.splitlines()[3].split("  ")[-1] == "response rate"
    assert _cells(out)[-4:-2] == ["+0.000 points (no significant change, few answers)", "-20.931 to +20.931 points"], (
        "points, not per cent"
    )
    assert out.count("35.200% to 64.800%") == 2, "that of the value and that of the base"
    assert main(["query", "satisfaction", *DAYS, "--format", "csv", "--data", str(tmp_path)]) == 0
    (total,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert total["change_unit"] == "difference"
