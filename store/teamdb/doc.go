// Package teamdb keeps what the team server keeps ([kept.Shelf]) in SQLite or PostgreSQL: one set of numbered migrations,
// one set of queries.
//
//	Update: BEGIN; lock the sequence's row; …; COMMIT (on disk when it returns)   one at a time, all servers together
//	reads:  each on a snapshot of its own
//	Wake:   own commits at once; others' by LISTEN (PostgreSQL); and once a second whatever else writes
//
// SQLite has one connection that writes and a few that read (WAL, synchronous=FULL). A backup is a SQLite database with the
// same tables, whatever it was made of, so that a team can move from one to the other.
package teamdb
