//! Messages that are good, and every way in which one is not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use lti::launch::{LEEWAY, Launch, Message, Titled, key_id, verify};
use lti::{Refusal, claims};
use serde_json::{Value, json};

use crate::world::{NONCE, NOW, claims as good, key, keys, other_key, platform, sign, sign_as, with};

fn read(message: &str) -> Result<Launch, Refusal> {
    verify(message, &platform(), &keys(), NONCE, NOW)
}

fn code(message: &str) -> &'static str {
    read(message).map_or_else(|refusal| refusal.code(), |_| "accepted")
}

#[test]
fn a_good_message_says_who_comes_and_where_to() {
    let launch = read(&sign(&with(json!({
        claims::CUSTOM: { "room": "lecture", "user": "$User.id", "empty": "" },
        claims::LAUNCH_PRESENTATION: { "locale": "pt_BR", "return_url": "https://sakai.example.edu/portal" },
    }))))
    .unwrap();
    assert_eq!(launch.user.as_deref(), Some("student-7"));
    assert_eq!(launch.name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(launch.tenant.deployment, "1");
    let link = Titled { id: "content:3".to_owned(), title: Some("Lecture".to_owned()) };
    assert_eq!(launch.message, Message::ResourceLink(link));
    // A variable that the platform did not know is not its value.
    assert_eq!(launch.custom.into_iter().collect::<Vec<_>>(), [("room".to_owned(), "lecture".to_owned())]);
    assert_eq!(launch.locale.as_deref(), Some("pt_BR"));
}

#[test]
fn what_is_wrong_with_claims_is_named() {
    let cases: &[(Value, &str)] = &[
        (json!({ "aud": "somebody-else" }), "wrong_audience"),
        (json!({ "aud": null }), "wrong_audience"),
        (json!({ "aud": ["abc", "other"] }), "wrong_audience"),
        (json!({ "aud": ["abc", "other"], "azp": "other" }), "wrong_audience"),
        (json!({ "aud": "abc", "azp": "other" }), "wrong_audience"),
        (json!({ "aud": "abc", "azp": 7 }), "wrong_audience"),
        (json!({ "aud": ["abc", "other"], "azp": "abc" }), "accepted"),
        (json!({ "aud": ["abc"] }), "accepted"),
        (json!({ "iss": "https://evil.example" }), "wrong_issuer"),
        (json!({ "iss": "https://sakai.example.edu/" }), "wrong_issuer"),
        (json!({ "iss": null }), "wrong_issuer"),
        (json!({ "nonce": "n-2" }), "wrong_nonce"),
        (json!({ "nonce": null }), "wrong_nonce"),
        (json!({ "exp": NOW - LEEWAY - 1 }), "expired"),
        (json!({ "exp": NOW - LEEWAY + 1 }), "accepted"),
        (json!({ "exp": null }), "missing_claim"),
        (json!({ "iat": null }), "missing_claim"),
        (json!({ "iat": NOW + LEEWAY + 1 }), "not_yet_valid"),
        (json!({ "nbf": NOW + LEEWAY + 1 }), "not_yet_valid"),
        (json!({ "nbf": NOW + LEEWAY - 1 }), "accepted"),
        (json!({ claims::DEPLOYMENT_ID: "2" }), "unknown_deployment"),
        (json!({ claims::DEPLOYMENT_ID: null }), "missing_claim"),
        (json!({ claims::VERSION: "1.1" }), "bad_version"),
        (json!({ claims::VERSION: null }), "bad_version"),
        (json!({ claims::MESSAGE_TYPE: "LtiSubmissionReviewRequest" }), "bad_message_type"),
        (json!({ claims::RESOURCE_LINK: null }), "missing_claim"),
        (json!({ claims::RESOURCE_LINK: { "id": "" } }), "missing_claim"),
        (json!({ claims::ROLES: null }), "missing_claim"),
        (json!({ claims::ROLES: [] }), "accepted"),
        // Not one's name, not one's language: no reason to keep anybody out.
        (json!({ "sub": null, "name": null }), "accepted"),
        (json!({ claims::CONTEXT: "nonsense", claims::CUSTOM: 7, claims::GRADES: [] }), "accepted"),
    ];
    for (changes, expected) in cases {
        assert_eq!(code(&sign(&with(changes.clone()))), *expected, "{changes}");
    }
}

#[test]
fn nothing_but_the_platforms_own_key_signs() {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let kid = key().kid().to_owned();
    let body = part(&good());
    let unsigned = |algorithm: &str| format!("{}.{body}.", part(&json!({ "alg": algorithm, "kid": kid })));
    for algorithm in ["none", "None", "nOnE", "", "HS256", "HS512", "EdDSA", "PS256"] {
        assert_eq!(code(&unsigned(algorithm)), "bad_algorithm", "{algorithm}");
    }
    assert_eq!(code(&unsigned("RS256")), "bad_signature");
    // The public key as a shared secret, in each form in which somebody may have it.
    let modulus = key().public()["n"].as_str().unwrap().to_owned();
    for secret in [
        key().public().to_string().into_bytes(),
        modulus.clone().into_bytes(),
        URL_SAFE_NO_PAD.decode(modulus).unwrap(),
    ] {
        let forged = sign_as(&kid, Algorithm::HS256, &EncodingKey::from_secret(&secret), &good());
        assert_eq!(code(&forged), "bad_algorithm");
    }
    // Another's key, under its own name and under the platform's.
    assert_eq!(code(&other_key().sign(&good()).unwrap()), "unknown_key");
    let other = EncodingKey::from_rsa_pem(include_bytes!("../keys/other.pem")).unwrap();
    assert_eq!(code(&sign_as(&kid, Algorithm::RS256, &other, &good())), "bad_signature");
    // A good one with one letter of its claims, or of its signature, changed.
    let message = sign(&good());
    let parts: Vec<&str> = message.split('.').collect();
    let promoted = part(&with(json!({ "sub": "teacher-1" })));
    assert_eq!(code(&format!("{}.{promoted}.{}", parts[0], parts[2])), "bad_signature");
    assert_eq!(
        code(&format!("{}.{}.{}", parts[0], parts[1], parts[2].replacen(|_: char| true, "x", 1))),
        "bad_signature"
    );
}

#[test]
fn what_is_no_message_at_all_is_refused() {
    for message in ["", ".", "..", "a.b.c", "{}", &"x".repeat(100_000)] {
        assert!(matches!(key_id(message), Err(Refusal::BadSignature { .. })), "{message:.20}");
    }
    let no_kid = format!("{}.e30.x", URL_SAFE_NO_PAD.encode(json!({ "alg": "RS256" }).to_string()));
    assert!(matches!(key_id(&no_kid), Err(Refusal::BadSignature { .. })));
}

#[test]
fn other_lengths_of_hash_are_taken_too() {
    let signing = EncodingKey::from_rsa_pem(include_bytes!("../keys/platform.pem")).unwrap();
    for algorithm in [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512] {
        assert_eq!(code(&sign_as(key().kid(), algorithm, &signing, &good())), "accepted", "{algorithm:?}");
    }
}

#[test]
fn adding_a_link_needs_somewhere_to_put_it() {
    let settings = json!({ "deep_link_return_url": "https://sakai.example.edu/return", "accept_types": ["link", "ltiResourceLink"], "data": "d" });
    let asks = |settings: Value| {
        sign(&with(
            json!({ claims::MESSAGE_TYPE: "LtiDeepLinkingRequest", claims::RESOURCE_LINK: null, claims::DEEP_LINKING: settings }),
        ))
    };
    let Message::DeepLinking(read) = read(&asks(settings.clone())).unwrap().message else {
        panic!("not deep linking")
    };
    assert_eq!((read.return_url.as_str(), read.data), ("https://sakai.example.edu/return", Some(json!("d"))));
    let mut nowhere = settings.clone();
    nowhere["deep_link_return_url"] = json!("javascript:alert(1)");
    assert_eq!(code(&asks(nowhere)), "bad_request");
    let mut other = settings;
    other["accept_types"] = json!(["html"]);
    assert_eq!(code(&asks(other)), "missing_claim");
    assert_eq!(code(&asks(Value::Null)), "missing_claim");
}
