//! How many calls a second `moderato serve` answers, how soon, and what it takes of memory.
//!
//! `cargo bench --bench load` starts the program on a free port of this machine, and calls it from this process over
//! connections that are kept: first as fast as it answers, then at half that rate on a schedule, whose delays count
//! from when a call was due. The comments are our own starter comments, one attribute is asked. Options, after `--`:
//! `--calls N`, `--connections N`, and `--text FILE` for other comments, a line each.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What is measured.
struct Plan {
    calls: usize,
    connections: usize,
    bodies: Arc<Vec<Vec<u8>>>,
}

/// The server, which ends with this process.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    fn start() -> (Self, SocketAddr) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_moderato"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let stderr = child.stderr.take().expect("standard error is a pipe");
        let mut lines = BufReader::new(stderr).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line).ok()?;
            line["address"].as_str()?.parse().ok()
        });
        std::thread::spawn(move || lines.for_each(drop));
        (Self(child), address.expect("the log names the address"))
    }

    /// Resident memory, in megabytes, where the system tells.
    fn megabytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()? / 1024)
    }
}

/// The value after `--name`.
fn option(name: &str) -> Option<String> {
    let mut args = std::env::args().skip_while(|arg| arg != name);
    args.nth(1)
}

/// Whole requests, one a comment.
fn bodies() -> Vec<Vec<u8>> {
    let texts: Vec<String> = match option("--text") {
        Some(path) => {
            std::fs::read_to_string(path).expect("the file is read").lines().map(str::to_owned).collect()
        }
        None => include_str!("../training/starter/comments.jsonl")
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["text"].to_string())
            .map(|quoted| serde_json::from_str(&quoted).expect("a string"))
            .collect(),
    };
    let request = |text: &String| {
        let body = serde_json::json!({"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}})
            .to_string();
        let head = "POST /v1alpha1/comments:analyze?key=any HTTP/1.1\r\nHost: localhost\r\n\
                    Content-Type: application/json\r\nContent-Length: ";
        format!("{head}{}\r\n\r\n{body}", body.len()).into_bytes()
    };
    texts.iter().map(request).collect()
}

/// Reads one answer; panics unless it is a score.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    loop {
        let n = stream.read_buf(buffer).await.expect("an answer");
        assert!(n > 0, "the server hung up");
        let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&buffer[..head]).expect("a head");
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        if buffer.len() >= head + 4 + length.expect("a length") {
            return;
        }
    }
}

/// Makes `plan`'s calls, `every` apart if it is given; how long each took, in order of length, and all of them.
async fn run(plan: &Plan, address: SocketAddr, every: Option<Duration>) -> (Vec<Duration>, Duration) {
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..plan.connections {
        let (next, bodies, calls) = (next.clone(), plan.bodies.clone(), plan.calls);
        tasks.push(tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            stream.set_nodelay(true).expect("no delay");
            let (mut times, mut buffer) = (Vec::new(), Vec::with_capacity(4096));
            loop {
                let call = next.fetch_add(1, Ordering::Relaxed);
                if call >= calls {
                    return times;
                }
                let mut due = Instant::now();
                if let Some(every) = every {
                    due = began + every * u32::try_from(call).unwrap_or(u32::MAX);
                    if let Some(wait) = due.checked_duration_since(Instant::now()) {
                        tokio::time::sleep(wait).await;
                        // A timer rings up to a millisecond late, which is not the server's delay.
                        due = due.max(Instant::now().checked_sub(Duration::from_millis(1)).unwrap_or(due));
                    }
                }
                stream.write_all(&bodies[call % bodies.len()]).await.expect("a call is taken");
                answer(&mut stream, &mut buffer).await;
                times.push(due.elapsed());
            }
        }));
    }
    let mut times = Vec::with_capacity(plan.calls);
    for task in tasks {
        times.extend(task.await.expect("a connection ends well"));
    }
    times.sort_unstable();
    (times, began.elapsed())
}

fn row(name: &str, times: &[Duration], took: Duration, megabytes: Option<u64>) -> f64 {
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let rate = times.len() as f64 / took.as_secs_f64();
    let memory = megabytes.map_or("–".to_owned(), |mb| format!("{mb} MB"));
    let calls = times.len();
    #[expect(clippy::print_stdout, reason = "a bench prints")]
    {
        println!(
            "| {name} | {calls} | {rate:.0} | {:.2} ms | {:.2} ms | {:.2} ms | {memory} |",
            at(0.5),
            at(0.99),
            at(0.999)
        );
    }
    rate
}

fn main() {
    let number = |name, default| option(name).map_or(default, |n| n.parse().expect("a number"));
    let plan = Plan {
        calls: number("--calls", 200_000),
        connections: number("--connections", 32),
        bodies: Arc::new(bodies()),
    };
    let (server, address) = Server::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let warm =
            Plan { calls: plan.calls.min(5_000), connections: plan.connections, bodies: plan.bodies.clone() };
        run(&warm, address, None).await;
        #[expect(clippy::print_stdout, reason = "a bench prints")]
        {
            println!("| load | calls | calls a second | median | 99 % | 99.9 % | memory |");
            println!("| :-- | --: | --: | --: | --: | --: | --: |");
        }
        let (times, took) = run(&plan, address, None).await;
        let rate = row("as fast as it answers", &times, took, server.megabytes());
        let every = Duration::from_secs_f64(2.0 / rate);
        let half = Plan { calls: plan.calls / 2, connections: plan.connections, bodies: plan.bodies.clone() };
        let (times, took) = run(&half, address, Some(every)).await;
        row("at half that rate", &times, took, server.megabytes());
    });
}
