"""docs/store.md says what the contracts say."""

from store.describe import PAGE, described


def test_sources_of_the_page_are_those_of_the_contracts() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert described(page) == page, "run `.venv/bin/python -m store.describe`"
