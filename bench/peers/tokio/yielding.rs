//! yield: 4 tasks that yield.

pub const YIELDERS: usize = 4;

pub async fn run(n: usize) {
    let tasks: Vec<_> = (0..YIELDERS)
        .map(|_| {
            tokio::spawn(async move {
                for _ in 0..n / YIELDERS {
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a yielder");
    }
}
