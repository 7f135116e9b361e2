//! Who may have rooms, by what the provider says of them.

use serde_json::{Map, Value};

use crate::config::HostRule;

/// Whether one of the rules is true of somebody.
pub(crate) fn is_host(rules: &[HostRule], claims: &Map<String, Value>) -> bool {
    rules.iter().any(|rule| is_true(rule, claims))
}

fn is_true(rule: &HostRule, claims: &Map<String, Value>) -> bool {
    // An address that the provider has not seen to be theirs is only what somebody typed.
    if rule.claim == "email" && claims.get("email_verified") != Some(&Value::Bool(true)) {
        return false;
    }
    let fits = |value: &Value| match value {
        Value::String(text) if rule.claim == "email" => {
            like(&rule.pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
        }
        Value::String(text) => like(&rule.pattern, text),
        Value::Bool(value) => rule.pattern == value.to_string(),
        Value::Number(number) => rule.pattern == number.to_string(),
        _ => false,
    };
    match claims.get(&rule.claim) {
        Some(Value::Array(several)) => several.iter().any(fits),
        Some(one) => fits(one),
        None => false,
    }
}

/// Whether the text is as the pattern says, where `*` stands for anything, and for nothing.
fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn host(rule: &str, claims: Value) -> bool {
        let (claim, pattern) = rule.split_once(':').unwrap();
        let rule = HostRule { claim: claim.to_owned(), pattern: pattern.to_owned() };
        is_host(&[rule], claims.as_object().unwrap())
    }

    #[test]
    fn an_address_counts_where_the_provider_knows_that_it_is_theirs() {
        let claims = |email: &str| json!({ "email": email, "email_verified": true });
        assert!(host("email:*@staff.example.edu", claims("Ada@Staff.example.edu")));
        for email in ["ada@example.edu", "ada@staff.example.edu.evil.org", "staff.example.edu", ""] {
            assert!(!host("email:*@staff.example.edu", claims(email)), "{email}");
        }
        assert!(!host("email:*", json!({ "email": "ada@example.edu" })));
        assert!(!host("email:*", json!({ "email": "ada@example.edu", "email_verified": false })));
        assert!(!host("email:*", json!({ "email": "ada@example.edu", "email_verified": "true" })));
    }

    #[test]
    fn any_other_claim_is_taken_as_it_is_and_lists_by_what_is_in_them() {
        assert!(host("groups:lecturers", json!({ "groups": ["students", "lecturers"] })));
        assert!(host("groups:lecturers", json!({ "groups": "lecturers" })));
        assert!(host("staff:true", json!({ "staff": true })));
        assert!(host("urn:x:lecturers", json!({ "urn": "x:lecturers" })));
        assert!(!host("groups:lecturers", json!({ "groups": ["Lecturers"], "group": "lecturers" })));
        assert!(!host("groups:lecturers", json!({ "groups": { "lecturers": true } })));
        assert!(!host("groups:lecturers", json!({})));
    }

    #[test]
    fn a_star_stands_for_anything_and_nothing_else_does() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("a*", "a", true),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "acb", false),
            ("*b*b*", "abab", true),
            ("a*a", "a", false),
            ("a.c", "abc", false),
            ("", "a", false),
        ] {
            assert_eq!(like(pattern, text), fits, "{pattern} {text}");
        }
    }
}
