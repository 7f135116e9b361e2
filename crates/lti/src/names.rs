//! Who belongs to a course (Names and Role Provisioning Services 2.0).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// What is asked for.
pub const CONTENT_TYPE: &str = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json";
/// Members that are read of one course; further ones are left out.
pub const MEMBERS: usize = 5_000;
/// Pages that are read of one list.
pub const PAGES: usize = 50;

/// Somebody of a course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The platform's id, the same as in launches.
    pub user: String,
    /// Where the platform tells names.
    pub name: Option<String>,
    /// What they are in the course.
    pub roles: Vec<String>,
}

/// One page of the list. Those who are not active any more are left out.
///
/// # Errors
///
/// It is no list of members.
pub fn read(text: &[u8]) -> Result<Vec<Member>, String> {
    let page: Value = serde_json::from_slice(text).map_err(|error| format!("it is no JSON: {error}"))?;
    let members = page["members"].as_array().ok_or("it has no list of `members`")?;
    Ok(members.iter().filter_map(member).collect())
}

fn member(value: &Value) -> Option<Member> {
    if value["status"].as_str().is_some_and(|status| !status.eq_ignore_ascii_case("active")) {
        return None;
    }
    let text = |name: &str| value[name].as_str().map(str::trim).filter(|text| !text.is_empty());
    let parts = || {
        let parts: Vec<&str> = ["given_name", "family_name"].into_iter().filter_map(text).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    // To the letter, as in launches. Sakai wrote `userId` once.
    let id = |name: &str| value[name].as_str().filter(|id| !id.is_empty());
    let user = id("user_id").or_else(|| id("userId"))?.to_owned();
    let name = text("name").map(str::to_owned).or_else(parts);
    let roles = value["roles"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(Member { user, name, roles: roles.iter().filter_map(Value::as_str).map(str::to_owned).collect() })
}

/// Where the next page is, by the header `Link` (RFC 8288); relative addresses are of `from`.
pub fn next_page(link: &str, from: &str) -> Option<String> {
    let links = link.split(',').filter_map(|one| one.split_once('>'));
    let next = links.into_iter().find(|(_, parameters)| {
        parameters.split(';').any(|one| matches!(one.trim(), "rel=next" | "rel=\"next\""))
    })?;
    let address = next.0.trim().strip_prefix('<')?;
    Url::parse(from).ok()?.join(address).ok().map(Url::into)
}
