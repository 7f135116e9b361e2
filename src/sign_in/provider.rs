//! The OpenID Connect provider: what it says of itself, and what it says of somebody who comes back from it (authorization code flow with
//! PKCE, OpenID Connect Core 1.0, section 3.1; RFC 7636).

use std::pin::Pin;
use std::time::Instant;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::bounds::{PROVIDER_ANSWERS_WITHIN, PROVIDER_BYTES, PROVIDER_FOR};
use crate::config::SignIn;

/// Whatever an institution says beside what the standard knows: rules may ask for it.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Others(Map<String, Value>);

impl AdditionalClaims for Others {}

type Fields = IdTokenFields<
    Others,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type ProviderClient = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Signatures by a key that the provider alone has. None by a shared secret, and no `none`.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
];

/// Why somebody is not signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProviderError {
    #[error("the provider cannot be reached, or says nothing that can be used: {0}")]
    Unreachable(String),
    #[error("the provider takes the code for none of its own: {0}")]
    BadCode(String),
    #[error("the provider's token cannot be used: {0}")]
    BadToken(String),
    #[error("the provider's token answers another sign-in")]
    WrongNonce,
}

/// A sign-in that has begun.
pub(crate) struct Begun {
    /// Where the browser goes.
    pub(crate) url: String,
    pub(crate) state: String,
    pub(crate) proof: Proof,
}

/// What shows that an answer belongs to a sign-in of this server.
pub(crate) struct Proof {
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

pub(crate) struct Provider {
    config: SignIn,
    http: Asker,
    /// What it said of itself, with its keys, and when.
    found: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

impl Provider {
    /// # Errors
    ///
    /// The TLS library did not start.
    pub(crate) fn new(config: SignIn) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            // A redirect of the provider's would have this server ask whatever it names.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PROVIDER_ANSWERS_WITHIN)
            .build()?;
        Ok(Provider { config, http: Asker(http), found: Mutex::default() })
    }

    /// Where a browser goes to sign in, and what is to be known of it when it comes back to `back`.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Unreachable`].
    pub(crate) async fn begin(&self, back: &str) -> Result<Begun, ProviderError> {
        let client = self.client(back, false).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = ["profile", "email"].map(|scope| Scope::new(scope.to_owned()));
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let proof = Proof { nonce, verifier };
        Ok(Begun { url: url.into(), state: state.secret().clone(), proof })
    }

    /// What the provider says of whoever came back with this code.
    ///
    /// # Errors
    ///
    /// Why it is not believed.
    pub(crate) async fn finish(
        &self,
        back: &str,
        code: String,
        proof: Proof,
    ) -> Result<Map<String, Value>, ProviderError> {
        let client = self.client(back, false).await?;
        let bad_token = |error: &dyn std::error::Error| ProviderError::BadToken(chain(error));
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| ProviderError::Unreachable(chain(&error)))?
            .set_pkce_verifier(proof.verifier)
            .request_async(&self.http)
            .await
            .map_err(|error| ProviderError::BadCode(chain(&error)))?;
        let token = answer.id_token().ok_or_else(|| ProviderError::BadToken("there is none".to_owned()))?;
        let verified =
            match token.claims(&client.id_token_verifier().set_allowed_algs(ALGORITHMS), &proof.nonce) {
                // Its keys have changed since they were looked at.
                Err(ClaimsVerificationError::SignatureVerification(
                    SignatureVerificationError::NoMatchingKey,
                )) => {
                    let fresh = self.client(back, true).await?;
                    let verifier = fresh.id_token_verifier().set_allowed_algs(ALGORITHMS);
                    token.claims(&verifier, &proof.nonce).cloned()
                }
                verified => verified.cloned(),
            };
        let claims = verified.map_err(|error| match error {
            ClaimsVerificationError::InvalidNonce(_) => ProviderError::WrongNonce,
            error => bad_token(&error),
        })?;
        let mut all = object(serde_json::to_value(&claims).map_err(|error| bad_token(&error))?);
        // Many say little in the token and the rest here (Core, section 5.4).
        if let Ok(request) = client.user_info(answer.access_token().clone(), Some(claims.subject().clone())) {
            let more: UserInfoClaims<Others, CoreGenderClaim> =
                request.request_async(&self.http).await.map_err(|error| bad_token(&error))?;
            all.extend(object(serde_json::to_value(&more).map_err(|error| bad_token(&error))?));
        }
        Ok(all)
    }

    async fn client(&self, back: &str, anew: bool) -> Result<ProviderClient, ProviderError> {
        let back =
            RedirectUrl::new(back.to_owned()).map_err(|error| ProviderError::Unreachable(chain(&error)))?;
        let secret = ClientSecret::new(self.config.client_secret.reveal().to_owned());
        let id = ClientId::new(self.config.client_id.clone());
        Ok(ProviderClient::from_provider_metadata(self.metadata(anew).await?, id, Some(secret))
            .set_redirect_uri(back))
    }

    async fn metadata(&self, anew: bool) -> Result<CoreProviderMetadata, ProviderError> {
        let mut found = self.found.lock().await;
        match &*found {
            Some((at, metadata)) if !anew && at.elapsed() < PROVIDER_FOR => return Ok(metadata.clone()),
            _ => {}
        }
        let unreachable = |error: &dyn std::error::Error| ProviderError::Unreachable(chain(error));
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(|error| unreachable(&error))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .map_err(|error| unreachable(&error))?;
        *found = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }
}

/// Asks it, within bounds.
struct Asker(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Asker {
    type Error = AskError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, AskError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let mut response = self.0.execute(request.try_into()?).await?;
            let mut answer = axum::http::Response::new(Vec::new());
            *answer.status_mut() = response.status();
            *answer.headers_mut() = std::mem::take(response.headers_mut());
            while let Some(chunk) = response.chunk().await? {
                if answer.body().len() + chunk.len() > PROVIDER_BYTES {
                    return Err(AskError::TooLong);
                }
                answer.body_mut().extend_from_slice(&chunk);
            }
            Ok(answer)
        })
    }
}

#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("the answer has more than {PROVIDER_BYTES} bytes")]
    TooLong,
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// An error with what caused it, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    said
}
