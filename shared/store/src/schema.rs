//! Tables: how they are made where no template makes them, that is on one machine and for dedicated organizations.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    PointInTimeRecoverySpecification, Projection, ProjectionType, ScalarAttributeType, SseSpecification, SseType,
    StreamSpecification, StreamViewType, TimeToLiveSpecification,
};
use domain::{Error, Result};

use crate::core::{Store, TenantTables};
use crate::fault::Fault;
use crate::keys::index;
use crate::lifecycle::TableState;

impl Store {
    /// AP-110. Makes the platform, events and pooled tables where they are missing; for one machine and tests. In AWS
    /// the template makes them.
    pub async fn create_tables(&self) -> Result<()> {
        let tables = [
            (self.platform.clone(), vec![index::FIRST, index::SECOND]),
            (self.events.clone(), vec![index::FIRST]),
            (self.pooled_table(), vec![]),
        ];
        for (name, indexes) in tables {
            if self.table_state(&name).await? == TableState::Missing {
                self.create_table(&name, &indexes, &TenantTables::default()).await?;
            }
        }
        Ok(())
    }

    /// Makes a dedicated organization's table. Recovery and expiry follow in [`Store::protect_table`].
    pub(crate) async fn create_tenant_table(&self, name: &str) -> Result<()> {
        self.create_table(name, &[], &self.tenant_tables).await
    }

    async fn create_table(&self, name: &str, indexes: &[&str], made: &TenantTables) -> Result<()> {
        let stream =
            StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages);
        let mut call = self
            .client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(key_schema("")?))
            .stream_specification(stream.build().map_err(Error::internal)?)
            .set_sse_specification(made.kms_key.as_deref().map(encrypted_by))
            .set_deletion_protection_enabled(made.deletion_protection.then_some(true));
        for prefix in std::iter::once("").chain(indexes.iter().copied()) {
            for attribute in ["pk", "sk"] {
                call = call.attribute_definitions(text(&format!("{prefix}{attribute}"))?);
            }
        }
        for prefix in indexes {
            let all = Projection::builder().projection_type(ProjectionType::All).build();
            let made = GlobalSecondaryIndex::builder()
                .index_name(*prefix)
                .set_key_schema(Some(key_schema(prefix)?))
                .projection(all);
            call = call.global_secondary_indexes(made.build().map_err(Error::internal)?);
        }
        match call.send().await {
            Ok(_) => Ok(()),
            Err(why) if why.as_service_error().is_some_and(|error| error.is_resource_in_use_exception()) => Ok(()),
            Err(why) => Err(Fault::from(why).into_error("creating a table")),
        }
    }

    /// AP-111. Switches expiry and point-in-time recovery on; repeating it changes nothing.
    pub async fn protect_table(&self, name: &str) -> Result<()> {
        let expiry = TimeToLiveSpecification::builder()
            .enabled(true)
            .attribute_name("expires")
            .build()
            .map_err(Error::internal)?;
        let call = self.client.update_time_to_live().table_name(name).time_to_live_specification(expiry);
        if let Err(why) = call.send().await {
            let fault = Fault::from(why);
            if !fault.to_string().contains("already enabled") {
                return Err(fault.into_error("switching expiry on"));
            }
        }
        self.set_recovery(name, true).await
    }

    /// Point-in-time recovery, on or off. Switched off, it leaves nothing to restore from: a table that is deleted with
    /// it on leaves a backup of 35 days.
    pub(crate) async fn set_recovery(&self, name: &str, on: bool) -> Result<()> {
        let recovery = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(on);
        let recovery = recovery.build().map_err(Error::internal)?;
        let call =
            self.client.update_continuous_backups().table_name(name).point_in_time_recovery_specification(recovery);
        match call.send().await {
            Ok(_) => Ok(()),
            // Local counterparts of DynamoDB have no backups; DynamoDB itself knows the operation.
            Err(why) if why.code() == Some("UnknownOperationException") => Ok(()),
            Err(why) => Err(Fault::from(why).into_error("switching recovery on or off")),
        }
    }
}

fn encrypted_by(key: &str) -> SseSpecification {
    SseSpecification::builder().enabled(true).sse_type(SseType::Kms).kms_master_key_id(key).build()
}

fn key_schema(prefix: &str) -> Result<Vec<KeySchemaElement>> {
    let element =
        |name: &str, kind| KeySchemaElement::builder().attribute_name(format!("{prefix}{name}")).key_type(kind).build();
    let elements = [element("pk", KeyType::Hash), element("sk", KeyType::Range)];
    elements.into_iter().map(|element| element.map_err(Error::internal)).collect()
}

fn text(name: &str) -> Result<AttributeDefinition> {
    let definition = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
    definition.build().map_err(Error::internal)
}
