"""All definitions, searchable: what each KPI means, its formula and what to beware of, from the catalogue alone; and the settings
of the store they are computed on.

Rule: a search looks in both languages, so that a reader finds a KPI by whichever name they know.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import metrics
from metrics import KPIS, Kpi
from ui.context import Context
from ui.i18n import LANGUAGES, translator
from ui.lookups import names_of


def matching(text: str) -> list[Kpi]:
    """KPIs that contain every word of `text` in id, title or definition, in any language; all for an empty text."""
    wanted = text.casefold().split()
    return [kpi for kpi in KPIS.values() if all(word in _haystack(kpi) for word in wanted)]


def _haystack(kpi: Kpi) -> str:
    translated = [translator(language)(text) for language in LANGUAGES for text in (kpi.title, kpi.definition)]
    return " ".join((kpi.id, *translated)).casefold()


def definitions_html(context: Context, found: Sequence[Kpi]) -> str:
    """A list of definitions, each opened on demand."""
    return f'<div class="k-definitions">{"".join(_one(context, kpi) for kpi in found)}</div>'


def _one(context: Context, kpi: Kpi) -> str:
    _, names = context._, names_of(context)
    good = {"up": _("more is better"), "down": _("less is better"), "neutral": _("neither more nor less is better")}[
        kpi.direction
    ]
    facts = [
        (_("Numerator"), f"<code>{escape(kpi.numerator)}</code>"),
        (_("Denominator"), f"<code>{escape(kpi.denominator)}</code>" if kpi.denominator else ""),
        (_("Source"), escape(_(", ").join(names.of("source", source) for source in kpi.source.split()))),
        (_("Direction"), escape(good)),
    ]
    rows = "".join(f"<dt>{escape(term)}</dt><dd>{html}</dd>" for term, html in facts if html)
    caveats = "".join(f"<li>{escape(_(caveat))}</li>" for caveat in kpi.caveats)
    title, definition = escape(_(kpi.title)), escape(_(kpi.definition))
    return (
        f"<details><summary><b>{title}</b> <code>{escape(kpi.id)}</code><span>{definition}</span></summary>"
        f"<dl>{rows}</dl>{f'<ul>{caveats}</ul>' if caveats else ''}</details>"
    )


def settings_html(context: Context) -> str:
    """What this store is set to, and which snapshot of it is shown."""
    _, settings, meta = context._, context.snapshot.settings, metrics.meta(context.snapshot)
    published = datetime.fromisoformat(meta["published_at"]).astimezone(ZoneInfo(settings.timezone))
    name = context.format.currency_name
    rows = (
        (_("Currency"), name if name == settings.currency else f"{name} ({settings.currency})"),
        (_("Minor unit"), context.format.minor_unit_name),
        (_("Time zone"), settings.timezone),
        (_("Snapshot"), context.snapshot.version),
        (_("Published"), context.format.moment(published)),
        (_("Data from"), context.format.date(context.facts.first_day)),
        (_("Data complete to"), context.format.date(context.facts.complete_through)),
    )
    return f'<dl class="k-facts">{"".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in rows)}</dl>'
