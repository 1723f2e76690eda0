-- What is to be done behind a transaction, who does it now, and mails to send.

-- A server at work on jobs. Another that sees its beat stand still takes them over.
CREATE TABLE job_workers (
    id {bytes} NOT NULL,
    beat {i64} NOT NULL,
    CONSTRAINT job_workers_pk PRIMARY KEY (id)
) {clustered};

-- waiting → running → waiting again, done or failed.
CREATE TABLE jobs (
    id {identity} NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    -- JSON.
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    run_at {i64} NOT NULL,
    -- Counts up with every taking: what comes of an earlier one is not heard.
    lease {i64} NOT NULL,
    -- In a row.
    failures {i64} NOT NULL,
    worker_id {bytes},
    -- It was wanted again while it ran, from then on.
    again_at {i64},
    last_error TEXT,
    started_at {i64},
    ended_at {i64},
    CONSTRAINT jobs_pk PRIMARY KEY (id),
    CONSTRAINT jobs_key UNIQUE (name, key),
    CONSTRAINT jobs_worker FOREIGN KEY (worker_id) REFERENCES job_workers (id),
    CONSTRAINT jobs_bounds CHECK (lease >= 0 AND failures >= 0),
    CONSTRAINT jobs_state CHECK (
        (state = 'running' AND worker_id IS NOT NULL AND ended_at IS NULL)
        OR (state = 'waiting' AND worker_id IS NULL AND again_at IS NULL AND ended_at IS NULL)
        OR (state IN ('done', 'failed') AND worker_id IS NULL AND again_at IS NULL
            AND ended_at IS NOT NULL)
    )
) {strict};

CREATE INDEX jobs_due ON jobs (run_at, id) WHERE state = 'waiting';

CREATE INDEX jobs_running ON jobs (worker_id) WHERE state = 'running';

CREATE INDEX jobs_failed ON jobs (id) WHERE state = 'failed';

CREATE INDEX jobs_done ON jobs (ended_at) WHERE state = 'done';

CREATE TABLE mails (
    id {identity} NOT NULL,
    -- The fact it tells of: one mail a fact.
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    user_id {i64} NOT NULL,
    -- JSON.
    data TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at {i64} NOT NULL,
    sent_at {i64},
    CONSTRAINT mails_pk PRIMARY KEY (id),
    CONSTRAINT mails_key UNIQUE (key),
    CONSTRAINT mails_user FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT mails_state CHECK (
        (state = 'queued' AND sent_at IS NULL) OR (state = 'sent' AND sent_at IS NOT NULL)
    )
) {strict};

CREATE INDEX mails_of_user ON mails (user_id, id);

CREATE INDEX mails_queued ON mails (id) WHERE state = 'queued';
