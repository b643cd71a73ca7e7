package io.tideline.core.memory;

import io.tideline.core.record.Attachment;
import io.tideline.core.record.Guard;
import io.tideline.core.record.MarkedHead;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One timeline of the model. Guarded by the store's lock. */
final class InMemoryTimeline {
    private record Identity(SenderId sender, ClientMessageId clientMessageId) {}

    /** How far one reader has read. */
    record Mark(SequenceId through, long counted) {}

    private final Duration dedupeWindow;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Identity, Entry> byIdentity = new HashMap<>();
    private final SortedMap<String, Mark> marks = new TreeMap<>();
    private Attributes attributes = Attributes.NONE;
    private SequenceId lastDiscounted = SequenceId.NONE;

    InMemoryTimeline(Duration dedupeWindow) {
        this.dedupeWindow = dedupeWindow;
    }

    AppendOutcome append(TimelineAppend append, InMemoryRecords records, Instant now) {
        List<NewEntry> newEntries = append.entries();
        Instant time = head().lastTime().isAfter(now) ? head().lastTime() : now.truncatedTo(ChronoUnit.MILLIS);
        boolean allRepeated = true;
        for (int i = 0; i < newEntries.size(); i++) {
            @Nullable Entry earlier = earlier(newEntries.get(i), time);
            if (earlier != null && !newEntries.get(i).saysTheSameAs(earlier)) {
                return new AppendOutcome.Conflict(i, earlier.seq());
            }
            allRepeated &= earlier != null;
        }
        Optional<AppendOutcome> refusal = allRepeated ? Optional.empty() : refusal(append, records);
        return refusal.orElseGet(() -> commit(append, records, time));
    }

    private static Optional<AppendOutcome> refusal(TimelineAppend append, InMemoryRecords records) {
        for (int i = 0; i < append.guards().size(); i++) {
            Guard guard = append.guards().get(i);
            Optional<TimelineRecord> found =
                    records.find(new RecordKey(append.timeline(), guard.kind(), guard.parts()));
            long version = found.map(TimelineRecord::version).orElse(0L);
            int level = found.map(InMemoryTimeline::level).orElse(0);
            if (!guard.accepts(version, level)) {
                return Optional.of(new AppendOutcome.Refused(i, version, level));
            }
        }
        return Optional.empty();
    }

    private static int level(TimelineRecord record) {
        return record.value().size() == 0
                ? 0
                : record.value().asReadOnlyByteBuffer().get(0);
    }

    private AppendOutcome commit(TimelineAppend append, InMemoryRecords records, Instant time) {
        List<Receipt> receipts = new ArrayList<>();
        for (NewEntry entry : append.entries()) {
            @Nullable Entry earlier = earlier(entry, time);
            Entry committed = earlier != null ? earlier : commit(entry, time);
            receipts.add(new Receipt(
                    committed.seq(),
                    committed.serverTime(),
                    earlier != null,
                    committed.messageId(),
                    committed.counted()));
        }
        for (Attachment attachment : append.attachments()) {
            Receipt receipt = receipts.get(attachment.entryIndex());
            if (!receipt.repeated()) {
                RecordKey key = new RecordKey(append.timeline(), attachment.kind(), attachment.parts());
                records.raise(new TimelineRecord(key, receipt.seq().value(), receipt.counted(), attachment.value()));
            }
        }
        lastDiscounted = lastDiscounted.max(append.discounted());
        return new AppendOutcome.Appended(receipts);
    }

    private @Nullable Entry earlier(NewEntry entry, Instant now) {
        @Nullable Entry earlier = byIdentity.get(new Identity(entry.sender(), entry.clientMessageId()));
        return earlier != null && earlier.serverTime().plus(dedupeWindow).isAfter(now) ? earlier : null;
    }

    private Entry commit(NewEntry entry, Instant time) {
        long counted = head().counted() + (entry.counting().counts() ? 1 : 0);
        Entry committed = Entry.of(SequenceId.of(entries.size() + 1L), entry, time, counted);
        entries.add(committed);
        byIdentity.put(new Identity(entry.sender(), entry.clientMessageId()), committed);
        if (entry.counting() == Counting.SENT) {
            mark(entry.sender().value(), committed.seq(), counted);
        }
        return committed;
    }

    /** Raises a reader's mark. */
    void mark(String reader, SequenceId through, long counted) {
        marks.merge(reader, new Mark(through, counted), (a, b) -> b.through().isAfter(a.through()) ? b : a);
    }

    SortedMap<String, Mark> marks() {
        return marks;
    }

    MarkedHead markedHead(String reader) {
        Mark mark = marks.getOrDefault(reader, new Mark(SequenceId.NONE, 0));
        return new MarkedHead(head(), mark.through(), mark.counted());
    }

    Head head() {
        if (entries.isEmpty()) {
            return Head.EMPTY;
        }
        Entry last = entries.get(entries.size() - 1);
        return new Head(last.seq(), last.serverTime(), Watermarks.NONE, last.counted(), lastDiscounted);
    }

    TimelineDescription describe(TimelineId id) {
        return new TimelineDescription(id, head(), attributes);
    }

    void setAttributes(Map<String, String> values) {
        attributes = new Attributes(values, attributes.version() + 1);
    }

    TimelinePage read(ReadQuery query) {
        long last = entries.size();
        boolean forward = query.direction() == Direction.FORWARD;
        long from = query.from().isNone() ? last : query.from().value();
        if (from > last + (forward ? 1 : 0)) {
            return page(List.of(), StopReason.BEYOND_HEAD, from);
        }
        long step = forward ? 1 : -1;
        long to = forward
                ? Math.min(last, query.to().isNone() ? last : query.to().value())
                : Math.max(1, query.to().value());
        List<Entry> served = new ArrayList<>();
        int bytes = 0;
        long seq = from;
        while (forward ? seq <= to : seq >= to) {
            Entry entry = entries.get((int) seq - 1);
            bytes += entry.payload().size();
            if (served.size() == query.maxEntries() || (!served.isEmpty() && bytes > query.maxBytes())) {
                return page(served, StopReason.PAGE_FULL, seq);
            }
            served.add(entry);
            seq += step;
        }
        return page(served, reasonAtEnd(query, forward, seq), seq);
    }

    private static StopReason reasonAtEnd(ReadQuery query, boolean forward, long next) {
        if (forward) {
            return !query.to().isNone() && next > query.to().value() ? StopReason.RANGE_END : StopReason.HEAD;
        }
        return next == 0 ? StopReason.START : StopReason.RANGE_END;
    }

    private TimelinePage page(List<Entry> served, StopReason stop, long next) {
        return new TimelinePage(served, List.of(), stop, SequenceId.of(next), SequenceId.of(entries.size()));
    }
}
