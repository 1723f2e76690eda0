//! The numbered migrations and the plan that brings a database up to date.
//!
//! One sequence for both engines: tokens stand where their words differ. A
//! driver runs the plan inside one transaction that keeps everyone else out,
//! so ten servers that start at once migrate once. This module must not know
//! how a statement is run.

use ledger::Time;

use crate::error::Error;
use crate::query::{Change, Engine, Query, Sql};
use crate::row::Row;

const CREATE: Sql = Sql::split(
    "migrations.create",
    "CREATE TABLE IF NOT EXISTS migrations (
        version INTEGER NOT NULL,
        name TEXT NOT NULL,
        checksum INTEGER NOT NULL,
        applied_at INTEGER NOT NULL,
        CONSTRAINT migrations_pk PRIMARY KEY (version)
    ) STRICT",
    "CREATE TABLE IF NOT EXISTS migrations (
        version BIGINT NOT NULL,
        name TEXT NOT NULL,
        checksum BIGINT NOT NULL,
        applied_at BIGINT NOT NULL,
        CONSTRAINT migrations_pk PRIMARY KEY (version)
    )",
);

const APPLIED: Sql = Sql::both(
    "migrations.applied",
    "SELECT version, checksum
    FROM migrations
    ORDER BY version",
);

const RECORD: Sql = Sql::both(
    "migrations.record",
    "INSERT INTO migrations (version, name, checksum, applied_at)
    VALUES ($1, $2, $3, $4)",
);

/// The statements of this module.
pub(crate) const STATEMENTS: &[&Sql] = &[&CREATE, &APPLIED, &RECORD];

/// Makes the table of what was applied.
pub(crate) fn create() -> Change<'static> {
    CREATE.change([])
}

/// What was applied, oldest first.
pub(crate) fn applied() -> Query<'static, Applied> {
    APPLIED.rows([], Applied::read)
}

/// Notes that a migration was applied.
pub(crate) fn record(migration: &Migration, at: Time) -> Change<'static> {
    RECORD.change([
        migration.version.into(),
        migration.name.into(),
        migration.checksum().into(),
        at.into(),
    ])
}

/// A step of the schema. Once released, its text never changes.
#[derive(Debug)]
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) name: &'static str,
    template: &'static str,
}

/// Every migration, in order.
pub(crate) const ALL: &[Migration] = &[
    Migration { version: 1, name: "base", template: include_str!("../migrations/0001_base.sql") },
    Migration {
        version: 2,
        name: "ledger",
        template: include_str!("../migrations/0002_ledger.sql"),
    },
    Migration {
        version: 3,
        name: "identity",
        template: include_str!("../migrations/0003_identity.sql"),
    },
    Migration {
        version: 4,
        name: "commerce",
        template: include_str!("../migrations/0004_commerce.sql"),
    },
    Migration {
        version: 5,
        name: "figures",
        template: include_str!("../migrations/0005_figures.sql"),
    },
    Migration { version: 6, name: "audit", template: include_str!("../migrations/0006_audit.sql") },
    Migration { version: 7, name: "jobs", template: include_str!("../migrations/0007_jobs.sql") },
    Migration {
        version: 8,
        name: "reversals",
        template: include_str!("../migrations/0008_reversals.sql"),
    },
    Migration {
        version: 9,
        name: "trials",
        template: include_str!("../migrations/0009_trials.sql"),
    },
    Migration {
        version: 10,
        name: "promotions",
        template: include_str!("../migrations/0010_promotions.sql"),
    },
    Migration {
        version: 11,
        name: "subscriptions",
        template: include_str!("../migrations/0011_subscriptions.sql"),
    },
    Migration {
        version: 12,
        name: "stripe",
        template: include_str!("../migrations/0012_stripe.sql"),
    },
    Migration {
        version: 13,
        name: "top_ups",
        template: include_str!("../migrations/0013_top_ups.sql"),
    },
    Migration {
        version: 14,
        name: "card_setups",
        template: include_str!("../migrations/0014_card_setups.sql"),
    },
    Migration {
        version: 15,
        name: "used_keys",
        template: include_str!("../migrations/0015_used_keys.sql"),
    },
    Migration {
        version: 16,
        name: "parts",
        template: include_str!("../migrations/0016_parts.sql"),
    },
];

/// The schema version of this program.
pub const fn version() -> i64 {
    ALL[ALL.len() - 1].version
}

/// A row of what was applied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Applied {
    pub(crate) version: i64,
    checksum: i64,
}

impl Applied {
    fn read(row: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Self { version: row.get()?, checksum: row.get()? })
    }
}

/// Why the database's migrations are not a beginning of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// It has one that we do not know.
    Newer {
        /// Its number.
        found: i64,
    },
    /// It has another one under that number.
    Altered {
        /// Its number.
        version: i64,
        /// Our name for it.
        name: &'static str,
    },
}

/// What is still to be applied.
pub(crate) fn pending(applied: &[Applied]) -> Result<&'static [Migration], Misfit> {
    pending_of(ALL, applied)
}

fn pending_of<'m>(all: &'m [Migration], applied: &[Applied]) -> Result<&'m [Migration], Misfit> {
    if let Some(newest) = applied.last().filter(|row| row.version > all[all.len() - 1].version) {
        return Err(Misfit::Newer { found: newest.version });
    }
    for (migration, row) in all.iter().zip(applied) {
        if migration.version != row.version || migration.checksum() != row.checksum {
            return Err(Misfit::Altered { version: row.version, name: migration.name });
        }
    }
    Ok(&all[applied.len().min(all.len())..])
}

impl Migration {
    /// The text with the engine's words in place of the tokens.
    pub(crate) fn text(&self, engine: Engine) -> String {
        let words = match engine {
            Engine::Sqlite => SQLITE,
            Engine::Postgres => POSTGRES,
        };
        let replace = |text: String, (token, word): &(&str, &str)| text.replace(token, word);
        words.iter().fold(self.template.to_owned(), replace)
    }

    /// FNV-1a over the template: a check against accidents, not attackers.
    /// Carriage returns don't count, so a checkout's line ends don't either.
    pub(crate) fn checksum(&self) -> i64 {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        let bytes = self.template.bytes().filter(|byte| *byte != b'\r');
        bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME)).cast_signed()
    }
}

/// A truth value is INT, so that it can be told from an integer in the schema.
const SQLITE: &[(&str, &str)] = &[
    ("{i64}", "INTEGER"),
    ("{bool}", "INT"),
    ("{bytes}", "BLOB"),
    ("{identity}", "INTEGER"),
    ("{strict}", "STRICT"),
    ("{clustered}", "STRICT, WITHOUT ROWID"),
    ("{changing}", "STRICT, WITHOUT ROWID"),
];

const POSTGRES: &[(&str, &str)] = &[
    ("{i64}", "BIGINT"),
    ("{bool}", "BOOLEAN"),
    ("{bytes}", "BYTEA"),
    ("{identity}", "BIGINT GENERATED BY DEFAULT AS IDENTITY"),
    (" {strict}", ""),
    (" {clustered}", ""),
    // Rows that change all the time: half of each page is left for what follows them, so
    // that no index has to.
    ("{changing}", "WITH (fillfactor = 50)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[Migration] = &[
        Migration {
            version: 1,
            name: "one",
            template: "CREATE TABLE a (b {i64} NOT NULL) {strict};",
        },
        Migration {
            version: 2,
            name: "two",
            template: "CREATE TABLE c (d {bool} NOT NULL) {strict};",
        },
    ];

    fn row(migration: &Migration) -> Applied {
        Applied { version: migration.version, checksum: migration.checksum() }
    }

    #[test]
    fn what_was_not_applied_yet_is_pending() {
        let left = |applied: &[Applied]| pending_of(TWO, applied).map(<[Migration]>::len);
        assert_eq!(left(&[]), Ok(2));
        assert_eq!(left(&[row(&TWO[0])]), Ok(1));
        assert_eq!(left(&[row(&TWO[0]), row(&TWO[1])]), Ok(0));
    }

    #[test]
    fn an_altered_migration_and_a_newer_one_are_misfits() {
        let altered = Applied { version: 1, checksum: 7 };
        let misfit = pending_of(TWO, &[altered]).unwrap_err();
        assert_eq!(misfit, Misfit::Altered { version: 1, name: "one" });
        let newer = Applied { version: 3, checksum: 7 };
        let misfit = pending_of(TWO, &[row(&TWO[0]), row(&TWO[1]), newer]).unwrap_err();
        assert_eq!(misfit, Misfit::Newer { found: 3 });
    }

    #[test]
    fn tokens_become_the_words_of_the_engine() {
        assert_eq!(TWO[1].text(Engine::Sqlite), "CREATE TABLE c (d INT NOT NULL) STRICT;");
        assert_eq!(TWO[1].text(Engine::Postgres), "CREATE TABLE c (d BOOLEAN NOT NULL);");
        for migration in ALL {
            for engine in [Engine::Sqlite, Engine::Postgres] {
                assert!(!migration.text(engine).contains(['{', '}']), "{}", migration.name);
            }
        }
    }

    #[test]
    fn every_file_is_listed_once_and_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let listed: Vec<_> =
            ALL.iter().map(|one| format!("{:04}_{}.sql", one.version, one.name)).collect();
        assert_eq!(files, listed);
    }
}
