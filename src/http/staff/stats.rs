//! How the work goes.

use super::who::{Answer, Desk};
use crate::http::pages::Visit;
use crate::http::views::admin::StatsPage;
use crate::services::statistics;

/// The figures.
pub(super) async fn show(visit: Visit) -> Answer {
    let desk = Desk::at(visit)?;
    let (who, figures) = desk.run(|ctx, who| statistics::figures(ctx, &who.actor)).await?;
    let by_right = figures.by_right.iter();
    Ok(desk.visit.show(&StatsPage {
        t: desk.visit.t(),
        page: desk.page(&who, "stats"),
        open: figures.open,
        late: figures.late,
        answered_recently: figures.answered_recently,
        median_days: figures.median_days,
        notices_waiting: figures.notices_waiting,
        by_right: by_right
            .map(|(right, counts)| (*right, counts.open, counts.all))
            .collect(),
    }))
}
