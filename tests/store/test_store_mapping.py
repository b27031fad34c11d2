"""Files of another shape become rows of a source as their mapping says, and nothing is guessed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from store import quarantine
from store import settings as store_settings
from store.contract import SOURCES
from store.errors import InputError, MappingError, SettingsError
from store.ingest import Order, Outcome, ingest
from store.mapping import load
from store.settings import Settings
from store.shape import slug
from tests.support.records import department, parquet, stored, take

TOTALS = """
source = "payment_totals"
[store]
currency = "GBP"
minor_unit = "pence"
timezone = "Europe/London"
[[skip]]
reason = "repeated header"
where = { month = "month" }
[columns]
period_start = { from = "month", parse = "month_start" }
period_end = { from = "month", parse = "month_end" }
department = { from = "town", parse = "code" }
branch = { from = "desk" }
service = { value = "fees" }
channel = { value = "counter" }
method = { from = "paid_by", values = { CASH = "cash", CARD = "credit_card" } }
kind = { from = "paid_by", parse = "code" }
status = { from = "paid_by", values = { CASH = "settled" }, otherwise = "waived" }
transactions = { from = "number" }
amount_fils = { from = "pounds", parse = "money", thousands = "," }
[reference.departments]
code = { mapped = "department" }
name_en = { from = "town" }
name_ar = { from = "town", values = { "St Ives" = "سانت آيفز" }, keep = true }
"""
HEADER = "month;town;desk;paid_by;number;pounds"


def mapped(tmp_path: Path, toml: str, content: str, name: str = "totals.csv", data: str = "store") -> Outcome:
    """Ingest text through a mapping."""
    (tmp_path / "m.toml").write_text(toml, encoding="utf-8")
    (tmp_path / name).write_text(content, encoding="utf-8")
    mapping = load(tmp_path / "m.toml")
    return ingest(tmp_path / name, Order(tmp_path / data, mapping.source, mapping))


def totals(tmp_path: Path, *lines: str, name: str = "totals.csv") -> Outcome:
    return mapped(tmp_path, TOTALS + '[input]\ndelimiter = ";"\n', "\n".join([HEADER, *lines, ""]), name)


def rejects(data: Path) -> list[tuple[int, str, str, str]]:
    return [(row.line, row.column, row.rule, row.raw) for row in quarantine.rejected(data)]


def test_columns_constants_values_months_and_money(tmp_path: Path) -> None:
    totals(tmp_path, "2020-02;St Ives;Desk 1;CASH;12;1,234.50", "2020-02;Bath & Wells;;CARD;1;0.05")
    columns = [
        "period_start",
        "period_end",
        "department",
        "branch",
        "service",
        "method",
        "kind",
        "status",
        "transactions",
        "amount_fils",
    ]
    assert stored(tmp_path / "store", "payment_totals").select(columns).rows() == [
        (date(2020, 2, 1), date(2020, 2, 29), "bath-and-wells", "", "fees", "credit_card", "card", "waived", 1, 5),
        (date(2020, 2, 1), date(2020, 2, 29), "st-ives", "Desk 1", "fees", "cash", "cash", "settled", 12, 123_450),
    ]


def test_what_cannot_be_placed_goes_to_quarantine_with_line_column_and_raw_text(tmp_path: Path) -> None:
    bad = [
        "2020-13;A;;CASH;1;1",
        "2020-02;B;;BEADS;1;1",
        "2020-02;C;;CASH;1;1.005",
        "2020-02;D;;CASH;x;1",
        "2020-02;E;;CASH;1",
        "2020-02;F;;CASH;;1",
    ]
    outcome = totals(tmp_path, *bad, "2020-02;G;;CASH;1;1")
    assert (outcome.rows_in, outcome.accepted, outcome.rejected) == (7, 1, 6)
    assert rejects(tmp_path / "store") == [
        (2, "period_start, period_end", "month_start, month_end", bad[0]),
        (3, "method", "unknown_value", bad[1]),
        (4, "amount_fils", "money", bad[2]),
        (5, "transactions", "integer", bad[3]),
        (6, "", "field_count", bad[4]),
        (7, "transactions", "nullability", bad[5]),
    ]


def test_skipped_lines_are_no_rows_and_are_counted_apart(tmp_path: Path) -> None:
    outcome = totals(tmp_path, HEADER, "2020-02;A;;CASH;1;1", HEADER)
    assert (outcome.rows_in, outcome.accepted, outcome.skipped) == (1, 1, 2)


def test_derived_references_only_add(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir(exist_ok=True)
    store.mkdir(exist_ok=True)
    store_settings.fix(store, Settings("GBP", "pence", "Europe/London"), tmp_path)
    take(store, "departments", parquet(tmp_path / "d.parquet", "departments", [department("st-ives", name_en="Saint Ives")]))
    totals(tmp_path, "2020-02;St Ives;;CASH;1;1", "2020-02;Bath;;CASH;1;1")
    totals(tmp_path, "2020-03;Bath;;CASH;1;1", name="march.csv")
    found = stored(store, "departments").select("code", "name_en", "name_ar", "size").rows()
    assert found == [("bath", "Bath", "Bath", None), ("st-ives", "Saint Ives", "دائرة", 10)]


def test_a_value_no_reference_can_be_derived_from_rejects_its_lines_and_the_rest_goes_on(tmp_path: Path) -> None:
    """Bath is not in the list of Arabic names, and a town without a Latin letter has no code."""
    listed = TOTALS.replace("}, keep = true }", "} }") + '[input]\ndelimiter = ";"\n'
    lines = ["2020-02;Bath;;CASH;1;1", "2020-02;St Ives;;CASH;1;2", "2020-02;دبي;;CASH;1;1", "2020-03;Bath;;CASH;1;1"]
    outcome = mapped(tmp_path, listed, "\n".join([HEADER, *lines, ""]))
    assert (outcome.status, outcome.rows_in, outcome.accepted, outcome.rejected) == ("stored", 4, 1, 3)
    assert rejects(tmp_path / "store") == [
        (2, "departments.name_ar", "unknown_value", lines[0]),
        (4, "department", "code", lines[2]),
        (5, "departments.name_ar", "unknown_value", lines[3]),
    ]
    assert stored(tmp_path / "store", "departments")["code"].to_list() == ["st-ives"]


def test_a_derived_row_that_breaks_its_contract_rejects_every_line_it_comes_from(tmp_path: Path) -> None:
    unnamed = TOTALS.replace('name_en = { from = "town" }', 'name_en = { from = "desk" }') + '[input]\ndelimiter = ";"\n'
    lines = ["2020-02;Bath;;CASH;1;1", "2020-02;St Ives;Desk;CASH;1;2", "2020-03;Bath;;CASH;1;1"]
    outcome = mapped(tmp_path, unnamed, "\n".join([HEADER, *lines]))
    assert (outcome.accepted, outcome.rejected) == (1, 2)
    assert [row[:3] for row in rejects(tmp_path / "store")] == [
        (2, "departments.name_en", "min_length"),
        (4, "departments.name_en", "min_length"),
    ]


def test_references_are_derived_from_accepted_rows_only(tmp_path: Path) -> None:
    """Line 3 breaks the contract, lines 4 and 5 contradict each other."""
    bad = ["2020-02;Poole;;CASH;-1;1", "2020-02;Dorset;;CASH;1;1", "2020-02;Dorset;;CASH;1;2"]
    outcome = totals(tmp_path, "2020-02;Bath;;CASH;1;1", *bad)
    assert (outcome.accepted, outcome.rejected) == (1, 3)
    assert stored(tmp_path / "store", "departments")["code"].to_list() == ["bath"]


def test_lines_that_say_different_things_of_one_code_refuse_the_file(tmp_path: Path) -> None:
    named = TOTALS.replace('name_en = { from = "town" }', 'name_en = { from = "desk" }') + '[input]\ndelimiter = ";"\n'
    with pytest.raises(InputError, match="lines 3 and 4 say different things of 'bath' in departments"):
        mapped(
            tmp_path, named, "\n".join([HEADER, "2020-02;Ely;A;CASH;1;1", "2020-02;Bath;A;CASH;1;1", "2020-02;Bath;B;CASH;1;1"])
        )


def test_two_names_that_become_one_code_refuse_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'St Ives' and 'st\. ives' both become 'st-ives'"):
        totals(tmp_path, "2020-02;St Ives;;CASH;1;1", "2020-02;st. ives;;CASH;1;1")


def test_rows_rejected_by_a_mapping_come_in_once_it_is_corrected(tmp_path: Path) -> None:
    totals(tmp_path, "2020-02;A;;BEADS;1;1", "2020-02;B;;CASH;1;1")
    corrected = TOTALS.replace('CASH = "cash", CARD', 'BEADS = "other", CASH = "cash", CARD') + '[input]\ndelimiter = ";"\n'
    (tmp_path / "m.toml").write_text(corrected, encoding="utf-8")
    again = Order(tmp_path / "store", SOURCES["payment_totals"], load(tmp_path / "m.toml"))
    assert ingest(tmp_path / "totals.csv", again).status == "known"
    outcome = ingest(tmp_path / "totals.csv", replace(again, supersede=True))
    assert (outcome.status, outcome.accepted, outcome.rejected) == ("stored", 2, 0)
    assert [*quarantine.rejected(tmp_path / "store")] == []


def test_reading_again_to_no_use_leaves_what_the_file_was(tmp_path: Path) -> None:
    totals(tmp_path, "2020-02;A;;BEADS;1;1", "2020-02;B;;CASH;1;1")
    worse = TOTALS.replace('CASH = "cash", CARD', "CARD") + '[input]\ndelimiter = ";"\n'
    (tmp_path / "m.toml").write_text(worse, encoding="utf-8")
    order = Order(tmp_path / "store", SOURCES["payment_totals"], load(tmp_path / "m.toml"), supersede=True)
    assert ingest(tmp_path / "totals.csv", order).status == "refused"
    assert stored(tmp_path / "store", "payment_totals")["department"].to_list() == ["b"]


def test_settings_of_a_new_store_come_from_the_mapping_and_are_then_fixed(tmp_path: Path) -> None:
    totals(tmp_path, "2020-02;A;;CASH;1;1")
    assert store_settings.read(tmp_path / "store") == Settings("GBP", "pence", "Europe/London")
    other = TOTALS.replace('"GBP"', '"EUR"').replace("[[skip]]", '[input]\ndelimiter = ";"\n[[skip]]')
    with pytest.raises(SettingsError, match="currency is 'GBP' there, 'EUR' in the mapping"):
        mapped(tmp_path, other, HEADER + "\n2020-02;B;;CASH;1;1\n", "other.csv")


def test_refused_file_leaves_no_settings_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="column month, town"):
        mapped(tmp_path, TOTALS, "a,b\n1,2\n")
    assert not (tmp_path / "store" / store_settings.FILE).exists()


def test_mapping_is_for_its_own_source(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(TOTALS, encoding="utf-8")
    with pytest.raises(InputError, match="mapping 'm' is for source 'payment_totals', not 'payments'"):
        ingest(tmp_path / "x.csv", Order(tmp_path / "store", SOURCES["payments"], load(tmp_path / "m.toml")))


EVENTS = r"""
source = "status_events"
[input]
format = "lines"
pattern = '^(?P<at>\S+ \S+) (?P<name>\w+) (?P<state>UP|DOWN)( (?P<ms>\d+))?$'
[columns]
service = { from = "name", parse = "code" }
occurred_at = { from = "at", timezone = "Europe/Rome" }
department = { mapped = "service", values = { pay = "treasury" }, otherwise = "other" }
state = { from = "state", values = { UP = "up", DOWN = "down" } }
planned = { value = false }
response_ms = { from = "ms" }
"""


def test_lines_of_a_log_with_local_times(tmp_path: Path) -> None:
    lines = [
        "2023-07-01 10:00:00 Pay UP 12",
        "",
        "2023-01-01 10:00:00 Vote DOWN",
        "garbage",
        "2023-10-29 02:30:00 Pay DOWN",
        "2023-03-26 02:30:00 Pay DOWN",
    ]
    outcome = mapped(tmp_path, EVENTS, "\n".join(lines), "log.txt")
    assert (outcome.rows_in, outcome.accepted) == (5, 2)
    assert stored(tmp_path / "store", "status_events").select(
        "service", "occurred_at", "department", "state", "response_ms"
    ).rows() == [
        ("pay", datetime(2023, 7, 1, 8, tzinfo=UTC), "treasury", "up", 12),
        ("vote", datetime(2023, 1, 1, 9, tzinfo=UTC), "other", "down", None),
    ]
    # An hour that the clock shows twice or never is no time.
    assert [(line, rule) for line, _, rule, _ in rejects(tmp_path / "store")] == [
        (4, "format"),
        (5, "timestamp"),
        (6, "timestamp"),
    ]


SUMMARY = """
source = "monitor_summaries"
[input]
format = "json"
explode = { column = "down", key = "day", value = "minutes" }
[columns]
service = { from = "name", parse = "code" }
department = { value = "treasury" }
day = { from = "day", format = "%d/%m/%Y" }
down_seconds = { from = "minutes", parse = "minutes" }
"""


def test_json_records_taken_apart(tmp_path: Path) -> None:
    records = [{"name": "Pay", "n": 1.5, "down": {"01/02/2023": 3, "02/02/2023": 1.5}}, {"name": "Vote", "down": {}}]
    mapped(tmp_path, SUMMARY, json.dumps(records), "summary.json")
    found = stored(tmp_path / "store", "monitor_summaries").select("service", "day", "down_seconds").rows()
    assert found == [("pay", date(2023, 2, 1), 180)]
    [(line, column, rule, raw)] = rejects(tmp_path / "store")
    assert (line, column, rule, json.loads(raw)["minutes"]) == (2, "down_seconds", "minutes", "1.5")


@pytest.mark.parametrize(
    ("content", "message"), [("[{", "no JSON"), ('{"a": 1}', "expected a JSON array"), ('[{"name": "x"}]', "no object 'down'")]
)
def test_json_of_another_shape_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        mapped(tmp_path, SUMMARY, content, "summary.json")


def test_parquet_through_a_mapping_keeps_its_types(tmp_path: Path) -> None:
    rows = parquet(tmp_path / "d.parquet", "departments", [department("dewa")])
    toml = """
source = "departments"
[input]
format = "parquet"
[columns]
code = { from = "name_en", parse = "code" }
name_en = { from = "name_en" }
name_ar = { from = "name_ar" }
size = { from = "size" }
joined_on = { from = "joined_on" }
"""
    (tmp_path / "m.toml").write_text(toml, encoding="utf-8")
    ingest(rows, Order(tmp_path / "store", SOURCES["departments"], load(tmp_path / "m.toml")))
    assert stored(tmp_path / "store", "departments").rows() == [("dewa", "Dewa", "دائرة", 10, date(2010, 1, 1))]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('source = "payment_totals"', 'source = "payment"'), "source = 'payment' is unknown"),
        (("currency", "curency"), "'curency' is unknown in store; did you mean 'currency'"),
        (('"Europe/London"', '"Europe/Londen"'), "time zone 'Europe/Londen' is unknown"),
        (('parse = "code" }\nbranch', 'parse = "slug" }\nbranch'), "columns.department: parse = 'slug' is unknown"),
        (('branch = { from = "desk" }', ""), "columns: nothing says what goes into branch"),
        (('branch = { from = "desk" }', "branch = {}"), "columns.branch: needs one of from"),
        (('branch = { from = "desk" }', 'branch = { from = "desk", vales = {} }'), "did you mean 'values'"),
        (('branch = { from = "desk" }', 'brunch = { from = "desk" }'), "'brunch' is unknown in columns; did you mean 'branch'"),
        (('where = { month = "month" }', ""), "skip 1: needs a reason"),
        (("[reference.departments]", "[reference.payments]"), "only references can be derived"),
        (("[[skip]]", '[input]\nformat = "xlsx"\n[[skip]]'), "input.format = 'xlsx' is unknown"),
        (("[[skip]]", '[input]\nformat = "lines"\npattern = "(?P<a>"\n[[skip]]'), "input.pattern"),
        (("[[skip]]", "[[skip"), "no TOML"),
    ],
)
def test_mapping_that_is_not_understood_says_where(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert change[0] in TOTALS
    (tmp_path / "m.toml").write_text(TOTALS.replace(*change), encoding="utf-8")
    with pytest.raises(MappingError, match=r"m\.toml: ") as error:
        load(tmp_path / "m.toml")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("B&NES Mobile Libraries", "b-and-nes-mobile-libraries"),
        ("Città di Roma", "citta-di-roma"),
        (" --x-- ", "x"),
        ("دبي", ""),
        ("a" * 80, "a" * 64),
    ],
)
def test_slug(name: str, code: str) -> None:
    assert slug(name) == code


def test_every_mapping_of_the_repository_loads() -> None:
    folder = Path(__file__).resolve().parents[2] / "mappings"
    names = sorted(path.stem for path in folder.glob("*.toml"))
    assert names == ["italy_portals", "italy_summary", "librarieswest"]
    assert [load(folder / f"{name}.toml").source.name for name in names] == [
        "status_events",
        "monitor_summaries",
        "payment_totals",
    ]
