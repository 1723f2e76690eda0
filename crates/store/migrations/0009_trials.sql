-- What whoever was never subscribed may try first: a part of a package's terms.

ALTER TABLE package_versions ADD COLUMN trial_days {i64};
ALTER TABLE package_versions ADD COLUMN trial_credits {i64}
    CONSTRAINT package_versions_trial CHECK (
        (trial_days IS NULL AND trial_credits IS NULL)
        OR (trial_days IS NOT NULL AND trial_credits IS NOT NULL
            AND trial_days >= 1 AND trial_credits > 0)
    );
