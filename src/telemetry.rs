//! The log and the figures: set up once a process. Neither holds personal data; what is logged are ids and codes.

use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Human,
    /// One JSON object a line.
    Json,
}

/// Why the log or the figures could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is none.
    #[error("`log.filter`: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody set up the log, or the figures, before.
    #[error("the log or the figures are set up already")]
    Twice,
}

/// Sets up the log of this process, on standard error, and makes panics tell where they were and not what they held.
///
/// # Errors
/// When the filter is none, or the log is set up already.
pub fn init(format: Format, filter: &str) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(filter)?;
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        Format::Human => fmt::layer()
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr)
            .boxed(),
        Format::Json => fmt::layer().json().with_writer(std::io::stderr).boxed(),
    };
    Registry::default()
        .with(lines.with_filter(filter.and(filter_fn(tells_no_values))))
        .try_init()
        .map_err(|_| TelemetryError::Twice)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Whether a line is one of ours, or of no more detail than that of a library's ordinary operation: what libraries say
/// while they are searched for faults may hold what passes through them, such as the values of a statement.
fn tells_no_values(line: &Metadata<'_>) -> bool {
    let own = line.target().split("::").next() == Some(env!("CARGO_PKG_NAME"));
    own || *line.level() <= Level::INFO
}

/// The message of a panic may hold values, so it is left out.
fn log_panic(info: &PanicHookInfo<'_>) {
    let place = info
        .location()
        .map_or_else(String::new, |it| format!("{}:{}", it.file(), it.line()));
    tracing::error!(place, "a part of the program panicked");
}

/// Bounds of the time histograms, in seconds.
const SECONDS: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0,
];

/// The figures of this process.
#[derive(Clone)]
pub struct Figures(PrometheusHandle);

impl Figures {
    /// Starts counting in this process.
    ///
    /// # Errors
    /// When something counts already.
    pub fn install() -> Result<Self, TelemetryError> {
        let recorder = builder().build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| TelemetryError::Twice)?;
        Ok(Self(handle))
    }

    /// All figures in Prometheus' text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

fn builder() -> PrometheusBuilder {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
        .expect("there are bounds")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_out_as_text_with_histograms_of_seconds() {
        let recorder = builder().build_recorder();
        let figures = Figures(recorder.handle());
        metrics::with_local_recorder(&recorder, || {
            metrics::counter!("jobs_total", "kind" => "send_mail").increment(2);
            metrics::histogram!("jobs_seconds").record(0.03);
        });
        let text = figures.render();
        assert!(text.contains("jobs_total{kind=\"send_mail\"} 2"), "{text}");
        assert!(text.contains("jobs_seconds_bucket{le=\"0.05\"} 1"), "{text}");
        assert!(text.contains("jobs_seconds_bucket{le=\"0.02\"} 0"), "{text}");
    }

    #[test]
    fn a_filter_that_is_none_is_refused() {
        let refused = init(Format::Human, "dataratt=loudly");
        assert!(matches!(refused, Err(TelemetryError::Filter(_))));
    }
}
