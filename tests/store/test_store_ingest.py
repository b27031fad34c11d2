"""What becomes of a file that comes in: every row accepted, duplicate or rejected, and the fils likewise."""

import csv as csv_module
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import ledger, quarantine, status
from store.errors import ConflictError, InputError
from store.ingest import Outcome
from store.verify import verify
from tests.support.inline import inline  # noqa: F401  a fixture
from tests.support.records import csv, department, frame, parquet, payment, probe, stored, take


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.rows_in, outcome.accepted, outcome.duplicates, outcome.rejected


def rejects(data: Path) -> list[tuple[int, str, str]]:
    return [(row.line, row.column, row.rule) for row in quarantine.rejected(data)]


def fils(data: Path) -> tuple[int, int, int, int]:
    """In, accepted, duplicate and rejected fils of all files that count."""
    with ledger.opened(data) as book:
        query = (
            "SELECT sum(fils_in), sum(fils_accepted), sum(fils_duplicates), sum(fils_rejected) FROM files WHERE state = 'live'"
        )
        return tuple(book.execute(query).fetchone())


def test_clean_file_is_stored_with_its_derived_columns(tmp_path: Path) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2, duration_ms=60_000), payment(3, duration_ms=None)])

    assert counts(take(tmp_path / "store", "payments", path)) == (3, 3, 0, 0)

    rows = stored(tmp_path / "store", "payments")
    assert rows["business_date"].to_list() == [date(2012, 9, 30)] * 3
    assert rows["duration_bucket"].to_list() == [-4, 0, None]
    assert rows.select(frame("payments", []).columns).equals(pl.read_parquet(path))
    assert [p.parent.name for p in (tmp_path / "store/files/payments").rglob("*.parquet")] == ["month=2012-09"]


def test_business_date_is_local(tmp_path: Path) -> None:
    """20:30 UTC on 31 December is already next year in Dubai."""
    eve = payment(1, occurred_at=datetime(2011, 12, 31, 20, 30, tzinfo=UTC))
    take(tmp_path / "store", "payments", parquet(tmp_path / "p.parquet", "payments", [eve]))
    assert stored(tmp_path / "store", "payments")["business_date"].to_list() == [date(2012, 1, 1)]
    assert [(s.first_day, s.complete_through) for s in status.sources(tmp_path / "store")] == [
        (date(2012, 1, 1), date(2012, 1, 1))
    ]


def test_rows_are_kept_by_business_month(tmp_path: Path) -> None:
    rows = [payment(1), payment(2, occurred_at=datetime(2012, 9, 30, 20, 0, tzinfo=UTC))]
    take(tmp_path / "store", "payments", parquet(tmp_path / "p.parquet", "payments", rows))
    with ledger.opened(tmp_path / "store") as book:
        found = [tuple(row) for row in book.execute("SELECT month, rows, fils, min_id, max_id FROM parts ORDER BY month")]
        days = [tuple(row) for row in book.execute("SELECT day, accepted, fils_accepted FROM days ORDER BY day")]
    assert found == [("2012-09", 1, 100_00, 1, 1), ("2012-10", 1, 100_00, 2, 2)]
    assert days == [("2012-09-30", 1, 100_00), ("2012-10-01", 1, 100_00)]


def test_each_row_that_breaks_a_rule_is_quarantined_and_the_rest_goes_on(tmp_path: Path) -> None:
    rows = [
        payment(1),
        payment(2, amount_fils=-5),
        payment(3, department="No Code"),
        payment(4, basket_line=3, basket_accounts=2, attempt=0),
        payment(5, status=None),
    ]
    outcome = take(tmp_path / "store", "payments", parquet(tmp_path / "p.parquet", "payments", rows))

    assert counts(outcome) == (5, 1, 0, 4)
    assert rejects(tmp_path / "store") == [
        (2, "", "sign_follows_status"),
        (3, "department", "regex"),
        (4, "attempt", "line_within_basket, min"),
        (5, "status", "nullability"),
    ]
    assert fils(tmp_path / "store") == (399_95, 100_00, 0, 299_95)
    assert '"amount_fils": -5' in next(quarantine.rejected(tmp_path / "store")).raw


def test_identical_row_in_one_file_is_counted_once(tmp_path: Path) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2), payment(1), payment(1)])
    assert counts(take(tmp_path / "store", "payments", path)) == (4, 2, 2, 0)
    assert fils(tmp_path / "store") == (400_00, 200_00, 200_00, 0)


def test_contradicting_rows_in_one_file_are_both_quarantined(tmp_path: Path) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2), payment(1, amount_fils=1)])
    assert counts(take(tmp_path / "store", "payments", path)) == (3, 1, 0, 2)
    assert rejects(tmp_path / "store") == [(1, "", "conflicting_duplicate"), (3, "", "conflicting_duplicate")]


def test_a_rejected_row_does_not_drag_a_good_one_with_its_key(tmp_path: Path) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(1, basket_line=9)])
    assert counts(take(tmp_path / "store", "payments", path)) == (2, 1, 0, 1)


def test_identical_row_of_a_later_file_is_a_duplicate(tmp_path: Path) -> None:
    store = tmp_path / "store"
    take(store, "payments", parquet(tmp_path / "a.parquet", "payments", [payment(1), payment(5)]))
    later = parquet(tmp_path / "b.parquet", "payments", [payment(5), payment(6)])
    assert counts(take(store, "payments", later)) == (2, 1, 1, 0)
    assert stored(store, "payments")["event_id"].to_list() == [1, 5, 6]


def test_row_that_contradicts_a_stored_one_is_quarantined_and_the_stored_one_stays(tmp_path: Path) -> None:
    store = tmp_path / "store"
    take(store, "payments", parquet(tmp_path / "a.parquet", "payments", [payment(1)]))
    other_month = payment(1, occurred_at=datetime(2012, 7, 1, tzinfo=UTC))
    outcome = take(store, "payments", parquet(tmp_path / "b.parquet", "payments", [payment(1, amount_fils=1), payment(2)]))
    again = take(store, "payments", parquet(tmp_path / "c.parquet", "payments", [other_month]))
    assert (counts(outcome), counts(again)) == ((2, 1, 0, 1), (1, 0, 0, 1))
    assert stored(store, "payments")["amount_fils"].to_list() == [100_00, 100_00]


def test_duplicates_of_a_source_keyed_by_time(tmp_path: Path) -> None:
    store, at = tmp_path / "store", datetime(2012, 9, 30, 8, tzinfo=UTC)
    first = [probe("pay", at), probe("pay", at + timedelta(minutes=15))]
    take(store, "probes", parquet(tmp_path / "a.parquet", "probes", first))
    later = [probe("pay", at), probe("pay", at + timedelta(minutes=15), state="down"), probe("vote", at)]
    assert counts(take(store, "probes", parquet(tmp_path / "b.parquet", "probes", later))) == (3, 1, 1, 1)


def test_same_file_again_and_same_bytes_under_another_name_do_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1)])
    copy = parquet(tmp_path / "copy.parquet", "payments", [payment(1)])
    assert [take(store, "payments", p).status for p in (path, path, copy)] == ["stored", "known", "known"]
    assert fils(store) == (100_00, 100_00, 0, 0)


def test_same_name_with_new_bytes_needs_supersede_and_then_only_the_new_rows_count(tmp_path: Path) -> None:
    store = tmp_path / "store"
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1), payment(2)])
    take(store, "payments", path)
    parquet(path, "payments", [payment(1, amount_fils=7), payment(3)])

    with pytest.raises(ConflictError, match=r"p\.parquet: .*--supersede"):
        take(store, "payments", path)
    assert stored(store, "payments")["event_id"].to_list() == [1, 2]

    outcome = take(store, "payments", path, supersede=True)
    assert (counts(outcome), outcome.superseded) == ((2, 2, 0, 0), ("p.parquet",))
    assert stored(store, "payments").select("event_id", "amount_fils").rows() == [(1, 7), (3, 100_00)]
    with ledger.opened(store) as book:
        assert sorted(row["state"] for row in book.execute("SELECT state FROM files")) == ["live", "superseded"]


def test_superseded_version_comes_back_only_on_purpose(tmp_path: Path) -> None:
    store = tmp_path / "store"
    old = parquet(tmp_path / "p.parquet", "payments", [payment(1)])
    content = old.read_bytes()
    take(store, "payments", old)
    take(store, "payments", parquet(old, "payments", [payment(2)]), supersede=True)
    old.write_bytes(content)
    with pytest.raises(ConflictError, match="superseded on purpose"):
        take(store, "payments", old)
    take(store, "payments", old, supersede=True)
    assert stored(store, "payments")["event_id"].to_list() == [1]


def test_file_whose_duplicates_were_left_out_for_a_superseded_one_is_named_until_read_again(tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = parquet(tmp_path / "a.parquet", "payments", [payment(1), payment(2)])
    second = parquet(tmp_path / "b.parquet", "payments", [payment(2), payment(3)])
    take(store, "payments", first)
    take(store, "payments", second)
    take(store, "payments", parquet(first, "payments", [payment(1)]), supersede=True)

    [problem] = verify(store).problems
    assert problem.startswith("payments/b.parquet: 1 of its rows were left out as duplicates of a.parquet")

    assert counts(take(store, "payments", second, supersede=True)) == (2, 2, 0, 0)
    assert stored(store, "payments")["event_id"].to_list() == [1, 2, 3]
    assert verify(store).problems == ()


def test_file_where_no_row_can_be_used_is_recorded_and_counts_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1, amount_fils=-1), payment(2, amount_fils=-1)])
    assert counts(take(store, "payments", path)) == (2, 0, 0, 2)
    assert stored(store, "payments").is_empty()


def test_useless_correction_does_not_replace_good_rows(tmp_path: Path) -> None:
    store = tmp_path / "store"
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1)])
    take(store, "payments", path)
    outcome = take(store, "payments", parquet(path, "payments", [payment(2, amount_fils=-1)]), supersede=True)
    assert (outcome.status, outcome.superseded) == ("refused", ())
    assert stored(store, "payments")["event_id"].to_list() == [1]


def test_newer_reference_replaces_the_older_as_a_whole(tmp_path: Path) -> None:
    store = tmp_path / "store"
    take(store, "departments", parquet(tmp_path / "a.parquet", "departments", [department("dewa"), department("rta")]))
    outcome = take(store, "departments", parquet(tmp_path / "b.parquet", "departments", [department("rta", size=11)]))
    assert outcome.superseded == ("a.parquet",)
    assert stored(store, "departments").select("code", "size").rows() == [("rta", 11)]


def test_empty_or_useless_reference_leaves_the_one_before(tmp_path: Path) -> None:
    store = tmp_path / "store"
    take(store, "departments", parquet(tmp_path / "a.parquet", "departments", [department("dewa")]))
    empty = take(store, "departments", parquet(tmp_path / "b.parquet", "departments", []))
    useless = take(store, "departments", parquet(tmp_path / "c.parquet", "departments", [department("NO CODE")]))
    assert (empty.status, useless.status) == ("refused", "refused")
    assert stored(store, "departments")["code"].to_list() == ["dewa"]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all"])
def test_unreadable_parquet_is_refused_and_nothing_is_visible(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.parquet"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"p\.parquet: no readable Parquet file"):
        take(tmp_path / "store", "payments", path)
    assert status.sources(tmp_path / "store") == []


def test_truncated_parquet_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(i) for i in range(1, 50)])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="no readable Parquet file"):
        take(tmp_path / "store", "payments", path)


def test_missing_and_unknown_columns_are_named(tmp_path: Path) -> None:
    rows = frame("departments", [department("dewa")])
    rows.drop("size").write_parquet(tmp_path / "a.parquet")
    rows.with_columns(head=pl.lit("x")).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputError, match=r"a\.parquet: column size of source 'departments' is missing"):
        take(tmp_path / "store", "departments", tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"b\.parquet: column head is not in the contract"):
        take(tmp_path / "store", "departments", tmp_path / "b.parquet")


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        take(tmp_path / "store", "payments", tmp_path / "none.parquet")


def test_same_bytes_cannot_be_two_sources(tmp_path: Path) -> None:
    path = parquet(tmp_path / "p.parquet", "payments", [payment(1)])
    take(tmp_path / "store", "payments", path)
    with pytest.raises(ConflictError, match="came in as source 'payments'"):
        take(tmp_path / "store", "probes", path)


def test_floats_are_taken_where_they_are_whole_numbers(tmp_path: Path) -> None:
    amounts = [100.0, 100.5, float("nan"), float("inf"), 2.0**60]
    rows = frame("payments", [payment(i) for i in range(1, 6)]).with_columns(amount_fils=pl.Series(amounts))
    rows.write_parquet(tmp_path / "p.parquet")
    assert counts(take(tmp_path / "store", "payments", tmp_path / "p.parquet")) == (5, 1, 0, 4)
    assert {(column, rule) for _, column, rule in rejects(tmp_path / "store")} == {("amount_fils", "integer")}
    assert fils(tmp_path / "store") == (100, 100, 0, 0)


def test_column_of_a_hopeless_type_refuses_the_file(tmp_path: Path) -> None:
    rows = frame("payments", [payment(1)])
    rows.with_columns(pl.col("occurred_at").dt.replace_time_zone(None)).write_parquet(tmp_path / "a.parquet")
    rows.with_columns(amount_fils=pl.col("occurred_at")).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputError, match="'occurred_at' have no zone"):
        take(tmp_path / "store", "payments", tmp_path / "a.parquet")
    with pytest.raises(InputError, match="'amount_fils' holds Datetime"):
        take(tmp_path / "store", "payments", tmp_path / "b.parquet")


def test_values_out_of_the_contracts_range_are_quarantined(tmp_path: Path) -> None:
    rows = frame("payments", [payment(1), payment(2), payment(3)])
    wide = rows.with_columns(
        basket_accounts=pl.Series([1, 100_000, 1]),
        method=pl.Series(["credit_card", "cash", "barter"]),
        amount_fils=pl.Series([1, 1, 1]),
    )
    wide.write_parquet(tmp_path / "p.parquet")
    take(tmp_path / "store", "payments", tmp_path / "p.parquet")
    assert rejects(tmp_path / "store") == [(2, "basket_accounts", "integer"), (3, "method", "allowed_values")]


def test_time_ahead_of_the_clock_is_quarantined(tmp_path: Path) -> None:
    now = datetime(2012, 9, 30, 12, tzinfo=UTC)
    rows = [payment(1, occurred_at=now + timedelta(hours=23)), payment(2, occurred_at=now + timedelta(days=2))]
    take(tmp_path / "store", "payments", parquet(tmp_path / "p.parquet", "payments", rows), now=now)
    assert rejects(tmp_path / "store") == [(2, "occurred_at", "not_in_the_future")]


def as_text(row: dict[str, Any], **said: object) -> dict[str, object]:
    """A row as CSV writes it."""
    texts = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    return {**texts, **said}


def test_csv_with_the_contracts_columns(tmp_path: Path) -> None:
    rows = [
        as_text(payment(1)),
        as_text(payment(2), occurred_at="2012-09-30T21:15:00+04:00", received_at="2012-09-30T17:15:00Z", amount_fils="١٢٣"),
        as_text(payment(3), amount_fils="1e3"),
        as_text(payment(4), amount_fils="1,5"),
        as_text(payment(5), occurred_at="2012-09-30T12:00:00", automatic="maybe"),
        as_text(payment(6), duration_ms="", payer=None, automatic="TRUE"),
    ]
    outcome = take(tmp_path / "store", "payments", csv(tmp_path / "p.csv", rows))

    assert counts(outcome) == (6, 3, 0, 3)
    assert rejects(tmp_path / "store") == [
        (4, "amount_fils", "integer"),
        (5, "", "field_count"),
        (6, "occurred_at, automatic", "timestamp_with_offset, boolean"),
    ]
    found = stored(tmp_path / "store", "payments").select("occurred_at", "amount_fils", "automatic", "duration_ms").rows()
    quarter_past = datetime(2012, 9, 30, 17, 15, tzinfo=UTC)
    noon = datetime(2012, 9, 30, 12, tzinfo=UTC)
    assert found == [(noon, 100_00, False, 45_000), (quarter_past, 123, False, 45_000), (noon, 100_00, True, None)]
    raw = [row.raw for row in quarantine.rejected(tmp_path / "store")]
    assert raw[0] == (tmp_path / "p.csv").read_text().splitlines()[3]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_line_ends_byte_order_marks_and_quotes(tmp_path: Path, ending: str, encoding: str) -> None:
    rows = [
        department("dewa", name_en='Electricity, Water "DEWA"'),
        department("rta", name_en="Roads\nand Transport"),
        department("NO"),
    ]
    with (tmp_path / "d.csv").open("w", newline="", encoding=encoding) as file:
        writer = csv_module.DictWriter(file, [*rows[0]], lineterminator=ending)
        writer.writeheader()
        writer.writerows(rows)
    assert counts(take(tmp_path / "store", "departments", tmp_path / "d.csv")) == (3, 2, 0, 1)
    names = stored(tmp_path / "store", "departments")["name_en"].to_list()
    assert names == ['Electricity, Water "DEWA"', "Roads\nand Transport"]
    assert rejects(tmp_path / "store") == [(5, "code", "regex")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"code,name\xff\n", "line 1: no utf-8 text"),
        (b"code\nd\0wa\n", "line 2: NUL character"),
        (b"", "file is empty"),
        (b"code,code\n", "occurs twice"),
        (b'code,size\n"dewa,1\n', "correct the quoting"),
    ],
)
def test_unreadable_csv_is_refused_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "d.csv").write_bytes(content)
    with pytest.raises(InputError, match=message):
        take(tmp_path / "store", "departments", tmp_path / "d.csv")


FILES = st.lists(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 40)), max_size=6), min_size=1, max_size=4)
"""A few files of payments as (event, day of arrival); an event always has the same content."""


def event(number: int) -> dict[str, Any]:
    return payment(number, amount_fils=number * 111, occurred_at=datetime(2012, 8, 1, tzinfo=UTC) + timedelta(days=number * 5))


@pytest.mark.usefixtures("inline")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES, data=st.data())
def test_order_of_files_and_repetition_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, files: list[Any], data: Any
) -> None:
    folder = tmp_path_factory.mktemp("order")
    paths = [parquet(folder / f"{i}.parquet", "payments", [event(number) for number, _ in rows]) for i, rows in enumerate(files)]
    shuffled = data.draw(st.permutations([*paths, *paths]))
    for path in paths:
        take(folder / "once", "payments", path)
    for path in shuffled:
        take(folder / "again", "payments", path)

    expected = sorted({number for rows in files for number, _ in rows})
    once, again = stored(folder / "once", "payments"), stored(folder / "again", "payments")
    assert once["event_id"].to_list() == expected
    assert once.equals(again)
    assert verify(folder / "again").problems == ()
    assert fils(folder / "once")[:2] == fils(folder / "again")[:2] or not any(files)


@pytest.mark.usefixtures("inline")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "event_id": st.integers(0, 5),
                "amount_fils": st.sampled_from([0, 1, -1, 10**17]),
                "status": st.sampled_from(["settled", "refunded"]),
            }
        ),
        max_size=8,
    )
)
def test_rows_and_fils_in_are_all_accounted_for(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    folder = tmp_path_factory.mktemp("sums")
    outcome = take(folder / "store", "payments", parquet(folder / "p.parquet", "payments", [payment(**row) for row in rows]))
    assert outcome.rows_in == len(rows) == outcome.accepted + outcome.duplicates + outcome.rejected
    came, accepted, duplicates, rejected = fils(folder / "store")
    assert came == sum(row["amount_fils"] for row in rows if row["amount_fils"] < 10**17) == accepted + duplicates + rejected
    assert verify(folder / "store").problems == ()


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(("stored_already", "refused"), [(0, False), (1, False), (2, True)])
def test_rows_that_contradict_the_store_count_towards_the_most_a_file_may_have_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored_already: int, refused: bool
) -> None:
    monkeypatch.setattr("store.intake.MOST_REJECTS", 2)
    data = tmp_path / "store"
    take(data, "payments", parquet(tmp_path / "p.parquet", "payments", [payment(n) for n in range(1, 1 + stored_already)]))
    rows = [payment(1, amount_fils=5), payment(2, amount_fils=5), payment(3, amount_fils=-1)]
    coming = parquet(tmp_path / "q.parquet", "payments", rows)
    if refused:
        with pytest.raises(
            InputError, match=r"q\.parquet: more than 2 rows break a rule, such as line 1 \(row: conflicting_duplicate\)"
        ):
            take(data, "payments", coming)
        assert stored(data, "payments").height == stored_already
    else:
        assert take(data, "payments", coming).rejected == 1 + stored_already
