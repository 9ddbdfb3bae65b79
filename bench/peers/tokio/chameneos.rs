//! chameneos: creatures come to one place, where always two of them meet, see the other's colour and change their own. An operation is one meeting.

use crate::check;
use tokio::sync::mpsc::{unbounded_channel, UnboundedSender};

const CREATURES: i64 = 4;

struct Creature {
    colour: i64,
    met: UnboundedSender<i64>,
}

pub async fn run(n: usize) {
    let (place, mut arrivals) = unbounded_channel();
    let creatures: Vec<_> = (0..CREATURES).map(|i| tokio::spawn(live(i % 3, place.clone()))).collect();
    for _ in 0..n {
        let one: Creature = arrivals.recv().await.expect("a creature");
        let two: Creature = arrivals.recv().await.expect("a creature");
        one.met.send(two.colour).expect("a receiver");
        two.met.send(one.colour).expect("a receiver");
    }
    for _ in 0..CREATURES {
        arrivals.recv().await.expect("a creature").met.send(-1).expect("a receiver");
    }
    let mut meetings = 0;
    for creature in creatures {
        meetings += creature.await.expect("a creature");
    }
    check("chameneos", 2 * n as i64, meetings);
}

async fn live(mut colour: i64, place: UnboundedSender<Creature>) -> i64 {
    let (met, mut others) = unbounded_channel();
    let mut meetings = 0;
    loop {
        place.send(Creature { colour, met: met.clone() }).ok().expect("a place");
        let other = others.recv().await.expect("a colour");
        if other < 0 {
            return meetings;
        }
        meetings += 1;
        colour = if other == colour { colour } else { 3 - other - colour };
    }
}
