//! mutex1, mutex8: tokio's mutex around an increment, for one task and for eight.

use crate::check;
use std::sync::Arc;
use tokio::sync::Mutex;

pub const CONTENDERS: usize = 8;

pub async fn alone(n: usize) {
    let mutex = Mutex::new(0);
    for _ in 0..n {
        *mutex.lock().await += 1;
    }
    check("mutex1", n as i64, mutex.into_inner());
}

pub async fn contended(n: usize) {
    let mutex = Arc::new(Mutex::new(0));
    let tasks: Vec<_> = (0..CONTENDERS)
        .map(|_| {
            let mutex = mutex.clone();
            tokio::spawn(async move {
                for _ in 0..n / CONTENDERS {
                    *mutex.lock().await += 1;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a contender");
    }
    check("mutex8", n as i64, *mutex.lock().await);
}
