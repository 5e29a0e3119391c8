-- One schema for both databases: INT8 is read as INTEGER by SQLite; what follows "-- only NAME" is for that database, until
-- "-- both". Times are microseconds since 1970 in UTC, 0 for none.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

-- One row. Who changes anything holds it until the change is committed: sequences are committed in their order.
CREATE TABLE sequence (one INTEGER PRIMARY KEY, last INT8 NOT NULL);
INSERT INTO sequence (one, last) VALUES (1, 0);

CREATE TABLE items (
	kind   TEXT NOT NULL,
	id     TEXT NOT NULL,
	seq    INT8 NOT NULL UNIQUE,
	grp    TEXT NOT NULL,
	person TEXT NOT NULL,
	gone   INTEGER NOT NULL,
	data   TEXT NOT NULL,
	PRIMARY KEY (kind, id)
);

-- n is the sequence a call got first, so that the newest have the highest; seq that of its last change.
CREATE TABLE log (
	n          INT8 PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	seq        INT8 NOT NULL UNIQUE,
	queue      TEXT NOT NULL,
	grp        TEXT NOT NULL,
	uri        TEXT NOT NULL,
	number     TEXT NOT NULL,
	name       TEXT NOT NULL,
	suffix     TEXT NOT NULL,
	caller     TEXT NOT NULL, -- the last nine digits of number, to compare
	began      INT8 NOT NULL,
	wait_s     INTEGER NOT NULL,
	talk_s     INTEGER NOT NULL,
	outcome    TEXT NOT NULL,
	answered   TEXT NOT NULL,
	phone      TEXT NOT NULL,
	dest       TEXT NOT NULL,
	handler    TEXT NOT NULL,
	handled    INTEGER NOT NULL,
	handled_at INT8 NOT NULL,
	note       TEXT NOT NULL,
	note_by    TEXT NOT NULL,
	is_open    INTEGER NOT NULL, -- missed and not handled
	txt        TEXT NOT NULL     -- name, number and note, folded, to search in
);
CREATE INDEX log_began ON log (began, n);
CREATE INDEX log_grp ON log (grp, n);
CREATE INDEX log_queue ON log (queue, n);
CREATE INDEX log_outcome ON log (outcome, n);
CREATE INDEX log_grp_outcome ON log (grp, outcome, n);
CREATE INDEX log_queue_outcome ON log (queue, outcome, n);
CREATE INDEX log_caller ON log (caller, n);
CREATE INDEX log_handler ON log (handler, n) WHERE handler <> '';
CREATE INDEX log_answered ON log (answered, n) WHERE answered <> '';
CREATE INDEX log_open ON log (n) WHERE is_open = 1;
CREATE INDEX log_open_grp ON log (grp, n) WHERE is_open = 1;
CREATE INDEX log_open_queue ON log (queue, n) WHERE is_open = 1;

CREATE TABLE secrets (person TEXT PRIMARY KEY, hash TEXT NOT NULL);

CREATE TABLE tokens (
	id      TEXT PRIMARY KEY,
	hash    TEXT NOT NULL,
	person  TEXT NOT NULL,
	name    TEXT NOT NULL,
	agent   TEXT NOT NULL,
	scope   TEXT NOT NULL,
	since   INT8 NOT NULL,
	seen    INT8 NOT NULL,
	expires INT8 NOT NULL
);
CREATE INDEX tokens_person ON tokens (person);

CREATE TABLE attempts (key TEXT PRIMARY KEY, n INTEGER NOT NULL, last INT8 NOT NULL, until INT8 NOT NULL);

CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INT8 NOT NULL);

CREATE TABLE audit (
	n       INT8 PRIMARY KEY,
	at      INT8 NOT NULL,
	person  TEXT NOT NULL,
	address TEXT NOT NULL,
	action  TEXT NOT NULL,
	target  TEXT NOT NULL,
	ok      INTEGER NOT NULL
);

-- only sqlite
CREATE VIRTUAL TABLE log_text USING fts5(txt, content='log', content_rowid='n', tokenize='trigram');
CREATE TRIGGER log_text_insert AFTER INSERT ON log BEGIN
	INSERT INTO log_text (rowid, txt) VALUES (new.n, new.txt);
END;
CREATE TRIGGER log_text_delete AFTER DELETE ON log BEGIN
	INSERT INTO log_text (log_text, rowid, txt) VALUES ('delete', old.n, old.txt);
END;
CREATE TRIGGER log_text_update AFTER UPDATE OF txt ON log WHEN old.txt <> new.txt BEGIN
	INSERT INTO log_text (log_text, rowid, txt) VALUES ('delete', old.n, old.txt);
	INSERT INTO log_text (rowid, txt) VALUES (new.n, new.txt);
END;
-- only postgres
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX log_text ON log USING gin (txt gin_trgm_ops);
-- both
