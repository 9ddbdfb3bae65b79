//! counting (Savina's count): one task sends, one adds up. An operation is one number.

use crate::{check, sum_below};
use tokio::sync::mpsc::{unbounded_channel, UnboundedReceiver};

pub async fn run(n: usize) {
    let (numbers, receiver) = unbounded_channel();
    let counter = tokio::spawn(sum(receiver));
    for i in 0..n {
        numbers.send(i as i64).expect("a receiver");
    }
    drop(numbers);
    check("counting", sum_below(n as i64), counter.await.expect("the counter"));
}

pub async fn sum(mut numbers: UnboundedReceiver<i64>) -> i64 {
    let mut sum = 0;
    while let Some(value) = numbers.recv().await {
        sum += value;
    }
    sum
}
