//! Relationships: how one part of the package names another (ECMA-376 part 2).

use crate::container::Package;
use crate::limits::CANDIDATES_MAX;
use crate::unusable::{Fault, Unusable};
use crate::xml::Tag;

const DAMAGED: Unusable = Unusable::Malformed("the package's relationships");

/// One relationship to a part inside the package.
pub(crate) struct Relation {
    pub(crate) id: String,
    /// The last step of its type's address, which is the same in the transitional and the strict format.
    pub(crate) kind: String,
    /// The name of the part, from the package's root.
    pub(crate) target: String,
}

/// Reads the relationships of the part `of`, `""` for the package itself, and gives those that `wanted` picks.
pub(crate) fn read(
    package: &mut Package,
    of: &str,
    wanted: impl Fn(&Relation) -> bool,
) -> Result<Vec<Relation>, Fault> {
    let (folder, name) = of.rsplit_once('/').unwrap_or(("", of));
    let part = join(folder, &format!("_rels/{name}.rels"))?;
    let mut xml = package.part(&part)?.ok_or(DAMAGED)?;
    xml.root("Relationships")?;
    let mut found = Vec::new();
    while let Some(relation) = xml.child(|tag| relation(tag, folder))? {
        found.extend(relation.filter(&wanted));
        if found.len() > CANDIDATES_MAX {
            return Err(DAMAGED.into());
        }
        xml.skip()?;
    }
    xml.finish()?;
    Ok(found)
}

fn relation(tag: &Tag<'_>, folder: &str) -> Result<Option<Relation>, Unusable> {
    if !tag.is("Relationship") || tag.attribute("TargetMode")?.is_some_and(|mode| mode == "External") {
        return Ok(None);
    }
    let kind = tag.attribute("Type")?.unwrap_or_default();
    Ok(Some(Relation {
        id: tag.attribute("Id")?.unwrap_or_default(),
        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
        target: join(folder, &tag.attribute("Target")?.unwrap_or_default())?,
    }))
}

/// Resolves a target against the folder of the part that names it. Climbing out of the package is refused.
fn join(folder: &str, target: &str) -> Result<String, Unusable> {
    let start = if target.starts_with('/') { "" } else { folder };
    let mut steps = Vec::new();
    for step in start.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop().ok_or(DAMAGED)?;
            }
            _ => steps.push(step),
        }
    }
    Ok(steps.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_resolved_against_the_folder_and_never_climbs_out() {
        assert_eq!(join("xl", "worksheets/sheet1.xml"), Ok("xl/worksheets/sheet1.xml".to_owned()));
        assert_eq!(join("xl", "/xl/workbook.xml"), Ok("xl/workbook.xml".to_owned()));
        assert_eq!(join("xl/a", "./../b.xml"), Ok("xl/b.xml".to_owned()));
        assert_eq!(join("xl", "../../etc/passwd"), Err(DAMAGED));
    }
}
