//! A database that says it is a cluster's coordinator, as Citus would, and refuses what
//! Citus refuses. Its tables are ordinary ones: what workers do is not shown by it.

/// Makes a migrated database one. The one "worker" has the server's own settings.
pub const CLUSTER: &str = r#"
CREATE TABLE pg_dist_partition (logicalrelid REGCLASS, partmethod "char");

INSERT INTO pg_dist_partition
SELECT name::regclass, 'h'
FROM unnest(ARRAY['partitions', 'journal', 'heads', 'words', 'projected', 'wallets', 'grants',
    'holds', 'used_keys', 'history', 'refunds']) AS name;

CREATE FUNCTION run_command_on_workers(command TEXT)
RETURNS TABLE (nodename TEXT, nodeport INTEGER, success BOOLEAN, result TEXT)
LANGUAGE sql
AS $$ SELECT 'worker-1', 5432, TRUE, current_setting(substr(command, 6)) $$;

CREATE FUNCTION refuse() RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    IF current_query() LIKE 'WITH%' THEN
        RAISE 'cannot execute a distributed query from a query on a shard'
        USING ERRCODE = 'internal_error';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER refuse AFTER INSERT ON journal
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
"#;
