//! One history, played: each command is asked of the model and of the real thing.

use model::{Answer, Command, Fault, Gap, Model, Step, Turn};

use crate::ask::{Ask, Asking};
use crate::cast::{Cast, Robot};
use crate::look::Events;
use crate::world::{Heard, World, set_clock};

/// Everything is looked at after so many commands.
const LOOK_EVERY: usize = 50;
/// The audit log is.
const COUNT_EVERY: usize = 10;

pub(crate) struct Play<'a> {
    world: &'a mut World,
    cast: Cast,
    model: Model,
    /// What the audit log is to have got since then.
    recorded: Events,
    since: u64,
    asked: usize,
}

impl<'a> Play<'a> {
    pub(crate) async fn begin(world: &'a mut World) -> Self {
        let (cast, model) = Cast::new(world).await;
        Self { since: model.now, world, cast, model, recorded: vec![], asked: 0 }
    }

    /// How many commands were asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked
    }

    /// Plays a command; why the two do not agree.
    pub(crate) async fn step(&mut self, step: &Step) -> Result<(), String> {
        if let Command::Pass(gap) = step.command {
            self.count().await?;
            self.model.now += match gap {
                Gap::Hour => 3_600_000,
                Gap::Day => 24 * 3_600_000,
                Gap::Link => 7 * 24 * 3_600_000,
            };
            self.since = self.model.now + 1;
            set_clock(self.model.now);
            return Ok(());
        }
        self.model.now += 1_000;
        set_clock(self.model.now);
        let Some(turn) = self.model.run(&step.command) else { return Ok(()) };
        self.asked += 1;
        let kind = format!("{:?}", step.command);
        let kind = kind.split_once(' ').map_or(kind.as_str(), |(kind, _)| kind).to_owned();
        *self.world.answered.entry((kind, format!("{:?}", short(&turn)))).or_default() += 1;
        let ask = Asking { world: self.world, cast: &mut self.cast, model: &self.model }.ask(&step.command).await;
        // A new organization is made in many steps, and what is cut off is for the sweep.
        let fault = step.fault.filter(|_| !matches!(step.command, Command::CreateOrganization { .. }));
        match fault {
            Some(fault) => self.disturbed(step, &ask, turn, fault).await?,
            None => self.undisturbed(step, &ask, turn).await?,
        }
        if self.asked.is_multiple_of(COUNT_EVERY) {
            self.count().await?;
        }
        if self.asked.is_multiple_of(LOOK_EVERY) {
            self.world.look_at_all(&self.cast, &self.model).await?;
        }
        Ok(())
    }

    /// Looks at everything once more.
    pub(crate) async fn end(&mut self) -> Result<(), String> {
        self.count().await?;
        self.world.look_at_all(&self.cast, &self.model).await
    }

    async fn undisturbed(&mut self, step: &Step, ask: &Ask, turn: Turn) -> Result<(), String> {
        let heard = self.world.send(ask.request()).await;
        agree(&turn.answer, &heard)?;
        self.happened(&step.command, turn, Some(&heard)).await?;
        if step.again && ask.key.is_some() && heard.is_done() {
            let again = self.world.send(ask.request()).await;
            let same = again.status == heard.status && again.body["id"] == heard.body["id"];
            let why = || format!("sent again with its key it is answered {} {}", again.status, again.body);
            return same.then_some(()).ok_or_else(why);
        }
        Ok(())
    }

    async fn disturbed(&mut self, step: &Step, ask: &Ask, turn: Turn, fault: Fault) -> Result<(), String> {
        self.count().await?;
        self.since = self.model.now;
        let heard = self.world.send_disturbed(ask.request(), fault).await;
        if !heard.is_unknown() {
            agree(&turn.answer, &heard)?;
            self.happened(&step.command, turn, Some(&heard)).await?;
        } else if ask.key.is_some() {
            let again = self.world.send(ask.request()).await;
            agree(&turn.answer, &again).map_err(|why| format!("repeated with its key: {why}"))?;
            self.happened(&step.command, turn, Some(&again)).await?;
        } else if matches!(step.command, Command::DeleteProject { .. }) && turn.answer == Answer::Done {
            // The roles in it may be left: repeating it ends that.
            let again = self.world.send(ask.request()).await;
            if again.status != 204 && again.status != 404 {
                return Err(format!("a deletion that is repeated is answered {} {}", again.status, again.body));
            }
            self.happened(&step.command, turn, None).await?;
        } else {
            self.found_out(step, turn).await?;
        }
        self.count().await
    }

    /// Nobody knows whether it happened: either all of it did, or nothing.
    async fn found_out(&mut self, step: &Step, turn: Turn) -> Result<(), String> {
        let Err(nothing) = self.world.look_at_all(&self.cast, &self.model).await else { return Ok(()) };
        let done = self.happened(&step.command, turn, None).await;
        done.map_err(|all| format!("half of it happened: not nothing ({nothing}), not all of it ({all})"))
    }

    /// The model goes on, and what was made gets its number.
    async fn happened(&mut self, command: &Command, turn: Turn, heard: Option<&Heard>) -> Result<(), String> {
        let Turn { after, events, .. } = turn;
        if events.is_empty() {
            return Ok(());
        }
        let before = std::mem::replace(&mut self.model, after);
        self.learn(&before, heard).await;
        if let Command::Suspend { person, .. } = *command {
            self.cast.end(self.model.person(person));
        }
        let mut places: Vec<usize> = events.iter().filter_map(|(org, _)| *org).collect();
        places.dedup();
        self.recorded.extend(events.into_iter().map(|(org, action)| (org, action.to_owned())));
        for org in places {
            self.world.look_at(&self.cast, &self.model, org).await?;
        }
        Ok(())
    }

    async fn learn(&mut self, before: &Model, heard: Option<&Heard>) {
        let text = |name: &str| heard.and_then(|heard| heard.body[name].as_str()).map(str::to_owned);
        let id = || text("id").unwrap();
        let (cast, model) = (&mut self.cast, &mut self.model);
        if model.organizations.len() > before.organizations.len() {
            cast.organizations.push(self.world.registered(&id()).await);
        }
        if model.projects.len() > before.projects.len() {
            cast.projects.push(id());
        }
        if model.invitations.len() > before.invitations.len() {
            cast.invitations.push(id());
        }
        if model.programs.len() > before.programs.len() {
            cast.programs.push(Robot { id: id(), tokens: vec![] });
        }
        for (number, program) in model.programs.iter_mut().enumerate() {
            if program.tokens.len() > cast.programs[number].tokens.len() {
                // Who repeats the request learns the id and never the text.
                let shown = text("token");
                if shown.is_none() {
                    program.lost.push(program.tokens.len() - 1);
                }
                cast.programs[number].tokens.push((id(), shown));
            }
        }
        for (person, known) in model.people.iter().enumerate() {
            if known.account && cast.ids[person].is_none() {
                let login = self.world.store.login(&cast.emails[person]).await.unwrap();
                cast.ids[person] = login.map(|login| login.user);
            }
        }
    }

    /// Every change has its events, and what was refused has none.
    async fn count(&mut self) -> Result<(), String> {
        let is = self.world.events(&self.cast, self.since, self.model.now).await;
        let mut wanted = std::mem::take(&mut self.recorded);
        wanted.sort();
        self.since = self.model.now + 1;
        if is == wanted {
            return Ok(());
        }
        Err(format!("the audit log has {is:?}, and it should have {wanted:?}"))
    }
}

/// What the count of answers tells apart.
fn short(turn: &Turn) -> &'static str {
    match turn.answer {
        Answer::Refused(code) => code,
        Answer::Worth(worth, _) => worth,
        Answer::Done | Answer::Members(_) => "done",
    }
}

/// The answer is what the model says.
fn agree(wanted: &Answer, heard: &Heard) -> Result<(), String> {
    let agrees = match wanted {
        Answer::Done => heard.is_done(),
        Answer::Refused(code) => heard.code() == *code,
        Answer::Worth(worth, has_account) => {
            heard.is_done() && heard.body["state"] == *worth && heard.body["has_account"].as_bool() == *has_account
        }
        Answer::Members(members) => {
            heard.is_done() && heard.body["member_count"].as_u64() == u64::try_from(*members).ok()
        }
    };
    if agrees {
        return Ok(());
    }
    Err(format!("the answer is {} {}, and it should be {wanted:?}", heard.status, heard.body))
}
