//! Answers as they were when last looked at. `SDP_GOLDEN=write` writes them anew.

use crate::fixtures::{NAMES, negotiated, path};

#[test]
fn answers_are_those_that_browsers_were_tried_with() {
    for name in NAMES {
        let answer = negotiated(name).answer;
        let file = path("answers", name);
        if std::env::var("SDP_GOLDEN").is_ok_and(|value| value == "write") {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &answer).unwrap();
        }
        let golden = std::fs::read_to_string(&file).unwrap();
        assert!(answer == golden, "the answer to {name} is not the one in {}:\n{answer}", file.display());
    }
}
