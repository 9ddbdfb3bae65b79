//! How long to warm up and to measure: as ../shared/Measure.cs does for the sides on .NET. Nothing is compiled while it runs, so the
//! small rounds are left out; the whole rounds are the same.

use std::future::Future;
use std::time::{Duration, Instant};

/// Figures by name.
pub type Result = Vec<(&'static str, f64)>;

pub struct Mode {
    pub full_rounds: Duration,
    pub measured: Duration,
    pub min_repetitions: usize,
}

impl Mode {
    pub fn thorough() -> Self {
        Mode { full_rounds: Duration::from_millis(300), measured: Duration::from_millis(300), min_repetitions: 3 }
    }

    /// One repetition without warm-up: does it run at all.
    pub fn smoke() -> Self {
        Mode { full_rounds: Duration::ZERO, measured: Duration::ZERO, min_repetitions: 1 }
    }
}

/// Repeats the body and takes the median time of an operation.
pub async fn repeated<F, Fut>(n: usize, mode: &Mode, body: F) -> Result
where
    F: Fn(usize) -> Fut,
    Fut: Future<Output = ()>,
{
    warm_up(n, mode, &body).await;
    let mut each = Vec::new();
    let begin = Instant::now();
    while each.len() < mode.min_repetitions || begin.elapsed() < mode.measured {
        let start = Instant::now();
        body(n).await;
        each.push(start.elapsed().as_nanos() as f64 / n as f64);
    }
    let repetitions = each.len() as f64;
    vec![("ns_per_op", median(each)), ("repetitions", repetitions)]
}

/// Whole rounds until two in a row take the same time within a tenth.
async fn warm_up<F, Fut>(n: usize, mode: &Mode, body: &F)
where
    F: Fn(usize) -> Fut,
    Fut: Future<Output = ()>,
{
    let begin = Instant::now();
    let mut last = f64::MAX;
    let mut steady = false;
    while mode.full_rounds > Duration::ZERO && !(steady && begin.elapsed() >= mode.full_rounds) && begin.elapsed() < Duration::from_secs(10) {
        let start = Instant::now();
        body(n).await;
        let now = start.elapsed().as_nanos() as f64;
        steady = (now - last).abs() <= last / 10.0;
        last = now;
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The resident memory of this process (VmRSS).
pub fn resident_bytes() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the process's status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    line.trim_end_matches("kB").trim().parse::<i64>().expect("a number") << 10
}
