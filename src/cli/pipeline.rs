//! Work on every core, results in order, memory bounded.
//!
//! One thread produces, each worker has a short queue of its own, and results are collected from the workers in
//! turn, which is the order of production. When the consumer stops, the queues close and everyone goes home.

use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Pieces waiting for a worker, and results waiting to be consumed, for each worker.
const QUEUE: usize = 4;

/// How many threads to use unless told.
pub(super) fn default_threads() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Hands each of `pieces` to one of `n_workers` workers, made by `worker`, and their results to `consume`, in the
/// order of the pieces.
///
/// # Errors
/// The first error of `consume`, after which nothing more is worked on.
pub(super) fn in_order<T: Send, R: Send, W: FnMut(T) -> R, E>(
    pieces: impl Iterator<Item = T> + Send,
    n_workers: NonZeroUsize,
    worker: impl Fn() -> W + Sync,
    mut consume: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    /// More threads than any machine has cores only cost.
    const MOST: usize = 256;
    let n_workers = n_workers.get().min(MOST);
    let worker = &worker;
    thread::scope(|scope| {
        let mut to_workers: Vec<SyncSender<T>> = Vec::new();
        let mut from_workers: Vec<Receiver<R>> = Vec::new();
        for _ in 0..n_workers {
            let (to_worker, pieces) = sync_channel(QUEUE);
            let (results, from_worker) = sync_channel(QUEUE);
            to_workers.push(to_worker);
            from_workers.push(from_worker);
            scope.spawn(move || {
                let mut work = worker();
                for piece in pieces {
                    if results.send(work(piece)).is_err() {
                        break;
                    }
                }
            });
        }
        scope.spawn(move || {
            for (piece, to_worker) in pieces.zip((0..to_workers.len()).cycle()) {
                if to_workers[to_worker].send(piece).is_err() {
                    break;
                }
            }
        });
        // The first queue that is closed is that of the piece that was never made.
        for turn in (0..from_workers.len()).cycle() {
            match from_workers[turn].recv() {
                Ok(result) => consume(result)?,
                Err(_) => break,
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workers(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    #[test]
    fn results_come_in_the_order_of_the_pieces() {
        for n in [1, 2, 3, 7] {
            let mut results = Vec::new();
            let squared = |i: u64| i * i;
            let done: Result<(), ()> = in_order(
                0..1000,
                workers(n),
                || squared,
                |r| {
                    results.push(r);
                    Ok(())
                },
            );
            assert_eq!(done, Ok(()));
            assert_eq!(results, (0..1000).map(|i| i * i).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn when_the_consumer_stops_everyone_does() {
        let mut n = 0;
        let stopped = in_order(
            0u64..,
            workers(2),
            || |i| i,
            |_| {
                n += 1;
                if n == 10 { Err("enough") } else { Ok(()) }
            },
        );
        assert_eq!(stopped, Err("enough"));
    }

    #[test]
    fn nothing_in_nothing_out() {
        let done: Result<(), ()> = in_order(std::iter::empty::<u8>(), workers(3), || |i| i, |_| Err(()));
        assert_eq!(done, Ok(()));
    }
}
