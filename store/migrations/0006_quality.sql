-- How a call sounded: phone.CallQuality as JSON, or empty for calls that were not talked in.
ALTER TABLE history ADD COLUMN quality TEXT NOT NULL DEFAULT '';
CREATE INDEX history_quality ON history (id) WHERE quality <> '';
