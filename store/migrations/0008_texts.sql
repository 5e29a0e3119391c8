-- Text messages, ours and theirs.
CREATE TABLE texts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    key         TEXT NOT NULL UNIQUE,       -- what the engine names it by
    peer        TEXT NOT NULL,              -- the thread: numbers.Reading.Key of the other side
    account     TEXT NOT NULL,
    direction   TEXT NOT NULL,
    uri         TEXT NOT NULL,
    number      TEXT NOT NULL,
    name        TEXT NOT NULL,
    at          INTEGER NOT NULL,           -- nanoseconds since 1970, UTC
    body        TEXT NOT NULL,
    state       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    code        INTEGER NOT NULL,
    reason_text TEXT NOT NULL,
    read        INTEGER NOT NULL
) STRICT;
CREATE INDEX texts_peer ON texts (peer, id);
CREATE INDEX texts_unread ON texts (peer) WHERE read = 0;
