-- What a resumed search needs to go on as it began, and the third cap of a budget.
ALTER TABLE sessions ADD COLUMN clean_slate REAL NOT NULL DEFAULT 0.2;
ALTER TABLE session_states ADD COLUMN budget_device_s REAL NOT NULL DEFAULT 0;
