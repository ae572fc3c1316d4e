//! Where an organization is in its life, and which steps lead on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Code, Error, Result, Timestamp};

/// How long a deletion can be called off.
pub const GRACE: Duration = Duration::from_secs(30 * 24 * 3600);

/// The name of a state, as lists filter by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its table, key and default project are being made.
    Provisioning,
    /// In use.
    Active,
    /// Nobody but a superadmin gets in.
    Archived,
    /// In the 30 days before the purge, or in the purge.
    Deleting,
    /// Gone; only the tombstone is left.
    Deleted,
}

impl Status {
    /// Every status, in the order of an organization's life.
    pub const ALL: [Self; 5] = [Self::Provisioning, Self::Active, Self::Archived, Self::Deleting, Self::Deleted];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Active => "active",
            Self::Archived => "archived",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }
}

/// When an organization was put out of use, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archived {
    /// Since when.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

/// A state with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum State {
    /// Being made.
    Provisioning,
    /// In use.
    Active,
    /// Out of use.
    Archived(Archived),
    /// To be purged.
    Deleting {
        /// Since when.
        at: Timestamp,
        /// By whom.
        by: String,
        /// When the purge may begin.
        purge_at: Timestamp,
        /// Since when and by whom it was archived before, which it is again if the deletion is called off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<Archived>,
        /// Whether the purge has begun: from then on nothing brings it back.
        #[serde(default)]
        purging: bool,
    },
}

impl State {
    /// The state's name.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Provisioning => Status::Provisioning,
            Self::Active => Status::Active,
            Self::Archived(_) => Status::Archived,
            Self::Deleting { .. } => Status::Deleting,
        }
    }

    /// What callers stand on: the state's name, but `deleted` as soon as the purge has begun.
    #[must_use]
    pub fn standing(&self) -> Status {
        match self {
            Self::Deleting { purging: true, .. } => Status::Deleted,
            Self::Provisioning | Self::Active | Self::Archived(_) | Self::Deleting { .. } => self.status(),
        }
    }

    /// Since when and by whom it is out of use, or was when its deletion began.
    #[must_use]
    pub fn archived(&self) -> Option<&Archived> {
        match self {
            Self::Archived(archived) => Some(archived),
            Self::Deleting { archived, .. } => archived.as_ref(),
            Self::Provisioning | Self::Active => None,
        }
    }

    /// Active becomes archived.
    ///
    /// # Errors
    /// [`Code::OrganizationState`] from any other state.
    pub fn archive(&self, at: Timestamp, by: String) -> Result<Self> {
        match self {
            Self::Active => Ok(Self::Archived(Archived { at, by })),
            Self::Provisioning | Self::Archived(_) | Self::Deleting { .. } => Err(self.refuse("archived")),
        }
    }

    /// Archived becomes active.
    ///
    /// # Errors
    /// [`Code::OrganizationState`] from any other state.
    pub fn restore(&self) -> Result<Self> {
        match self {
            Self::Archived(_) => Ok(Self::Active),
            Self::Provisioning | Self::Active | Self::Deleting { .. } => Err(self.refuse("restored")),
        }
    }

    /// Active or archived begins its 30 days.
    ///
    /// # Errors
    /// [`Code::OrganizationState`] from any other state.
    pub fn delete(&self, at: Timestamp, by: String) -> Result<Self> {
        let archived = match self {
            Self::Active => None,
            Self::Archived(archived) => Some(archived.clone()),
            Self::Provisioning | Self::Deleting { .. } => return Err(self.refuse("deleted")),
        };
        Ok(Self::Deleting { at, by, purge_at: at.plus(GRACE), archived, purging: false })
    }

    /// Calls a deletion off: back to what it was.
    ///
    /// # Errors
    /// [`Code::OrganizationState`] from any other state, and once the 30 days are over.
    pub fn cancel_deletion(&self, now: Timestamp) -> Result<Self> {
        match self {
            Self::Deleting { purging: true, .. } => Err(self.refuse("kept any more")),
            Self::Deleting { purge_at, .. } if now >= *purge_at => Err(self.refuse("kept any more")),
            Self::Deleting { archived: Some(archived), .. } => Ok(Self::Archived(archived.clone())),
            Self::Deleting { archived: None, .. } => Ok(Self::Active),
            Self::Provisioning | Self::Active | Self::Archived(_) => Err(self.refuse("taken back from deletion")),
        }
    }

    /// The purge begins, once the 30 days are over; where it has begun before, it goes on.
    ///
    /// # Errors
    /// [`Code::OrganizationState`] before that, and from any other state.
    pub fn begin_purge(&self, now: Timestamp) -> Result<Self> {
        match self {
            Self::Deleting { at, by, purge_at, archived, purging } if *purging || now >= *purge_at => {
                let (at, purge_at) = (*at, *purge_at);
                Ok(Self::Deleting { at, by: by.clone(), purge_at, archived: archived.clone(), purging: true })
            }
            Self::Provisioning | Self::Active | Self::Archived(_) | Self::Deleting { .. } => {
                Err(self.refuse("purged now"))
            }
        }
    }

    fn refuse(&self, step: &str) -> Error {
        let status = self.status().as_str();
        Error::new(Code::OrganizationState, format!("an organization that is {status} cannot be {step}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u64) -> Timestamp {
        Timestamp::from_millis(day * 86_400_000)
    }

    #[test]
    fn an_archived_organization_comes_back_archived_from_a_cancelled_deletion() {
        let archived = State::Active.archive(at(1), "a".into()).unwrap();
        let deleting = archived.delete(at(2), "b".into()).unwrap();
        assert_eq!(
            deleting.cancel_deletion(at(3)).unwrap(),
            archived,
            "still since the same day and by the same person"
        );
        let from_active = State::Active.delete(at(2), "b".into()).unwrap();
        assert_eq!(from_active.cancel_deletion(at(3)).unwrap(), State::Active);
    }

    #[test]
    fn a_deletion_can_be_called_off_for_thirty_days_and_no_longer() {
        let deleting = State::Active.delete(at(0), "a".into()).unwrap();
        assert!(deleting.cancel_deletion(Timestamp::from_millis(at(30).millis() - 1)).is_ok());
        assert!(deleting.cancel_deletion(at(30)).is_err());
    }

    #[test]
    fn a_purge_begins_after_thirty_days_and_then_nothing_brings_the_organization_back() {
        let deleting = State::Active.delete(at(0), "a".into()).unwrap();
        assert!(deleting.begin_purge(Timestamp::from_millis(at(30).millis() - 1)).is_err());
        let purging = deleting.begin_purge(at(30)).unwrap();
        assert_eq!((purging.status(), purging.standing()), (Status::Deleting, Status::Deleted));
        // A clock that is behind neither calls it off nor stops it.
        assert!(purging.cancel_deletion(at(29)).is_err());
        assert_eq!(purging.begin_purge(at(29)).unwrap(), purging);
        assert!(State::Active.begin_purge(at(31)).is_err());
    }

    #[test]
    fn no_step_is_taken_twice_or_from_a_wrong_state() {
        let archived = State::Active.archive(at(1), "a".into()).unwrap();
        let deleting = State::Active.delete(at(1), "a".into()).unwrap();
        for refused in [
            archived.archive(at(2), "a".into()),
            State::Provisioning.archive(at(2), "a".into()),
            State::Active.restore(),
            deleting.restore(),
            deleting.delete(at(2), "a".into()),
            State::Provisioning.delete(at(2), "a".into()),
            archived.cancel_deletion(at(2)),
        ] {
            assert_eq!(refused.unwrap_err().code(), Code::OrganizationState);
        }
    }
}
