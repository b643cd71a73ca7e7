package io.tideline.scheduler;

import io.tideline.core.archive.Archive;
import io.tideline.core.archive.ColdContent;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.TableTier;
import io.tideline.core.tier.Tier;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Looks into every tier for what it has of a timeline. Tables are read through, files are not: of the cold tier the locator
 * is asked, and one entry of it read when retention may have to do with it.
 */
public final class TierSurvey {
    /** Erased entries have no time to show: so many of them are looked past by one read. */
    private static final int PROBE = 20;

    /**
     * When entries leave a tier.
     *
     * @param retention empty where nothing expires
     */
    private record Due(TierLimit limit, Optional<Duration> retention) {}

    /** What a timeline's records say, read before its entries. */
    private record Known(TierState state, boolean held, TierRule rule) {}

    /**
     * What is read from a tier.
     *
     * @param before up to where nothing is read from it
     * @param last not after {@code before} when the tier has nothing
     * @param head the timeline's last seq
     */
    private record Span(TimelineId timeline, SequenceId before, SequenceId last, SequenceId head) {
        boolean isEmpty() {
            return !last.isAfter(before);
        }

        EntryRange range() {
            return new EntryRange(timeline, before.next(), last);
        }
    }

    private final SchedulerPorts ports;
    private final TimelineRules rules;
    private final TierHolds holds;
    private final TierRetentions retentions;
    private final InstantSource clock;

    TierSurvey(
            SchedulerPorts ports,
            TimelineRules rules,
            TierHolds holds,
            TierRetentions retentions,
            InstantSource clock) {
        this.ports = ports;
        this.rules = rules;
        this.holds = holds;
        this.retentions = retentions;
        this.clock = clock;
    }

    /**
     * Takes as long as the timeline is. Fails (deferred) as the stores do.
     *
     * @param last the timeline's last seq
     * @param archive empty when the server has none: then nothing is said of files
     */
    public CompletableFuture<TierSummary> of(
            TimelineId timeline, SequenceId last, Optional<Archive> archive, Deadline deadline) {
        return ports.watermarks().state(timeline, deadline).thenCompose(state -> holds.isHeld(timeline, deadline)
                .thenCompose(held -> rules.of(timeline, deadline)
                        .thenCompose(rule -> of(timeline, last, archive, new Known(state, held, rule), deadline))));
    }

    private CompletableFuture<TierSummary> of(
            TimelineId timeline, SequenceId last, Optional<Archive> archive, Known known, Deadline deadline) {
        Watermarks marks = known.state().watermarks();
        TierRule rule = known.rule();
        Optional<Duration> retention = known.held() ? Optional.empty() : rule.retention();
        CompletableFuture<TierSummary.Content> hot = table(
                Tier.HOT,
                ports.hot(),
                new Span(timeline, marks.hotReleased(), last, last),
                new Due(rule.hot(), retention),
                deadline);
        CompletableFuture<TierSummary.Content> warm = table(
                Tier.WARM,
                ports.warm(),
                new Span(timeline, marks.warmReleased(), marks.warmThrough(), last),
                new Due(known.held() ? TierLimit.NONE : rule.warm(), retention),
                deadline);
        CompletableFuture<List<TierSummary.Content>> cold = cold(
                archive,
                new Span(timeline, marks.expiredThrough(), marks.coldThrough(), last),
                new Due(TierLimit.NONE, retention),
                deadline);
        return hot.thenCombine(warm, List::of)
                .thenCombine(cold, TierSurvey::both)
                .thenCombine(
                        retentions.of(timeline, deadline),
                        (contents, own) -> new TierSummary(
                                last, known.state(), known.held(), rule.retention(), own.isPresent(), contents));
    }

    private static <T> List<T> both(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private CompletableFuture<TierSummary.Content> table(
            Tier tier, TableTier table, Span span, Due due, Deadline deadline) {
        CompletableFuture<RangeDigest> here = span.isEmpty()
                ? CompletableFuture.completedFuture(RangeDigest.EMPTY)
                : table.digest(span.range(), deadline);
        CompletableFuture<RangeDigest> gone = span.before().isNone()
                ? CompletableFuture.completedFuture(RangeDigest.EMPTY)
                : table.digest(new EntryRange(span.timeline(), SequenceId.FIRST, span.before()), deadline);
        return here.thenCompose(digest -> gone.thenCompose(before -> lag(span, digest.bytes(), due, deadline)
                .thenApply(lag -> new TierSummary.Content(
                        tier, digest.first(), digest.last(), digest.count(), digest.bytes(), before.count(), lag))));
    }

    private CompletableFuture<List<TierSummary.Content>> cold(
            Optional<Archive> archive, Span span, Due due, Deadline deadline) {
        if (archive.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        CompletableFuture<ColdContent> found = span.isEmpty()
                ? CompletableFuture.completedFuture(ColdContent.EMPTY)
                : archive.get().content(span.range(), deadline);
        return found.thenCompose(content -> lag(span, content.bytes(), due, deadline)
                .thenApply(lag -> List.of(new TierSummary.Content(
                        Tier.COLD, content.first(), content.last(), content.entries(), content.bytes(), 0, lag))));
    }

    /** Entries leave a tier in the order of their seqs, so its oldest one tells. */
    private CompletableFuture<Optional<Duration>> lag(Span span, long bytes, Due due, Deadline deadline) {
        TierLimit limit = due.limit();
        if (span.isEmpty() || (limit.equals(TierLimit.NONE) && due.retention().isEmpty())) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return oldest(span, span.before().next(), deadline)
                .thenApply(found -> found.flatMap(entry -> {
                    Duration age = Duration.between(entry.serverTime(), clock.instant());
                    boolean isDue = isOver(limit.age(), age)
                            || isOver(due.retention(), age)
                            || limit.entries().isPresent()
                                    && span.head().value() - entry.seq().value()
                                            >= limit.entries().getAsLong()
                            || limit.bytes().isPresent()
                                    && bytes > limit.bytes().getAsLong();
                    return isDue ? Optional.of(age) : Optional.empty();
                }));
    }

    private static boolean isOver(Optional<Duration> limit, Duration age) {
        return limit.isPresent() && age.compareTo(limit.get()) > 0;
    }

    /** The first entry of the tier that has a time; erased ones before it go when it goes. */
    private CompletableFuture<Optional<Entry>> oldest(Span span, SequenceId from, Deadline deadline) {
        ReadQuery query =
                new ReadQuery(span.timeline(), from, span.last(), Direction.FORWARD, PROBE, 1, SequenceId.NONE);
        return ports.store().read(query, deadline).thenCompose(page -> {
            boolean more = page.stop() == TimelinePage.StopReason.PAGE_FULL;
            return page.entries().isEmpty() && more
                    ? oldest(span, page.next(), deadline)
                    : CompletableFuture.completedFuture(page.entries().stream().findFirst());
        });
    }
}
