"""What stands beside a number that is not what it seems: few answers, a hidden base, nothing at all."""

from datetime import date

from metrics import month, same_period_last_year
from tests.support.contexts import context_over
from tests.support.marts import snapshot_in_memory
from ui.answers import ask
from ui.grid import answer_grid
from ui.lookups import names_of
from ui.survey_words import score_lines
from ui.text import plain

SEPTEMBER = month(2012, 9)


def answers(department: str, year: int, n: int) -> dict[str, object]:
    sums = {"csat_valid": n, "csat_top2": n // 2, "invited": 2 * n, "completed": n}
    return {"day": date(year, 9, 1), "department": department, **sums}


def test_a_comparison_of_few_answers_says_how_few_in_table_file_and_hover() -> None:
    sizes = {"dewa": (40, 15), "rta": (400, 300), "dha": (50, 4), "customs": (60, 5)}
    rows = [answers(code, year, n) for code, both in sizes.items() for year, n in zip((2012, 2011), both, strict=True)]
    context = context_over(snapshot_in_memory(surveys=rows))
    result = ask(context, "satisfaction", "department", window=SEPTEMBER, base=same_period_last_year(SEPTEMBER))
    grid = answer_grid([result], names_of(context))
    assert grid.columns[-1].title == "Remark"
    remarks = {str(row[0]): row[-1] for row in grid.rows}
    assert remarks == {
        "dewa": "few answers: 40 now, 15 then",
        "rta": "",
        "dha": "comparison hidden: fewer than 10 answers",
        "customs": "comparison hidden: fewer than 10 answers",
    }
    dewa = next(row for row in result.rows if row.key("department") == "dewa")
    assert "few answers: 40 now, 15 then" in plain(" | ".join(score_lines(context, result, dewa)))
