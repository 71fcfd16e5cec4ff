//! The connections that are open: at most so many, and the longest idle one makes room for a new one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// All that are open.
#[derive(Debug)]
pub(super) struct Connections {
    slots: Arc<Semaphore>,
    most: usize,
    open: Mutex<HashMap<u64, Arc<Connection>>>,
    /// Counts what happens, so that it can be told what happened before what.
    turn: AtomicU64,
}

/// One of them.
#[derive(Debug, Default)]
pub(super) struct Connection {
    busy: AtomicBool,
    /// When it last became idle.
    idle_since: AtomicU64,
    leave: Notify,
}

/// Its place, given back when it goes.
#[derive(Debug)]
pub(super) struct Place {
    connections: Arc<Connections>,
    number: u64,
    pub(super) connection: Arc<Connection>,
    _slot: OwnedSemaphorePermit,
}

impl Connections {
    /// Room for so many.
    pub(super) fn new(most: usize) -> Arc<Self> {
        let most = most.min(Semaphore::MAX_PERMITS).min(u32::MAX as usize);
        let slots = Arc::new(Semaphore::new(most));
        Arc::new(Self { slots, most, open: Mutex::default(), turn: AtomicU64::new(0) })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Connection>>> {
        // What is behind the lock is whole whenever somebody may have panicked.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }

    /// A place for one more. Where there is none, the longest idle connection is asked to leave, and `evicted` is
    /// called; where all are busy, it waits until one goes.
    pub(super) async fn enter(self: &Arc<Self>, evicted: impl Fn()) -> Option<Place> {
        let slot = match self.slots.clone().try_acquire_owned() {
            Ok(slot) => slot,
            Err(_) => {
                if self.evict() {
                    evicted();
                }
                self.slots.clone().acquire_owned().await.ok()?
            }
        };
        let number = self.turn();
        let connection = Arc::new(Connection::default());
        connection.idle_since.store(number, Ordering::Relaxed);
        self.open().insert(number, connection.clone());
        Some(Place { connections: self.clone(), number, connection, _slot: slot })
    }

    /// Asks everybody to leave, and comes back when they have; callers in between are answered.
    pub(super) async fn close(&self) {
        self.open().values().for_each(|connection| connection.leave.notify_one());
        let all = u32::try_from(self.most).unwrap_or(u32::MAX);
        // Nobody closes the semaphore.
        let _ = self.slots.acquire_many(all).await;
    }

    /// Asks the longest idle connection to leave, if one is idle.
    fn evict(&self) -> bool {
        let mut open = self.open();
        let idle = open.iter().filter(|(_, c)| !c.busy.load(Ordering::Relaxed));
        let longest =
            idle.min_by_key(|(_, c)| c.idle_since.load(Ordering::Relaxed)).map(|(number, _)| *number);
        // Taken from the list at once, so that it is asked only once.
        match longest.and_then(|number| open.remove(&number)) {
            Some(connection) => {
                connection.leave.notify_one();
                true
            }
            None => false,
        }
    }
}

impl Connection {
    /// Comes back when it should leave.
    pub(super) async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }
}

impl Place {
    /// A call came.
    pub(super) fn begin(&self) {
        self.connection.busy.store(true, Ordering::Relaxed);
    }

    /// It was answered.
    pub(super) fn end(&self) {
        self.connection.idle_since.store(self.connections.turn(), Ordering::Relaxed);
        self.connection.busy.store(false, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_longest_idle_makes_room() {
        let connections = Connections::new(3);
        let mut places = Vec::new();
        for _ in 0..3 {
            places.push(connections.enter(|| ()).await.unwrap());
        }
        places[0].begin();
        places[1].begin();
        places[1].end();
        // The first is busy, the second was idle last: the third goes.
        let third = places.pop().unwrap();
        let asked = third.connection.clone();
        let leaves = tokio::spawn(async move {
            asked.asked_to_leave().await;
            drop(third);
        });
        let evicted = AtomicU64::new(0);
        let count = || {
            evicted.fetch_add(1, Ordering::Relaxed);
        };
        let fourth = connections.enter(count).await;
        assert!(fourth.is_some());
        leaves.await.unwrap();
        assert_eq!(evicted.load(Ordering::Relaxed), 1);
        assert_eq!(connections.open().len(), 3);
    }
}
