//! What becomes of service accounts' roles in a project that is gone.

use domain::change::Change;
use domain::id::ProjectId;
use domain::project::DeleteProject;
use domain::service_account::ServiceAccount;
use domain::{Event, EventKind, Granted, Mint, ProjectRole, Result};

use crate::core::{Store, decode};
use crate::edit::Edit;
use crate::keys::{self, index};
use crate::page::{Query, READ_AT_ONCE};
use crate::service_accounts::target;
use crate::service_items::ServiceAccountItem;

impl Store {
    /// The part of AP-39 that is about service accounts, one after the other: an organization has few.
    pub(crate) async fn drop_grants_of_programs(
        &self,
        granted: &Granted<DeleteProject>,
        mint: &mut Mint,
    ) -> Result<()> {
        let project = granted.command().project;
        let partition = index::service_accounts_of(Some(granted.scope().organization()));
        let query = Query::on(&self.platform, index::FIRST, partition).having(format!("projects.{project}"));
        let mut start = None;
        loop {
            let (items, next) = self.query(&query, start, READ_AT_ONCE).await?;
            for item in items {
                let account = decode::<ServiceAccountItem>(item)?.account()?;
                self.drop_grant_of_program(granted, account, mint).await?;
            }
            start = next;
            if start.is_none() {
                return Ok(());
            }
        }
    }

    /// The index may show a role that was another one when the project went: then it is read again.
    async fn drop_grant_of_program(
        &self,
        granted: &Granted<DeleteProject>,
        mut account: ServiceAccount,
        mint: &mut Mint,
    ) -> Result<()> {
        let project = granted.command().project;
        let path = format!("projects.{project}");
        while let Some(role) = account.belongs.projects().get(&project).copied() {
            let edit = Edit::of(&self.platform, keys::service_account(account.id)).remove(&path);
            let edit = edit.add_number("version", 1).set("updated_at", mint.now())?;
            let edit = edit.when(&format!("{path}.role"), "=", role)?;
            let event = dropped(granted, &account, (project, role), mint);
            let Err(fault) = self.transact(vec![edit.update()?, self.event(&event)?]).await else { return Ok(()) };
            match fault.refused_at(0) {
                None => return Err(fault.into_error("dropping a service account's role")),
                Some(None) => return Ok(()),
                Some(Some(there)) => account = decode::<ServiceAccountItem>(there.clone())?.account()?,
            }
        }
        Ok(())
    }
}

fn dropped(
    granted: &Granted<DeleteProject>,
    account: &ServiceAccount,
    (project, role): (ProjectId, ProjectRole),
    mint: &mut Mint,
) -> Event {
    let changes = vec![Change::cleared("projects", [(project.to_string(), role)].into_iter().collect::<Roles>())];
    granted.event(mint, EventKind::ServiceAccountEdited, target(account), changes).in_project(project)
}

type Roles = std::collections::BTreeMap<String, ProjectRole>;
