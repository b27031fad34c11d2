"""The store's errors, one small hierarchy. A message says what is wrong, where, and what to do."""


class StoreError(Exception):
    """Anything the store refuses; its text is meant for the operator."""


class NoSnapshotError(StoreError):
    """The store has published nothing yet."""
