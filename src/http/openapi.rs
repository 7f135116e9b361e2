//! The API, described for machines. Kept by hand next to the code; a test holds it to the router.

use axum::http::header;
use axum::response::IntoResponse;

pub(super) const DOCUMENT: &str = include_str!("openapi.json");

pub(super) async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// Every address the router has, dev mode's own left out, as the source says it.
    fn routes() -> BTreeSet<String> {
        let source = include_str!("mod.rs");
        let addresses = source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
        let pages = ["/", "/r/{room}", "/g/{key}", "/setup", "/icon.svg"];
        addresses.filter(|address| !pages.contains(address)).map(str::to_owned).collect()
    }

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        let described: BTreeSet<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(described, routes());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        let names =
            DOCUMENT.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
        for name in names {
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }
}
