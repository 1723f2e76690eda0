//! What the planner must know and can't guess: all rows are in one partition.
//!
//! Without it a key's first column looks selective, and a wallet's few rows
//! would be searched for through every row there is. Estimates of our own,
//! written once, also keep plans from changing with the data.

use rusqlite::Connection;

/// Rows of a table, all in one partition.
const ROWS: &str = "1000000 1000000";
/// Rows that share the columns up to one of the middle.
const SHARED: &str = " 10";
/// Rows that share all columns of a unique index.
const ALONE: &str = " 1";

/// An index that leads with the partition.
struct Index {
    table: String,
    name: String,
    columns: u16,
    last: &'static str,
}

/// Writes an estimate for every such index, in the transaction that made them.
pub(super) fn write(connection: &Connection) -> rusqlite::Result<()> {
    // Makes the table of estimates, if it is not there.
    connection.execute_batch("ANALYZE sqlite_schema; DELETE FROM sqlite_stat1")?;
    for Index { table, name, columns, last } in indexes(connection)? {
        let stat = format!("{ROWS}{}{last}", SHARED.repeat(usize::from(columns.saturating_sub(2))));
        let insert = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)";
        connection.execute(insert, [table, name, stat])?;
    }
    Ok(())
}

fn indexes(connection: &Connection) -> rusqlite::Result<Vec<Index>> {
    // A table that is its key's index has its own name there.
    let select = "SELECT t.name, CASE i.origin WHEN 'pk' THEN t.name ELSE i.name END,
            COUNT(*), i.\"unique\"
        FROM sqlite_schema AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
        WHERE t.type = 'table'
            AND (SELECT name FROM pragma_index_info(i.name) WHERE seqno = 0) = 'partition_id'
        GROUP BY t.name, i.name
        HAVING COUNT(*) > 1";
    let mut select = connection.prepare(select)?;
    let indexes = select.query_map([], |row| {
        let unique: bool = row.get(3)?;
        let last = if unique { ALONE } else { SHARED };
        Ok(Index { table: row.get(0)?, name: row.get(1)?, columns: row.get(2)?, last })
    })?;
    indexes.collect()
}
