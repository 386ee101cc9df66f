//! What machines watch.

use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use dataratt::http;
use dataratt::store::Store;

use super::client::Api;
use crate::support::database;

#[test]
fn a_service_that_can_work_is_alive_and_ready() {
    let api = Api::new();
    for (path, text) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let reply = api.send(api.raw("GET", path));
        assert_eq!((reply.status, reply.text.as_str()), (200, text));
    }
}

#[test]
fn without_migrations_it_is_alive_and_not_ready() {
    let bare = database::empty_database();
    let create = "CREATE TABLE __diesel_schema_migrations (version text); \
        GRANT SELECT ON __diesel_schema_migrations TO dataratt_app";
    bare.owner().batch_execute(create).unwrap();
    let api = Api::with(|world| world.app.ctx.store = bare.store());
    assert_eq!(api.send(api.raw("GET", "/healthz")).status, 200);
    let ready = api.send(api.raw("GET", "/readyz"));
    assert_eq!(
        (ready.status, ready.text.as_str()),
        (503, "database not migrated")
    );
}

#[test]
fn without_a_database_it_says_when_to_come_back() {
    let gone = database::database();
    let store = Store::connect(&gone.url(), 1, Duration::from_millis(200)).unwrap();
    drop(gone);
    let api = Api::with(|world| world.app.ctx.store = store);
    let ready = api.send(api.raw("GET", "/readyz"));
    assert_eq!(
        (ready.status, ready.text.as_str()),
        (503, "database not reachable")
    );
    let body = serde_json::json!({ "right": "access", "email": "anna@kund.example" });
    let refused = api.post("/requests", "", &body);
    assert_eq!(refused.header("retry-after"), "5");
    refused.problem(503, "database_unavailable");
}

#[test]
fn the_figures_have_a_listener_of_their_own() {
    let api = Api::new();
    assert_eq!(api.send(api.raw("GET", "/metrics")).status, 404);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (send, receive) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = http::metrics_server(listener, || "jobs_total 2\n".to_owned()).unwrap();
            send.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let stop = receive.recv().unwrap();
    let reply = api.send(api.http.get(format!("{url}/metrics")));
    assert_eq!((reply.status, reply.text.as_str()), (200, "jobs_total 2\n"));
    assert_eq!(
        api.send(api.http.get(format!("{url}/api/v1/register"))).status,
        404
    );
    drop(stop.stop(false));
    thread.join().unwrap();
}
