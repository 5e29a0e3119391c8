-- When the call that was recorded began: nanoseconds since 1970, UTC, in decimal, as history.begun; empty when it is not known.
ALTER TABLE recordings ADD COLUMN call TEXT NOT NULL DEFAULT '';
CREATE INDEX recordings_call ON recordings (call) WHERE call <> '';
