//! The verdicts of another implementation (PyLTI1p3, by tests/independent/lti_vectors.py) on the same messages.

use lti::keys::KeySet;
use lti::launch::verify;
use serde::Deserialize;
use serde_json::Value;

use crate::world::platform;

#[derive(Deserialize)]
struct Vectors {
    now: u64,
    nonce: String,
    keys: Value,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    token: String,
    /// Why it refused; `None`: it did not.
    refused: Option<String>,
}

#[test]
fn this_crate_and_another_tool_are_of_one_mind() {
    let vectors: Vectors = serde_json::from_str(include_str!("../vectors/pylti1p3.json")).unwrap();
    let keys = KeySet::read(vectors.keys.to_string().as_bytes()).unwrap();
    let mut refused = 0;
    for Vector { name, token, refused: theirs } in &vectors.vectors {
        let ours = verify(token, &platform(), &keys, &vectors.nonce, vectors.now);
        assert_eq!(ours.is_err(), theirs.is_some(), "{name}: they say {theirs:?}, we say {ours:?}");
        refused += usize::from(ours.is_err());
    }
    // A file of nothing but good ones would prove little.
    assert!(refused >= 15 && vectors.vectors.len() - refused >= 4, "{refused} of {}", vectors.vectors.len());
}
