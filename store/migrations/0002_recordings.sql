-- The columns added hold empty text in the rows there are: an older database is salvaged on that (rescue.go).
ALTER TABLE accounts ADD COLUMN dialect TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN mobile TEXT NOT NULL DEFAULT '';
ALTER TABLE history ADD COLUMN group_id TEXT NOT NULL DEFAULT '';

CREATE TABLE recordings (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,  -- never reused, as in history
    path        TEXT NOT NULL,
    account     TEXT NOT NULL,
    direction   TEXT NOT NULL,
    uri         TEXT NOT NULL,
    number      TEXT NOT NULL,
    name        TEXT NOT NULL,
    group_id    TEXT NOT NULL,
    begun       INTEGER NOT NULL,           -- nanoseconds since 1970, UTC
    duration    INTEGER NOT NULL,           -- nanoseconds
    format      TEXT NOT NULL,
    stereo      INTEGER NOT NULL,
    seen        INTEGER NOT NULL,
    open        INTEGER NOT NULL,           -- still being written, or left by a phone that was killed
    reason      TEXT NOT NULL,              -- why it ended before the call did; empty for none
    code        INTEGER NOT NULL,
    reason_text TEXT NOT NULL,
    words       TEXT NOT NULL,              -- as in history
    digits      TEXT NOT NULL
) STRICT;

CREATE INDEX recordings_unseen ON recordings (id) WHERE seen = 0 AND open = 0;
CREATE INDEX recordings_open ON recordings (id) WHERE open = 1;
