//! The pages and the API of a service under test, on a port of their own.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use dataratt::app::App;
use dataratt::http;

/// A running server, which ends with this.
pub struct Server {
    /// Its address, without a slash at the end.
    pub base: String,
    stop: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves `app`.
    pub fn start(app: App) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (send, receive) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = http::server(app, listener).unwrap();
                send.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self {
            base,
            stop: receive.recv().unwrap(),
            thread: Some(thread),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The order to stop leaves at once; what is returned only waits.
        drop(self.stop.stop(false));
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
