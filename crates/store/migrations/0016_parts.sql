
-- What a consumer makes of a step may be written in parts: how far the step goes, and which
-- of its parts are written. Zero: no step is begun.

ALTER TABLE cursors ADD COLUMN upto {i64} NOT NULL DEFAULT 0;

ALTER TABLE cursors ADD COLUMN done {i64} NOT NULL DEFAULT 0
    CONSTRAINT cursors_part CHECK ((done = 0 AND upto = 0) OR (done > 0 AND upto > seq))
