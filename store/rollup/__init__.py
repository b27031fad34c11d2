"""What leaves the store: portable SQL that adds accepted rows up into marts, and the plan of what to roll up again.

`plan.ROLLUPS` lists the rollups; each is one file `<name>.sql`, run verbatim by any engine that offers the relations it
reads (`relations`, `duckdb_engine`). `serve` builds a snapshot from their results, `checks` proves it against the ledger.
From outside call `store.publish` only.
"""
