//! Where a subscription stands, and how it moves on. A transition consumes what
//! was; what it can't be from there it refuses. Whether anything was paid is told
//! from outside.

use ledger::Time;

use super::calendar::Period;

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Asked for; the first payment is not in.
    Starting {
        /// The trial or the first period.
        period: Period,
    },
    /// In its trial.
    Trial {
        /// The trial.
        period: Period,
        /// What happens at its end.
        then: Then,
    },
    /// Under way.
    Active {
        /// The current period.
        period: Period,
        /// Whether it is paid for.
        cover: Cover,
        /// What happens at its end.
        then: Then,
    },
    /// The current period could not be paid for yet.
    PastDue {
        /// The current period.
        period: Period,
        /// Since when.
        since: Time,
        /// What happens at its end, once it is paid for.
        then: Then,
    },
    /// Neither billed nor given anything.
    Paused {
        /// The period that goes by.
        period: Period,
        /// Since when.
        since: Time,
        /// What happens at its end.
        then: Then,
    },
    /// Over, by its owner's will or for want of payment.
    Cancelled {
        /// Since when.
        at: Time,
    },
    /// Over before anything was paid.
    Expired {
        /// Since when.
        at: Time,
    },
}

/// What happens at the end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Another one is billed.
    Renew,
    /// Another one goes by without.
    Pause,
    /// The subscription ends.
    End,
    /// It ends instead of a pause that was asked for before.
    EndOfPause,
}

/// Whether the current period is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// It is.
    Paid,
    /// The payment is awaited.
    Awaited,
    /// It is not: the subscription was resumed within it.
    None,
}

/// Where a subscription stands, in the words of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubscriptionStatus {
    /// Not begun: nobody sees it.
    Starting,
    /// In its trial.
    Trial,
    /// Under way.
    Active,
    /// Not paid for yet.
    PastDue,
    /// Neither billed nor given anything.
    Paused,
    /// Over.
    Cancelled,
    /// Over before anything was paid.
    Expired,
}

/// Why a subscription can't become what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// It has ended.
    #[error("the subscription has ended")]
    Ended,
    /// Its first payment is not in.
    #[error("the subscription has not begun")]
    NotBegun,
    /// Its last payment is not in.
    #[error("the subscription is past due")]
    PastDue,
    /// It is paused, or will be at the period's end.
    #[error("the subscription is paused already")]
    Paused,
    /// It is not paused and will not be.
    #[error("the subscription is not paused")]
    NotPaused,
    /// It ends with the period.
    #[error("the subscription is cancelled already")]
    Cancelled,
    /// Nothing says that it ends.
    #[error("the subscription is not cancelled")]
    NotCancelled,
    /// Its period is not over.
    #[error("the period is not over")]
    NotOver,
    /// Nothing is awaited of it.
    #[error("no payment is awaited")]
    NotAwaited,
}

/// What the end of a period brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crossed {
    /// A period that is to be paid for.
    Due(Stage, Period),
    /// One that goes by.
    Idle(Stage),
    /// The end.
    Over(Stage),
}

impl TransitionError {
    /// Every one of them.
    pub const ALL: [Self; 9] = [
        Self::Ended,
        Self::NotBegun,
        Self::PastDue,
        Self::Paused,
        Self::NotPaused,
        Self::Cancelled,
        Self::NotCancelled,
        Self::NotOver,
        Self::NotAwaited,
    ];
}

impl SubscriptionStatus {
    /// Those there are on the wire.
    pub const ALL: [Self; 6] =
        [Self::Trial, Self::Active, Self::PastDue, Self::Paused, Self::Cancelled, Self::Expired];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Trial => "trial",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The status of a word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

impl Then {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Renew, Self::Pause, Self::End, Self::EndOfPause];

    /// Whether the subscription ends.
    pub const fn ends(self) -> bool {
        matches!(self, Self::End | Self::EndOfPause)
    }

    /// The word it is kept as.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Renew => "renew",
            Self::Pause => "pause",
            Self::End => "end",
            Self::EndOfPause => "end_of_pause",
        }
    }

    /// What a word was kept for.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|then| then.as_str() == word)
    }
}

impl Cover {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::Paid, Self::Awaited, Self::None];

    /// The word it is kept as.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Awaited => "awaited",
            Self::None => "none",
        }
    }

    /// What a word was kept for.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cover| cover.as_str() == word)
    }
}

impl Stage {
    /// In a word.
    pub const fn status(&self) -> SubscriptionStatus {
        match self {
            Self::Starting { .. } => SubscriptionStatus::Starting,
            Self::Trial { .. } => SubscriptionStatus::Trial,
            Self::Active { .. } => SubscriptionStatus::Active,
            Self::PastDue { .. } => SubscriptionStatus::PastDue,
            Self::Paused { .. } => SubscriptionStatus::Paused,
            Self::Cancelled { .. } => SubscriptionStatus::Cancelled,
            Self::Expired { .. } => SubscriptionStatus::Expired,
        }
    }

    /// The current period, while there is one.
    pub const fn period(&self) -> Option<Period> {
        match self {
            Self::Starting { period }
            | Self::Trial { period, .. }
            | Self::Active { period, .. }
            | Self::PastDue { period, .. }
            | Self::Paused { period, .. } => Some(*period),
            Self::Cancelled { .. } | Self::Expired { .. } => None,
        }
    }

    /// What happens at its end.
    pub const fn then(&self) -> Option<Then> {
        match self {
            Self::Trial { then, .. }
            | Self::Active { then, .. }
            | Self::PastDue { then, .. }
            | Self::Paused { then, .. } => Some(*then),
            Self::Starting { .. } | Self::Cancelled { .. } | Self::Expired { .. } => None,
        }
    }

    /// Whether what subscribers have is theirs: in a trial, and in a period that is
    /// paid for or about to be. Who resumes within a period waits for the next.
    pub const fn has_benefits(&self) -> bool {
        match self {
            Self::Trial { .. } => true,
            Self::Active { cover, .. } => !matches!(cover, Cover::None),
            _ => false,
        }
    }

    /// When it ended.
    pub const fn ended_at(&self) -> Option<Time> {
        match self {
            Self::Cancelled { at } | Self::Expired { at } => Some(*at),
            _ => None,
        }
    }

    /// The trial begins, or the first payment came in.
    pub const fn begin(self) -> Result<Self, TransitionError> {
        let Self::Starting { period } = self else { return Err(TransitionError::NotAwaited) };
        let then = Then::Renew;
        Ok(if period.number == 0 {
            Self::Trial { period, then }
        } else {
            Self::Active { period, cover: Cover::Paid, then }
        })
    }

    /// The payment of the current period came in.
    pub const fn pay(self) -> Result<Self, TransitionError> {
        match self {
            Self::Starting { .. } => self.begin(),
            Self::Active { period, cover: Cover::Awaited, then }
            | Self::PastDue { period, then, .. } => {
                Ok(Self::Active { period, cover: Cover::Paid, then })
            }
            _ => Err(TransitionError::NotAwaited),
        }
    }

    /// Nothing is asked for the current period after all.
    pub const fn waive(self) -> Result<Self, TransitionError> {
        match self {
            Self::Active { period, cover: Cover::Awaited, then }
            | Self::PastDue { period, then, .. } => {
                Ok(Self::Active { period, cover: Cover::None, then })
            }
            _ => Err(TransitionError::NotAwaited),
        }
    }

    /// A try to pay failed; there will be more.
    pub const fn fail(self, at: Time) -> Result<Self, TransitionError> {
        match self {
            Self::Active { period, cover: Cover::Awaited, then } => {
                Ok(Self::PastDue { period, since: at, then })
            }
            Self::PastDue { .. } => Ok(self),
            _ => Err(TransitionError::NotAwaited),
        }
    }

    /// Nobody will try to pay any more. Where nothing ever was paid it expires.
    pub const fn give_up(self, at: Time) -> Result<Self, TransitionError> {
        match self {
            Self::Starting { .. } => Ok(Self::Expired { at }),
            Self::Active { period, cover: Cover::Awaited, .. } | Self::PastDue { period, .. } => {
                if period.number <= 1 {
                    Ok(Self::Expired { at })
                } else {
                    Ok(Self::Cancelled { at })
                }
            }
            _ => Err(TransitionError::NotAwaited),
        }
    }

    /// It ends with the period; at once where that is not paid for.
    pub const fn cancel(self, at: Time) -> Result<Self, TransitionError> {
        match self {
            Self::Starting { .. } => Err(TransitionError::NotBegun),
            Self::PastDue { .. } => Ok(Self::Cancelled { at }),
            _ => match self.then() {
                Some(then) if then.ends() => Err(TransitionError::Cancelled),
                Some(Then::Pause) => self.with(Then::EndOfPause),
                _ => self.with(Then::End),
            },
        }
    }

    /// It does not end with the period. A pause goes on, and so does one that was to
    /// come.
    pub const fn undo_cancel(self) -> Result<Self, TransitionError> {
        match self {
            Self::Paused { then: Then::End, .. } => self.with(Then::Pause),
            Self::Cancelled { .. } | Self::Expired { .. } => Err(TransitionError::Ended),
            _ => match self.then() {
                Some(Then::EndOfPause) => self.with(Then::Pause),
                Some(Then::End) => self.with(Then::Renew),
                _ => Err(TransitionError::NotCancelled),
            },
        }
    }

    /// From the period's end on it is neither billed nor given anything.
    pub const fn pause(self) -> Result<Self, TransitionError> {
        match self {
            Self::Starting { .. } => Err(TransitionError::NotBegun),
            Self::PastDue { .. } => Err(TransitionError::PastDue),
            Self::Trial { then, .. } | Self::Active { then, .. } if then.ends() => {
                Err(TransitionError::Cancelled)
            }
            Self::Paused { .. }
            | Self::Trial { then: Then::Pause, .. }
            | Self::Active { then: Then::Pause, .. } => Err(TransitionError::Paused),
            _ => self.with(Then::Pause),
        }
    }

    /// It is billed again from the period's end on. No boundary moves.
    pub const fn resume(self) -> Result<Self, TransitionError> {
        match self {
            Self::Paused { then, .. } if then.ends() => Err(TransitionError::Cancelled),
            Self::Paused { period, .. } => {
                Ok(Self::Active { period, cover: Cover::None, then: Then::Renew })
            }
            Self::Trial { then: Then::Pause, .. }
            | Self::Active { then: Then::Pause, .. }
            | Self::PastDue { then: Then::Pause, .. } => self.with(Then::Renew),
            Self::Cancelled { .. } | Self::Expired { .. } => Err(TransitionError::Ended),
            _ => Err(TransitionError::NotPaused),
        }
    }

    /// It is over at once, whatever is paid for.
    pub const fn end(self, at: Time) -> Result<Self, TransitionError> {
        match self {
            Self::Cancelled { .. } | Self::Expired { .. } => Err(TransitionError::Ended),
            Self::Starting { .. } => Ok(Self::Expired { at }),
            _ => Ok(Self::Cancelled { at }),
        }
    }

    /// Its period is over, and `next` begins. A payment that is awaited holds it.
    pub fn cross(self, next: Period, now: Time) -> Result<Crossed, TransitionError> {
        let period = self.period().ok_or(TransitionError::Ended)?;
        if !period.is_over(now) {
            return Err(TransitionError::NotOver);
        }
        let since = match self {
            Self::Paused { since, .. } => since,
            Self::PastDue { .. } | Self::Active { cover: Cover::Awaited, .. } => {
                return Err(TransitionError::PastDue);
            }
            _ => period.ends_at,
        };
        match self.then() {
            Some(Then::Renew) => {
                let (cover, then) = (Cover::Awaited, Then::Renew);
                Ok(Crossed::Due(Self::Active { period: next, cover, then }, next))
            }
            Some(then @ Then::Pause) => {
                Ok(Crossed::Idle(Self::Paused { period: next, since, then }))
            }
            Some(Then::End | Then::EndOfPause) => {
                Ok(Crossed::Over(Self::Cancelled { at: period.ends_at }))
            }
            None => Err(TransitionError::NotBegun),
        }
    }

    const fn with(self, then: Then) -> Result<Self, TransitionError> {
        match self {
            Self::Trial { period, .. } => Ok(Self::Trial { period, then }),
            Self::Active { period, cover, .. } => Ok(Self::Active { period, cover, then }),
            Self::Paused { period, since, .. } => Ok(Self::Paused { period, since, then }),
            Self::PastDue { period, since, .. } => Ok(Self::PastDue { period, since, then }),
            Self::Starting { .. } => Err(TransitionError::NotBegun),
            Self::Cancelled { .. } | Self::Expired { .. } => Err(TransitionError::Ended),
        }
    }
}

#[cfg(test)]
#[path = "stage_tests.rs"]
mod tests;
