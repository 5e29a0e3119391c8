-- How an account's calls are encrypted and find their way, and its codecs: phone.Account's fields of those names, as JSON, or empty.
ALTER TABLE accounts ADD COLUMN media TEXT NOT NULL DEFAULT '';
