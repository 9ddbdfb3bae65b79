//! parked: n tasks that each wait for a number. tokio's channel for many values has one receiver, so each task has a channel for its one.

use crate::measure::{resident_bytes, Mode, Result};
use crate::{check, sum_below};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{oneshot, Notify};

struct Round {
    started: Countdown,
    woken: Countdown,
    sum: AtomicI64,
}

struct Countdown {
    left: AtomicUsize,
    zero: Notify,
}

impl Countdown {
    fn new(n: usize) -> Self {
        Countdown { left: AtomicUsize::new(n), zero: Notify::new() }
    }

    fn done(&self) {
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.zero.notify_one();
        }
    }
}

pub async fn run(n: usize, mode: &Mode) -> Result {
    if mode.min_repetitions > 1 {
        for _ in 0..100 {
            round(1000, false).await;
        }
    }
    let (spawn_first, wake_first, bytes_each) = round(n, true).await;
    let (spawn, wake, _) = round(n, false).await;
    vec![
        ("ns_per_op", spawn + wake),
        ("bytes_each", bytes_each),
        ("spawn_ns", spawn),
        ("wake_ns", wake),
        ("spawn_first_ns", spawn_first),
        ("wake_first_ns", wake_first),
    ]
}

async fn round(n: usize, weigh: bool) -> (f64, f64, f64) {
    let before = if weigh { resident_bytes() } else { 0 };
    let round = Arc::new(Round { started: Countdown::new(n), woken: Countdown::new(n), sum: AtomicI64::new(0) });
    let start = Instant::now();
    let mut senders = Vec::with_capacity(n);
    for _ in 0..n {
        let (sender, receiver) = oneshot::channel::<i64>();
        senders.push(sender);
        let round = round.clone();
        tokio::spawn(async move {
            round.started.done();
            round.sum.fetch_add(receiver.await.expect("a number"), Ordering::Relaxed);
            round.woken.done();
        });
    }
    round.started.zero.notified().await;
    let spawn = start.elapsed().as_nanos() as f64 / n as f64;
    let bytes_each = if weigh { (resident_bytes() - before) as f64 / n as f64 } else { 0.0 };

    let start = Instant::now();
    for (i, sender) in senders.into_iter().enumerate() {
        sender.send(i as i64).expect("a receiver");
    }
    round.woken.zero.notified().await;
    let wake = start.elapsed().as_nanos() as f64 / n as f64;
    check("parked", sum_below(n as i64), round.sum.load(Ordering::Relaxed));
    (spawn, wake, bytes_each)
}
