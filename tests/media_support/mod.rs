//! A server in a process of its own, as an operator starts it, and crowds of synthetic participants.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

pub(crate) mod tcp;

use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use load::{Api, Entry, Identity, Participant, Tag};
use signaling::Access;
use tempfile::TempDir;
use tokio::task::JoinSet;

/// Far longer than anything here takes; what is not there by then does not come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Participants who come in at the same time.
const AT_ONCE: usize = 10;

/// A server on ports of its own; killed when dropped.
pub(crate) struct MediaServer {
    pub(crate) api: Api,
    pub(crate) identity: Identity,
    child: Child,
    /// Held open, so that the server may go on writing to it.
    _output: BufReader<ChildStdout>,
    _data: TempDir,
}

impl MediaServer {
    /// With so many media threads, in dev mode.
    pub(crate) fn start(workers: usize) -> MediaServer {
        MediaServer::start_on("127.0.0.1", workers)
    }

    /// The same, with media on another address of this machine.
    pub(crate) fn start_on(media: &str, workers: usize) -> MediaServer {
        let listen = if media.contains(':') { format!("[{media}]:0") } else { format!("{media}:0") };
        let data = TempDir::new().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_proscenium"))
            .args(["--dev", "--http", "127.0.0.1:0", "--media", &listen, "--announce", media])
            .args(["--log-filter", "warn", "--workers", &workers.to_string()])
            .arg("--data")
            .arg(data.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut greeting = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut greeting).unwrap();
        let address =
            greeting.split_whitespace().last().expect("the first line ends with the address").to_owned();
        let api = Api::new(&address, "dev-secret");
        MediaServer { api, identity: Identity::generate().unwrap(), child, _output: output, _data: data }
    }

    /// A room of that name.
    pub(crate) async fn room(&self, id: &str, access: Access) {
        self.api.create_room(id, access, 25).await.unwrap();
    }

    /// Somebody in a room.
    pub(crate) async fn enter(&self, room: &str, entry: &Entry) -> Participant {
        Participant::enter(&self.api, room, entry, &self.identity).await.unwrap()
    }

    /// Many in a room, in the order of their tags.
    pub(crate) async fn crowd(
        &self,
        room: &str,
        tags: Range<Tag>,
        entry: impl Fn(Tag) -> Entry,
    ) -> Vec<Participant> {
        let mut coming = JoinSet::new();
        let mut crowd = Vec::new();
        for tag in tags {
            if coming.len() == AT_ONCE {
                crowd.push(coming.join_next().await.unwrap().unwrap());
            }
            let (api, identity, room, entry) =
                (self.api.clone(), self.identity.clone(), room.to_owned(), entry(tag));
            coming.spawn(async move { Participant::enter(&api, &room, &entry, &identity).await.unwrap() });
        }
        crowd.extend(coming.join_all().await);
        crowd.sort_by_key(|one| one.tag);
        crowd
    }

    /// A counter of `/metrics`, all samples with these labels together.
    pub(crate) async fn counted(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        // The threads publish what they counted every quarter of a second.
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.api.metrics().await.unwrap().sum(name, labels)
    }
}

impl Drop for MediaServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Fails unless every slot's stream came without a packet missing for good, and nothing came that should not.
pub(crate) fn assert_clean(viewer: &Participant) {
    let received = viewer.media.received();
    assert_eq!((received.strange, received.empty, received.unmarked), (0, 0, 0), "viewer {}", viewer.tag);
    for (mid, _, continuity) in viewer.media.continuity() {
        let wrong = (continuity.missing, continuity.given_up, continuity.repeated);
        assert_eq!(wrong, (0, 0, 0), "viewer {}, slot {mid}: {continuity:?}", viewer.tag);
    }
}

/// Fails unless, besides, nothing was ever missing.
pub(crate) fn assert_seamless(viewer: &Participant) {
    assert_clean(viewer);
    for (mid, _, continuity) in viewer.media.continuity() {
        assert_eq!(continuity.holes, 0, "viewer {}, slot {mid}: {continuity:?}", viewer.tag);
    }
}
