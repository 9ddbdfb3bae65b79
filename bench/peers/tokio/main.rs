//! The tokio side of bench/libraries: `tokio-peer ROW [--n N] [--smoke]` runs one row and prints its figures as a line of JSON.
//!
//! The rows have the names and the sizes of ../libraries/Shared/Suite.cs.

mod big;
mod bounded;
mod chameneos;
mod counting;
mod fork_join;
mod measure;
mod mutex;
mod neighbours;
mod parked;
mod ping_pong;
mod ring;
mod skynet;
mod yielding;

use measure::{repeated, Mode, Result};
use std::env;

const ROWS: [&str; 13] = [
    "pingpong", "pingpong100", "yield", "skynet", "mutex1", "mutex8", "parked", "ring", "chameneos", "counting", "forkjoin", "big", "bounded",
];

/// The rows' sums must be right, so that a figure is of work that was done.
pub fn check(row: &str, expected: i64, actual: i64) {
    assert!(actual == expected, "{row}: {actual} instead of {expected}");
}

/// The sum of 0 to n - 1.
pub fn sum_below(n: i64) -> i64 {
    n * (n - 1) / 2
}

async fn run(row: String, n: Option<usize>, mode: Mode) -> (usize, Result) {
    let size = |usual: usize, unit: usize| n.unwrap_or(usual).div_ceil(unit) * unit;
    macro_rules! row {
        ($n:expr, $body:expr) => {{
            let n = $n;
            (n, repeated(n, &mode, $body).await)
        }};
    }
    match row.as_str() {
        "pingpong" => row!(size(100_000, 1), |n| ping_pong::run(1, n)),
        "pingpong100" => row!(size(200_000, 1), |n| ping_pong::run(100, n)),
        "yield" => row!(size(400_000, yielding::YIELDERS), yielding::run),
        "skynet" => row!(size(100_000, 1), skynet::run),
        "mutex1" => row!(size(1_000_000, 1), mutex::alone),
        "mutex8" => row!(size(200_000, mutex::CONTENDERS), mutex::contended),
        "ring" => row!(size(200_000, 1), ring::run),
        "chameneos" => row!(size(100_000, 1), chameneos::run),
        "counting" => row!(size(1_000_000, 1), counting::run),
        "forkjoin" => row!(size(600_000, fork_join::WORKERS), fork_join::run),
        "big" => row!(size(120_000, big::MEMBERS), big::run),
        "bounded" => row!(size(200_000, bounded::PRODUCERS), bounded::run),
        _ => {
            let n = size(1_000_000, 1000);
            (n, parked::run(n, &mode).await)
        }
    }
}

fn main() {
    let mut args = env::args().skip(1);
    let row = args.next().unwrap_or_default();
    let mut n = None;
    let mut mode = Mode::thorough();
    let mut right = ROWS.contains(&row.as_str());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--smoke" => mode = Mode::smoke(),
            "--n" => n = args.next().and_then(|value| value.parse().ok()),
            _ => right = false,
        }
    }
    if !right {
        eprintln!("usage: tokio-peer ROW [--n N] [--smoke]\nworkloads: {}", ROWS.join(" "));
        std::process::exit(2);
    }

    // The measuring body runs on a worker like all else, not on the thread that started the process.
    let runtime = tokio::runtime::Builder::new_multi_thread().build().expect("a runtime");
    let workers = runtime.metrics().num_workers();
    let name = row.clone();
    let (n, result) = runtime.block_on(async { tokio::spawn(run(name, n, mode)).await.expect("the row") });
    let figures: Vec<String> = result.iter().map(|(figure, value)| format!("\"{figure}\":{value:.3}")).collect();
    println!(
        "{{\"workload\":\"{row}\",\"n\":{n},{},\"runtime\":\"tokio {} (rustc {})\",\"settings\":\"workers={workers}\"}}",
        figures.join(","),
        env!("TOKIO_VERSION"),
        env!("RUSTC_VERSION"),
    );
}
