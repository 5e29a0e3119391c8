-- 1 while an answered call is not over: a server that goes on from another's log must not count it again.
ALTER TABLE log ADD COLUMN talking INTEGER NOT NULL DEFAULT 0;
