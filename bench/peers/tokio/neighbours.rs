//! The members that a member of `big` pings: drawn by a generator of its own, so that every side draws the same.

pub struct Neighbours {
    member: usize,
    members: usize,
    state: u32,
}

impl Neighbours {
    pub fn new(member: usize, members: usize) -> Self {
        Neighbours { member, members, state: (member as u32).wrapping_mul(2654435761).wrapping_add(1) }
    }

    /// Any member but this one.
    pub fn next(&mut self) -> usize {
        self.state = self.state.wrapping_mul(1664525).wrapping_add(1013904223);
        let other = (self.state >> 8) as usize % (self.members - 1);
        if other < self.member { other } else { other + 1 }
    }
}
