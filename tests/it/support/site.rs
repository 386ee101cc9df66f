//! A service that a browser visits: pages, work behind them, mail.

use std::ops::Deref;

use super::browser::{Browser, View};
use super::server::Server;
use super::world::World;

/// The running service.
pub struct Site {
    /// Its address.
    pub base: String,
    _server: Server,
    world: World,
}

impl Deref for Site {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Site {
    /// The service for one of the five hosts.
    pub fn of(profile: &str) -> Self {
        Self::around(World::of(profile))
    }

    /// The service of a world.
    pub fn around(world: World) -> Self {
        let server = Server::start(world.app.clone());
        Self {
            base: server.base.clone(),
            _server: server,
            world,
        }
    }

    /// An address of it.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Does the work that is due. The drivers below wait in ways that an asynchronous test may not.
    pub fn do_work(&self) {
        std::thread::scope(|scope| scope.spawn(|| self.world.work()).join().unwrap());
    }

    /// Anything else that may not run inside an asynchronous test.
    pub fn aside<T: Send>(&self, work: impl FnOnce(&World) -> T + Send) -> T {
        std::thread::scope(|scope| scope.spawn(|| work(&self.world)).join().unwrap())
    }

    /// Visits the service with a browser; nothing happens under `DATARATT_SKIP_BROWSER=1`.
    pub fn visit(&self, view: View, journey: impl AsyncFnOnce(&Browser)) {
        actix_web::rt::System::new().block_on(async {
            if let Some(browser) = Browser::open(view).await {
                journey(&browser).await;
            }
        });
    }
}
