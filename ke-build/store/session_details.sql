-- Version 2. What else is fixed when a session starts, as JSON: facts about the operator, parts that were left out, and
-- what earlier sessions had taught. Sessions of version 1 have no row.
CREATE TABLE session_details (
  session TEXT PRIMARY KEY,
  details TEXT NOT NULL
) WITHOUT ROWID;
