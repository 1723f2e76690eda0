//! Why a call has no answer.

use crate::answer::Problem;

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refuses.
    #[error("{}", .0.detail.as_deref().unwrap_or(&.0.code))]
    Refused(Box<Problem>),
    /// It is unknown what became of it: send it again with the same key.
    #[error("the server can't be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The answer is not one of this API's.
    #[error("the server answered {status} with something else than this API does")]
    Foreign {
        /// The status.
        status: u16,
        /// What is wrong with it.
        source: Option<serde_json::Error>,
    },
    /// The address of the server is none.
    #[error("`{0}` is not the address of a server, such as http://127.0.0.1:8005")]
    Address(String),
    /// The API key is not visible ASCII.
    #[error("the API key has characters that no key has")]
    Key,
    /// A text is no amount.
    #[error(transparent)]
    Amount(#[from] crate::amount::ParseCreditsError),
}

impl Error {
    /// The server's stable word, if it refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => Some(&problem.code),
            _ => None,
        }
    }

    /// Whether it may go better later without a change of the request.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused(problem) => matches!(problem.status, 429 | 500..),
            Self::Foreign { status, .. } => matches!(status, 429 | 500..),
            Self::Address(_) | Self::Key | Self::Amount(_) => false,
        }
    }
}
