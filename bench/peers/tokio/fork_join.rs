//! forkjoin (Savina's fjthrput): one task deals numbers out to 60 in turn, each of which adds up. An operation is one number.

use crate::counting::sum;
use crate::{check, sum_below};
use tokio::sync::mpsc::unbounded_channel;

pub const WORKERS: usize = 60;

pub async fn run(n: usize) {
    let (mut senders, mut workers) = (Vec::new(), Vec::new());
    for _ in 0..WORKERS {
        let (sender, receiver) = unbounded_channel();
        senders.push(sender);
        workers.push(tokio::spawn(sum(receiver)));
    }
    for i in 0..n {
        senders[i % WORKERS].send(i as i64).expect("a worker");
    }
    drop(senders);
    let mut total = 0;
    for worker in workers {
        total += worker.await.expect("a worker");
    }
    check("forkjoin", sum_below(n as i64), total);
}
