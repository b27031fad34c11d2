"""The store's errors, one small hierarchy. A message says what is wrong, where, and what to do."""


class StoreError(Exception):
    """Anything the store refuses; its text is meant for the operator."""


class NoSnapshotError(StoreError):
    """The store has published nothing yet."""


class OldSnapshotError(NoSnapshotError):
    """What the store has published was made by another version of this program: it has to be published again."""


class InputError(StoreError):
    """A whole file that cannot be taken: unreadable, of an unknown source, or without a column. Nothing of it is visible."""


class ControlError(InputError):
    """A file that does not hold what its sender says it holds. Nothing of it is visible."""


class MappingError(StoreError):
    """A mapping that says something the store does not understand."""


class SettingsError(StoreError):
    """Currency or time zone of a file's mapping differ from what the store was begun with."""


class ConflictError(StoreError):
    """A file that would replace another one without having been told to."""


class LedgerError(StoreError):
    """The ledger contradicts itself or what lies in the store: never repaired silently."""


class PublishError(StoreError):
    """What would be published does not add up; the snapshot before it stays."""
