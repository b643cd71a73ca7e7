package io.tideline.core.memory;

import io.tideline.core.record.Attachment;
import io.tideline.core.record.Guard;
import io.tideline.core.record.MarkedHead;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Counting;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One timeline of the model. Guarded by the store's lock. */
final class InMemoryTimeline {
    private record Identity(SenderId sender, ClientMessageId clientMessageId) {}

    /** @param since when it was appended, which is not the time of an imported entry */
    private record Remembered(Entry entry, Instant since) {}

    /** How far one reader has read. */
    record Mark(SequenceId through, long counted) {}

    private final boolean hasTiers;
    private final Duration dedupeWindow;
    private final InMemoryTier hot = new InMemoryTier();
    private final InMemoryTier warm = new InMemoryTier();
    private final SortedSet<LocalDate> activity = new TreeSet<>();
    private final Map<Identity, Remembered> byIdentity = new HashMap<>();
    private final SortedMap<String, Mark> marks = new TreeMap<>();
    private Attributes attributes = Attributes.NONE;
    private SequenceId lastDiscounted = SequenceId.NONE;
    private TierState state = TierState.INITIAL;
    private Head head = Head.EMPTY;

    InMemoryTimeline(TimelineFamily family, Duration dedupeWindow) {
        this.hasTiers = family == TimelineFamily.CONVERSATION || family == TimelineFamily.PERSONAL;
        this.dedupeWindow = dedupeWindow;
    }

    AppendOutcome append(TimelineAppend append, InMemoryRecords records, Instant present) {
        List<NewEntry> newEntries = append.entries();
        Instant now = present.truncatedTo(ChronoUnit.MILLIS);
        boolean allRepeated = true;
        for (int i = 0; i < newEntries.size(); i++) {
            @Nullable Entry earlier = earlier(newEntries.get(i), now);
            if (earlier != null && !newEntries.get(i).saysTheSameAs(earlier)) {
                return new AppendOutcome.Conflict(i, earlier.seq());
            }
            allRepeated &= earlier != null;
        }
        Optional<AppendOutcome> refusal = allRepeated ? Optional.empty() : refusal(append, records);
        return refusal.orElseGet(() -> commit(append, records, now));
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

    private AppendOutcome commit(TimelineAppend append, InMemoryRecords records, Instant now) {
        List<Receipt> receipts = new ArrayList<>();
        for (NewEntry entry : append.entries()) {
            @Nullable Entry earlier = earlier(entry, now);
            Entry committed = earlier != null ? earlier : commit(entry, now);
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
        refreshHead(head.last(), head.lastTime(), head.counted());
        return new AppendOutcome.Appended(receipts);
    }

    private @Nullable Entry earlier(NewEntry entry, Instant now) {
        @Nullable Remembered earlier = byIdentity.get(new Identity(entry.sender(), entry.clientMessageId()));
        return earlier != null && earlier.since().plus(dedupeWindow).isAfter(now) ? earlier.entry() : null;
    }

    private Entry commit(NewEntry entry, Instant now) {
        Instant time = time(entry, now);
        long counted = head().counted() + (entry.counting().counts() ? 1 : 0);
        Entry committed = Entry.of(head.last().next(), entry, time, counted);
        hot.put(committed);
        if (hasTiers) {
            activity.add(day(time));
        }
        refreshHead(committed.seq(), time, counted);
        byIdentity.put(new Identity(entry.sender(), entry.clientMessageId()), new Remembered(committed, now));
        if (entry.counting() == Counting.SENT) {
            mark(entry.sender().value(), committed.seq(), counted);
        }
        return committed;
    }

    /** The present, or of an imported entry its own time, but not before the entry before it. */
    private Instant time(NewEntry entry, Instant now) {
        Instant time = entry.originalTime().filter(now::isAfter).orElse(now);
        return head.lastTime().isAfter(time) ? head.lastTime() : time;
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
        return head;
    }

    private void refreshHead(SequenceId last, Instant lastTime, long counted) {
        head = new Head(last, lastTime, state.watermarks(), counted, lastDiscounted);
    }

    TierState state() {
        return state;
    }

    boolean replace(TierState expected, TierState next) {
        if (!state.equals(expected)) {
            return false;
        }
        state = next;
        refreshHead(head.last(), head.lastTime(), head.counted());
        return true;
    }

    InMemoryTier hot() {
        return hot;
    }

    InMemoryTier warm() {
        return warm;
    }

    SortedSet<LocalDate> activity() {
        return activity;
    }

    private static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    /** Forgets days up to {@code day} that lie before all entries of the hot tier. */
    boolean settle(LocalDate day) {
        Optional<LocalDate> firstHot =
                hot.first().map(stored -> day(stored.entry().serverTime()));
        return activity.removeIf(
                d -> !d.isAfter(day) && firstHot.map(d::isBefore).orElse(true));
    }

    TimelineDescription describe(TimelineId id) {
        return new TimelineDescription(id, head(), attributes);
    }

    void setAttributes(Map<String, String> values) {
        attributes = new Attributes(values, attributes.version() + 1);
    }
}
