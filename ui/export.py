"""Takes what a chart or table shows out of the browser: the row of CSV, XLSX and PNG under it, and how it was computed.

Rule: files hold what stands above the row, in the same period, filters and snapshot, and are built only when asked for.
Hazard: a picture says nothing by itself; its footer, drawn by `static/dashboard.js`, has to say where it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from metrics.model import Result
from ui.about import About, head_lines, how
from ui.context import Context
from ui.explain import explanation
from ui.file_head import file_name, filters_in_words
from ui.grid import Grid
from ui.lookups import names_of
from ui.names import Names
from ui.sheet import Sheet
from ui.spreadsheets import to_csv, to_xlsx, write_csv, write_xlsx
from ui.text import plain

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export_row(context: Context, key: str, results: Sequence[Result], sheets: Sequence[Sheet], *, more: str = "") -> None:
    """Draw the row under a chart: CSV and XLSX of its sheets, PNG of the chart itself, and how everything was computed.

    `key` is unique on the page; `results` are drawn. The files are built when they are asked for; a rerun of the page costs
    nothing. `more` is HTML that the explanation begins with.
    """
    names, behind = names_of(context), sheets[0].results
    with _row(key):
        _download(key, file_name(behind, "csv"), partial(to_csv, sheets, names))
        _download(key, file_name(behind, "xlsx"), partial(to_xlsx, sheets, names))
        explained = [*results, *(result for result in behind if result not in results)]
        st.html(f'<div class="k-take">{_png_button(results, names)}{explanation(context, explained, more)}</div>')


def sheet_row(context: Context, key: str, sheet: Sheet) -> None:
    """Draw the row under a table made from answers without a chart: CSV and XLSX named after `key`, and the explanation."""
    names = names_of(context)
    stem = f"{key}-{file_name(sheet.results, '').rstrip('.')}"
    with _row(key):
        _download(key, f"{stem}.csv", partial(to_csv, [sheet], names))
        _download(key, f"{stem}.xlsx", partial(to_xlsx, [sheet], names))
        st.html(f'<div class="k-take">{explanation(context, sheet.results)}</div>')


def grid_row(context: Context, about: About, grid: Grid, *, chart: bool = False) -> None:
    """Draw the row under a table that is no KPI (sources, quarantine, ...): CSV and XLSX, PNG of a chart, how it comes about."""
    words, lines = context._, [(label, plain(said)) for label, said in head_lines(context, about)]
    stem = "-".join((about.key, str(about.days.start), str(about.days.end), context.snapshot.version))
    with _row(about.key):
        _download(about.key, f"{stem}.csv", partial(write_csv, [(lines, grid)]))
        _download(about.key, f"{stem}.xlsx", partial(write_xlsx, [(lines, grid)], words))
        footer = "; ".join(f"{label}: {said}" for label, said in lines[1:] if said and label != words("Definition"))
        picture = _png(f"{stem}.png", footer) if chart else ""
        st.html(f'<div class="k-take">{picture}{how(context, about)}</div>')


def _row(key: str) -> DeltaGenerator:
    return st.container(horizontal=True, key=f"take-{key}", gap="small", vertical_alignment="center")


def _download(key: str, name: str, build: Callable[[], bytes]) -> None:
    """A link-like button; `build` runs when it is clicked, outside the page's run."""
    extension = name.rpartition(".")[2]
    mime = {"csv": "text/csv", "xlsx": _XLSX}[extension]
    st.download_button(extension.upper(), build, name, mime, key=f"{extension}-{key}", on_click="ignore", type="tertiary")


def _png_button(results: Sequence[Result], names: Names) -> str:
    first, fmt = results[0], names.format
    footer = fmt.words(
        "{period}. {filters}Data complete to {date}, snapshot {snapshot}.",
        period=fmt.window(first.window),
        filters=f"{filters}. " if (filters := filters_in_words(first, names, codes=False)) else "",
        date=fmt.date(first.complete_through),
        snapshot=fmt.name(first.snapshot),
    )
    return _png(file_name(results, "png"), footer)


def _png(name: str, footer: str) -> str:
    """The button that `static/dashboard.js` listens to; the footer makes the picture say where it comes from."""
    return f'<button type="button" data-png="{escape(name)}" data-footer="{escape(footer)}">PNG</button>'
