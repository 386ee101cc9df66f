//! What stops in a case, as staff see it and say it.

use std::collections::BTreeMap;

use super::case_page::Reader;
use crate::domain::case::RefusalGround;
use crate::domain::data_map::PurposeUse;
use crate::domain::grant::stop::Wish;
use crate::domain::right::Right;
use crate::http::views::staff::{StaffStopView, StopChoice};
use crate::services::Context;
use crate::services::granting::{Asked, AskedRefusal, AskedStop};
use crate::services::overview::StaffCase;
use crate::services::stopping;

/// What the names of the fields begin with, before a use's id.
const FIELD: &str = "stop-";
/// The field with the reasons of what is refused.
const REASON: &str = "stop_reason";

/// What the form of a grant asks for. Fields that it does not have leave everything to what the person said.
pub(super) fn asked(rest: &BTreeMap<String, String>) -> Asked {
    let named = |wanted: &str| -> Vec<String> {
        let fields = rest.iter().filter(|(_, value)| value.as_str() == wanted);
        fields
            .filter_map(|(name, _)| name.strip_prefix(FIELD))
            .map(str::to_owned)
            .collect()
    };
    let reason = rest.get(REASON).cloned().unwrap_or_default();
    let refused = |item: String| AskedRefusal {
        item,
        ground: RefusalGround::OverridingGrounds.name().to_owned(),
        reason: reason.clone(),
    };
    let (objected, withdrawn) = (named("objected"), named("withdrawn"));
    let stop = |purposes: Vec<String>| {
        Some(AskedStop {
            marketing: false,
            purposes,
        })
        .filter(|asked| !asked.purposes.is_empty())
    };
    Asked {
        refused: named("refused").into_iter().map(refused).collect(),
        objection: stop(objected),
        consent: stop(withdrawn),
        ..Asked::default()
    }
}

/// What a form asks for beside that.
pub(super) fn added(grant: Asked, rest: &BTreeMap<String, String>) -> Asked {
    let stop = asked(rest);
    let refused = grant.refused.into_iter().chain(stop.refused).collect();
    Asked {
        refused,
        objection: stop.objection,
        consent: stop.consent,
        ..grant
    }
}

/// What a case is to stop, or has stopped.
pub(super) fn view(ctx: &Context, reader: &Reader<'_>, case: &StaffCase) -> Option<StaffStopView> {
    let right = case.case.case.right;
    let wish = case.file.stop.clone();
    let objection = match right {
        Right::Objection => true,
        Right::ConsentWithdrawal => false,
        _ => return None,
    };
    let language = reader.words.t.language();
    let map = &ctx.organisation.map;
    let uses = map.distinct_uses(|one| {
        if objection {
            one.is_interest() && !one.marketing
        } else {
            one.is_consent()
        }
    });
    let choice = |one: &PurposeUse| StopChoice {
        field: format!("{FIELD}{}", one.id),
        title: one.title.get(language).to_owned(),
        chosen: wish.as_ref().is_some_and(|wish| wish.purposes.contains(&one.id)),
    };
    let granted = case.grant.as_ref().and_then(|grant| stopping::facts(ctx, grant));
    Some(StaffStopView {
        objection,
        said: said(objection, wish.as_ref()),
        marketing: objection && wish.as_ref().is_none_or(|wish| wish.marketing || !wish.other),
        choices: uses.into_iter().map(choice).collect(),
        stopped: granted
            .map(|facts| reader.words.stopped(&facts.uses))
            .unwrap_or_default(),
    })
}

/// What the person said, as the key of a text.
fn said(objection: bool, wish: Option<&Wish>) -> Option<&'static str> {
    match wish {
        _ if !objection => None,
        Some(wish) if wish.marketing => Some("marketing"),
        Some(wish) if wish.other => Some("other"),
        _ => Some("unsaid"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_stops_and_what_is_refused() {
        let rest = [
            ("stop-usage_analysis", "objected"),
            ("stop-call_lists", "refused"),
            ("stop-other", ""),
            ("stop_reason", "Säkerhet."),
            ("website", "objected"),
        ];
        let rest = rest.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let asked = asked(&BTreeMap::from(rest));
        assert_eq!(
            asked.objection.map(|stop| stop.purposes),
            Some(vec!["usage_analysis".to_owned()])
        );
        let refused: Vec<&str> = asked.refused.iter().map(|one| one.item.as_str()).collect();
        assert_eq!(refused, ["call_lists"]);
        assert!(asked.consent.is_none());
    }
}
