package io.tideline.store.erase;

import io.tideline.core.erase.ColdErasure;
import io.tideline.core.erase.ErasureListener;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TierReader;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.store.erase.EntryMatch.Verdict;
import io.tideline.store.internal.Calls;
import io.tideline.store.internal.Repetition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Goes through one timeline a piece at a time, in each tier by itself: what a copy under way has left in a tier where no
 * reader looks is found as well. What matches in one tier is made a marker in all.
 *
 * <p>Not thread safe; each sweep is one object.
 */
final class TimelineSweep {
    private static final int PIECE = 500;
    private static final int PIECE_BYTES = 2 * 1024 * 1024;
    private static final int MAX_TRIES = 100;

    /** Entries move from one tier to another between two reads of a piece, but not again and again. */
    private static final int MAX_READS = 4;

    private final TimelineStore timelines;
    private final ErasePorts ports;
    private final Duration requestTimeout;
    private final GoneMessages gone;
    private final EntryMatch match;
    private final EraseTally tally;
    private boolean touched;

    TimelineSweep(EraseWork work, EntryMatch match, EraseTally tally) {
        this.timelines = work.timelines();
        this.ports = work.ports();
        this.requestTimeout = work.config().requestTimeout();
        this.gone = work.gone();
        this.match = match;
        this.tally = tally;
    }

    CompletableFuture<Head> head(TimelineId timeline) {
        return timelines
                .heads(List.of(new HeadQuery(timeline, SequenceId.NONE)), deadline())
                .thenApply(heads -> heads.getOrDefault(timeline, Head.EMPTY));
    }

    /** The first seq that has not expired. */
    CompletableFuture<SequenceId> firstKept(TimelineId timeline, SequenceId from) {
        return timelines
                .read(ReadQuery.forward(timeline, from.value(), 1), deadline())
                .thenApply(page -> afterExpired(page, from));
    }

    private static SequenceId afterExpired(TimelinePage page, SequenceId from) {
        return page.gaps().stream()
                .filter(gap -> gap.type() == Gap.Type.EXPIRED && gap.from().equals(from))
                .findFirst()
                .map(gap -> gap.to().next())
                .orElse(from);
    }

    /**
     * Makes sure that this server reaches all that is kept of a timeline.
     *
     * <p>Fails (deferred) with {@link NoArchiveException}.
     */
    CompletableFuture<Void> requireReach(TimelineId timeline) {
        if (ports.files().isPresent()) {
            return CompletableFuture.completedFuture(null);
        }
        return ports.watermarks().state(timeline, deadline()).thenCompose(state -> {
            Watermarks marks = state.watermarks();
            return marks.coldThrough().isAfter(marks.expiredThrough())
                    ? CompletableFuture.failedFuture(new NoArchiveException())
                    : CompletableFuture.completedFuture(null);
        });
    }

    /** Goes through a range, and then fails every move of the timeline's entries that began before. */
    CompletableFuture<Void> range(TimelineId timeline, SequenceId first, SequenceId last) {
        long[] next = {first.value()};
        return requireReach(timeline)
                .thenCompose(reached -> Repetition.whileMore(() -> next[0] > last.value()
                        ? CompletableFuture.completedFuture(false)
                        : piece(timeline, next[0], Math.min(last.value(), next[0] + PIECE - 1), 1)
                                .thenApply(through -> {
                                    next[0] = through + 1;
                                    return true;
                                })))
                .thenCompose(done -> end(timeline))
                .thenRun(() -> tally.looked(Math.max(0, last.value() - first.value() + 1)));
    }

    /** What one tier has of a piece. */
    private record Found(String tier, RangeSlice slice) {}

    /** Answers how far it came: entries may be too large for all of the piece. */
    private CompletableFuture<Long> piece(TimelineId timeline, long first, long last, int reads) {
        EntryRange range = EntryRange.of(timeline, first, last);
        CompletableFuture<Found> hot = read("hot", ports.hot(), range);
        CompletableFuture<Found> warm = read("warm", ports.warm(), range);
        CompletableFuture<Found> cold = read("cold", cold(), range);
        return Calls.all(List.of(hot, warm, cold)).thenCompose(done -> {
            List<Found> found = List.of(hot.join(), warm.join(), cold.join());
            long through = found.stream()
                    .mapToLong(one -> covered(one.slice(), last))
                    .min()
                    .orElse(last);
            return isWhole(timeline, seqs(found, first, through), first, through)
                    .thenCompose(whole -> {
                        if (!whole) {
                            return reads < MAX_READS
                                    ? piece(timeline, first, last, reads + 1)
                                    : CompletableFuture.failedFuture(missing(timeline));
                        }
                        return verdicts(timeline, found, through)
                                .thenCompose(whats -> erase(timeline, found, whats, through))
                                .thenApply(erased -> through);
                    });
        });
    }

    /** Which seqs of a piece some tier has, counted from its first one. */
    private static BitSet seqs(List<Found> found, long first, long through) {
        BitSet seqs = new BitSet();
        for (Found one : found) {
            for (Entry entry : one.slice().entries()) {
                if (entry.seq().value() <= through) {
                    seqs.set(offset(entry.seq().value(), first));
                }
            }
            for (Gap gap : one.slice().gaps()) {
                long last = Math.min(through, gap.to().value());
                if (gap.from().value() <= last) {
                    seqs.set(offset(gap.from().value(), first), offset(last, first) + 1);
                }
            }
        }
        return seqs;
    }

    private static int offset(long seq, long first) {
        return Math.toIntExact(seq - first);
    }

    /**
     * Whether each seq of a piece was read, or has expired, or was never given: what could not be read may hold the text, so
     * that it must not count as gone. The store has the last word on a seq that no tier had: it fails when nothing explains
     * that; when it finds the entry after all, that has moved while the piece was read.
     */
    private CompletableFuture<Boolean> isWhole(TimelineId timeline, BitSet seqs, long first, long through) {
        long missing = first + seqs.nextClearBit(0);
        if (missing > through) {
            return CompletableFuture.completedFuture(true);
        }
        SequenceId seq = SequenceId.of(missing);
        return timelines
                .read(ReadQuery.forward(timeline, missing, 1), deadline())
                .thenCompose(page -> {
                    if (seq.isAfter(page.last())) {
                        return CompletableFuture.completedFuture(true);
                    }
                    SequenceId kept = afterExpired(page, seq);
                    if (!kept.isAfter(seq)) {
                        return CompletableFuture.completedFuture(false);
                    }
                    seqs.set(0, offset(Math.min(kept.value(), through + 1), first));
                    return isWhole(timeline, seqs, first, through);
                });
    }

    private static CorruptDataException missing(TimelineId timeline) {
        return new CorruptDataException(
                "entries are in no tier for long enough to be looked at",
                Map.of("timeline", timeline.toString()),
                null);
    }

    /** Not as readers are shown it: a mark hides from them what the files still say. */
    private TierReader cold() {
        return ports.files().map(ColdErasure::asStored).orElse(TierReader.empty());
    }

    private CompletableFuture<Found> read(String name, TierReader tier, EntryRange range) {
        return tier.read(range, Direction.FORWARD, PIECE_BYTES, deadline()).thenApply(slice -> new Found(name, slice));
    }

    /** A slice ends early only with the entry that reached the limit. */
    private static long covered(RangeSlice slice, long last) {
        long bytes = slice.entries().stream()
                .mapToLong(entry -> entry.payload().size())
                .sum();
        return bytes < PIECE_BYTES
                ? last
                : slice.entries().get(slice.entries().size() - 1).seq().value();
    }

    /** What each matching entry is. */
    private CompletableFuture<Map<SequenceId, String>> verdicts(TimelineId timeline, List<Found> found, long through) {
        Map<SequenceId, String> whats = new TreeMap<>();
        Map<SequenceId, Verdict.GoWith> asked = new TreeMap<>();
        for (Found one : found) {
            for (Entry entry : one.slice().entries()) {
                Verdict verdict = entry.seq().value() > through ? EntryMatch.STAY : match.of(timeline, entry);
                if (verdict instanceof Verdict.Go go) {
                    whats.put(entry.seq(), go.what());
                } else if (verdict instanceof Verdict.GoWith with) {
                    asked.put(entry.seq(), with);
                }
            }
        }
        List<Map.Entry<SequenceId, Verdict.GoWith>> left = new ArrayList<>(asked.entrySet());
        return Repetition.whileMore(() -> {
                    if (left.isEmpty()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    Map.Entry<SequenceId, Verdict.GoWith> one = left.remove(left.size() - 1);
                    return gone.isGone(one.getValue(), deadline()).thenApply(is -> {
                        if (is) {
                            whats.put(one.getKey(), one.getValue().what());
                        }
                        return true;
                    });
                })
                .thenApply(done -> whats);
    }

    private CompletableFuture<Void> erase(
            TimelineId timeline, List<Found> found, Map<SequenceId, String> whats, long through) {
        NavigableSet<SequenceId> markers = new TreeSet<>(whats.keySet());
        for (Found one : found) {
            for (Gap gap : one.slice().gaps()) {
                for (long seq = gap.from().value();
                        seq <= Math.min(through, gap.to().value());
                        seq++) {
                    markers.add(SequenceId.of(seq));
                }
            }
        }
        touched |= !markers.isEmpty();
        List<SequenceId> seqs = List.copyOf(whats.keySet());
        CompletableFuture<?> replaced = seqs.isEmpty()
                ? CompletableFuture.completedFuture(0)
                : ports.hot()
                        .erase(timeline, seqs, deadline())
                        .thenCompose(hot -> ports.warm().erase(timeline, seqs, deadline()))
                        .thenCompose(warm -> ports.files().isPresent()
                                ? ports.files().get().erase(timeline, seqs, deadline())
                                : CompletableFuture.completedFuture(0));
        return replaced.thenCompose(done -> tell(timeline, List.copyOf(markers)))
                .thenRun(() -> count(timeline, found, whats));
    }

    private CompletableFuture<Void> tell(TimelineId timeline, List<SequenceId> seqs) {
        int[] at = {0};
        List<ErasureListener> listeners = seqs.isEmpty() ? List.of() : ports.listeners();
        return Repetition.whileMore(() -> at[0] == listeners.size()
                        ? CompletableFuture.completedFuture(false)
                        : listeners
                                .get(at[0]++)
                                .erased(timeline, seqs, deadline())
                                .thenApply(done -> true))
                .thenApply(done -> null);
    }

    private void count(TimelineId timeline, List<Found> found, Map<SequenceId, String> whats) {
        String where = timeline.family() == TimelineFamily.INBOX ? "inbox" : "";
        for (Found one : found) {
            for (Entry entry : one.slice().entries()) {
                String what = whats.getOrDefault(entry.seq(), "");
                if (!what.isEmpty()) {
                    tally.removed(where.isEmpty() ? one.tier() : where, what, 1);
                    if (!one.tier().equals("hot")) {
                        tally.mayBeFiled();
                    }
                }
            }
        }
    }

    /** A mover that has read entries before they were erased must not commit its copy. */
    CompletableFuture<Void> end(TimelineId timeline) {
        if (!touched || timeline.family() == TimelineFamily.INBOX) {
            return CompletableFuture.completedFuture(null);
        }
        touched = false;
        return bump(timeline, 0);
    }

    private CompletableFuture<Void> bump(TimelineId timeline, int tries) {
        return ports.watermarks().state(timeline, deadline()).thenCompose(state -> {
            TierState next = state.moved(state.watermarks());
            return ports.watermarks().replace(timeline, state, next, deadline()).thenCompose(done -> {
                if (done) {
                    return CompletableFuture.completedFuture(null);
                }
                return tries < MAX_TRIES
                        ? bump(timeline, tries + 1)
                        : CompletableFuture.failedFuture(new OverloadedException(
                                "a timeline's watermarks change faster than they can be looked at", Map.of(), null));
            });
        });
    }

    private Deadline deadline() {
        return Deadline.after(requestTimeout);
    }
}
