//! Columns of gradebooks: found or made, and filled in.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ::lti::claims;
use ::lti::grades::{self, Grading, LINE_ITEM, LINE_ITEMS, SCORE};
use ::lti::launch::GradesEndpoint;
use ::lti::names::{PAGES, next_page};
use ::lti::platform::Platform;
use serde::{Deserialize, Serialize};

use super::Lti;
use super::outbound::OutboundError;
use super::services::ServiceError;
use crate::bounds::PLATFORM_ANSWER_BYTES;
use crate::clock::{Clock, iso};

/// Where scores of a room go in one course.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Column {
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) room: String,
    /// What it is called, where it has to be made.
    pub(super) title: String,
    pub(super) endpoint: GradesEndpoint,
    pub(super) grading: Grading,
}

impl Column {
    /// The same for all who go into it.
    pub(super) fn key(&self) -> String {
        let GradesEndpoint { line_items, line_item, .. } = &self.endpoint;
        let at = line_items.as_ref().or(line_item.as_ref());
        let at = at.map(String::as_str).unwrap_or_default();
        [&self.issuer, &self.client_id, at, &self.room, self.grading.name()].join(" ")
    }

    /// Own columns are made where that is allowed; the link's, in which a teacher may write by hand, is filled in where it is not.
    fn may_be_made(&self) -> bool {
        let may = self.endpoint.scopes.iter().any(|scope| scope == claims::SCOPE_LINE_ITEM);
        may && self.endpoint.line_items.is_some()
    }
}

/// Their ids at the platforms, as they were found or made since the server started.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<String, String>>);

/// Why a score is not in the gradebook.
#[derive(Debug)]
pub(super) enum SendError {
    /// The gradebook does not take it of this person, and will not.
    Refused,
    /// It may another time.
    Later(String),
    /// It may another time, and the column is not where it was.
    Gone(String),
}

impl Lti {
    /// Puts what somebody has into a column. One that somebody deleted is looked for again at once, and made where it may be.
    pub(super) async fn send_score(
        &self,
        column: &Column,
        subject: &str,
        value: f64,
    ) -> Result<(), SendError> {
        let score = grades::score(subject, value, column.grading, &iso(Clock::unix_millis())).to_string();
        match self.put_score(column, score.clone()).await {
            Err(SendError::Gone(_)) => self.put_score(column, score).await,
            put => put,
        }
    }

    async fn put_score(&self, column: &Column, score: String) -> Result<(), SendError> {
        let later = |error: ServiceError| SendError::Later(error.to_string());
        let Column { issuer, client_id, .. } = column;
        let known = self.platforms.get(issuer, client_id);
        let unknown = || later(ServiceError::NotRegistered { issuer: issuer.clone() });
        let platform = known.ok_or_else(unknown)?.platform;
        let id = self.column_id(&platform, column).await.map_err(later)?;
        let bad = |detail: &str| later(ServiceError::Answer { url: id.clone(), detail: detail.to_owned() });
        let url = grades::scores_url(&id).ok_or_else(|| bad("it is no address"))?;
        let token = self.token(&platform, &[claims::SCOPE_SCORE]).await.map_err(later)?;
        match self.outbound.post(&url, SCORE, Some(&token), score).await {
            Ok(_) => Ok(()),
            // Not a student any more, or never one there.
            Err(error @ OutboundError::Status { status: 400 | 422, .. }) => {
                tracing::info!(url, %error, "a gradebook does not take somebody's score");
                Err(SendError::Refused)
            }
            Err(error) => {
                self.columns.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&column.key());
                self.forget_tokens(&platform);
                let gone = matches!(error, OutboundError::Status { status: 404 | 410, .. });
                let detail = ServiceError::Call { url, error }.to_string();
                Err(if gone { SendError::Gone(detail) } else { SendError::Later(detail) })
            }
        }
    }

    async fn column_id(&self, platform: &Platform, column: &Column) -> Result<String, ServiceError> {
        let key = column.key();
        if let Some(id) = self.columns.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(id.clone());
        }
        let id = match &column.endpoint.line_item {
            Some(id) if !column.may_be_made() => id.clone(),
            _ => self.own_column(platform, column).await?,
        };
        self.columns.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, id.clone());
        Ok(id)
    }

    /// This room's, which is looked for, or made.
    async fn own_column(&self, platform: &Platform, column: &Column) -> Result<String, ServiceError> {
        let Column { room, title, endpoint, grading, .. } = column;
        let all = endpoint.line_items.clone().ok_or(ServiceError::Internal)?;
        let token = self.token(platform, &[claims::SCOPE_LINE_ITEM]).await?;
        let bad = |detail: &str| ServiceError::Answer { url: all.clone(), detail: detail.to_owned() };
        let mut next = Some(grades::search_url(&all, room, *grading).ok_or_else(|| bad("it is no address"))?);
        for _ in 0..PAGES {
            let Some(url) = next.take() else { break };
            let answer = self.outbound.get(&url, LINE_ITEMS, Some(&token), PLATFORM_ANSWER_BYTES).await;
            let found = self.used(platform, &url, answer)?;
            if let Some(id) = grades::find(&found.body, room, *grading) {
                return Ok(id);
            }
            next = found.link.and_then(|link| next_page(&link, &url));
        }
        let column = grades::line_item(room, title, *grading).to_string();
        let answer = self.outbound.post(&all, LINE_ITEM, Some(&token), column).await;
        let made = self.used(platform, &all, answer)?;
        grades::made(&made.body).ok_or_else(|| bad("the new column has no id"))
    }

    fn used<T>(
        &self,
        platform: &Platform,
        url: &str,
        answer: Result<T, OutboundError>,
    ) -> Result<T, ServiceError> {
        answer.map_err(|error| {
            self.forget_tokens(platform);
            ServiceError::Call { url: url.to_owned(), error }
        })
    }
}
