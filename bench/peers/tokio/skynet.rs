//! skynet: a tree of n leaves (a power of ten), ten children each, sums over channels. An operation is one leaf.

use crate::{check, sum_below};
use std::future::Future;
use std::pin::Pin;
use tokio::sync::mpsc::{unbounded_channel, UnboundedSender};

const BRANCHES: usize = 10;

pub async fn run(n: usize) {
    let (parent, mut result) = unbounded_channel();
    tokio::spawn(node(parent, 0, n));
    check("skynet", sum_below(n as i64), result.recv().await.expect("a sum"));
}

fn node(parent: UnboundedSender<i64>, number: usize, size: usize) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        if size <= 1 {
            let _ = parent.send(number as i64);
            return;
        }
        let (sender, mut children) = unbounded_channel();
        for i in 0..BRANCHES {
            tokio::spawn(node(sender.clone(), number + i * (size / BRANCHES), size / BRANCHES));
        }
        let mut sum = 0;
        for _ in 0..BRANCHES {
            sum += children.recv().await.expect("a child's sum");
        }
        let _ = parent.send(sum);
    })
}
