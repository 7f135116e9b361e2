//! The browser client, built into the binary (in debug builds: read from web/dist at start).

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;

use super::ApiError;
use crate::app::App;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/web/dist"]
#[allow_missing = true]
struct Files;

/// Where the build puts files whose names hold a hash of their content.
const HASHED: &str = "assets/";
const INDEX: &str = "index.html";
const SETUP: &str = "setup.html";
/// Compressing less than this saves no packet.
const WORTH_COMPRESSING: usize = 1000;

/// Served while there is no client to serve.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Proscenium</title>\
    <h1>The browser client is not built</h1><p>Run <code>make build</code>, then start the server again.</p></html>";

/// The client's files, compressed once at start.
pub(crate) struct Page(HashMap<String, Asset>);

struct Asset {
    content_type: &'static str,
    cache: HeaderValue,
    tag: HeaderValue,
    plain: Bytes,
    gzip: Option<Bytes>,
}

impl Page {
    pub(crate) fn load() -> Self {
        let mut files: HashMap<String, Asset> = Files::iter()
            .filter_map(|path| Some((path.to_string(), Files::get(&path)?)))
            .map(|(path, file)| {
                let asset =
                    Asset::new(&path, Bytes::from(file.data.into_owned()), &file.metadata.sha256_hash());
                (path, asset)
            })
            .collect();
        files.entry(INDEX.to_owned()).or_insert_with(|| {
            tracing::warn!("the browser client is not built: `make build` builds it");
            Asset::new(INDEX, Bytes::from_static(NOT_BUILT.as_bytes()), &[0; 32])
        });
        Page(files)
    }

    /// A file as text, where it is one.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(&self.0.get(path)?.plain).ok()
    }

    fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
        self.0.get(path).map(|asset| asset.answer(headers))
    }
}

impl Asset {
    fn new(path: &str, plain: Bytes, hash: &[u8; 32]) -> Self {
        let (content_type, text) = content_type(path);
        let gzip = (text && plain.len() >= WORTH_COMPRESSING).then(|| compressed(&plain)).flatten();
        let cache = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
        let tag: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Asset {
            content_type,
            cache: HeaderValue::from_static(cache),
            // Hexadecimal between quotes is always a header value.
            tag: HeaderValue::from_str(&format!("W/\"{tag}\"")).unwrap_or(HeaderValue::from_static("W/\"\"")),
            plain,
            gzip,
        }
    }

    fn answer(&self, asked: &HeaderMap) -> Response<Body> {
        let known = asked.get(header::IF_NONE_MATCH).is_some_and(|tag| tag == self.tag);
        let gzip = self.gzip.as_ref().filter(|_| takes_gzip(asked));
        let mut response = match (known, gzip) {
            (true, _) => StatusCode::NOT_MODIFIED.into_response(),
            (false, Some(gzip)) => {
                let mut response = Body::from(gzip.clone()).into_response();
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                response
            }
            (false, None) => Body::from(self.plain.clone()).into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(header::CACHE_CONTROL, self.cache.clone());
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        response
    }
}

/// The client itself finds out which room it is in.
pub(super) async fn index(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    app.page.answer(INDEX, &headers).ok_or_else(ApiError::not_found)
}

/// For the operator.
pub(super) async fn setup(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    app.page.answer(SETUP, &headers).ok_or_else(ApiError::not_found)
}

/// The picture that learning platforms show, at an address that outlives the build whose hash is in the file's name.
pub(super) async fn icon(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let is_icon = |path: &&String| path.starts_with("assets/icon-") && path.ends_with(".svg");
    let path = app.page.0.keys().find(is_icon).ok_or_else(ApiError::not_found)?;
    let mut response = app.page.answer(path, &headers).ok_or_else(ApiError::not_found)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// Every other file of the client.
pub(super) async fn asset(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let readable = method == Method::GET || method == Method::HEAD;
    let path = uri.path().trim_start_matches('/');
    readable.then(|| app.page.answer(path, &headers)).flatten().ok_or_else(ApiError::not_found)
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let encodings =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    encodings.split(',').any(|encoding| {
        let (name, quality) = encoding.split_once(';').unwrap_or((encoding, ""));
        let refused = quality.trim().trim_start_matches("q=").parse() == Ok(0.0);
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn compressed(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().filter(|small| small.len() < plain.len()).map(Bytes::from)
}

/// What a file is, by its name's end, and whether it is text.
fn content_type(path: &str) -> (&'static str, bool) {
    match path.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => ("text/html; charset=utf-8", true),
        Some("js" | "mjs") => ("text/javascript; charset=utf-8", true),
        Some("css") => ("text/css; charset=utf-8", true),
        Some("json" | "map") => ("application/json", true),
        Some("webmanifest") => ("application/manifest+json", true),
        Some("svg") => ("image/svg+xml", true),
        Some("txt") => ("text/plain; charset=utf-8", true),
        Some("wasm") => ("application/wasm", true),
        Some("png") => ("image/png", false),
        Some("jpg" | "jpeg") => ("image/jpeg", false),
        Some("webp") => ("image/webp", false),
        Some("ico") => ("image/x-icon", false),
        Some("woff2") => ("font/woff2", false),
        Some("mp3") => ("audio/mpeg", false),
        Some("ogg" | "opus") => ("audio/ogg", false),
        _ => ("application/octet-stream", false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(encoding: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, encoding.parse().unwrap())])
    }

    #[test]
    fn hashed_files_are_kept_for_ever_and_the_index_is_asked_for_again() {
        let hashed = Asset::new("assets/index-abc.js", Bytes::from("x".repeat(2000)), &[1; 32]);
        let response = hashed.answer(&asked("gzip, br"));
        assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        let index = Asset::new("index.html", Bytes::from_static(b"<p>"), &[1; 32]);
        assert_eq!(index.answer(&HeaderMap::new()).headers()[header::CACHE_CONTROL], "no-cache");
    }

    #[test]
    fn a_known_file_is_not_sent_again() {
        let asset = Asset::new("index.html", Bytes::from_static(b"<p>"), &[7; 32]);
        let tag = asset.answer(&HeaderMap::new()).headers()[header::ETAG].clone();
        let again = asset.answer(&HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)]));
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn gzip_is_sent_only_to_who_takes_it() {
        let cases =
            [("gzip", true), ("br, GZIP;q=0.5", true), ("gzip;q=0", false), ("br", false), ("", false)];
        for (encoding, takes) in cases {
            assert_eq!(takes_gzip(&asked(encoding)), takes, "{encoding}");
        }
    }
}
