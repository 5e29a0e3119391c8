-- As before: the column added holds empty text in old rows.
ALTER TABLE people ADD COLUMN dial TEXT NOT NULL DEFAULT ''; -- the speed dial of a contact of the user's own
UPDATE people SET dial = coalesce(person ->> 'speed_dial', '') WHERE book = 'own' AND instr(person, '"speed_dial"') > 0;
CREATE INDEX people_dial ON people (dial) WHERE dial <> '';

-- The index of people, made from them: see segment.go.
DROP TABLE found;
DROP TABLE words;
CREATE TABLE segments (
    id   INTEGER NOT NULL,
    part INTEGER NOT NULL,                  -- from 0: a segment is kept in pieces
    body BLOB NOT NULL,
    gone BLOB NOT NULL,                     -- in part 0: who of the segment is no longer there
    PRIMARY KEY (id, part)
) STRICT;
INSERT INTO state (key, value) SELECT 'people.unindexed', '0' WHERE EXISTS (SELECT 1 FROM people);

-- Filters that few calls pass: history.go has the same conditions.
CREATE INDEX history_noted ON history (id) WHERE note <> '';
CREATE INDEX history_redirected ON history (id) WHERE direction = 'in' AND (sought <> '' OR outcome IN ('elsewhere', 'deflected'));
CREATE INDEX history_begun ON history (begun);
