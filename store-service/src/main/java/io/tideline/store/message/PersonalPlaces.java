package io.tideline.store.message;

import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.ConversationReader;
import io.tideline.core.message.MessageView;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
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
        return find(scan, new TreeSet<>(), deadline)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(page)
                        : read(personal, found, new ArrayList<>(), deadline)
                                .thenApply(views -> merged(query, page, views)));
    }

    private static LongStream ends(Gap gap) {
        return LongStream.of(gap.from().value(), gap.to().value());
    }

    private CompletableFuture<SortedSet<SequenceId>> find(
            RecordScan scan, SortedSet<SequenceId> found, Deadline deadline) {
        return records.scan(scan, deadline).thenCompose(page -> {
            page.records().forEach(record -> found.add(SequenceId.of(record.version())));
            return page.complete() || page.records().isEmpty()
                    ? CompletableFuture.completedFuture(found)
                    : find(scan.withAfter(last(page).key()), found, deadline);
        });
    }

    private static TimelineRecord last(RecordPage page) {
        return page.records().get(page.records().size() - 1);
    }

    /** Reads from the first wanted seq to the last, a page at a time. What follows near seqs mostly stands together. */
    private CompletableFuture<List<MessageView>> read(
            TimelineId personal, SortedSet<SequenceId> wanted, List<MessageView> views, Deadline deadline) {
        ReadQuery query = new ReadQuery(
                personal,
                wanted.first(),
                wanted.last(),
                Direction.FORWARD,
                ReadQuery.MAX_ENTRIES,
                ReadQuery.DEFAULT_MAX_BYTES,
                wanted.last());
        return reader.readPersonal(query, deadline).thenCompose(page -> {
            page.messages().stream()
                    .filter(view -> wanted.contains(view.entry().seq()))
                    .forEach(views::add);
            SortedSet<SequenceId> rest = new TreeSet<>(wanted.tailSet(page.next()));
            boolean done = rest.isEmpty() || page.next().equals(query.from());
            return done ? CompletableFuture.completedFuture(views) : read(personal, rest, views, deadline);
        });
    }

    private static ConversationPage merged(HistoryQuery query, ConversationPage page, List<MessageView> personal) {
        Comparator<MessageView> order = Comparator.comparing(
                        (MessageView view) -> view.follows().orElse(view.entry().seq()))
                .thenComparing(view -> view.follows().isPresent())
                .thenComparing(view -> view.entry().seq());
        List<MessageView> all = new ArrayList<>(page.messages());
        all.addAll(personal);
        all.sort(query.direction() == Direction.FORWARD ? order : order.reversed());
        return new ConversationPage(all, page.gaps(), page.stop(), page.next(), page.last());
    }
}
