//! Has the binary rebuilt when the browser client changes, and says when there is none.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=web/dist");
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if release && !Path::new("web/dist/index.html").exists() {
        println!(
            "cargo:warning=web/dist is not there: this binary will serve no page; `make build` builds both"
        );
    }
}
