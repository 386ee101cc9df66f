//! Verifying the audit trail: every chain, every checkpoint, and the one that is exported.

use uuid::Uuid;

use super::feed::Feed;
use super::sealing::{Export, export, sealer};
use super::verdict::{Broken, LAG, Verdict};
use crate::domain::audit::checkpoint::{Checkpoint, Disposal, Root, Sealer};
use crate::domain::audit::{Digest, Event, Fault, FaultAt, GENESIS, Verifier};
use crate::domain::sealing::Purpose;
use crate::services::{Context, Result};
use crate::store::Conn;
use crate::store::audit::seals::{self, Covered, Signed};
use crate::store::audit::{self, Head};

/// Verifies the whole trail against the exported checkpoint, as of one moment, in constant memory.
///
/// # Errors
/// When the export cannot be read or the database fails.
pub fn verify(ctx: &Context) -> Result<Verdict> {
    let exported = export(ctx)?;
    ctx.store.snapshot(|conn| examine(ctx, conn, &exported))
}

/// Verifies the whole trail against a copy of an exported checkpoint that was kept elsewhere.
///
/// # Errors
/// When the database fails.
pub fn verify_against(ctx: &Context, copy: &str) -> Result<Verdict> {
    let exported = Export::read(&sealer(ctx), Some(copy));
    ctx.store.snapshot(|conn| examine(ctx, conn, &exported))
}

/// Verifies the trail as `conn` sees it. The export was read before, so the database is never older than it.
///
/// # Errors
/// When the database fails.
pub fn examine(ctx: &Context, conn: &mut Conn, exported: &Export) -> Result<Verdict> {
    let mut trail = Trail::new(ctx, conn);
    while let Some(stream) = trail.next_stream()? {
        trail.check_stream(stream)?;
    }
    trail.check_checkpoints(exported)?;
    let mut verdict = trail.verdict;
    match exported {
        Export::None => verdict.lagging |= verdict.latest.is_some(),
        Export::Altered => verdict.add(Broken {
            stream: None,
            seq: None,
            checkpoint: None,
            fault: Fault::ExportAltered,
        }),
        Export::Checkpoint(checkpoint) => {
            verdict.exported = Some(checkpoint.number);
            verdict.rolled_back |= verdict.latest < verdict.exported;
        }
    }
    let waits = verdict.unsealed_since.map(|since| ctx.now() - since);
    verdict.lagging |= waits.is_some_and(|waits| waits > LAG);
    Ok(verdict)
}

/// All tables of the trail, read side by side in the order of their streams.
struct Trail<'a> {
    conn: &'a mut Conn,
    key: Digest,
    sealer: Sealer,
    events: Feed<(Uuid, i64), (Event, Vec<u8>)>,
    heads: Feed<Uuid, Head>,
    seals: Feed<(Uuid, i64), Covered>,
    disposals: Feed<Uuid, Signed<Disposal>>,
    verdict: Verdict,
}

impl<'a> Trail<'a> {
    fn new(ctx: &Context, conn: &'a mut Conn) -> Self {
        Self {
            conn,
            key: *ctx.keys.for_purpose(Purpose::Audit).bytes(),
            sealer: sealer(ctx),
            events: Feed::new(audit::list_hashed, |(event, _)| (event.stream, event.seq)),
            heads: Feed::new(audit::list_heads, |head| head.stream),
            seals: Feed::new(seals::list_by_stream, |(_, seal)| (seal.stream, seal.last)),
            disposals: Feed::new(seals::list_disposals, |disposal| disposal.of.stream),
            verdict: Verdict::default(),
        }
    }

    /// The next stream that any table knows.
    fn next_stream(&mut self) -> Result<Option<Uuid>> {
        let known = [
            self.events.peek(self.conn)?.map(|(event, _)| event.stream),
            self.heads.peek(self.conn)?.map(|head| head.stream),
            self.seals.peek(self.conn)?.map(|(_, seal)| seal.stream),
            self.disposals.peek(self.conn)?.map(|disposal| disposal.of.stream),
        ];
        Ok(known.into_iter().flatten().min())
    }

    fn check_stream(&mut self, stream: Uuid) -> Result<()> {
        let head = self.heads.next_if(self.conn, |head| head.stream == stream)?;
        let disposal = self.disposals.next_if(self.conn, |it| it.of.stream == stream)?;
        let fault = if let Some(disposal) = disposal {
            self.verdict.disposed += 1;
            self.check_disposed(&disposal, head.is_some())?
        } else {
            self.verdict.streams += 1;
            self.check_living(stream, head.as_ref())?
        };
        if let Some((seq, fault)) = fault {
            self.verdict.add(Broken {
                stream: Some(stream),
                seq: Some(seq),
                checkpoint: None,
                fault,
            });
        }
        Ok(())
    }

    /// A stream whose events went: its seals still lead, without a gap, to what is said of its end.
    fn check_disposed(&mut self, signed: &Signed<Disposal>, has_head: bool) -> Result<Option<FaultAt>> {
        let disposal = &signed.of;
        let mut end = (0, 0, GENESIS);
        let mut fault = None;
        while let Some((number, seal)) = self
            .seals
            .next_if(self.conn, |(_, seal)| seal.stream == disposal.stream)?
        {
            if seal.first != end.1 + 1 {
                fault.get_or_insert((seal.first, Fault::SealAltered));
            }
            end = (number, seal.last, seal.hash);
        }
        let mut is_back = has_head;
        let of_stream = |(event, _): &(Event, Vec<u8>)| event.stream == disposal.stream;
        while self.events.next_if(self.conn, of_stream)?.is_some() {
            is_back = true;
        }
        let is_signed = self.sealer.signed(&disposal.text(), &signed.signature);
        let fits = end == (disposal.checkpoint, disposal.events, disposal.last);
        if is_back || !is_signed || !fits {
            fault.get_or_insert((disposal.events, Fault::DisposalAltered));
        }
        Ok(fault)
    }

    /// A stream with events: one chain up to its head, which holds what each checkpoint says of it.
    fn check_living(&mut self, stream: Uuid, head: Option<&Head>) -> Result<Option<FaultAt>> {
        let mut verifier = Verifier::new(self.key);
        let mut fault = None;
        let mut sealed = 0;
        let marked = head.map_or(0, |head| head.sealed);
        let of_stream = |(event, _): &(Event, Vec<u8>)| event.stream == stream;
        while let Some((event, hash)) = self.events.next_if(self.conn, of_stream)? {
            self.verdict.events += 1;
            if event.seq > marked {
                self.verdict.wait(event.at);
            }
            if fault.is_some() {
                continue;
            }
            fault = verifier.next(&event, &hash).err();
            let here = |(_, seal): &Covered| seal.stream == stream && seal.last == event.seq;
            if let Some((_, seal)) = self.seals.next_if(self.conn, here)? {
                if seal.first != sealed + 1 || seal.hash.as_slice() != hash {
                    fault.get_or_insert((event.seq, Fault::SealAltered));
                }
                sealed = seal.last;
            }
        }
        while let Some((_, seal)) = self.seals.next_if(self.conn, |(_, seal)| seal.stream == stream)? {
            // What was sealed and is not there.
            let is_beyond = seal.last > verifier.last();
            fault.get_or_insert(if is_beyond {
                (verifier.last() + 1, Fault::Removed)
            } else {
                (seal.last, Fault::SealAltered)
            });
        }
        let end = match head {
            None => Err((verifier.last(), Fault::HeadMissing)),
            Some(head) => verifier.finish(head.seq, &head.hash),
        };
        let sealing = if sealed == marked {
            Ok(())
        } else {
            Err((marked, Fault::HeadAltered))
        };
        Ok(fault.or(end.err()).or(sealing.err()))
    }

    /// The checkpoints are one chain, each signed and true to its seals; the first that is not is named.
    fn check_checkpoints(&mut self, exported: &Export) -> Result<()> {
        let mut all: Feed<i64, Signed<Checkpoint>> = Feed::new(seals::list, |signed| signed.of.number);
        let mut seals: Feed<(i64, Uuid), Covered> =
            Feed::new(seals::list_by_checkpoint, |(number, seal)| (*number, seal.stream));
        let mut last: Option<Checkpoint> = None;
        let mut bad = None;
        while let Some(signed) = all.next_if(self.conn, |_| true)? {
            self.verdict.checkpoints += 1;
            let mut covered = Tally::default();
            while let Some((number, seal)) = seals.next_if(self.conn, |(it, _)| *it <= signed.of.number)? {
                if number < signed.of.number {
                    bad.get_or_insert((number, Fault::CheckpointMissing));
                }
                covered.add(&seal);
            }
            let expected = covered.checkpoint(last.as_ref(), &signed.of);
            if signed.of.number != expected.number {
                bad.get_or_insert((expected.number, Fault::CheckpointMissing));
            } else if signed.of != expected || !self.sealer.signed(&signed.of.text(), &signed.signature) {
                bad.get_or_insert((expected.number, Fault::CheckpointAltered));
            }
            if let Export::Checkpoint(exported) = exported {
                let is_other = exported.number == signed.of.number && *exported != signed.of;
                self.verdict.rolled_back |= is_other;
            }
            last = Some(signed.of);
        }
        if let Some((number, _)) = seals.next_if(self.conn, |_| true)? {
            bad.get_or_insert((number, Fault::CheckpointMissing));
        }
        self.verdict.latest = last.map(|last| last.number);
        if let Some((number, fault)) = bad {
            self.verdict.add(Broken {
                stream: None,
                seq: None,
                checkpoint: Some(number),
                fault,
            });
        }
        Ok(())
    }
}

/// The seals of one checkpoint, counted as they pass.
#[derive(Default)]
struct Tally {
    root: Root,
    streams: i64,
    events: i64,
}

impl Tally {
    fn add(&mut self, seal: &crate::domain::audit::checkpoint::Seal) {
        self.root.add(seal);
        self.streams += 1;
        self.events += seal.last - seal.first + 1;
    }

    /// What the checkpoint after `last` must be to cover these, at the time that is stored.
    fn checkpoint(self, last: Option<&Checkpoint>, stored: &Checkpoint) -> Checkpoint {
        Checkpoint {
            number: last.map_or(0, |last| last.number) + 1,
            at: stored.at,
            streams: self.streams,
            events: last.map_or(0, |last| last.events) + self.events,
            root: self.root.finish(),
            previous: last.map_or(GENESIS, Checkpoint::hash),
        }
    }
}
