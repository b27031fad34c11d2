"""Where numbers live: files come in, are checked against their contract, added up, and published as immutable snapshots.

What may be called from outside:
- `python -m store` is the operator's face (store.__main__).
- `store.ingest.ingest` takes a file in, `store.publish.publish` publishes, `store.verify.verify` adds everything up again.
- `store.contract` and `store.marts` are the vocabulary: what may come in, and what a snapshot holds.
- `store.snapshot` opens what was published. It is the only door for metrics, which is why this package imports nothing here:
  whoever opens a snapshot shall not load what ingest needs.
"""
