-- Messages are in order of their time: a voice message that is found late was left when it was.
DROP INDEX messages_grp;
DROP INDEX messages_caller;
DROP INDEX messages_open;
DROP INDEX messages_pinned;
DROP INDEX messages_at;
CREATE INDEX messages_grp ON messages (grp, at, n) WHERE gone = 0;
CREATE INDEX messages_caller ON messages (caller, at, n) WHERE gone = 0;
CREATE INDEX messages_open ON messages (grp, at, n) WHERE is_open = 1;
CREATE INDEX messages_pinned ON messages (pinned, at, n) WHERE pinned <> '';
CREATE INDEX messages_at ON messages (at, n);
