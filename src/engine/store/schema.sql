-- Version 1 of a project.  Each `checksum` is over the rest of its row (database.h).
CREATE TABLE media (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  path TEXT NOT NULL,                  -- absolute
  fingerprint TEXT NOT NULL,
  n_frames INTEGER NOT NULL,
  width INTEGER NOT NULL,              -- pixels
  height INTEGER NOT NULL,
  relative TEXT NOT NULL DEFAULT '',   -- from the project's folder; '' = not known
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE object (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 65534),
  position INTEGER NOT NULL UNIQUE,    -- in the list of objects
  name TEXT NOT NULL,
  colour INTEGER NOT NULL,             -- 0xrrggbb
  hidden INTEGER NOT NULL,
  locked INTEGER NOT NULL,
  kind INTEGER NOT NULL,               -- FyObjectKind
  n_joints INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE joint (
  object INTEGER NOT NULL REFERENCES object (id) ON DELETE CASCADE,
  joint INTEGER NOT NULL,
  name TEXT NOT NULL,
  parent INTEGER NOT NULL,             -- joint; -1 = none
  PRIMARY KEY (object, joint)
) STRICT, WITHOUT ROWID;

CREATE TABLE frame (
  frame INTEGER PRIMARY KEY CHECK (frame >= 0),
  labels BLOB NOT NULL                 -- frame-bytes.h
) STRICT;

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
