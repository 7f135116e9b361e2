//! The directions of the dependencies, and what pure crates never touch. Each rule is shown to be able to fail.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// What each of our crates may depend on, of our own. Whoever adds a crate decides it here, in sight.
const MAY_USE: &[(&str, &[&str])] = &[
    ("stage", &[]),
    ("signaling", &["stage"]),
    ("room", &["signaling", "stage"]),
    ("lti", &["stage"]),
    ("media", &[]),
    ("store", &[]),
    ("load", &["media", "signaling"]),
    ("bench", &["load"]),
    ("sim", &["media", "room", "signaling", "stage"]),
    ("proscenium", &["lti", "media", "room", "signaling", "stage", "store"]),
];

/// Crates that take time, randomness and bytes as arguments, and the packages that would let them cheat.
const PURE: &[&str] = &["stage", "signaling", "room", "media", "lti"];
const IMPURE_PACKAGES: &[&str] = &["tokio", "axum", "libc", "socket2", "mio", "rand", "rusqlite"];

/// What must not be written in a pure crate's sources, outside of tests.
const IMPURE_CALLS: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "UdpSocket",
    "TcpStream",
    "std::thread::spawn",
    "std::fs::",
    "println!",
];

#[test]
fn dependencies_point_one_way() {
    let broken = broken_directions(&metadata());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn pure_crates_use_no_clock_socket_or_runtime() {
    let mut broken = Vec::new();
    for name in PURE {
        for file in rust_files(&root().join("crates").join(name).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            broken.extend(impure_lines(&text).into_iter().map(|line| format!("{}: {line}", file.display())));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_wrong_direction_is_found() {
    let media_knows_room = workspace(&[("media", &["room"]), ("room", &["stage", "signaling"])]);
    assert_eq!(broken_directions(&media_knows_room), ["media must not depend on room"]);
}

#[test]
fn a_runtime_in_a_pure_crate_is_found() {
    assert_eq!(
        broken_directions(&workspace(&[("stage", &["tokio"])])),
        ["stage is pure and must not depend on tokio"]
    );
}

#[test]
fn a_crate_without_a_rule_is_found() {
    assert_eq!(
        broken_directions(&workspace(&[("helpers", &[])])),
        ["helpers has no rule in tests/architecture.rs"]
    );
}

#[test]
fn a_clock_in_a_pure_source_is_found_but_not_in_its_tests_or_comments() {
    let source = "fn due() { Instant::now(); }\n// Instant::now would cheat\n#[cfg(test)]\nmod tests { fn t() { Instant::now(); } }";
    assert_eq!(impure_lines(source), ["fn due() { Instant::now(); }"]);
}

/// Sentences about every rule that the packages of `metadata` break.
fn broken_directions(metadata: &Value) -> Vec<String> {
    let rules: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let packages = metadata["packages"].as_array().unwrap();
    let members: BTreeSet<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    let ours = |name: &str| members.contains(name) || rules.contains_key(name);
    let mut broken = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let Some(allowed) = rules.get(name) else {
            broken.push(format!("{name} has no rule in tests/architecture.rs"));
            continue;
        };
        for dependency in shipped_dependencies(package) {
            if ours(&dependency) && !allowed.contains(&dependency.as_str()) {
                broken.push(format!("{name} must not depend on {dependency}"));
            }
            if PURE.contains(&name) && IMPURE_PACKAGES.contains(&dependency.as_str()) {
                broken.push(format!("{name} is pure and must not depend on {dependency}"));
            }
        }
    }
    broken
}

/// Names of what a package is built with; what only its tests use is free.
fn shipped_dependencies(package: &Value) -> Vec<String> {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    dependencies
        .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
        .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Lines of a source, before its tests, that reach for the world.
fn impure_lines(source: &str) -> Vec<String> {
    source
        .lines()
        .take_while(|line| !line.trim_start().starts_with("#[cfg(test)]"))
        .filter(|line| !line.trim_start().starts_with("//"))
        .filter(|line| IMPURE_CALLS.iter().any(|call| line.contains(call)))
        .map(|line| line.trim().to_owned())
        .collect()
}

fn workspace(packages: &[(&str, &[&str])]) -> Value {
    let packages = packages.iter().map(|(name, dependencies)| {
        let dependencies: Vec<Value> =
            dependencies.iter().map(|dependency| json!({"name": dependency, "kind": null})).collect();
        json!({"name": name, "dependencies": dependencies})
    });
    json!({"packages": packages.collect::<Vec<_>>()})
}

fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline", "--locked"];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // A file of tests of its own is compiled for tests only, as a module of that name says.
        if path.file_stem().is_some_and(|stem| stem == "tests") {
            continue;
        }
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
