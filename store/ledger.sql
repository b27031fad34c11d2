-- The ledger of a store: which files came in, what became of each row, and where the accepted rows lie.
-- Rule: a file and everything about it is written in one transaction; what the ledger does not name does not exist.
-- Hazard: only files in state 'live' count. Money is integer minor units (fils), NULL where a source has no money.

CREATE TABLE IF NOT EXISTS files (
    sha256          TEXT PRIMARY KEY,           -- of the bytes that came in
    seq             INTEGER NOT NULL,           -- number of its commit, the order in which files entered
    source          TEXT NOT NULL,
    name            TEXT NOT NULL,              -- file name without folders
    mapping         TEXT,                       -- name of the mapping it was read through
    reading         TEXT,                       -- JSON: format, columns, delimiter or pattern, by which its raw texts can be read again;
                                                -- NULL where a version of the store before 5 took it in
    corrects        INTEGER NOT NULL DEFAULT 0, -- 1: each of its rows corrects a rejected row of another file
    ingested_at     TEXT NOT NULL,              -- UTC, ISO 8601
    rows_in         INTEGER NOT NULL,           -- accepted + duplicates + rejected
    accepted        INTEGER NOT NULL,
    duplicates      INTEGER NOT NULL,
    rejected        INTEGER NOT NULL,
    skipped         INTEGER NOT NULL DEFAULT 0, -- lines that are no records (repeated header ...), by the mapping's rules
    fils_in         INTEGER,                    -- fils_accepted + fils_duplicates + fils_rejected
    fils_accepted   INTEGER,
    fils_duplicates INTEGER,
    fils_rejected   INTEGER,                    -- of rejected rows whose amount could be read
    first_day       TEXT,                       -- first and last local day covered by accepted rows, YYYY-MM-DD
    last_day        TEXT,
    covers_from     TEXT,                       -- days the sender declares delivered whole, NULL where it declares none
    covers_to       TEXT,
    state           TEXT NOT NULL CHECK (state IN ('live', 'superseded', 'refused')),
    superseded_by   TEXT,                       -- sha256 of the file that took its place
    retired_at      TEXT,                       -- UTC; when its parts, which count no longer, were removed on purpose
    holds_since     INTEGER NOT NULL DEFAULT 0, -- number of the commit since which it has held all its rows, for it may be read again;
                                                -- 0 where a version of the store before 8 took it in
    CHECK (rows_in = accepted + duplicates + rejected),
    CHECK (fils_in = fils_accepted + fils_duplicates + fils_rejected)
) STRICT;
CREATE INDEX IF NOT EXISTS files_by_source ON files (source, state, name);

CREATE TABLE IF NOT EXISTS parts (                            -- immutable Parquet files of accepted rows
    path        TEXT PRIMARY KEY,               -- below the store's folder
    file_sha256 TEXT NOT NULL REFERENCES files (sha256),
    source      TEXT NOT NULL,
    month       TEXT NOT NULL,                  -- local business month YYYY-MM, 'none' for references
    rows        INTEGER NOT NULL,
    fils        INTEGER,
    sha256      TEXT NOT NULL,                  -- of the Parquet file
    min_id      INTEGER,                        -- smallest and largest value of the source's first integer key
    max_id      INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS parts_by_month ON parts (source, month);
CREATE INDEX IF NOT EXISTS parts_by_file ON parts (file_sha256);

CREATE TABLE IF NOT EXISTS days (                             -- what became of a file's rows per local business day
    file_sha256     TEXT NOT NULL REFERENCES files (sha256),
    source          TEXT NOT NULL,
    day             TEXT NOT NULL,              -- YYYY-MM-DD; '' for rejected rows whose day cannot be read
    accepted        INTEGER NOT NULL,
    duplicates      INTEGER NOT NULL,
    rejected        INTEGER NOT NULL,
    fils_accepted   INTEGER,
    fils_duplicates INTEGER,
    fils_rejected   INTEGER,
    PRIMARY KEY (file_sha256, day)
) STRICT;
CREATE INDEX IF NOT EXISTS days_by_source ON days (source, day);

CREATE TABLE IF NOT EXISTS controls (                         -- control totals its sender gives of a file, beside what came in
    file_sha256 TEXT NOT NULL REFERENCES files (sha256),
    what        TEXT NOT NULL CHECK (what IN ('rows', 'fils', 'sha256')),
    expected    TEXT NOT NULL,
    found       TEXT NOT NULL,
    PRIMARY KEY (file_sha256, what)
) STRICT;

CREATE TABLE IF NOT EXISTS rejects (                          -- quarantine: one entry per rejected row
    file_sha256 TEXT NOT NULL REFERENCES files (sha256),
    source      TEXT NOT NULL,
    line        INTEGER NOT NULL,               -- physical line of a text file, row number of a Parquet file, from 1
    "column"    TEXT NOT NULL,                  -- columns that broke a rule, separated by ', '
    rule        TEXT NOT NULL,                  -- the rules, in the same order
    raw         TEXT NOT NULL,                  -- the line as it came; a Parquet row as JSON
    PRIMARY KEY (file_sha256, line)
) STRICT;

CREATE TABLE IF NOT EXISTS corrections (                      -- which rejected row each row that a correction file brought in corrects
    by_sha256   TEXT NOT NULL REFERENCES files (sha256),
    by_line     INTEGER NOT NULL,
    file_sha256 TEXT NOT NULL,                  -- the rejected row, as in `rejects`
    line        INTEGER NOT NULL,
    content     TEXT NOT NULL,                  -- SHA-256 of the corrected row's values
    held_by     TEXT,                           -- file that held such a row before, for then this one is its duplicate; by_sha256 where
                                                -- it is a copy of a row of that file which was rejected: then it corrects nothing
    PRIMARY KEY (by_sha256, by_line)
) STRICT;
CREATE INDEX IF NOT EXISTS corrections_by_row ON corrections (file_sha256, line);
CREATE INDEX IF NOT EXISTS corrections_by_content ON corrections (content);

CREATE VIEW IF NOT EXISTS counting AS                         -- corrections whose row counts: in their own file, or in another one
    SELECT corrections.*, files.name, files.seq FROM corrections JOIN files ON files.sha256 = by_sha256
    WHERE files.state = 'live' AND held_by IS NOT by_sha256 AND (
        held_by IS NULL
        OR EXISTS (SELECT 1 FROM files holding WHERE holding.sha256 = held_by AND holding.state = 'live'
                   AND NOT holding.corrects AND holding.holds_since <= files.seq)
        OR EXISTS (SELECT 1 FROM corrections own JOIN files holding ON holding.sha256 = own.by_sha256
                   WHERE own.content = corrections.content AND own.held_by IS NULL
                     AND holding.state = 'live' AND holding.source = files.source));

CREATE VIEW IF NOT EXISTS quarantine AS                       -- rejected rows of files that were not superseded, and how each stands
    SELECT rejects.source, files.seq, files.name AS file, files.sha256, files.mapping, files.reading,
           rejects.line, rejects."column", rejects.rule, rejects.raw,
           CASE WHEN files.corrects THEN 'again'              -- the row it was to correct stands in the file that brought it
                WHEN files.state = 'refused' THEN 'refused'   -- the file takes no effect, and is to be delivered again as a whole
                WHEN done.name IS NOT NULL THEN 'corrected'
                ELSE 'open' END AS state,
           done.name AS corrected_by
    FROM rejects JOIN files ON files.sha256 = rejects.file_sha256
    LEFT JOIN (SELECT file_sha256, line, name, min((held_by IS NOT NULL) * 1000000000000 + seq) FROM counting GROUP BY 1, 2) done
           ON done.file_sha256 = rejects.file_sha256 AND done.line = rejects.line
    WHERE files.state <> 'superseded';

CREATE TABLE IF NOT EXISTS skips (                            -- how many lines each skip rule of a mapping passed over
    file_sha256 TEXT NOT NULL REFERENCES files (sha256),
    reason      TEXT NOT NULL,
    lines       INTEGER NOT NULL,
    PRIMARY KEY (file_sha256, reason)
) STRICT;

CREATE TABLE IF NOT EXISTS relies (             -- duplicates of a file that were left out because another file holds the row
    file_sha256 TEXT NOT NULL REFERENCES files (sha256),
    on_sha256   TEXT NOT NULL,                  -- once that file is superseded, or lets go of rows, this one has to be read again
    rows        INTEGER NOT NULL,
    PRIMARY KEY (file_sha256, on_sha256)
) STRICT;

CREATE TABLE IF NOT EXISTS rollups (                          -- monthly Parquet of a mart, and the hash of what it was made from
    mart   TEXT NOT NULL,
    month  TEXT NOT NULL,
    inputs TEXT NOT NULL,
    path   TEXT NOT NULL,
    rows   INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (mart, month)
) STRICT;

CREATE TABLE IF NOT EXISTS revisions (          -- published numbers that a later snapshot changed; columns as in store/marts.py
    source       TEXT NOT NULL,
    period_start TEXT NOT NULL,
    period_end   TEXT NOT NULL,
    department   TEXT NOT NULL,
    was_rows     INTEGER,
    rows         INTEGER,
    was_fils     INTEGER,
    fils         INTEGER,
    files        TEXT NOT NULL,
    version      TEXT NOT NULL,
    was_version  TEXT NOT NULL,
    revised_at   TEXT NOT NULL,
    PRIMARY KEY (version, source, period_start, period_end, department)
) STRICT;

CREATE TABLE IF NOT EXISTS snapshots (
    version          TEXT PRIMARY KEY,
    published_at     TEXT NOT NULL,             -- UTC, ISO 8601
    complete_through TEXT,
    content          TEXT NOT NULL,             -- hash of everything it was made from
    sha256           TEXT                       -- of its file; NULL where a version of the store before 4 made it
) STRICT;
