CREATE TABLE accounts (
    id           TEXT PRIMARY KEY,
    position     INTEGER NOT NULL,          -- order of creation
    user         TEXT NOT NULL,
    domain       TEXT NOT NULL,
    auth_user    TEXT NOT NULL,
    display_name TEXT NOT NULL,
    transport    TEXT NOT NULL,
    proxy        TEXT NOT NULL,
    expires      INTEGER NOT NULL,          -- seconds, 0 for the default
    dtmf         TEXT NOT NULL,
    is_default   INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,  -- never reused: pages and revisions rely on it
    account     TEXT NOT NULL,
    direction   TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    uri         TEXT NOT NULL,
    number      TEXT NOT NULL,
    name        TEXT NOT NULL,
    begun       INTEGER NOT NULL,           -- nanoseconds since 1970, UTC
    duration    INTEGER NOT NULL,           -- nanoseconds
    reason      TEXT NOT NULL,
    code        INTEGER NOT NULL,           -- SIP status, 0 for none
    reason_text TEXT NOT NULL,
    seen        INTEGER NOT NULL,
    words       TEXT NOT NULL,              -- name, number and address, folded for search
    digits      TEXT NOT NULL               -- the digits of the number
) STRICT;

CREATE INDEX history_missed ON history (id) WHERE outcome = 'missed';
CREATE INDEX history_unseen ON history (id) WHERE outcome = 'missed' AND seen = 0;
CREATE INDEX history_dialled ON history (id) WHERE direction = 'out';
