"""Notes of metrics reach a reader with names, not codes, in the language of the page."""

from datetime import date

from metrics import Note
from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from ui.answers import ask
from ui.format import Formatter
from ui.i18n import translator
from ui.names import Names
from ui.notes import readable
from ui.text import plain
from ui.wordings import in_order

EN, AR = (Names(Formatter(translator(language))) for language in ("en", "ar"))


def test_wordings_are_counted_within_their_survey_in_the_order_of_their_use() -> None:
    used = {"panel-1": "citizen-panel", "payment-1": "after-payment", "payment-2": "after-payment", "v9": "our_own"}
    assert in_order(used) == {
        "panel-1": ("Citizen panel", "عيّنة المواطنين الدائمة"),
        "payment-1": ("Survey after payment (wording 1)", "استبيان ما بعد الدفع (الصياغة 1)"),
        "payment-2": ("Survey after payment (wording 2)", "استبيان ما بعد الدفع (الصياغة 2)"),
        "v9": ("our own", "our own"),
    }


def test_a_note_keeps_its_source_and_gets_names_and_dates() -> None:
    note = Note("{origins} since {day}: {n}", origins="probes, status_events", day="2012-09-30", n=3)
    assert readable(note, EN) == "Probes, Status events since 30 September 2012: 3"
    assert plain(readable(note, AR)) == "أحداث الحالة، قياسات المراقبة since 30 سبتمبر 2012: 3"
    assert getattr(readable(note, EN), "source", None) == note.source
    assert readable("a fixed sentence", EN) == "a fixed sentence"


def test_what_an_answer_pools_is_named_by_survey_and_number() -> None:
    asked = {"invited": 40, "completed": 40, "csat_valid": 40, "csat_top2": 30, "survey": "citizen-panel"}
    rows = [{**asked, "day": date(2012, 3, 1), "wording": "zz"}, {**asked, "day": date(2012, 6, 1), "wording": "aa"}]
    context = context_over(snapshot_in_memory(surveys=rows, complete_through=date(2012, 9, 30)))
    assert ask(context, "satisfaction").notes[-1] == (
        "Answers to different wordings of the question are pooled here: Citizen panel (wording 1), Citizen panel (wording 2)."
    )
