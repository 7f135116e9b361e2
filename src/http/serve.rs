//! Connections: taken while there is room for them, HTTP/1.1 with a bound on how long headers may take, let go gently at the end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};

use crate::bounds::{CLOSE_WITHIN, HEAD_BYTES, HEADERS_WITHIN, LISTEN_BACKLOG, SEND_BUFFER_BYTES};
use crate::metrics::{Bound, Counts};

/// After the kernel could not give a connection, for want of file descriptors most likely: trying again at once would only spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A connection's place among all that may be open. Every request carries it, so that whoever takes the connection over keeps it: to
/// HTTP a connection is over when it becomes a WebSocket.
#[derive(Clone, Debug)]
pub(crate) struct Place(
    #[expect(dead_code, reason = "it is held, and given back when dropped")] Arc<OwnedSemaphorePermit>,
);

/// Listens on the HTTP address.
///
/// # Errors
///
/// The address is taken, or not this machine's.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restarted server does not wait for the connections of the one before to be forgotten.
    socket.set_reuseaddr(true)?;
    // Connections inherit it.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(LISTEN_BACKLOG)
}

/// Serves until told to stop; then finishes the calls that are under way.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    counts: Arc<Counts>,
    connections: usize,
    mut stop: oneshot::Receiver<()>,
) {
    let free = Arc::new(Semaphore::new(connections));
    let (ending, end) = watch::channel(());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // Told to, or whoever would tell is gone.
            _ = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Ok(place) = free.clone().try_acquire_owned() else {
            counts.hit(Bound::Connections);
            continue;
        };
        let (router, counts, end) = (router.clone(), counts.clone(), end.clone());
        tokio::spawn(connection(stream, Place(Arc::new(place)), router, counts, end));
    }
    drop((listener, end));
    ending.send_replace(());
    // Every connection lets go of its end when it is over.
    let _ = timeout(CLOSE_WITHIN, ending.closed()).await;
}

/// One connection, until it is over; once the server ends, until the call under way is answered.
async fn connection(
    stream: TcpStream,
    place: Place,
    router: Router,
    counts: Arc<Counts>,
    mut end: watch::Receiver<()>,
) {
    // Commands and their answers are small and must not wait for one another.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(place.clone());
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        ended = &mut connection => {
            // A peer that breaks off is its own affair.
            if ended.is_err_and(|error| error.is_parse_too_large()) {
                counts.hit(Bound::HeadBytes);
            }
            return;
        }
        _ = end.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn a_head_is_bounded_and_one_beyond_it_counted() {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let counts = Arc::new(Counts::default());
        let (_stop, stopped) = oneshot::channel();
        tokio::spawn(serve(listener, Router::new(), counts.clone(), 2, stopped));
        let too_long = || counts.bounds().find(|(bound, _)| *bound == "head_bytes").unwrap().1;
        for (bytes, hits) in [(HEAD_BYTES / 2, 0), (2 * HEAD_BYTES, 1)] {
            let mut client = TcpStream::connect(address).await.unwrap();
            let head = format!("GET / HTTP/1.1\r\nconnection: close\r\nx: {}\r\n\r\n", "y".repeat(bytes));
            let mut answer = Vec::new();
            // The end of a head too long is never read, which may reset the connection.
            let _ = client.write_all(head.as_bytes()).await;
            let _ = client.read_to_end(&mut answer).await;
            // Counted when the connection is over, which the client may see first.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            assert_eq!(too_long(), hits, "{bytes} bytes");
        }
    }
}
