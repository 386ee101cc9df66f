//! The pages of staff: each asks who is logged in, and shows what the use cases let them.

mod account;
mod act;
mod case;
mod case_page;
mod changes;
mod core;
mod course;
mod found;
mod grant;
mod incidents;
mod intake;
mod letters;
mod members;
mod plan_form;
mod plan_page;
mod purges;
mod queue;
mod records;
mod restriction;
mod session;
mod standing;
mod stats;
mod stop;
mod tasks;
mod trail;
mod who;

use actix_web::{Resource, web};

use super::pages::{self, reading};

/// Every address of these pages and its methods; what is not here does not exist. Tests go through all of them, with
/// every role and with nobody.
pub const ADDRESSES: [(&str, &[&str]); 26] = [
    ("/staff", &["GET"]),
    ("/staff/login", &["GET", "POST"]),
    ("/staff/logout", &["POST"]),
    ("/staff/search", &["POST"]),
    ("/staff/handled", &["GET", "POST"]),
    ("/staff/stats", &["GET"]),
    ("/staff/standing", &["GET", "POST"]),
    ("/staff/tasks", &["GET"]),
    ("/staff/tasks/{id}", &["GET", "POST"]),
    ("/staff/purges", &["GET"]),
    ("/staff/purges/{id}", &["GET", "POST"]),
    ("/staff/cases/new", &["GET", "POST"]),
    ("/staff/cases/{reference}", &["GET"]),
    ("/staff/cases/{reference}/actions", &["POST"]),
    ("/staff/cases/{reference}/letters/{letter}", &["GET"]),
    ("/staff/incidents", &["GET"]),
    ("/staff/incidents/{id}", &["POST"]),
    ("/staff/cases/{reference}/records/{system}/{table}", &["GET"]),
    ("/staff/changes", &["GET", "POST"]),
    ("/staff/members", &["GET", "POST"]),
    ("/staff/members/{id}/reset", &["POST"]),
    ("/staff/members/{id}/deactivate", &["POST"]),
    ("/staff/members/{id}/activate", &["POST"]),
    ("/staff/account", &["GET"]),
    ("/staff/account/password", &["POST"]),
    ("/staff/account/second-factor", &["POST"]),
];

/// Serves [`ADDRESSES`].
pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    for (path, methods) in ADDRESSES {
        let resource = methods.iter().fold(page(path), |resource, method| {
            route(resource, path, method == &"POST")
        });
        cfg.service(resource);
    }
}

fn page(path: &str) -> Resource {
    web::resource(path).default_service(web::to(pages::wrong_method))
}

/// Adds what answers to `path`; an address without a handler has none of the method.
fn route(resource: Resource, path: &str, sends: bool) -> Resource {
    match (path, sends) {
        ("/staff", false) => resource.route(reading().to(queue::list)),
        ("/staff/login", false) => resource.route(reading().to(session::form)),
        ("/staff/login", true) => resource.route(web::post().to(session::log_in)),
        ("/staff/logout", true) => resource.route(web::post().to(session::log_out)),
        ("/staff/search", true) => resource.route(web::post().to(queue::search)),
        ("/staff/handled", false) => resource.route(reading().to(core::form)),
        ("/staff/handled", true) => resource.route(web::post().to(core::find)),
        ("/staff/stats", false) => resource.route(reading().to(stats::show)),
        ("/staff/standing", false) => resource.route(reading().to(standing::show)),
        ("/staff/standing", true) => resource.route(web::post().to(standing::decide)),
        ("/staff/tasks", false) => resource.route(reading().to(tasks::list)),
        ("/staff/tasks/{id}", false) => resource.route(reading().to(tasks::show)),
        ("/staff/tasks/{id}", true) => resource.route(web::post().to(tasks::finish)),
        ("/staff/purges", false) => resource.route(reading().to(purges::list)),
        ("/staff/purges/{id}", false) => resource.route(reading().to(purges::show)),
        ("/staff/purges/{id}", true) => resource.route(web::post().to(purges::decide)),
        ("/staff/cases/new", false) => resource.route(reading().to(intake::form)),
        ("/staff/cases/new", true) => resource.route(web::post().to(intake::submit)),
        ("/staff/cases/{reference}", false) => resource.route(reading().to(case::show)),
        ("/staff/cases/{reference}/actions", true) => resource.route(web::post().to(act::act)),
        ("/staff/cases/{reference}/letters/{letter}", false) => resource.route(reading().to(letters::show)),
        ("/staff/incidents", false) => resource.route(reading().to(incidents::list)),
        ("/staff/incidents/{id}", true) => resource.route(web::post().to(incidents::follow)),
        ("/staff/cases/{reference}/records/{system}/{table}", false) => {
            resource.route(reading().to(records::show))
        }
        ("/staff/changes", false) => resource.route(reading().to(changes::list)),
        ("/staff/changes", true) => resource.route(web::post().to(changes::announce)),
        ("/staff/members", false) => resource.route(reading().to(members::list)),
        ("/staff/members", true) => resource.route(web::post().to(members::add)),
        ("/staff/members/{id}/reset", true) => resource.route(web::post().to(members::reset)),
        ("/staff/members/{id}/deactivate", true) => resource.route(web::post().to(members::deactivate)),
        ("/staff/members/{id}/activate", true) => resource.route(web::post().to(members::activate)),
        ("/staff/account", false) => resource.route(reading().to(account::show)),
        ("/staff/account/password", true) => resource.route(web::post().to(account::password)),
        ("/staff/account/second-factor", true) => resource.route(web::post().to(account::second_factor)),
        _ => resource,
    }
}
