//! big (Savina): 120 tasks with a mailbox each. Each pings one of the others at random, again and again, and answers the pings of the others
//! meanwhile. An operation is one ping and its answer.

use crate::check;
use crate::neighbours::Neighbours;
use std::sync::Arc;
use tokio::sync::mpsc::{unbounded_channel, UnboundedReceiver, UnboundedSender};

pub const MEMBERS: usize = 120;

enum Message {
    Ping(usize),
    Pong,
    End,
}

pub async fn run(n: usize) {
    let (mut senders, mut receivers) = (Vec::new(), Vec::new());
    for _ in 0..MEMBERS {
        let (sender, receiver) = unbounded_channel();
        senders.push(sender);
        receivers.push(receiver);
    }
    let senders: Arc<[UnboundedSender<Message>]> = senders.into();
    let (finished, mut finishes) = unbounded_channel();
    let members: Vec<_> = receivers
        .into_iter()
        .enumerate()
        .map(|(number, mailbox)| tokio::spawn(member(number, n / MEMBERS, mailbox, senders.clone(), finished.clone())))
        .collect();
    for _ in 0..MEMBERS {
        finishes.recv().await.expect("a finish");
    }
    for sender in senders.iter() {
        sender.send(Message::End).ok().expect("a member");
    }
    let mut answers = 0;
    for member in members {
        answers += member.await.expect("a member");
    }
    check("big", n as i64, answers);
}

async fn member(
    number: usize,
    pings: usize,
    mut mailbox: UnboundedReceiver<Message>,
    members: Arc<[UnboundedSender<Message>]>,
    finished: UnboundedSender<()>,
) -> i64 {
    let mut neighbours = Neighbours::new(number, MEMBERS);
    let mut answers = 0;
    members[neighbours.next()].send(Message::Ping(number)).ok().expect("a member");
    loop {
        match mailbox.recv().await.expect("a message") {
            Message::Ping(from) => members[from].send(Message::Pong).ok().expect("a member"),
            Message::Pong => {
                answers += 1;
                if answers < pings {
                    members[neighbours.next()].send(Message::Ping(number)).ok().expect("a member");
                } else {
                    finished.send(()).expect("a receiver");
                }
            }
            Message::End => return answers as i64,
        }
    }
}
