"""availability"""

from ui.context import Context


def page(context: Context) -> None:
    """Draw."""
