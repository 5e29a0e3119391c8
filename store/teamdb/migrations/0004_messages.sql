-- Messages of groups. n is the sequence a message got first, so that the newest have the highest; seq that of its last change.
-- A message that was deleted stays as gone, without data, until nobody has to be told any more.
CREATE TABLE messages (
	n        INT8 PRIMARY KEY,
	id       TEXT NOT NULL UNIQUE,
	seq      INT8 NOT NULL UNIQUE,
	grp      TEXT NOT NULL,
	gone     INTEGER NOT NULL,
	kind     TEXT NOT NULL,
	caller   TEXT NOT NULL, -- the last nine digits of the number outside, to compare
	at       INT8 NOT NULL,
	box      TEXT NOT NULL,
	pinned   TEXT NOT NULL,
	is_open  INTEGER NOT NULL,
	unsent   INTEGER NOT NULL,
	txt      TEXT NOT NULL, -- name, number and text, folded, to search in
	data     TEXT NOT NULL
);
CREATE INDEX messages_grp ON messages (grp, n) WHERE gone = 0;
CREATE INDEX messages_caller ON messages (caller, n) WHERE gone = 0;
CREATE INDEX messages_open ON messages (grp, n) WHERE is_open = 1;
CREATE INDEX messages_pinned ON messages (pinned, n) WHERE pinned <> '';
CREATE INDEX messages_unsent ON messages (n) WHERE unsent = 1;
CREATE INDEX messages_box ON messages (box) WHERE box <> '';
CREATE INDEX messages_at ON messages (at);
