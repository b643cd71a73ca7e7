package io.tideline.store.message;

import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.ConversationReader;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.TimelineId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/**
 * Adds to a page of a conversation what is for its user alone. A record for each such message says which seq of the
 * conversation it follows, so the messages of a page are found without reading the personal timeline from its start.
 */
final class PersonalPlaces {
    private final RecordStore records;
    private final ConversationReader reader;

    PersonalPlaces(RecordStore records, ConversationReader reader) {
        this.records = records;
        this.reader = reader;
    }

    CompletableFuture<ConversationPage> addTo(HistoryQuery query, ConversationPage page, Deadline deadline) {
        long[] seqs = LongStream.concat(
                        page.messages().stream()
                                .mapToLong(view -> view.entry().seq().value()),
                        page.gaps().stream().flatMapToLong(PersonalPlaces::ends))
                .sorted()
                .toArray();
        if (seqs.length == 0) {
            return CompletableFuture.completedFuture(page);
        }
        TimelineId personal = query.conversation().personalTimeline(query.app(), query.user());
        RecordScan scan = RecordScan.all(personal, RecordScan.MAX_ROWS, RecordKind.PERSONAL_PLACE)
                .withNumbers(seqs[0], seqs[seqs.length - 1]);
        MixedPage mixed = new MixedPage(query, page);
        return find(scan, mixed, deadline)
                .thenCompose(found -> read(personal, mixed, deadline))
                .thenApply(read -> mixed.cut());
    }

    private static LongStream ends(Gap gap) {
        return LongStream.of(gap.from().value(), gap.to().value());
    }

    private CompletableFuture<Void> find(RecordScan scan, MixedPage mixed, Deadline deadline) {
        return records.scan(scan, deadline).thenCompose(page -> {
            page.records().forEach(record -> mixed.place(record.key().number(0), record.version()));
            return page.complete() || page.records().isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : find(scan.withAfter(last(page).key()), mixed, deadline);
        });
    }

    private static TimelineRecord last(RecordPage page) {
        return page.records().get(page.records().size() - 1);
    }

    /** Reads on from the first one that is still wanted, a page at a time. What follows near seqs mostly stands together. */
    private CompletableFuture<Void> read(TimelineId personal, MixedPage mixed, Deadline deadline) {
        Optional<ReadQuery> next = mixed.wanted(personal);
        return next.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : reader.readPersonal(next.get(), deadline).thenCompose(page -> {
                    mixed.add(next.get(), page);
                    return read(personal, mixed, deadline);
                });
    }
}
