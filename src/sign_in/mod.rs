//! Signing in without a learning platform: a person shows who they are to their institution's provider, and has rooms of their own here.
//!
//! What is under way and who is signed in is known to this process alone: after a restart people sign in again, which the provider makes
//! short. Which rooms are whose stands on the disk, by a hash of the provider's word for them.

mod book;
mod provider;
mod rules;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};
use signaling::limits::NAME_CHARS;

use crate::bounds::{SESSION_LASTS, SESSIONS, SIGN_IN_WITHIN, SIGN_INS};
use crate::config::SignIn;
use crate::random;
use book::Book;
use provider::{Proof, Provider, ProviderError};

/// Somebody who is signed in, and may have rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// The same at every sign-in, and nothing that can be read.
    pub(crate) owner: String,
    pub(crate) name: String,
}

/// Why somebody is not signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("no such sign-in is under way: it was answered already, or took too long")]
    UnknownState,
    #[error("the sign-in was begun in another browser")]
    OtherBrowser,
    #[error("the provider refused: {0}")]
    ByProvider(String),
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("no rule of sign_in.hosts is true of them")]
    NoHost,
}

impl Refused {
    /// For the page, which has the words.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Refused::UnknownState => "unknown_state",
            Refused::OtherBrowser => "other_browser",
            Refused::ByProvider(_) => "refused",
            Refused::Provider(ProviderError::Unreachable(_)) => "unreachable",
            Refused::Provider(ProviderError::BadCode(_) | ProviderError::BadToken(_)) => "bad_token",
            Refused::Provider(ProviderError::WrongNonce) => "wrong_nonce",
            Refused::NoHost => "no_host",
        }
    }
}

/// One that was begun, by its state.
struct UnderWay {
    /// Which browser, by a cookie: nobody is signed in as somebody else by a link that was sent to them.
    browser: String,
    /// To which address of this server it comes back.
    back: String,
    proof: Proof,
}

/// Where the browser goes, and the cookie by which it is known again.
pub(crate) struct Begun {
    pub(crate) url: String,
    pub(crate) browser: String,
    /// Somebody else's sign-in had to go for it.
    pub(crate) crowded: bool,
}

/// What came back in the address.
pub(crate) struct Answer {
    pub(crate) state: String,
    pub(crate) code: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) browser: Option<String>,
}

pub(crate) struct SignIns {
    pub(crate) config: SignIn,
    provider: Provider,
    under_way: Mutex<Book<UnderWay>>,
    sessions: Mutex<Book<Person>>,
}

impl fmt::Debug for SignIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIns(…)")
    }
}

impl SignIns {
    /// # Errors
    ///
    /// The TLS library did not start.
    pub(crate) fn new(config: SignIn) -> Result<Self, reqwest::Error> {
        Ok(SignIns {
            provider: Provider::new(config.clone())?,
            config,
            under_way: Mutex::new(Book::new(SIGN_INS, SIGN_IN_WITHIN.as_secs())),
            sessions: Mutex::new(Book::new(SESSIONS, SESSION_LASTS.as_secs())),
        })
    }

    /// Begins a sign-in that comes back to the address `back` of this server.
    ///
    /// # Errors
    ///
    /// The provider's.
    pub(crate) async fn begin(&self, back: String, now: u64) -> Result<Begun, Refused> {
        let begun = self.provider.begin(&back).await?;
        let browser = random::key();
        let under_way = UnderWay { browser: browser.clone(), back, proof: begun.proof };
        let crowded = !lock(&self.under_way).add(&begun.state, under_way, now);
        Ok(Begun { url: begun.url, browser, crowded })
    }

    /// Somebody is back: their session's key, where they may have rooms. Whatever comes of it, the sign-in is over.
    ///
    /// # Errors
    ///
    /// Why they are not signed in.
    pub(crate) async fn finish(&self, answer: Answer, now: u64) -> Result<(String, bool), Refused> {
        let under_way = lock(&self.under_way).take(&answer.state, now).ok_or(Refused::UnknownState)?;
        if answer.browser.as_deref() != Some(&*under_way.browser) {
            return Err(Refused::OtherBrowser);
        }
        let Some(code) = answer.code else {
            return Err(Refused::ByProvider(answer.error.unwrap_or_else(|| "without a word".to_owned())));
        };
        let claims = self.provider.finish(&under_way.back, code, under_way.proof).await?;
        if !rules::is_host(&self.config.hosts, &claims) {
            return Err(Refused::NoHost);
        }
        let key = random::key();
        let crowded = !lock(&self.sessions).add(&key, self.person(&claims), now);
        Ok((key, crowded))
    }

    /// Who is signed in by this key.
    pub(crate) fn person_of(&self, key: &str, now: u64) -> Option<Person> {
        lock(&self.sessions).get(key, now).cloned()
    }

    /// Nobody is signed in by it any more.
    pub(crate) fn sign_out(&self, key: &str, now: u64) {
        lock(&self.sessions).take(key, now);
    }

    fn person(&self, claims: &Map<String, Value>) -> Person {
        let text = |name: &str| {
            claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
        };
        // Neither part holds a zero, so no two people come to one text.
        let whole = format!("{}\0{}", self.config.issuer, text("sub").unwrap_or_default());
        let owner =
            digest(&SHA256, whole.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let name = ["name", "preferred_username", "email"].into_iter().find_map(text).unwrap_or("Host");
        let name = name.chars().filter(|char| !char.is_control()).take(NAME_CHARS).collect();
        Person { owner, name }
    }
}

/// Every change of a book is whole, so it is good even after a panic elsewhere.
fn lock<T>(book: &Mutex<T>) -> MutexGuard<'_, T> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}
