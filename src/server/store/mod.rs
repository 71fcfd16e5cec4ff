//! Where decisions are kept: calls of many at once in, one file of SQLite out.
//!
//! [`Store`] is what a server holds: cheap to clone, it hands what is to be kept to one thread that writes. That thread
//! takes all that has arrived since its last commit into the next one (group commit), so that a thousand decisions a
//! second cost a few waits for the disk, and answers each caller only when its decision is on the disk.
//! [`Database`] is the same file without the thread, for commands.
//! Deliberately absent: what a decision means for a model ([`crate::model`]), and who may make one.
//!
//! A text is kept only where the store was told to keep texts *and* the caller did not forbid it: nobody who calls the
//! store has to remember either.

mod comment;
mod connection;
mod decision;
mod error;
mod forget;
mod queue;
mod said;
mod schema;
mod stats;
mod writer;

pub use comment::{Comment, NewComment, Score, Source};
pub use connection::Database;
pub use decision::{Decision, NewDecision};
pub use error::StoreError;
pub use forget::{Erased, Which};
pub use queue::{Order, Queue, Waiting};
pub use said::Said;
pub use stats::{Agreement, Week, weeks};

use std::path::Path;
use std::sync::Arc;
use writer::{Row, Writer};

/// A file of decisions that many tasks write to at once.
#[derive(Debug, Clone)]
pub struct Store {
    writer: Writer,
    path: Arc<Path>,
    keeps_text: bool,
}

impl Store {
    /// Opens the file at `path`, which is made where there is none, and starts the thread that writes to it. No texts
    /// are kept unless [`keeping_text`](Self::keeping_text) says so.
    ///
    /// # Errors
    /// If the file cannot be written, is damaged, or is no store of ours or a newer one.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = Writer::start(Database::open(path)?);
        Ok(Self { writer, path: path.into(), keeps_text: false })
    }

    /// The same store, which keeps texts where callers do not forbid it, or none.
    #[must_use]
    pub fn keeping_text(self, keeps_text: bool) -> Self {
        Self { keeps_text, ..self }
    }

    /// Whether texts are kept.
    pub fn keeps_text(&self) -> bool {
        self.keeps_text
    }

    /// Keeps decisions, all or none of them; returns when they are on the disk.
    ///
    /// # Errors
    /// If they could not be written: the disk is full, or the file is locked or damaged. The next call tries anew.
    pub async fn decide(&self, decisions: Vec<NewDecision>) -> Result<(), StoreError> {
        let rows = decisions.into_iter().map(|mut decision| {
            if !self.keeps_text || decision.said.do_not_store {
                decision.said.forget_text();
            }
            Row::Decision(decision)
        });
        self.writer.write(rows.collect()).await
    }

    /// Keeps what was said of a comment, soon and without being waited for; says whether there was room for it. Of a
    /// comment that must not be stored only the scores are kept, and nothing that leads back to it.
    pub fn record(&self, mut comment: NewComment) -> bool {
        if comment.said.do_not_store {
            comment.said.forget_names();
        }
        if !self.keeps_text {
            comment.said.forget_text();
        }
        self.writer.offer(vec![Row::Comment(comment)])
    }

    /// The same file for reading; to be used where a thread may wait.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn reader(&self) -> Result<Database, StoreError> {
        Database::open_existing(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    fn decision(token: &str, text: Option<&str>) -> NewDecision {
        NewDecision {
            said: Said {
                community: "town".into(),
                client_token: token.into(),
                text: text.map(str::to_owned),
                context: text.map(|_| "a street".to_owned()),
                ..Said::default()
            },
            attribute: "TOXICITY".into(),
            value: 1.0,
            model: "tiny@0".into(),
            origin: "suggestscore".into(),
            ..NewDecision::default()
        }
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder for a test")
    }

    fn wait<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build();
        runtime.expect("threads start").block_on(future)
    }

    #[test]
    fn what_many_callers_decide_at_once_is_kept() {
        let folder = folder();
        let path = folder.path().join("decisions.db");
        wait(async {
            let store = Store::open(&path).unwrap().keeping_text(true);
            let calls = (0..300).map(|i| {
                let store = store.clone();
                tokio::spawn(async move { store.decide(vec![decision(&i.to_string(), Some("ätsch"))]).await })
            });
            for call in calls.collect::<Vec<_>>() {
                call.await.unwrap().unwrap();
            }
            store.decide(Vec::new()).await.unwrap();
        });
        let kept = Database::open_existing(&path).unwrap().decisions().unwrap();
        let mut tokens: Vec<u32> =
            kept.iter().map(|d| d.decision.said.client_token.parse().unwrap()).collect();
        tokens.sort_unstable();
        assert_eq!(tokens, (0..300).collect::<Vec<_>>());
        assert_eq!(kept[7].decision.said.text.as_deref(), Some("ätsch"));
        assert_eq!(kept[7].decision.said.community, "town");
    }

    #[test]
    fn a_text_is_kept_only_where_the_store_keeps_texts_and_the_caller_does_not_forbid_it() {
        let kept = |keeps: bool, do_not_store: bool| {
            let folder = folder();
            let path = folder.path().join("decisions.db");
            let mut new = decision("a", Some("unmistakable"));
            new.said.do_not_store = do_not_store;
            wait(async { Store::open(&path).unwrap().keeping_text(keeps).decide(vec![new]).await.unwrap() });
            let found = Database::open(&path).unwrap().decisions().unwrap().remove(0).decision;
            let bytes = ["decisions.db", "decisions.db-wal"].map(|f| std::fs::read(folder.path().join(f)));
            let is_there = bytes.iter().flatten().any(|b| b.windows(12).any(|w| w == b"unmistakable"));
            assert_eq!(is_there, found.said.text.is_some());
            (found.said.text.is_some(), found.said.context.is_some())
        };
        assert_eq!(kept(true, false), (true, true));
        assert_eq!(kept(true, true), (false, false));
        assert_eq!(kept(false, false), (false, false));
        assert_eq!(kept(false, true), (false, false));
    }

    #[test]
    fn a_file_that_is_no_store_is_refused_and_left_as_it_was() {
        let folder = folder();
        let path = folder.path().join("x.db");
        let refused = |path: &Path| Store::open(path).unwrap_err();
        std::fs::write(&path, b"not a database at all, but long enough to be looked at").unwrap();
        assert_eq!(refused(&path), StoreError::Corrupt(path.clone()));

        let path = folder.path().join("foreign.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE songs (name TEXT)").unwrap();
        let before = std::fs::read(&path).unwrap();
        assert_eq!(refused(&path), StoreError::Foreign(path.clone()));
        assert_eq!(std::fs::read(&path).unwrap(), before);

        let path = folder.path().join("newer.db");
        drop(Database::open(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(refused(&path), StoreError::Newer { found: 99, .. }));

        assert!(matches!(refused(folder.path()), StoreError::Other { .. }));
        let missing = folder.path().join("none.db");
        assert!(Database::open_existing(&missing).unwrap_err().to_string().contains("no such file"));
    }

    #[test]
    fn a_file_becomes_no_store_by_being_read() {
        let folder = folder();
        let check = |name: &str, bytes: &[u8], expected: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let error = Database::open_existing(&path).unwrap_err().to_string();
            assert!(error.ends_with(expected), "{name}: {error}");
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name}");
        };
        check("empty.db", b"", "found an empty file, expected a store of decisions");
        // A database without a table, as SQLite makes one.
        let path = folder.path().join("bare.db");
        Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 0; VACUUM").unwrap();
        let bytes = std::fs::read(&path).unwrap();
        check("bare.db", &bytes, "expected a store of decisions");
        let error = Database::open_existing(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("found a folder, expected a store of decisions"), "{error}");
        // Nor is one that is a store written to.
        let path = folder.path().join("decisions.db");
        drop(Database::open(&path).unwrap());
        let before = std::fs::read(&path).unwrap();
        assert_eq!(Database::open_existing(&path).unwrap().standing_decisions().unwrap(), []);
        assert_eq!(std::fs::read(&path).unwrap(), before);
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["bare.db", "decisions.db", "empty.db"]);
    }

    #[test]
    fn a_full_disk_is_said_and_the_next_decision_is_kept_when_there_is_room() {
        let folder = folder();
        let path = folder.path().join("decisions.db");
        let mut database = Database::open(&path).unwrap();
        // SQLite's own limit gives the error of a full disk.
        let pages: i64 = database.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        let limit = |database: &Database, pages: i64| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            database.connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap();
        };
        limit(&database, pages);
        let large = "x".repeat(100_000);
        let rows = [Row::Decision(decision("a", Some("small"))), Row::Decision(decision("b", Some(&large)))];
        let full = database.write(rows.iter());
        assert_eq!(full, Err(StoreError::Full(path)));
        assert_eq!(database.decisions().unwrap(), [], "all or none");
        limit(&database, 1 << 30);
        database.write(rows.iter()).unwrap();
        assert_eq!(database.decisions().unwrap().len(), 2);
    }

    #[test]
    fn a_writer_goes_on_after_an_error() {
        let folder = folder();
        let path = folder.path().join("decisions.db");
        wait(async {
            let store = Store::open(&path).unwrap();
            store.decide(vec![decision("before", None)]).await.unwrap();
            // Somebody drops the table under the store: no decision can be kept, until it is there again.
            let other = Connection::open(&path).unwrap();
            other.execute_batch("ALTER TABLE decisions RENAME TO away").unwrap();
            assert!(store.decide(vec![decision("lost", None)]).await.is_err());
            other.execute_batch("ALTER TABLE away RENAME TO decisions").unwrap();
            store.decide(vec![decision("after", None)]).await.unwrap();
        });
        let kept = Database::open(&path).unwrap().decisions().unwrap();
        assert_eq!(
            kept.iter().map(|d| d.decision.said.client_token.as_str()).collect::<Vec<_>>(),
            ["before", "after"]
        );
    }

    fn comment(token: &str, text: Option<&str>, ours: f64) -> NewComment {
        let score =
            |source, value| Score { source, model: "tiny@0".into(), attribute: "TOXICITY".into(), value };
        let said = Said {
            client_token: token.into(),
            session: "a visit".into(),
            text: text.map(str::to_owned),
            ..Said::default()
        };
        NewComment { said, scores: vec![score(Source::Ours, ours), score(Source::Theirs, 0.25)] }
    }

    fn queue(order: Order) -> Queue {
        Queue { attribute: "TOXICITY".into(), community: None, order, most: 10 }
    }

    #[test]
    fn the_last_decision_on_a_comment_stands() {
        let folder = folder();
        let mut database = Database::open(&folder.path().join("decisions.db")).unwrap();
        let with = |token: &str, value: f64, comment: Option<i64>| {
            Row::Decision(NewDecision { value, comment, ..decision(token, None) })
        };
        let mut other = decision("a", None);
        other.said.community = "city".into();
        let rows = [
            with("a", 1.0, None),
            with("", 1.0, None),
            with("", 1.0, None),
            with("", 1.0, Some(7)),
            with("a", 0.0, None),
            with("", 0.0, Some(7)),
            Row::Decision(other),
        ];
        database.write(rows.iter()).unwrap();
        let standing = database.standing_decisions().unwrap();
        assert_eq!(standing.iter().map(|d| d.id).collect::<Vec<_>>(), [2, 3, 5, 6, 7]);
    }

    #[test]
    fn comments_wait_until_somebody_decides() {
        let folder = folder();
        let mut database = Database::open(&folder.path().join("decisions.db")).unwrap();
        let comments = [
            comment("a", Some("one"), 0.9),
            comment("b", Some("two"), 0.4),
            comment("c", None, 0.5),
            comment("", Some("three"), 0.05),
            comment("", Some("two again"), 0.45),
            comment("", Some("two again"), 0.46),
        ];
        database.write(comments.map(Row::Comment).iter()).unwrap();
        let waiting = |database: &Database, order| {
            let (waiting, n) = database.waiting(&queue(order)).unwrap();
            assert_eq!(n, waiting.len() as u64);
            waiting.iter().map(|w| w.comment.id).collect::<Vec<_>>()
        };
        assert_eq!(
            waiting(&database, Order::Uncertainty),
            [6, 2, 1, 4],
            "once each text, and only with texts"
        );
        assert_eq!(waiting(&database, Order::Score), [1, 6, 2, 4]);
        assert_eq!(waiting(&database, Order::Newest), [6, 4, 2, 1]);
        let mut nobodys = decision("b", None);
        nobodys.said.community.clear();
        let decided = [
            nobodys,
            NewDecision { comment: Some(4), ..decision("", None) },
            decision("c17", Some("two again")),
            NewDecision { attribute: "INSULT".into(), ..decision("a", Some("one")) },
        ];
        database.write(decided.map(Row::Decision).iter()).unwrap();
        assert_eq!(waiting(&database, Order::Uncertainty), [1], "by name, by number and by text");
        assert_eq!(database.recorded_attributes().unwrap(), ["TOXICITY"]);
        let (page, n) =
            database.waiting(&Queue { community: Some("x".into()), ..queue(Order::Score) }).unwrap();
        assert_eq!((page, n), (Vec::new(), 0));
    }

    #[test]
    fn what_is_recorded_keeps_its_scores_and_nothing_that_must_not_be_stored() {
        let folder = folder();
        let path = folder.path().join("decisions.db");
        wait(async {
            let store = Store::open(&path).unwrap().keeping_text(true);
            assert!(store.record(comment("a", Some("told"), 0.5)));
            let mut untold = comment("b", Some("untold"), 0.5);
            untold.said.do_not_store = true;
            assert!(store.record(untold));
            // What is waited for is written after what is not.
            store.decide(vec![decision("a", None)]).await.unwrap();
            let kept = store.reader().unwrap().comments().unwrap();
            assert_eq!(kept[0].comment, comment("a", Some("told"), 0.5));
            let mut nobodys = comment("", None, 0.5);
            nobodys.said.session.clear();
            assert_eq!(kept[1].comment, nobodys);
            assert_eq!(store.reader().unwrap().comment(2).unwrap().unwrap(), kept[1]);
            assert_eq!(store.reader().unwrap().comment(3).unwrap(), None);
        });
    }

    #[test]
    fn what_is_forgotten_is_gone_from_every_byte() {
        let folder = folder();
        let path = folder.path().join("decisions.db");
        let mut database = Database::open(&path).unwrap();
        let secret = "a most unmistakable remark";
        let rows = [
            Row::Comment(comment("", Some(secret), 0.9)),
            Row::Comment(comment("other", Some("harmless"), 0.1)),
            Row::Decision(decision("comment:7", Some(secret))),
            Row::Decision(decision("comment:8", Some("harmless"))),
            Row::Decision(NewDecision { comment: Some(1), ..decision("", None) }),
        ];
        database.write(rows.iter()).unwrap();
        let is_there = || {
            let files =
                std::fs::read_dir(folder.path()).unwrap().map(|f| std::fs::read(f.unwrap().path()).unwrap());
            files.into_iter().any(|bytes| bytes.windows(secret.len()).any(|w| w == secret.as_bytes()))
        };
        assert!(is_there());
        // A server has the file open, too.
        let server = Database::open(&path).unwrap();
        let erased = database.forget(&Which::Token("comment:7".into())).unwrap();
        let (n_decisions, n_comments) = (2, 1);
        assert_eq!(
            erased,
            Erased { n_decisions, n_comments, decisions_left: 1, comments_left: 1, is_thorough: true }
        );
        assert!(!is_there());
        let left = server.decisions().unwrap();
        assert_eq!(left[0].decision.said.client_token, "comment:8");
        let before = Which::Before(1);
        assert_eq!(database.forget(&before).unwrap().decisions_left, 0);
        assert_eq!(database.forget(&before).unwrap().n_decisions, 0, "nothing is left to forget");
    }

    #[test]
    fn an_older_file_gets_the_tables_it_lacks() {
        let folder = folder();
        let path = folder.path().join("decisions.db");
        let old = Connection::open(&path).unwrap();
        schema::make(&old, 1).unwrap();
        let sql = "INSERT INTO decisions VALUES (1, 'town', 'a', '', 'TOXICITY', 1.0, 'm', 0.5, 7, 'text', NULL, 's')";
        old.execute(sql, []).unwrap();
        drop(old);
        let mut database = Database::open(&path).unwrap();
        database.write([Row::Comment(comment("a", Some("one"), 0.9))].iter()).unwrap();
        let kept = database.decisions().unwrap().remove(0).decision;
        assert_eq!((kept.said.text.as_deref(), kept.said.time_ms, kept.comment), (Some("text"), 7, None));
    }
}
