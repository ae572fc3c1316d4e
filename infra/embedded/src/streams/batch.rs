//! Records that are handed over together, and what becomes of them when that fails.

use serde_json::{Value, json};

/// Why a batch was not handled, and from which record on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// The first record that was not handled; `None` if the handler did not say.
    pub(super) at: Option<usize>,
    pub(super) why: String,
}

/// Records in the order of their stream, at least one.
#[derive(Debug, PartialEq)]
pub(super) struct Batch {
    pub(super) records: Vec<Value>,
    /// What each failed attempt said that was due to the first record alone.
    pub(super) failures: Vec<String>,
}

impl Batch {
    pub(super) fn of(records: Vec<Value>) -> Self {
        Self { records, failures: vec![] }
    }

    /// The event as Lambda's event source mapping sends it.
    pub(super) fn event(&self) -> Value {
        json!({ "Records": self.records })
    }

    /// Up to where everything is done once the batch is.
    pub(super) fn last(&self) -> Option<&str> {
        self.records.last().and_then(sequence_number)
    }

    /// What a handler's answer says of the batch.
    ///
    /// Null, or no list, or an empty one, is success. Of several failed records the first counts, as in Lambda. One that
    /// is not of this batch fails all of it.
    pub(super) fn judge(&self, answer: Result<Value, String>) -> Result<(), Failure> {
        let answer = answer.map_err(|why| Failure { at: None, why })?;
        let failures = match answer.get("batchItemFailures") {
            None | Some(Value::Null) if answer.is_object() || answer.is_null() => return Ok(()),
            Some(Value::Array(failures)) => failures,
            _ => return Err(Failure { at: None, why: "the answer is not one to a batch".to_owned() }),
        };
        let places: Option<Vec<usize>> = failures.iter().map(|failure| self.place_of(failure)).collect();
        match places.map(|places| places.into_iter().min()) {
            Some(None) => Ok(()),
            Some(at) => Err(Failure { at, why: "the handler named the record as failed".to_owned() }),
            None => Err(Failure { at: None, why: "the handler named a record that it was not given".to_owned() }),
        }
    }

    /// Takes a failed batch apart: the records before the failure, which are done, and the batches that follow, in order.
    /// A named record is tried again alone. A batch whose culprit is unknown is halved, which counts for no record.
    pub(super) fn split(self, failure: Failure) -> (Vec<Value>, Vec<Self>) {
        let Self { mut records, mut failures } = self;
        let Failure { at, why } = failure;
        match at {
            None if records.len() > 1 => {
                let second = records.split_off(records.len() / 2);
                (vec![], vec![Self::of(records), Self::of(second)])
            }
            Some(at) if records.len() > 1 => {
                let mut named = records.split_off(at);
                let rest = named.split_off(1.min(named.len()));
                let named = Self { records: named, failures: vec![why] };
                let rest = (!rest.is_empty()).then(|| Self::of(rest));
                (records, std::iter::once(named).chain(rest).collect())
            }
            _ => {
                failures.push(why);
                (vec![], vec![Self { records, failures }])
            }
        }
    }

    fn place_of(&self, failure: &Value) -> Option<usize> {
        let named = failure.get("itemIdentifier")?.as_str()?;
        self.records.iter().position(|record| sequence_number(record) == Some(named))
    }
}

pub(super) fn sequence_number(record: &Value) -> Option<&str> {
    record.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: usize) -> Value {
        json!({ "dynamodb": { "SequenceNumber": number.to_string() } })
    }

    fn batch(numbers: std::ops::Range<usize>) -> Batch {
        Batch::of(numbers.map(record).collect())
    }

    fn naming(numbers: &[&str]) -> Value {
        let named: Vec<_> = numbers.iter().map(|number| json!({ "itemIdentifier": number })).collect();
        json!({ "batchItemFailures": named })
    }

    fn at(answer: Value) -> Option<usize> {
        batch(0..5).judge(Ok(answer)).unwrap_err().at
    }

    #[test]
    fn an_answer_without_failures_is_success() {
        for answer in [Value::Null, json!({}), json!({ "batchItemFailures": null }), naming(&[])] {
            assert_eq!(batch(0..5).judge(Ok(answer)), Ok(()));
        }
    }

    #[test]
    fn the_first_of_the_named_records_counts() {
        assert_eq!(at(naming(&["3", "1", "4"])), Some(1));
    }

    #[test]
    fn an_answer_that_names_no_record_of_the_batch_fails_all_of_it() {
        let broken =
            [json!({ "batchItemFailures": [{ "itemIdentifier": null }] }), json!({ "batchItemFailures": [{}] })];
        for answer in broken.into_iter().chain([naming(&["1", "9"]), naming(&[""]), json!("done")]) {
            assert_eq!(at(answer), None);
        }
    }

    #[test]
    fn before_a_named_record_all_is_done_and_behind_it_all_comes_again() {
        let (done, next) = batch(0..5).split(Failure { at: Some(2), why: "no".to_owned() });
        assert_eq!(done, [record(0), record(1)]);
        let named = Batch { records: vec![record(2)], failures: vec!["no".to_owned()] };
        assert_eq!(next, [named, batch(3..5)]);
    }

    #[test]
    fn a_batch_with_an_unknown_culprit_is_halved_without_blame() {
        let (done, next) = batch(0..5).split(Failure { at: None, why: "no".to_owned() });
        assert_eq!((done, next), (vec![], vec![batch(0..2), batch(2..5)]));
    }

    #[test]
    fn a_record_alone_collects_its_failures() {
        let (_, mut next) = batch(0..1).split(Failure { at: None, why: "once".to_owned() });
        let (_, next) = next.remove(0).split(Failure { at: Some(0), why: "twice".to_owned() });
        assert_eq!(next[0].failures, ["once", "twice"]);
    }
}
