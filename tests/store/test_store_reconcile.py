"""`reconcile` says what differs in the published snapshot, and its exit code tells whether anything does, by a single fils."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import metrics
from metrics import Scope
from store.__main__ import main
from store.control import SUFFIX
from store.publish import publish
from store.rollup import settled
from store.snapshot import open_current
from store.verify import verify
from tests.support.contexts import context_over
from tests.support.deliveries import NOON, Row, deliver
from tests.support.records import parquet, payment, take
from ui.settled import settled as settled_of
from ui.settlement import said
from ui.text import plain


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "store"


def reconcile(data: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["reconcile", "--data", str(data), *options])
    return code, capsys.readouterr().out


def declared(folder: Path, name: str, **said: object) -> Path:
    """A file of one payment of AED 100.00, and what its sender says of it."""
    return say(parquet(folder / name, "payments", [payment(len(name))]), **said)


def say(path: Path, **said: object) -> Path:
    """Write the side file of `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(path.name + SUFFIX).write_text(json.dumps(said), encoding="utf-8")
    return path


def test_where_nothing_differs_it_says_so(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take(data, "payments", declared(tmp_path, "p.parquet", rows=1, fils=100_00))
    publish(data)
    code, out = reconcile(data, capsys)
    assert (code, out.startswith("nothing differs in 2")) == (0, True)
    assert reconcile(data, capsys, "--format", "csv") == (0, "check,of,what,expected,found,difference,since_utc\n")


def test_a_file_taken_in_unreconciled_differs_until_a_correction_takes_its_place(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(data, "payments", declared(tmp_path, "p.parquet", rows=3, fils=100_01), unreconciled=True)
    publish(data)
    code, out = reconcile(data, capsys, "--format", "json")
    found = [{k: line[k] for k in ("of", "what", "expected", "found", "difference")} for line in json.loads(out)]
    assert code == 1
    assert found == [
        {"of": "payments/p.parquet", "what": "rows", "expected": 3, "found": 1, "difference": -2},
        {"of": "payments/p.parquet", "what": "fils", "expected": 100_01, "found": 100_00, "difference": -1},
    ]
    correction = parquet(tmp_path / "p.parquet", "payments", [payment(1, amount_fils=100_01)])
    take(data, "payments", say(correction, rows=1, fils=100_01), supersede=True)
    publish(data)
    assert reconcile(data, capsys)[0] == 0


def test_the_exit_code_is_of_what_was_asked_for(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that differs is no difference of log and bank, nor of any revision; what was taken in before D is not asked for."""
    take(data, "payments", declared(tmp_path, "p.parquet", rows=2), unreconciled=True)
    publish(data)
    today = datetime.now(ZoneInfo("Asia/Dubai")).date()
    assert reconcile(data, capsys)[0] == 1
    assert reconcile(data, capsys, "--from", "2012-01-01", "--to", "2012-01-31")[0] == 1, "it may hold rows of these days"
    assert reconcile(data, capsys, "--from", f"{today - timedelta(days=1)}")[0] == 1
    assert reconcile(data, capsys, "--from", f"{today + timedelta(days=1)}")[0] == 0
    assert reconcile(data, capsys, "--unmatched")[0] == 0
    assert reconcile(data, capsys, "--by", "day")[0] == 0
    code, out = reconcile(data, capsys, "--revisions")
    assert (code, out.startswith("no published number was revised in 2")) == (0, True)


def test_revisions_do_not_speak_of_what_log_and_bank_differ_in(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(data, "payments", [paid(1), paid(2)])
    bank(data, booked(1))
    publish(data)
    assert reconcile(data, capsys)[0] == 1
    code, out = reconcile(data, capsys, "--revisions")
    assert (code, "differ" in out) == (0, False)


def test_a_store_that_published_nothing_is_told_to(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", [payment(1)]))
    assert main(["reconcile", "--data", str(data)]) == 2
    assert "nothing published yet" in capsys.readouterr().err


def paid(event_id: int, day: int = 1, **said: object) -> Row:
    """A payment of AED 1.00 on a day of January 2012, at noon in Dubai."""
    return {"event_id": event_id, "occurred_at": NOON + timedelta(days=day - 1), **said}


def booked(event_id: int, day: int = 1, **said: object) -> Row:
    """What the bank has of it: booked on the day after."""
    return {"event_id": event_id, "paid_on": date(2012, 1, day), "settled_on": date(2012, 1, day + 1), **said}


def bank(data: Path, *rows: Row, to: int = 1) -> None:
    """Deliver settlements as a file that declares the days of January from the 1st on."""
    say(data.parent / "inbox" / "bank.parquet", **{"from": "2012-01-01", "to": f"2012-01-{to:02}"})
    deliver(data, "settlements", rows, name="bank")


def lines(data: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[list[str]]]:
    """Exit code and lines of the CSV, without its head."""
    code, out = reconcile(data, capsys, "--format", "csv", *options)
    return code, [line.split(",") for line in out.splitlines()[1:]]


def test_log_and_settlement_that_agree_differ_in_nothing(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(data, "payments", [paid(1), paid(2, status="refunded", amount_fils=-40), paid(3, status="failed")])
    bank(data, booked(1), booked(2, amount_fils=-40))
    publish(data)
    code, out = reconcile(data, capsys)
    assert code == 0
    assert out.startswith("nothing differs in ")
    assert "log and settlement compared for 2012-01-01 to 2012-01-01" in out
    assert lines(data, capsys, "--by", "day") == (0, [["2012-01-01", "1", "1", "1", "1", "100", "100", "40", "40", "0", "0"]])


def test_a_bank_that_fell_silent_is_exit_code_1(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(data, "payments", [paid(1), paid(2, day=5), paid(3, day=6)])
    bank(data, booked(1))
    publish(data)
    assert reconcile(data, capsys)[0] == 0, "of all days, one was compared and agrees"
    silent = [["log against settlement", "2012-01-05 to 2012-01-06", "days the bank delivered whole", "2", "0", "-2", ""]]
    assert lines(data, capsys, "--from", "2012-01-05", "--to", "2012-01-31") == (1, silent)
    assert lines(data, capsys, "--from", "2011-01-01", "--to", "2011-12-31") == (0, []), "the bank had not begun"


def test_one_fils_between_log_and_settlement_is_exit_code_1(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(data, "payments", [paid(1), paid(2)])
    bank(data, booked(1), booked(2, amount_fils=99))
    publish(data)
    span = "2012-01-01 to 2012-01-01"
    assert lines(data, capsys) == (
        1,
        [
            ["log against settlement", span, "gross_fils", "200", "199", "-1", ""],
            ["log against settlement", span, "items: amount", "0", "1", "1", ""],
        ],
    )
    assert lines(data, capsys, "--unmatched") == (1, [["2", "2012-01-01", "rta", "amount", "100", "99", "-1", "2012-01-02"]])
    assert lines(data, capsys, "--by", "department") == (1, [["rta", "2", "2", "0", "0", "200", "199", "0", "0", "-1", "1"]])


def test_what_the_bank_books_for_another_department_is_an_item_of_both(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever sees one of the two departments only sees its difference together with the item that explains it."""
    deliver(data, "payments", [paid(1), paid(2, department="dewa")])
    bank(data, booked(1), booked(2))
    publish(data)
    assert lines(data, capsys, "--unmatched") == (
        1,
        [
            ["2", "2012-01-01", "dewa", "elsewhere", "100", "", "-100", "2012-01-02"],
            ["2", "2012-01-01", "rta", "elsewhere", "", "100", "100", "2012-01-02"],
        ],
    )
    with closing(open_current(data)) as snapshot:
        for department, apart in (("dewa", "−1.00"), ("rta", "+1.00")):
            context = replace(context_over(snapshot), scope=Scope.of(department))
            found = settled_of(context)
            assert (found.items, f"AED {apart}" in plain(said(context, found))) == (1, True)
            assert metrics.unmatched(snapshot, context.scope, context.window)["reason"].to_list() == ["elsewhere"]


def test_what_the_bank_books_on_another_day_is_listed_on_that_day_too(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(data, "payments", [paid(1), paid(2, day=2), paid(3, day=2)])
    bank(data, booked(1), booked(2, day=1), booked(3, day=2), to=2)
    publish(data)
    code, [item] = lines(data, capsys, "--unmatched", "--from", "2012-01-01", "--to", "2012-01-01")
    assert (code, item) == (1, ["2", "2012-01-01", "rta", "elsewhere", "", "100", "100", "2012-01-02"])


def test_a_day_the_bank_has_not_delivered_is_not_compared(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(data, "payments", [paid(1), paid(2, day=2), paid(3, day=3), paid(4, day=4)])
    deliver(data, "settlements", [booked(1), booked(3, day=3), booked(5, day=5)])
    publish(data)
    code, days = lines(data, capsys, "--by", "day")
    assert (code, [day[0] for day in days]) == (0, ["2012-01-01", "2012-01-03"])


def test_days_the_bank_declares_delivered_are_compared_even_without_a_settlement(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing booked for a whole later month is a difference there, not silence."""
    late = NOON + timedelta(days=35)
    deliver(data, "payments", [paid(1), {"event_id": 2, "occurred_at": late}])
    say(tmp_path / "inbox" / "bank.parquet", **{"from": "2012-01-01", "to": "2012-02-10"})
    deliver(data, "settlements", [booked(1)], name="bank")
    publish(data)
    assert lines(data, capsys, "--unmatched") == (1, [["2", "2012-02-05", "rta", "not_settled", "100", "", "-100", ""]])


def test_the_last_day_of_a_bank_that_declares_none_is_not_compared(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It books on: what is missing of its last day may come with its next file, and is compared once a later day has come."""
    deliver(data, "payments", [paid(1), paid(2, day=2), paid(3, day=2), paid(4, day=3)])
    deliver(data, "settlements", [booked(1), booked(2, day=2)], name="a")
    publish(data)
    assert lines(data, capsys) == (0, [])
    assert [day[0] for day in lines(data, capsys, "--by", "day")[1]] == ["2012-01-01"]
    deliver(data, "settlements", [booked(4, day=3)], name="b")
    publish(data)
    assert [item[:4] for item in lines(data, capsys, "--unmatched")[1]] == [["3", "2012-01-02", "rta", "not_settled"]]


def test_once_a_bank_declares_days_only_those_are_compared_from_then_on(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(data, "payments", [paid(day, day=day) for day in (1, 2, 3, 4)])
    deliver(data, "settlements", [booked(1), booked(2, day=2)], name="undeclared")
    say(data.parent / "inbox" / "declared.parquet", **{"from": "2012-01-03", "to": "2012-01-03"})
    deliver(data, "settlements", [booked(3, day=3), booked(4, day=4)], name="declared")
    publish(data)
    assert [day[0] for day in lines(data, capsys, "--by", "day")[1]] == ["2012-01-01", "2012-01-02", "2012-01-03"]


def test_only_the_days_asked_for_are_compared(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(data, "payments", [paid(1), paid(2, day=2)])
    bank(data, booked(1, amount_fils=99), booked(2, day=2), to=2)
    publish(data)
    assert lines(data, capsys, "--from", "2012-01-02") == (0, [])
    assert lines(data, capsys, "--to", "2012-01-01")[0] == 1
    with pytest.raises(SystemExit):
        main(["reconcile", "--from", "yesterday"])
    assert "'yesterday' is no day" in capsys.readouterr().err


def test_what_the_bank_delivers_later_clears_the_difference_and_rolls_up_that_month_only(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    february = NOON + timedelta(days=40)
    deliver(data, "payments", [paid(1), paid(2), {"event_id": 3, "occurred_at": february}])
    deliver(data, "settlements", [booked(1), booked(3, paid_on=february.date(), settled_on=february.date())])
    publish(data)
    assert lines(data, capsys)[0] == 1
    before = {path.name for path in (data / "rollup").glob("*/*.parquet")}
    deliver(data, "settlements", [booked(2)], name="late")
    publish(data)
    assert lines(data, capsys) == (0, [])
    made = {path.name for path in (data / "rollup").glob("*/*.parquet")} - before
    assert {name[:7] for name in made} == {"2012-01"}
    assert verify(data).problems == ()


def test_settlements_hold_no_page_back(data: Path) -> None:
    deliver(data, "payments", [paid(1), paid(2, day=2)])
    deliver(data, "settlements", [booked(1)])
    assert "complete through 2012-01-02" in publish(data)


def test_the_snapshot_lists_the_largest_items_and_counts_all(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settled, "MOST", 2)
    deliver(
        data,
        "payments",
        [paid(1), paid(2, amount_fils=7), paid(3, amount_fils=900), paid(4, status="refunded", amount_fils=-800)],
    )
    bank(data, booked(1))
    publish(data)
    assert [item[0] for item in lines(data, capsys, "--unmatched")[1]] == ["3", "4"]
    assert lines(data, capsys)[1][-1][2:5] == ["items: not_settled", "0", "3"]


def test_settled_before_it_was_paid_is_rejected(data: Path) -> None:
    outcome = deliver(data, "settlements", [booked(1, settled_on=date(2011, 12, 31)), booked(2)])
    assert (outcome.accepted, outcome.rejected) == (1, 1)


def test_revisions_are_listed_and_are_no_difference(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(data, "payments", [paid(1), paid(2, day=2)], name="first")
    publish(data)
    deliver(data, "payments", [paid(3, amount_fils=5)], name="late")
    publish(data)
    code, [line] = lines(data, capsys, "--revisions")
    assert code == 0
    assert line[:8] == ["payments", "2012-01-01", "2012-01-01", "rta", "1", "2", "100", "105"]
    assert line[9] == "late.parquet"
    assert lines(data, capsys, "--revisions", "--from", "2012-01-02") == (0, [])
