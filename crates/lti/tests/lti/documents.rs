//! The documents that go to and fro: logins, keys, choices, names, grades, registrations.

use std::collections::BTreeMap;

use lti::deep_linking::{Choice, Settings, response};
use lti::grades::{self, Grading};
use lti::keys::{KEY_SET_BYTES, KeySet, key_set};
use lti::launch::GradesEndpoint;
use lti::login::{LoginRequest, PARAMETER_BYTES, authentication_url, origin};
use lti::names;
use lti::platform::Tenant;
use lti::registration::{PlatformConfiguration, Tool};
use lti::{Refusal, claims, token};
use serde_json::{Value, json};
use url::Url;

use crate::world::{NOW, key, platform};

fn login(parameters: &[(&str, &str)]) -> Result<LoginRequest, Refusal> {
    let owned: Vec<_> =
        parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    LoginRequest::read(&owned)
}

#[test]
fn hints_go_back_byte_for_byte() {
    let hint = "teacher+1==/%41 &ü\u{1F3AD}?#";
    let request =
        login(&[("iss", "i"), ("login_hint", hint), ("lti_message_hint", hint), ("target_link_uri", "t")])
            .unwrap();
    let url =
        authentication_url(&platform(), &request, "https://stage.example.edu/lti/launch", "s", "n").unwrap();
    let sent: BTreeMap<String, String> = Url::parse(&url).unwrap().query_pairs().into_owned().collect();
    assert_eq!((&sent["login_hint"], &sent["lti_message_hint"]), (&hint.to_owned(), &hint.to_owned()));
    let fixed = [
        ("scope", "openid"),
        ("response_type", "id_token"),
        ("response_mode", "form_post"),
        ("prompt", "none"),
        ("client_id", "abc"),
        ("state", "s"),
        ("nonce", "n"),
    ];
    for (name, value) in fixed {
        assert_eq!(sent[name], value, "{name}");
    }
}

#[test]
fn a_query_of_the_platforms_own_address_stays() {
    let request = login(&[("iss", "i"), ("login_hint", "h"), ("target_link_uri", "t")]).unwrap();
    let platform =
        lti::platform::Platform { login_url: "https://lms.example/auth?tenant=7".to_owned(), ..platform() };
    let url = authentication_url(&platform, &request, "r", "s", "n").unwrap();
    assert!(url.starts_with("https://lms.example/auth?tenant=7&scope=openid"), "{url}");
    assert!(!url.contains("lti_message_hint"), "{url}");
}

#[test]
fn a_login_without_its_parameters_is_refused_by_name() {
    for missing in ["iss", "login_hint", "target_link_uri"] {
        let all = [("iss", "i"), ("login_hint", "h"), ("target_link_uri", "t")];
        let others: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
        assert!(
            matches!(login(&others), Err(Refusal::BadRequest { field, .. }) if field == missing),
            "{missing}"
        );
    }
    let long = "x".repeat(PARAMETER_BYTES + 1);
    assert!(login(&[("iss", "i"), ("login_hint", &long), ("target_link_uri", "t")]).is_err());
}

#[test]
fn origins_are_those_of_browsers() {
    assert_eq!(origin("https://LMS.example:443/a?b"), Some("https://lms.example".to_owned()));
    assert_eq!(origin("http://localhost:8081/x"), Some("http://localhost:8081".to_owned()));
    for none in [
        "https://*/",
        "https://x;sandbox/",
        "https://a,b/",
        "https://a'b/",
        "javascript:alert(1)",
        "data:text/html,x",
        "lms.example",
        "",
    ] {
        assert_eq!(origin(none), None, "{none}");
    }
}

#[test]
fn of_a_key_set_only_what_signs_is_taken() {
    let ours = key().public().clone();
    let mut encrypts = ours.clone();
    encrypts["use"] = json!("enc");
    let mut nameless = ours.clone();
    nameless.as_object_mut().unwrap().remove("kid");
    let secret = json!({ "kty": "oct", "kid": "s", "k": "c2VjcmV0", "alg": "HS256" });
    let odd = json!({ "kty": "EC", "crv": "secp256k1", "kid": "odd", "x": "x", "y": "y" });
    let set = json!({ "keys": [encrypts, nameless, secret, odd, 7, ours] });
    let read = KeySet::read(set.to_string().as_bytes()).unwrap();
    assert_eq!((read.len(), read.find(key().kid()).is_some(), read.find("s").is_some()), (1, true, false));
    for bad in
        ["", "[]", "{}", r#"{"keys": []}"#, r#"{"keys": [{"kty": "oct", "kid": "s", "k": "c2VjcmV0"}]}"#]
    {
        assert!(KeySet::read(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(KeySet::read(&vec![b' '; KEY_SET_BYTES + 1]).is_err());
}

#[test]
fn our_own_key_set_has_nothing_private() {
    let set = key_set([&key()]).to_string();
    let keys: Value = serde_json::from_str(&set).unwrap();
    let names: Vec<&String> = keys["keys"][0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
}

fn payload(jwt: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode(jwt).unwrap().claims
}

#[test]
fn a_choice_goes_back_with_what_came() {
    let tenant = Tenant {
        issuer: "https://sakai.example.edu".into(),
        client_id: "abc".into(),
        deployment: "1".into(),
    };
    let settings = Settings {
        return_url: "https://sakai.example.edu/r".into(),
        data: Some(json!({ "csrf": 1 })),
        title: None,
    };
    let choice = Choice {
        room: "r1",
        title: "Lecture",
        url: "https://stage.example.edu/lti/launch",
        access: "invite",
        course: Some("c-1"),
        grade: Some("attendance"),
    };
    let sent = payload(&response(&key(), &tenant, &settings, Some(&choice), "n", NOW).unwrap());
    assert_eq!((&sent["iss"], &sent["aud"]), (&json!("abc"), &json!("https://sakai.example.edu")));
    assert_eq!(sent[claims::MESSAGE_TYPE], "LtiDeepLinkingResponse");
    assert_eq!(sent[claims::DEEP_LINKING_DATA], json!({ "csrf": 1 }));
    let item = &sent[claims::CONTENT_ITEMS][0];
    assert_eq!(
        (&item["type"], &item["custom"]),
        (
            &json!("ltiResourceLink"),
            &json!({ "room": "r1", "stage_access": "invite", "course": "c-1", "grade": "attendance" })
        )
    );
    let nothing = payload(&response(&key(), &tenant, &settings, None, "n", NOW).unwrap());
    assert_eq!(nothing[claims::CONTENT_ITEMS], json!([]));
}

#[test]
fn a_token_is_asked_for_with_a_signed_assertion() {
    let form = token::request(&key(), &platform(), &["a", "b"], "once", NOW).unwrap();
    let form: BTreeMap<&str, String> = form.into_iter().collect();
    assert_eq!((form["grant_type"].as_str(), form["scope"].as_str()), ("client_credentials", "a b"));
    let assertion = payload(&form["client_assertion"]);
    assert_eq!(assertion["iss"], "abc");
    assert_eq!(assertion["aud"], platform().token_url);
    assert_eq!(assertion["jti"], "once");
}

#[test]
fn members_are_those_who_are_active() {
    let page = json!({ "members": [
        { "user_id": "1", "name": "Ada", "roles": ["Learner"], "status": "Active" },
        { "user_id": "2", "given_name": "Bob", "family_name": "B", "roles": [] },
        { "user_id": "3", "status": "Deleted", "roles": ["Learner"] },
        { "name": "Nobody", "roles": [] },
        { "user_id": "4 ", "status": "active" },
    ] });
    let members = names::read(page.to_string().as_bytes()).unwrap();
    let told: Vec<_> = members.iter().map(|member| (member.user.as_str(), member.name.as_deref())).collect();
    assert_eq!(told, [("1", Some("Ada")), ("2", Some("Bob B")), ("4 ", None)]);
    assert!(names::read(b"{}").is_err());
}

#[test]
fn the_next_page_is_where_the_header_says() {
    let here = "https://lms.example/members?rlid=1";
    let link = r#"<https://lms.example/members?page=1>; rel="first", </members?page=2>; rel="next""#;
    assert_eq!(names::next_page(link, here).as_deref(), Some("https://lms.example/members?page=2"));
    assert_eq!(names::next_page("<https://lms.example/d>; rel=differences", here), None);
    assert_eq!(names::next_page("nonsense", here), None);
}

#[test]
fn scores_go_beside_the_query_of_a_column() {
    assert_eq!(
        grades::scores_url("https://moodle.example/mod/lti/services.php/2/lineitems/4/lineitem?type_id=1")
            .as_deref(),
        Some("https://moodle.example/mod/lti/services.php/2/lineitems/4/lineitem/scores?type_id=1")
    );
    assert_eq!(
        grades::scores_url("https://sakai.example/li/4/").as_deref(),
        Some("https://sakai.example/li/4/scores")
    );
}

#[test]
fn our_column_is_known_among_others() {
    let ours = json!({ "id": "c2", "resourceId": "r1", "tag": "proscenium-attendance" });
    let list = json!([{ "id": "c1", "resourceId": "r1", "tag": "quiz" }, ours, { "id": "c3", "resourceId": "r2", "tag": "proscenium-attendance" }]);
    let found = |list: &Value| grades::find(list.to_string().as_bytes(), "r1", Grading::Attendance);
    assert_eq!(found(&list).as_deref(), Some("c2"));
    assert_eq!(found(&json!([])), None);
    assert_eq!(found(&json!({ "content": [ours] })).as_deref(), Some("c2"));
}

#[test]
fn grades_are_sent_only_where_that_is_allowed() {
    let usable = |line_items: bool, line_item: bool, scopes: &[&str]| {
        let text = |there: bool| there.then(|| "https://lms.example/li".to_owned());
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        GradesEndpoint { line_items: text(line_items), line_item: text(line_item), scopes }.is_usable()
    };
    assert!(usable(true, false, &[claims::SCOPE_LINE_ITEM, claims::SCOPE_SCORE]));
    assert!(usable(false, true, &[claims::SCOPE_SCORE]));
    assert!(!usable(true, false, &[claims::SCOPE_SCORE]));
    assert!(!usable(true, true, &[claims::SCOPE_LINE_ITEM]));
}

fn configuration() -> Value {
    json!({
        "issuer": "https://sakai.example.edu",
        "authorization_endpoint": "https://sakai.example.edu/imsoidc/lti13/oidc_auth",
        "registration_endpoint": "https://sakai.example.edu/imsblis/lti13/registration_endpoint/1",
        "jwks_uri": "https://sakai.example.edu/imsblis/lti13/keyset",
        "token_endpoint": "https://sakai.example.edu/imsblis/lti13/token/1",
        "scopes_supported": ["openid", claims::SCOPE_NAMES, claims::SCOPE_SCORE],
        "https://purl.imsglobal.org/spec/lti-platform-configuration": { "product_family_code": "sakai" },
    })
}

#[test]
fn a_platform_registers_itself_and_nobody_else() {
    let read = |document: &Value, address: &str| {
        PlatformConfiguration::read(document.to_string().as_bytes(), address)
    };
    let here = "https://sakai.example.edu/imsblis/lti13/sakai_config";
    let platform = read(&configuration(), here).unwrap();
    let tool = Tool { name: "Proscenium".into(), base: "https://stage.example.edu".into() };
    let wanted = tool.registration(&platform);
    assert_eq!(wanted["scope"], format!("{} {}", claims::SCOPE_NAMES, claims::SCOPE_SCORE));
    assert_eq!(wanted["redirect_uris"], json!(["https://stage.example.edu/lti/launch"]));
    let answer = json!({ "client_id": "new-1", "https://purl.imsglobal.org/spec/lti-tool-configuration": { "deployment_id": "9" } });
    let made = platform.platform(answer.to_string().as_bytes()).unwrap();
    assert_eq!(
        (made.client_id.as_str(), made.deployments.as_slice()),
        ("new-1", ["9".to_owned()].as_slice())
    );
    assert!(platform.platform(b"{}").is_err());
    assert!(read(&configuration(), "https://evil.example/config").is_err());
    for name in ["issuer", "authorization_endpoint", "registration_endpoint", "jwks_uri", "token_endpoint"] {
        let mut lacking = configuration();
        lacking.as_object_mut().unwrap().remove(name);
        let refusal = read(&lacking, here).unwrap_err();
        assert!(refusal.to_string().contains(name), "{refusal}");
    }
}
