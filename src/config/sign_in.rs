//! Signing in without a learning platform: the institution's OpenID Connect provider, and who of its people may have rooms.

use super::sources::Sources;
use super::value::{self, Raw, Read};
use super::{Secret, bounds, lti};

/// Where people sign in, and who may have rooms then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The provider, as its tokens say it.
    pub issuer: String,
    /// What it calls this server.
    pub client_id: String,
    /// By which it knows this server.
    pub client_secret: Secret,
    /// What people call it.
    pub name: String,
    /// Who may have rooms: whoever one of these is true of.
    pub hosts: Vec<HostRule>,
}

/// Something that the provider says of a person: `email:*@staff.example.edu`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRule {
    /// The claim's name.
    pub claim: String,
    /// What it says, or a text of its list; `*` stands for anything.
    pub pattern: String,
}

/// All of it or nothing: one part without the others would look like a way in and be none.
pub(crate) fn sign_in(sources: &mut Sources<'_>, dev: bool) -> Option<SignIn> {
    let issuer = sources.take_optional("sign_in.issuer", lti::url(dev));
    let client_id = sources.take_optional("sign_in.client_id", value::name);
    let client_secret = sources.take_optional("sign_in.client_secret", value::secret);
    let name = sources.take_optional("sign_in.name", value::name);
    let hosts = sources.take_optional("sign_in.hosts", hosts);
    let given = [
        ("sign_in.issuer", issuer.is_some(), "the provider's address, such as https://login.example.edu"),
        ("sign_in.client_id", client_id.is_some(), "what the provider calls this server"),
        (
            "sign_in.client_secret",
            client_secret.is_some(),
            "the secret that the provider gave out for this server, in the environment variable PROSCENIUM_SIGN_IN_CLIENT_SECRET or in the file",
        ),
        ("sign_in.hosts", hosts.is_some(), EXPECTED),
    ];
    let any = name.is_some() || given.iter().any(|(_, given, _)| *given);
    for (key, is_given, expected) in given {
        if any && !is_given && !sources.is_refused(key) {
            sources.missing(key, expected);
        }
    }
    let issuer = issuer?;
    let name = name.unwrap_or_else(|| host_of(&issuer));
    Some(SignIn { client_id: client_id?, client_secret: Secret(client_secret?), name, hosts: hosts?, issuer })
}

const EXPECTED: &str =
    "a list of who may have rooms, such as [\"email:*@staff.example.edu\", \"groups:lecturers\"]";

fn hosts(raw: &Raw) -> Read<Vec<HostRule>> {
    let rules = value::names(bounds::HOST_RULES)(raw).ok().filter(|rules| !rules.is_empty());
    let rule = |text: &String| {
        let (claim, pattern) = text.split_once(':')?;
        let is_whole = !claim.is_empty() && !pattern.is_empty();
        is_whole.then(|| HostRule { claim: claim.to_owned(), pattern: pattern.to_owned() })
    };
    rules.and_then(|rules| rules.iter().map(rule).collect()).ok_or_else(|| EXPECTED.to_owned())
}

fn host_of(issuer: &str) -> String {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}
