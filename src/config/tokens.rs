//! Join tokens: how long they last, and the keys with which an institution's own software mints them.

use std::collections::BTreeSet;
use std::time::Duration;

use super::entries::Entry;
use super::sources::Sources;
use super::value::{self, Raw, Read};
use super::{Secret, bounds};

/// What the file says of join tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRules {
    /// Where the script says nothing.
    pub ttl: Duration,
    /// The most a script may ask for, and a token minted elsewhere may last.
    pub max_ttl: Duration,
    /// Whether tokens without a key's id are read, by the key made from the API key. Whoever adds the first key of their own leaves it so
    /// until the tokens that are out are over.
    pub derived: bool,
    /// The first signs, all are read by; none: the key made from the API key signs.
    pub keys: Vec<TokenKey>,
}

/// A key that the institution's own software shares with this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenKey {
    /// As the header of its tokens says it (`kid`).
    pub id: String,
    /// The key of HMAC-SHA-256: the bytes of this very text.
    pub secret: Secret,
}

pub(crate) fn rules(sources: &mut Sources<'_>) -> TokenRules {
    let rules = TokenRules {
        ttl: sources.take("tokens.ttl_seconds", value::seconds, || bounds::TOKEN_TTL),
        max_ttl: sources.take("tokens.max_ttl_seconds", value::seconds, || bounds::TOKEN_MAX_TTL),
        derived: sources.take("tokens.derived", value::boolean, || true),
        keys: keys(sources),
    };
    if rules.ttl > rules.max_ttl {
        sources.refuse("tokens.ttl_seconds", "at most tokens.max_ttl_seconds");
    }
    // Nothing could sign then, and nobody come in.
    if !rules.derived && rules.keys.is_empty() && !sources.is_file_misread() {
        sources.refuse("tokens.derived", "true where there is no [[tokens.keys]]");
    }
    rules
}

fn keys(sources: &mut Sources<'_>) -> Vec<TokenKey> {
    let entries = sources.entries("tokens.keys", bounds::TOKEN_KEYS);
    let mut seen = BTreeSet::new();
    let mut keys = Vec::new();
    for entry in &entries {
        let Some(key) = key(sources, entry) else { continue };
        if !seen.insert(key.id.clone()) {
            entry.refuse(sources, "id", "another than the keys before it have".to_owned());
        }
        keys.push(key);
    }
    keys
}

fn key(sources: &mut Sources<'_>, entry: &Entry) -> Option<TokenKey> {
    let id = entry.required(sources, "id", id);
    let secret = entry.required(sources, "secret", secret);
    Some(TokenKey { id: id?, secret: Secret(secret?) })
}

fn id(raw: &Raw) -> Read<String> {
    let good = |text: &&str| {
        (1..=bounds::TOKEN_KEY_ID_CHARS).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    value::text(raw).filter(good).map(str::to_owned).ok_or_else(|| {
        format!("1 to {} of the characters A-Z, a-z, 0-9, -, _ and .", bounds::TOKEN_KEY_ID_CHARS)
    })
}

/// RFC 7518, section 3.2: a key of HS256 is no shorter than its hash.
fn secret(raw: &Raw) -> Read<String> {
    let text = value::secret(raw).ok().filter(|text| text.len() >= bounds::TOKEN_KEY_BYTES);
    text.ok_or_else(|| {
        format!(
            "at least {} printable ASCII characters without spaces, drawn at random",
            bounds::TOKEN_KEY_BYTES
        )
    })
}
