//! What the database answers when it does not do what was asked.

use std::fmt;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_types::error::display::DisplayErrorContext;
use domain::{Code, Error};

use crate::core::Item;

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Conditions did not hold; one entry a write, with what was there instead.
    Refused(Vec<Refusal>),
    /// Somebody else was changing the same items: of a transaction, those of these writes.
    Conflict(Vec<usize>),
    /// The same transaction was sent before and is still being written.
    Running,
    /// There is no such table.
    Missing {
        /// What the database said.
        told: String,
        /// Whether it is an organization's own: that is not made yet, or gone.
        tenant: bool,
    },
    /// Throttled, timed out or unreachable.
    Unavailable(String),
    /// Anything else.
    Unexpected(String),
}

/// What one write of a transaction met.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Its own condition held.
    None,
    /// Its condition did not hold; the item as it is, if it was asked for and is there.
    Condition(Option<Item>),
}

impl Fault {
    /// Whether somebody else was changing the same items.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }

    /// Whether somebody else was changing the item of that write.
    pub(crate) fn is_conflict_at(&self, index: usize) -> bool {
        matches!(self, Self::Conflict(writes) if writes.contains(&index))
    }

    /// Whether the same transaction may succeed at once.
    pub(crate) fn may_pass_later(&self) -> bool {
        self.is_conflict() || matches!(self, Self::Running)
    }

    /// A missing table is an organization's own.
    pub(crate) fn of_tenant_if(self, tenant: bool) -> Self {
        match self {
            Self::Missing { told, .. } => Self::Missing { told, tenant },
            other => other,
        }
    }

    /// The first write whose condition did not hold.
    pub(crate) fn refused(&self) -> Option<usize> {
        let Self::Refused(refusals) = self else { return None };
        refusals.iter().position(|refusal| matches!(refusal, Refusal::Condition(_)))
    }

    /// Whether the condition of that write did not hold, and what was there.
    pub(crate) fn refused_at(&self, index: usize) -> Option<Option<&Item>> {
        let Self::Refused(refusals) = self else { return None };
        match refusals.get(index) {
            Some(Refusal::Condition(item)) => Some(item.as_ref()),
            Some(Refusal::None) | None => None,
        }
    }

    /// The error for a refusal that the caller of the store has no words for.
    pub(crate) fn into_error(self, doing: &'static str) -> Error {
        match self {
            Self::Conflict(_) => {
                Error::new(Code::Conflict, "somebody is changing the same thing; try again").after_seconds(1)
            }
            Self::Running | Self::Unavailable(_) => Error::unavailable(format!("{doing}: {self}")),
            Self::Missing { tenant: true, .. } => {
                Error::new(Code::OrganizationNotActive, "the organization is not active")
            }
            Self::Refused(_) | Self::Missing { .. } | Self::Unexpected(_) => {
                Error::internal(format!("{doing}: {self}"))
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(_) => write!(f, "write {} was refused", self.refused().unwrap_or_default()),
            Self::Conflict(_) => f.write_str("conflict"),
            Self::Running => f.write_str("the transaction is still being written"),
            Self::Missing { told: why, .. } | Self::Unavailable(why) | Self::Unexpected(why) => f.write_str(why),
        }
    }
}

const THROTTLES: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "LimitExceededException",
    "InternalServerError",
];

impl<E, R> From<SdkError<E, R>> for Fault
where
    E: ProvideErrorMetadata + Cancelled + std::error::Error + Send + Sync + 'static,
    R: fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let told = format!("{}", DisplayErrorContext(&error));
        match error {
            SdkError::ServiceError(refusal) => {
                let refusal = refusal.into_err();
                refusal.cancelled().unwrap_or_else(|| match refusal.code() {
                    Some("ConditionalCheckFailedException") => Self::Refused(vec![Refusal::Condition(None)]),
                    Some("TransactionConflictException") => Self::Conflict(vec![]),
                    Some("TransactionInProgressException") => Self::Running,
                    Some("ResourceNotFoundException") => Self::Missing { told, tenant: false },
                    Some(code) if THROTTLES.contains(&code) => Self::Unavailable(told),
                    _ => Self::Unexpected(told),
                })
            }
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
                Self::Unavailable(told)
            }
            _ => Self::Unexpected(told),
        }
    }
}

/// Errors that may carry the reasons of a cancelled transaction, or the item that refused an update.
pub(crate) trait Cancelled {
    /// The reasons, one a write.
    fn cancelled(&self) -> Option<Fault> {
        None
    }
}

mod operations {
    use aws_sdk_dynamodb::operation;
    use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
    use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
    use aws_sdk_dynamodb::types::CancellationReason;

    use super::{Cancelled, Fault, Refusal};

    impl Cancelled for operation::get_item::GetItemError {}
    impl Cancelled for operation::batch_get_item::BatchGetItemError {}
    impl Cancelled for operation::put_item::PutItemError {}
    impl Cancelled for operation::delete_item::DeleteItemError {}
    impl Cancelled for operation::query::QueryError {}
    impl Cancelled for operation::batch_write_item::BatchWriteItemError {}
    impl Cancelled for operation::create_table::CreateTableError {}
    impl Cancelled for operation::delete_table::DeleteTableError {}
    impl Cancelled for operation::describe_table::DescribeTableError {}
    impl Cancelled for operation::update_table::UpdateTableError {}
    impl Cancelled for operation::update_continuous_backups::UpdateContinuousBackupsError {}
    impl Cancelled for operation::update_time_to_live::UpdateTimeToLiveError {}

    impl Cancelled for UpdateItemError {
        fn cancelled(&self) -> Option<Fault> {
            match self {
                Self::ConditionalCheckFailedException(refused) => {
                    Some(Fault::Refused(vec![Refusal::Condition(refused.item.clone())]))
                }
                _ => None,
            }
        }
    }

    impl Cancelled for TransactWriteItemsError {
        /// A conflict comes first: the whole transaction is tried again, and a condition that still does not hold is
        /// met then. Conditions come before throttling: they are final.
        fn cancelled(&self) -> Option<Fault> {
            let Self::TransactionCanceledException(cancelled) = self else { return None };
            let reasons = cancelled.cancellation_reasons();
            let is = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
            if is("TransactionConflict") {
                let met = |(at, reason): (usize, &CancellationReason)| {
                    (reason.code() == Some("TransactionConflict")).then_some(at)
                };
                return Some(Fault::Conflict(reasons.iter().enumerate().filter_map(met).collect()));
            }
            if is("ConditionalCheckFailed") {
                let refusals = reasons.iter().map(|reason| match reason.code() {
                    Some("ConditionalCheckFailed") => Refusal::Condition(reason.item.clone()),
                    _ => Refusal::None,
                });
                return Some(Fault::Refused(refusals.collect()));
            }
            if is("ThrottlingError") || is("ProvisionedThroughputExceeded") {
                return Some(Fault::Unavailable("a transaction was throttled".to_owned()));
            }
            None
        }
    }
}
