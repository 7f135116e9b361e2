//! How a launch begins (OpenID Connect third-party initiated login; Security Framework 1.0, section 5.1.1).

use url::{Host, Url};

use crate::Refusal;
use crate::platform::Platform;

/// Longest parameter that is taken, in bytes: `login_hint` and `lti_message_hint` are whole tokens at some platforms.
pub const PARAMETER_BYTES: usize = 8 * 1024;

/// What the platform says when somebody clicks, before anybody is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginRequest {
    /// Who says so.
    pub issuer: String,
    /// What it calls this tool, where it says so.
    pub client_id: Option<String>,
    /// The platform's own, given back byte for byte.
    pub login_hint: String,
    /// Likewise.
    pub message_hint: Option<String>,
    /// What the link leads to.
    pub target_link_uri: String,
    /// The frame that keeps things for the tool (LTI Client Side postMessages 1.0): `_parent`, or a name.
    pub storage_target: Option<String>,
}

impl LoginRequest {
    /// From the parameters of a query or a form, in whatever order. Of one that comes twice the first counts.
    ///
    /// # Errors
    ///
    /// [`Refusal::BadRequest`] names the parameter.
    pub fn read(parameters: &[(String, String)]) -> Result<LoginRequest, Refusal> {
        let find = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        let optional = |field: &'static str| match find(field) {
            Some(value) if value.len() > PARAMETER_BYTES => {
                Err(Refusal::BadRequest { field, problem: format!("longer than {PARAMETER_BYTES} bytes") })
            }
            value => Ok(value.filter(|value| !value.is_empty()).cloned()),
        };
        let required = |field: &'static str| {
            optional(field)?.ok_or(Refusal::BadRequest { field, problem: "is missing".to_owned() })
        };
        Ok(LoginRequest {
            issuer: required("iss")?,
            client_id: optional("client_id")?,
            login_hint: required("login_hint")?,
            message_hint: optional("lti_message_hint")?,
            target_link_uri: required("target_link_uri")?,
            storage_target: optional("lti_storage_target")?,
        })
    }
}

/// Where the browser goes to come back with a signed message.
///
/// # Errors
///
/// [`Refusal::BadRequest`] where the registration's own address is none.
pub fn authentication_url(
    platform: &Platform,
    request: &LoginRequest,
    launch_url: &str,
    state: &str,
    nonce: &str,
) -> Result<String, Refusal> {
    let problem =
        |error: url::ParseError| Refusal::BadRequest { field: "login_url", problem: error.to_string() };
    let mut url = Url::parse(&platform.login_url).map_err(problem)?;
    {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("scope", "openid")
            .append_pair("response_type", "id_token")
            .append_pair("response_mode", "form_post")
            .append_pair("prompt", "none")
            .append_pair("client_id", &platform.client_id)
            .append_pair("redirect_uri", launch_url)
            .append_pair("login_hint", &request.login_hint)
            .append_pair("state", state)
            .append_pair("nonce", nonce);
        if let Some(hint) = &request.message_hint {
            query.append_pair("lti_message_hint", hint);
        }
    }
    Ok(url.into())
}

/// Scheme and authority of an address, as browsers name origins; `None` where it has none, or none that can stand in a policy.
pub fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    // The URL standard lets characters into a name that mean something in a policy, such as `*` and `;`.
    let plain = |host: &str| {
        host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    let fits = match url.host()? {
        Host::Domain(name) => plain(name),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    let origin = url.origin();
    (fits && origin.is_tuple()).then(|| origin.ascii_serialization())
}
