-- Version 1. Rows are only ever added: whatever changes over time has a log (session_states, statistics_log,
-- proposal_states), and the newest row of the log is the present. Every key is a UUID or begins with one, so that the
-- rows of two stores can be united without conflict.
CREATE TABLE operators (
  op_hash TEXT PRIMARY KEY,             -- contract + baseline source + recipe
  name TEXT NOT NULL,
  first_seen TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  op TEXT NOT NULL,
  op_hash TEXT NOT NULL,
  hardware TEXT NOT NULL,
  compiler TEXT NOT NULL,
  flags TEXT NOT NULL,
  engine_version TEXT NOT NULL,
  seed INTEGER NOT NULL,                -- the bits of a uint64
  policy TEXT NOT NULL,
  started TEXT NOT NULL
);
CREATE INDEX sessions_by_op ON sessions(op, op_hash);

CREATE TABLE session_states (
  session TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  state TEXT NOT NULL,
  stopped_by TEXT NOT NULL,
  finished TEXT NOT NULL,
  elapsed_s REAL NOT NULL,
  budget_seconds REAL NOT NULL,         -- a resumed session may be given another budget
  budget_evaluations INTEGER NOT NULL,
  evaluations INTEGER NOT NULL,
  best INTEGER NOT NULL,
  outcomes TEXT NOT NULL,               -- JSON: outcome -> count
  compile_s REAL NOT NULL,
  timed_s REAL NOT NULL,
  check_s REAL NOT NULL,
  engine_s REAL NOT NULL,
  PRIMARY KEY (session, sequence)
) WITHOUT ROWID;

-- Candidate sources by content: thousands of nodes share a few hundred texts.
CREATE TABLE blobs (
  hash TEXT PRIMARY KEY,                -- SHA-256
  content BLOB NOT NULL
);

CREATE TABLE nodes (
  session TEXT NOT NULL,
  id INTEGER NOT NULL,                  -- 1 is the root
  parent INTEGER NOT NULL,
  step INTEGER NOT NULL,                -- logical step at which it appeared
  memory TEXT NOT NULL,
  candidate TEXT NOT NULL,              -- candidate_hash
  source TEXT NOT NULL,                 -- blobs.hash
  flags TEXT NOT NULL,                  -- JSON
  tunables TEXT NOT NULL,               -- JSON
  moves TEXT NOT NULL,                  -- JSON
  created TEXT NOT NULL,
  PRIMARY KEY (session, id)
) WITHOUT ROWID;
CREATE INDEX nodes_by_parent ON nodes(session, parent);

CREATE TABLE evaluations (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  node INTEGER NOT NULL,
  sequence INTEGER NOT NULL,            -- the highest one of a node is its current evaluation
  step INTEGER NOT NULL,
  effort TEXT NOT NULL,                 -- screen, decide, confirm
  outcome TEXT NOT NULL,
  speedup REAL NOT NULL,
  low REAL NOT NULL,
  high REAL NOT NULL,
  confirmed INTEGER NOT NULL,
  detail TEXT NOT NULL,                 -- JSON: reason, rung, repro, diagnoses, sandbox, ledger
  created TEXT NOT NULL
);
CREATE UNIQUE INDEX evaluations_by_node ON evaluations(session, node, sequence);
CREATE INDEX evaluations_by_speedup ON evaluations(session, speedup DESC);

CREATE TABLE measurements (
  evaluation TEXT NOT NULL,
  position INTEGER NOT NULL,
  workload TEXT NOT NULL,
  ratio REAL NOT NULL,
  low REAL NOT NULL,
  high REAL NOT NULL,
  confidence REAL NOT NULL,
  baseline_s REAL NOT NULL,
  candidate_s REAL NOT NULL,
  pairs INTEGER NOT NULL,
  blocks INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  weight REAL NOT NULL,
  PRIMARY KEY (evaluation, position)
) WITHOUT ROWID;

-- Search statistics as they changed: any past state of the tree can be rebuilt, so that nothing learned from it sees
-- the future.
CREATE TABLE statistics_log (
  session TEXT NOT NULL,
  node INTEGER NOT NULL,
  step INTEGER NOT NULL,
  visits INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (session, node, step)
) WITHOUT ROWID;

-- What a language model was asked and answered; the texts are blobs.
CREATE TABLE prompts (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  node INTEGER NOT NULL,
  step INTEGER NOT NULL,
  model TEXT NOT NULL,
  request TEXT NOT NULL,
  reply TEXT NOT NULL,
  tokens_in INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  created TEXT NOT NULL
);

CREATE TABLE lessons (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  op TEXT NOT NULL,
  op_type TEXT NOT NULL,
  name TEXT NOT NULL,
  pattern TEXT NOT NULL,
  precondition TEXT NOT NULL,
  actions TEXT NOT NULL,                -- JSON
  features TEXT NOT NULL,               -- JSON
  speedup REAL NOT NULL,
  low REAL NOT NULL,
  high REAL NOT NULL,
  hardware TEXT NOT NULL,
  compiler TEXT NOT NULL,
  body TEXT NOT NULL,
  created TEXT NOT NULL
);
CREATE INDEX lessons_by_type ON lessons(op_type);

CREATE TABLE baselines (
  id TEXT PRIMARY KEY,
  op TEXT NOT NULL,
  workload TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  hardware TEXT NOT NULL,
  compiler TEXT NOT NULL,
  flags TEXT NOT NULL,
  measured TEXT NOT NULL,
  seconds REAL NOT NULL,
  low REAL NOT NULL,
  high REAL NOT NULL
);
CREATE INDEX baselines_by_op ON baselines(op, workload);

CREATE TABLE proposals (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  op TEXT NOT NULL,
  branch TEXT NOT NULL,
  base_commit TEXT NOT NULL,
  head_commit TEXT NOT NULL,
  source_token_hash TEXT NOT NULL,
  candidate TEXT NOT NULL,
  created TEXT NOT NULL,
  speedup REAL NOT NULL,
  low REAL NOT NULL,
  high REAL NOT NULL
);
CREATE INDEX proposals_by_op ON proposals(op);

CREATE TABLE proposal_states (
  proposal TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  changed TEXT NOT NULL,
  PRIMARY KEY (proposal, sequence)
) WITHOUT ROWID;
