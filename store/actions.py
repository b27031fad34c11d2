"""What is to happen where a file and the contract of its source disagree: the contract's actions, by column.

    freeze    the file is refused as a whole
    allow     a column the contract does not know is left out; one that is missing, or a value that cannot be read, is taken as
              nothing, where the contract lets the column be nothing
    drop_row  the row goes to quarantine
Rule: a column nobody knows and one that is missing freeze, a value that cannot be read drops its row, unless the operator says
otherwise in `[contract.<source>]` of the store's settings.toml; what was allowed is said of every file it happened to.
Hazard: `allow` loses what a file says. It is for columns that no number rests on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import polars as pl

from store.contract import Source
from store.errors import InputError, SettingsError
from store.parse import LINE, Parsed

Action = Literal["freeze", "allow", "drop_row"]
_KEYS: Final = ("added", "missing", "unreadable")


@dataclass(frozen=True)
class Actions:
    """`added`: for columns the contract does not know. `missing` and `unreadable`: by column of the contract."""

    added: Action = "freeze"
    missing: Mapping[str, Action] = field(default_factory=dict)
    unreadable: Mapping[str, Action] = field(default_factory=dict)

    def fitted(self, rows: pl.DataFrame, source: Source, name: str, beside: Sequence[str] = ()) -> tuple[pl.DataFrame, list[str]]:
        """Rows (LINE and the file's columns) with exactly the contract's columns, and notes of what was allowed.

        `beside`: columns that the file may have beside those, and that were taken off already.

        Raises InputError where a column is missing or unknown and its action is to freeze.
        """
        wanted, found = source.schema.column_names(), [column for column in rows.columns if column != LINE]
        missing = [column for column in wanted if column not in found]
        unknown = [column for column in found if column not in wanted]
        frozen = [column for column in missing if self.missing.get(column, "freeze") != "allow"]
        problems = []
        if frozen:
            problems.append(f"column {', '.join(frozen)} of source '{source.name}' is missing (action: freeze)")
        if unknown and self.added != "allow":
            problems.append(f"column {', '.join(unknown)} is not in the contract of '{source.name}' (action: freeze)")
        if problems:
            renamed = "; was it renamed?" if frozen and unknown else ""
            also = f"; in a correction file only {', '.join(beside)} stand beside the contract's columns" if beside else ""
            raise InputError(
                f"{name}: {'; '.join(problems)}{renamed}; found {', '.join(sorted(found))}{also}. Correct the file, use a "
                f"mapping, or allow it in [contract.{source.name}] of settings.toml"
            )
        notes = [f"{name}: column {column} is missing and taken as nothing (action: allow)" for column in missing]
        notes += [f"{name}: column {column} is not in the contract and left out (action: allow)" for column in unknown]
        nothing = [pl.lit(None, pl.String).alias(column) for column in missing]
        return rows.drop(unknown).with_columns(nothing), notes

    def judged(self, parsed: Parsed, name: str) -> tuple[Parsed, list[str]]:
        """Values that could not be read, by the action of their column, and notes of what was allowed.

        Raises InputError where the action is to freeze.
        """
        if not self.unreadable or parsed.problems.is_empty():
            return parsed, []
        action = pl.col("column").replace_strict(dict(self.unreadable), default="drop_row")
        frozen = parsed.problems.filter(action == "freeze")
        if frozen.height:
            line, column, rule = frozen.row(0)
            raise InputError(f"{name}, line {line}: column {column} cannot be read ({rule}; action: freeze); correct the file")
        allowed = parsed.problems.filter(action == "allow")["column"].unique().sort()
        notes = [
            f"{name}: values of column {column} that cannot be read are taken as nothing (action: allow)" for column in allowed
        ]
        return Parsed(parsed.frame, parsed.problems.filter(action != "allow")), notes


def actions(given: Mapping[str, Any], source: Source, where: str) -> Actions:
    """The actions of a source from the table `[contract.<source>]`. Raises SettingsError for what it does not understand."""
    if unknown := [key for key in given if key not in _KEYS]:
        raise SettingsError(f"{where}: '{unknown[0]}' is unknown; there are {', '.join(_KEYS)}")
    added = given.get("added", "freeze")
    if added not in ("freeze", "allow"):
        raise SettingsError(f"{where}: added = '{added}'; an unknown column is 'freeze' or 'allow'")
    missing = _by_column(given.get("missing", {}), ("freeze", "allow"), source, f"{where}.missing")
    unreadable = _by_column(given.get("unreadable", {}), ("freeze", "allow", "drop_row"), source, f"{where}.unreadable")
    return Actions(added, missing, unreadable)


def _by_column(given: object, allowed: tuple[Action, ...], source: Source, where: str) -> dict[str, Action]:
    if not isinstance(given, Mapping):
        raise SettingsError(f"{where}: a table of column = action is wanted")
    columns = source.schema.columns()
    for column, action in given.items():
        if column not in columns:
            raise SettingsError(f"{where}: '{column}' is no column of '{source.name}'; there are {', '.join(columns)}")
        if action not in allowed:
            raise SettingsError(f"{where}.{column} = '{action}'; the actions are {', '.join(allowed)}")
        if action == "allow" and not columns[column].nullable:
            raise SettingsError(f"{where}.{column}: the contract wants a value here, so it cannot be taken as nothing")
    return dict(given)
