//! The fuzz targets' corpora (fuzz/corpus), replayed through the functions that the targets call: whatever was once found stays found.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what surrounds tests is tests")]

use std::path::Path;

#[path = "../../../fuzz/src/lib.rs"]
#[allow(dead_code, unreachable_pub, reason = "it is the fuzz crate's own")]
mod entries;

/// Whether an entry function calls an input good.
type Entry = fn(&[u8]) -> bool;

/// Replays one corpus. Files whose names begin with `good` must be good, those with `bad` must not; others only must do no harm.
fn replay(target: &str, entry: Entry) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut verdicts = (0, 0);
    for file in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let good = entry(&std::fs::read(&path).unwrap());
        assert!(good || !name.starts_with("good"), "{target}/{name} is not good any more");
        assert!(!good || !name.starts_with("bad"), "{target}/{name} is good now");
        *(if good { &mut verdicts.0 } else { &mut verdicts.1 }) += 1;
    }
    assert!(verdicts.0 > 0 && verdicts.1 > 0, "{target} needs both good inputs and bad ones: {verdicts:?}");
}

#[test]
fn stun() {
    replay("stun", entries::stun);
}

#[test]
fn datagrams() {
    replay("datagrams", entries::datagrams);
}

#[test]
fn offers() {
    replay("offer", entries::offer);
}

#[test]
fn frames() {
    replay("frame", entries::frame);
}
