//! bounded (Savina's bndBuffer, without its arithmetic): 40 producers, 40 consumers, a buffer of 50 places. An operation is one number.
//!
//! tokio's channel for many values has one receiver; the buffer is a queue with a semaphore for its places and one for its numbers.

use crate::{check, sum_below};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

const PLACES: usize = 50;
pub const PRODUCERS: usize = 40;
const CONSUMERS: usize = 40;

struct Buffer {
    places: Semaphore,
    numbers: Semaphore,
    queue: Mutex<VecDeque<i64>>,
}

impl Buffer {
    async fn put(&self, value: i64) {
        self.places.acquire().await.expect("a place").forget();
        self.queue.lock().unwrap().push_back(value);
        self.numbers.add_permits(1);
    }

    async fn take(&self) -> i64 {
        self.numbers.acquire().await.expect("a number").forget();
        let value = self.queue.lock().unwrap().pop_front().expect("a number");
        self.places.add_permits(1);
        value
    }
}

pub async fn run(n: usize) {
    let buffer = Arc::new(Buffer { places: Semaphore::new(PLACES), numbers: Semaphore::new(0), queue: Mutex::new(VecDeque::with_capacity(PLACES)) });
    for _ in 0..PRODUCERS {
        let buffer = buffer.clone();
        tokio::spawn(async move {
            for value in 0..n / PRODUCERS {
                buffer.put(value as i64).await;
            }
        });
    }
    let consumers: Vec<_> = (0..CONSUMERS)
        .map(|_| {
            let buffer = buffer.clone();
            tokio::spawn(async move {
                let mut sum = 0;
                for _ in 0..n / CONSUMERS {
                    sum += buffer.take().await;
                }
                sum
            })
        })
        .collect();
    let mut total = 0;
    for consumer in consumers {
        total += consumer.await.expect("a consumer");
    }
    check("bounded", PRODUCERS as i64 * sum_below((n / PRODUCERS) as i64), total);
}
