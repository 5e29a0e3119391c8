-- As before: columns added to tables that are there hold empty text in old rows.
ALTER TABLE history ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE history ADD COLUMN queue TEXT NOT NULL DEFAULT '';
ALTER TABLE history ADD COLUMN sought TEXT NOT NULL DEFAULT '';
ALTER TABLE history ADD COLUMN role TEXT NOT NULL DEFAULT '';

CREATE INDEX history_tail ON history (substr(digits, -9));
CREATE INDEX history_queue ON history (queue) WHERE queue <> '';

CREATE TABLE people (
    id     INTEGER PRIMARY KEY,             -- rises with the name: see placeOf
    book   TEXT NOT NULL,
    entry  TEXT NOT NULL,                   -- the name within the book
    tag    TEXT NOT NULL,                   -- changes with the entry, as its book tells it
    person TEXT NOT NULL,                   -- phone.Person as JSON, without what the tables below keep
    UNIQUE (book, entry)
) STRICT;

CREATE TABLE numbers (
    key    INTEGER NOT NULL,                -- what a number is matched by: see matchKey
    person INTEGER NOT NULL,                -- of people
    PRIMARY KEY (key, person)
) STRICT, WITHOUT ROWID;

-- Marks and photos go by the person's full name, "book:entry": a book that is read again does not lose a mark.
CREATE TABLE marks (
    person TEXT PRIMARY KEY,
    mark   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE photos (
    person TEXT PRIMARY KEY,
    source INTEGER NOT NULL,                -- hash of the picture as it was received
    image  BLOB NOT NULL
) STRICT;

CREATE TABLE books (
    id    TEXT PRIMARY KEY,
    book  TEXT NOT NULL,                    -- phone.Book as JSON
    token TEXT NOT NULL                     -- how far it has been read
) STRICT;

CREATE TABLE items (
    kind TEXT NOT NULL,
    key  TEXT NOT NULL,
    body TEXT NOT NULL,                     -- JSON
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_servers (
    id     TEXT PRIMARY KEY,
    server TEXT NOT NULL                    -- phone.MailServer as JSON
) STRICT;

CREATE TABLE state (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Whom we have talked with: made from the history, and made again when it is empty.
CREATE TABLE callers (
    id       INTEGER PRIMARY KEY AUTOINCREMENT, -- rises with the last call
    key      INTEGER NOT NULL UNIQUE,       -- as in numbers
    uri      TEXT NOT NULL,
    number   TEXT NOT NULL,
    name     TEXT NOT NULL,
    group_id TEXT NOT NULL,
    weight   REAL NOT NULL,                 -- calls, each halving in a fortnight, as of last
    last     INTEGER NOT NULL               -- nanoseconds since 1970, UTC
) STRICT;

-- The index over people, made from them. Its words are folded before they come here.
CREATE VIRTUAL TABLE found USING fts5 (
    words, content='', contentless_delete=1, detail=none, prefix='1 2 3 4',
    tokenize="ascii tokenchars '#^@'"
);

-- A whole batch of an import is written out at once, and not in pieces that have to be merged.
INSERT INTO found (found, rank) VALUES ('hashsize', 33554432);

-- Every word that is or was in the index, for what an index of words cannot find: parts of words, typing errors.
CREATE TABLE words (
    word TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
