//! pingpong, pingpong100: two tasks, a channel each way; one answers each number with the next one. An operation is one number and its answer.

use crate::{check, sum_below};
use tokio::sync::mpsc;

pub async fn run(in_flight: usize, n: usize) {
    let (pings, mut from_pings) = mpsc::unbounded_channel::<i64>();
    let (pongs, mut from_pongs) = mpsc::unbounded_channel::<i64>();
    let ponger = tokio::spawn(async move {
        while let Some(value) = from_pings.recv().await {
            pongs.send(value + 1).expect("a receiver");
        }
    });
    for i in 0..in_flight {
        pings.send(i as i64).expect("a receiver");
    }
    let mut sum = 0;
    for i in in_flight..n {
        sum += from_pongs.recv().await.expect("an answer");
        pings.send(i as i64).expect("a receiver");
    }
    for _ in 0..in_flight {
        sum += from_pongs.recv().await.expect("an answer");
    }
    drop(pings);
    ponger.await.expect("the ponger");
    check("pingpong", sum_below(n as i64) + n as i64, sum);
}
