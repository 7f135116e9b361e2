use serde_json::{Value, json};

use super::*;
use crate::config::TokenKey;

const OLD: &str = "0123456789abcdef0123456789abcdef";
const NEW: &str = "fedcba9876543210fedcba9876543210";

fn with(api_key: &str, derived: bool, keys: &[(&str, &str)]) -> Tokens {
    let key =
        |(id, secret): &(&str, &str)| TokenKey { id: (*id).to_owned(), secret: Secret::for_test(secret) };
    let hour = Duration::from_secs(3600);
    let rules = TokenRules { ttl: hour, max_ttl: hour, derived, keys: keys.iter().map(key).collect() };
    Tokens::new(&Secret::for_test(api_key), &rules)
}

fn tokens(key: &str) -> Tokens {
    with(key, true, &[])
}

fn ann() -> Identity {
    Identity { user: "u1".to_owned(), name: "Ann".to_owned(), role: Role::Viewer, waits: false }
}

const MINUTE: Duration = Duration::from_secs(60);

/// What somebody else's software makes.
fn minted(algorithm: Algorithm, kid: Option<&str>, secret: &str, change: impl FnOnce(&mut Value)) -> String {
    let exp = Clock::unix_seconds() + 60;
    let mut claims = json!({
        "iss": "proscenium", "sub": "u1", "room": "a", "name": "Ann", "role": "viewer", "iat": exp - 60, "exp": exp
    });
    change(&mut claims);
    let mut header = Header::new(algorithm);
    header.kid = kid.map(str::to_owned);
    encode(&header, &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

#[test]
fn says_who_was_named() {
    let tokens = tokens("key");
    let token = tokens.mint("a", &ann(), MINUTE).unwrap();
    assert_eq!(tokens.read(&token, "a"), Ok(ann()));
}

#[test]
fn says_that_a_guest_waits() {
    let tokens = tokens("key");
    let token = tokens.mint("a", &Identity { waits: true, ..ann() }, MINUTE).unwrap();
    assert!(tokens.read(&token, "a").unwrap().waits);
}

#[test]
fn another_room_is_told_from_a_forgery() {
    let token = tokens("key").mint("a", &ann(), MINUTE).unwrap();
    assert_eq!(tokens("key").read(&token, "b"), Err(TokenError::WrongRoom));
    assert_eq!(tokens("other").read(&token, "a"), Err(TokenError::Invalid));
}

#[test]
fn time_over_is_told() {
    let tokens = with("key", true, &[("old", OLD)]);
    let token = minted(Algorithm::HS256, Some("old"), OLD, |claims| claims["exp"] = json!(2));
    assert_eq!(tokens.read(&token, "a"), Err(TokenError::Expired));
}

#[test]
fn a_changed_claim_or_none_at_all_is_a_forgery() {
    let tokens = tokens("key");
    let token = tokens.mint("a", &ann(), MINUTE).unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", parts[1]);
    let other = tokens.mint("a", &Identity { role: Role::Host, ..ann() }, MINUTE).unwrap();
    let promoted = format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2]);
    for forged in [unsigned, promoted, String::new(), "x".repeat(TOKEN_BYTES + 1), parts[1].to_owned()] {
        assert_eq!(tokens.read(&forged, "a"), Err(TokenError::Invalid), "{forged}");
    }
}

#[test]
fn keys_change_one_after_the_other_and_no_token_is_lost() {
    let (api, old) = (tokens("key"), with("key", true, &[("old", OLD)]));
    let both = with("key", true, &[("new", NEW), ("old", OLD)]);
    let new = with("key", false, &[("new", NEW)]);
    let by_api = api.mint("a", &ann(), MINUTE).unwrap();
    let by_old = old.mint("a", &ann(), MINUTE).unwrap();
    let by_new = both.mint("a", &ann(), MINUTE).unwrap();
    assert_eq!(decode_header(&by_old).unwrap().kid.as_deref(), Some("old"));
    assert_eq!(decode_header(&by_new).unwrap().kid.as_deref(), Some("new"), "the first signs");
    for token in [&by_api, &by_old, &by_new] {
        assert_eq!(both.read(token, "a"), Ok(ann()));
    }
    assert_eq!(new.read(&by_new, "a"), Ok(ann()));
    for over in [&by_api, &by_old] {
        assert_eq!(new.read(over, "a"), Err(TokenError::UnknownKey));
    }
    assert_eq!(api.read(&by_new, "a"), Err(TokenError::UnknownKey));
}

#[test]
fn what_others_mint_has_the_right_key_and_algorithm() {
    let tokens = with("key", true, &[("new", NEW), ("old", OLD)]);
    let good = minted(Algorithm::HS256, Some("old"), OLD, |_| {});
    assert_eq!(tokens.read(&good, "a"), Ok(ann()));
    let cases = [
        (minted(Algorithm::HS256, Some("older"), OLD, |_| {}), TokenError::UnknownKey),
        (minted(Algorithm::HS256, Some(""), OLD, |_| {}), TokenError::UnknownKey),
        (minted(Algorithm::HS256, Some("new"), OLD, |_| {}), TokenError::Invalid),
        // Without its name, a key of the configuration is none.
        (minted(Algorithm::HS256, None, OLD, |_| {}), TokenError::Invalid),
        (minted(Algorithm::HS384, Some("old"), OLD, |_| {}), TokenError::Invalid),
        (minted(Algorithm::HS512, Some("old"), OLD, |_| {}), TokenError::Invalid),
    ];
    for (token, error) in cases {
        assert_eq!(tokens.read(&token, "a"), Err(error), "{:?}", decode_header(&token));
    }
    // {"alg":"none","kid":"old"}
    let unsigned = format!("eyJhbGciOiJub25lIiwia2lkIjoib2xkIn0.{}.", good.split('.').nth(1).unwrap());
    assert_eq!(tokens.read(&unsigned, "a"), Err(TokenError::Invalid));
}

#[test]
fn what_others_mint_is_held_to_what_a_script_may_ask_for() {
    let tokens = with("key", true, &[("old", OLD)]);
    type Change = fn(&mut Value);
    let cases: [(&str, Change); 14] = [
        ("sub", |claims| claims["sub"] = json!("")),
        ("sub", |claims| claims["sub"] = json!("x".repeat(201))),
        ("sub", |claims| drop(claims.as_object_mut().unwrap().remove("sub"))),
        ("name", |claims| claims["name"] = json!("  ")),
        ("name", |claims| claims["name"] = json!("é".repeat(101))),
        ("name", |claims| claims["name"] = json!("Ann\u{0}")),
        ("exp", |claims| claims["exp"] = json!(claims["exp"].as_u64().unwrap() + 3600)),
        ("exp", |claims| drop(claims.as_object_mut().unwrap().remove("exp"))),
        ("iss", |claims| claims["iss"] = json!("lms")),
        ("iss", |claims| drop(claims.as_object_mut().unwrap().remove("iss"))),
        ("king", |claims| claims["role"] = json!("king")),
        ("role", |claims| drop(claims.as_object_mut().unwrap().remove("role"))),
        ("room", |claims| drop(claims.as_object_mut().unwrap().remove("room"))),
        ("now", |claims| claims["iat"] = json!("now")),
    ];
    for (claim, change) in cases {
        let token = minted(Algorithm::HS256, Some("old"), OLD, change);
        let error = tokens.read(&token, "a").unwrap_err();
        assert!(matches!(&error, TokenError::Claims(said) if said.contains(claim)), "{claim}: {error:?}");
        // Who has not the key learns nothing by trying.
        let forged = minted(Algorithm::HS256, Some("old"), NEW, change);
        assert_eq!(tokens.read(&forged, "a"), Err(TokenError::Invalid), "{claim}");
    }
    let whole = minted(Algorithm::HS256, Some("old"), OLD, |claims| claims["name"] = json!(" é".repeat(50)));
    assert_eq!(tokens.read(&whole, "a").unwrap().name.chars().count(), 99, "trimmed, like a script's");
}
