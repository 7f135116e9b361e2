//! The page's TypeScript types are these Rust types: written out here, and compared with what is committed.
//!
//! `PROSCENIUM_BLESS=1 cargo test -p signaling` writes the file anew; without it a stale file fails the test.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use signaling::{ClientMessage, ServerMessage, limits};
use ts_rs::{Config, TS, TypeVisitor};

const HEAD: &str = "\
// Generated from crates/signaling. Do not edit: change the Rust types, then run
//   PROSCENIUM_BLESS=1 cargo test -p signaling
";

/// Constants that the page needs too.
fn constants() -> [(&'static str, u64, &'static str); 7] {
    [
        ("VERSION", signaling::VERSION.into(), "Of the protocol; goes into `hello`."),
        ("HEARTBEAT_MS", limits::HEARTBEAT_MS.into(), "Between two pings, unless `welcome` says otherwise."),
        ("SILENCE_MS", limits::SILENCE_MS, "Silence after which the other side counts as lost."),
        ("KEEP_INVITATION_MS", limits::KEEP_INVITATION_MS.into(), "Between two `keep_invitation`."),
        ("MESSAGE_BYTES", limits::MESSAGE_BYTES as u64, "Longest frame the server takes."),
        ("MESSAGES_PER_SECOND", limits::MESSAGES_PER_SECOND.into(), "Frames the server takes, sustained."),
        ("SLOTS_PER_KIND", limits::SLOTS_PER_KIND.into(), "Most slots of one kind in an offer."),
    ]
}

/// Every type reachable from a message, by name.
struct Declarations<'a> {
    config: &'a Config,
    seen: HashSet<TypeId>,
    by_name: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // What has no file of its own in ts-rs' view is a primitive or an Option, and needs no declaration.
        if T::output_path().is_some() && self.seen.insert(TypeId::of::<T>()) {
            let text = format!("{}export {}\n", docs::<T>(), spread(&T::decl(self.config)));
            let other = self.by_name.insert(T::ident(self.config), text);
            assert_eq!(other, None, "two types of the same name");
            T::visit_dependencies(self);
        }
    }
}

fn docs<T: TS + ?Sized>() -> String {
    T::docs().map(|text| one_line_comments(&plain_links(text.trim_end())) + "\n").unwrap_or_default()
}

/// One variant and one documented field a line, and no links that only rustdoc can follow.
fn spread(declaration: &str) -> String {
    let text = plain_links(declaration).replace("} | {", "}\n  | {").replace(" = { \"", " =\n  | { \"");
    let indented = text.replace(", }", " }").lines().map(indent).collect::<Vec<_>>().join("\n");
    one_line_comments(&indented)
}

fn indent(line: &str) -> String {
    let line = line.trim_end();
    let (first, comment) = (line.starts_with("type "), line.starts_with(" *"));
    let depth = if first || line.starts_with("  | ") || line.is_empty() { "" } else { "    " };
    if comment { format!("    {line}") } else { format!("{depth}{line}") }
}

fn plain_links(text: &str) -> String {
    text.replace("[`crate::limits::", "[`").replace("[`crate::", "[`").replace("[`", "`").replace("`]", "`")
}

/// A comment of one line needs no three.
fn one_line_comments(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut joined = Vec::new();
    while !lines.is_empty() {
        let short = match lines.as_slice() {
            [open, body, close, ..] if open.trim() == "/**" && close.trim() == "*/" => {
                body.trim().strip_prefix("* ").map(|body| open.replace("/**", &format!("/** {body} */")))
            }
            _ => None,
        };
        let taken = if short.is_some() { 3 } else { 1 };
        joined.push(short.unwrap_or_else(|| lines[0].to_owned()));
        lines.drain(..taken);
    }
    joined.join("\n")
}

/// The whole file.
fn generate() -> String {
    // Versions count changes of one room: they stay far below 2^53.
    let config = Config::new().with_large_int("number");
    let mut found = Declarations { config: &config, seen: HashSet::new(), by_name: BTreeMap::new() };
    found.visit::<ClientMessage>();
    found.visit::<ServerMessage>();
    let constants = constants()
        .map(|(name, value, what)| format!("/** {what} */\nexport const {name} = {value};\n"))
        .join("\n");
    let types = found.by_name.into_values().collect::<Vec<_>>().join("\n");
    format!("{HEAD}\n{constants}\n{types}")
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/signal/generated/messages.ts")
}

/// What is wrong with the file as committed, if anything.
fn staleness(committed: &str, generated: &str) -> Option<String> {
    if committed == generated {
        return None;
    }
    let mut pairs = committed.lines().zip(generated.lines()).enumerate();
    let line = pairs.find(|(_, (old, new))| old != new).map_or(0, |(at, _)| at + 1);
    Some(format!("stale from line {line}; run: PROSCENIUM_BLESS=1 cargo test -p signaling"))
}

#[test]
fn the_pages_types_are_these() {
    let generated = generate();
    let path = committed();
    if std::env::var_os("PROSCENIUM_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some(what) = staleness(&committed, &generated) {
        panic!("{}: {what}", path.display());
    }
}

#[test]
fn a_stale_file_is_noticed() {
    let generated = generate();
    let stale =
        generated.replace("export type Role = \"viewer\"", "export type Role = \"guest\" | \"viewer\"");
    assert!(staleness(&stale, &generated).is_some_and(|what| what.contains("PROSCENIUM_BLESS=1")));
    assert!(staleness("", &generated).is_some());
    assert_eq!(staleness(&generated, &generated), None);
}

#[test]
fn ids_are_what_json_makes_them() {
    let generated = generate();
    for line in [
        "export type ParticipantId = string;",
        "export type RequestId = number;",
        "export type InvitationId = number;",
    ] {
        assert!(generated.contains(line), "{line}");
    }
    assert!(!generated.contains("bigint"), "JSON.parse gives numbers, never bigints");
}
