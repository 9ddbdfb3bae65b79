//! ring: 503 tasks pass a token from each to the next. An operation is one pass.

use crate::check;
use tokio::sync::mpsc::{unbounded_channel, UnboundedReceiver, UnboundedSender};

const SIZE: i64 = 503;

pub async fn run(n: usize) {
    let (mut senders, mut receivers) = (Vec::new(), Vec::new());
    for _ in 0..SIZE {
        let (sender, receiver) = unbounded_channel();
        senders.push(sender);
        receivers.push(receiver);
    }
    let first = senders[0].clone();
    senders.rotate_left(1);
    let tasks: Vec<_> = receivers.into_iter().zip(senders).map(|(from, to)| tokio::spawn(pass(from, to))).collect();
    first.send(n as i64).expect("a receiver");
    let mut passes = 0;
    for task in tasks {
        passes += task.await.expect("a passer");
    }
    check("ring", n as i64 + SIZE, passes);
}

/// Counts the token down; from 0 on it goes round once more and ends every task. Returns how often it came.
async fn pass(mut from: UnboundedReceiver<i64>, to: UnboundedSender<i64>) -> i64 {
    let mut passes = 0;
    loop {
        let token = from.recv().await.expect("the token");
        passes += 1;
        if token > -SIZE + 1 {
            to.send(token - 1).expect("a receiver");
        }
        if token <= 0 {
            return passes;
        }
    }
}
