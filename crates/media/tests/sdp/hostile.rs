//! Whatever a peer writes, there is an answer that can be read, or an error; and soon.

use std::time::{Duration, Instant};

use media::sdp;
use proptest::prelude::*;

use crate::fixtures::{NAMES, answer, offer, sections, sources};

/// An error is fine; an answer must have the m-lines of the offer, and none of its lines may be of the peer's making.
fn survives(text: &str, name: &str) -> Result<(), TestCaseError> {
    if let Ok(negotiated) = answer(text, &sources(name)) {
        let read = sdp::answer::read(&negotiated.answer);
        prop_assert!(read.is_ok(), "{read:?}");
        let m_lines = text.split('\n').filter(|line| line.starts_with("m=")).count();
        prop_assert_eq!(sections(&negotiated.answer).len(), m_lines);
        for line in negotiated.answer.split("\r\n").filter(|line| !line.is_empty()) {
            let printable = line.bytes().all(|byte| (0x20..0x7f).contains(&byte));
            prop_assert!(printable && line.as_bytes().get(1) == Some(&b'='), "{line:?}");
        }
    }
    Ok(())
}

/// One small change to a list of lines.
#[derive(Clone, Debug)]
enum Change {
    Drop(prop::sample::Index),
    Twice(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    Put(prop::sample::Index, prop::sample::Index, char),
    Number(prop::sample::Index, u64),
}

fn change() -> impl Strategy<Value = Change> {
    use prop::sample::Index;
    prop_oneof![
        any::<Index>().prop_map(Change::Drop),
        any::<Index>().prop_map(Change::Twice),
        any::<(Index, Index)>().prop_map(|(a, b)| Change::Swap(a, b)),
        (any::<Index>(), any::<Index>(), prop_oneof![any::<char>(), proptest::char::range('\0', '\x7f')])
            .prop_map(|(line, place, put)| Change::Put(line, place, put)),
        any::<(Index, u64)>().prop_map(|(line, number)| Change::Number(line, number)),
    ]
}

fn apply(lines: &mut Vec<String>, change: &Change) {
    if lines.is_empty() {
        return;
    }
    match change {
        Change::Drop(at) => drop(lines.remove(at.index(lines.len()))),
        Change::Twice(at) => {
            let at = at.index(lines.len());
            lines.insert(at, lines[at].clone());
        }
        Change::Swap(a, b) => {
            let (a, b) = (a.index(lines.len()), b.index(lines.len()));
            lines.swap(a, b);
        }
        Change::Put(at, place, put) => {
            let at = at.index(lines.len());
            let mut characters: Vec<char> = lines[at].chars().collect();
            if !characters.is_empty() {
                let place = place.index(characters.len());
                characters[place] = *put;
                lines[at] = characters.into_iter().collect();
            }
        }
        Change::Number(at, number) => {
            let at = at.index(lines.len());
            let kept: String =
                lines[at].chars().take_while(|character| !character.is_ascii_digit()).collect();
            lines[at] = format!("{kept}{number}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn truncated_offers(name in prop::sample::select(&NAMES[..]), at in any::<prop::sample::Index>()) {
        let offer = offer(name);
        survives(&offer[..at.index(offer.len())], name)?;
    }

    #[test]
    fn mutated_offers(
        name in prop::sample::select(&NAMES[..]),
        changes in prop::collection::vec(change(), 1..8),
    ) {
        let mut lines: Vec<String> = offer(name).split("\r\n").map(str::to_owned).collect();
        changes.iter().for_each(|change| apply(&mut lines, change));
        survives(&lines.join("\r\n"), name)?;
    }

    #[test]
    fn any_text(text in "(v=0\r\no=- 1 1 IN IP4 0\\.0\\.0\\.0\r\ns=-\r\nt=0 0\r\n)?([a-z]=[ -~]{0,40}\r\n){0,20}") {
        survives(&text, "chromium-viewer")?;
    }
}

/// The largest texts that are read at all, each made to cost as much as it can.
#[test]
fn the_largest_offers_are_decided_quickly() {
    let page = offer("chromium-page");
    let fill = |line: &dyn Fn(usize) -> String| {
        let mut text = page.replacen("a=mid:1\r\n", "a=mid:1\r\nFILL", 1);
        let mut filling = String::new();
        for number in 0.. {
            let next = line(number);
            if text.len() + filling.len() + next.len() > sdp::limits::MAX_BYTES || number > 7500 {
                break;
            }
            filling += &next;
        }
        text = text.replacen("FILL", &filling, 1);
        text
    };
    let texts = [
        fill(&|number| format!("a=fmtp:{} apt=96;{}\r\n", number % 128, "x=1;".repeat(900))),
        fill(&|number| format!("a=rtpmap:{} rtx/90000\r\n", number % 128)),
        fill(&|_| format!("a=simulcast:recv {}\r\n", "q;".repeat(2000))),
        fill(&|number| format!("a=ssrc-group:SIM {number} 1\r\n")),
        fill(&|number| format!("a=mid:{number}\r\n")),
    ];
    for text in texts {
        let start = Instant::now();
        // Whether these are taken matters less than that they do not hold up the room.
        let taken = answer(&text, &sources("chromium-page")).is_ok();
        assert!(start.elapsed() < Duration::from_millis(500), "{:?}, taken: {taken}", start.elapsed());
    }
}
