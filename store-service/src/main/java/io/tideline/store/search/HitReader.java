package io.tideline.store.search;

import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.MessageDecoder;
import io.tideline.core.message.MessageView;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.internal.Calls;
import io.tideline.store.internal.Repetition;
import io.tideline.store.search.IndexBatch.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads hits from their timelines, so that what was recalled, erased or hidden is not shown whatever the index has. A page
 * costs one read for every place in a conversation (hits near each other share one), and one request for what became of
 * all of them, at the same time. Shows what {@link io.tideline.core.message.ConversationReader} shows, less the reactions.
 */
final class HitReader {
    /** Reading so many entries too many costs less than another read. */
    private static final int NEAR = 20;

    private static final MessageCodec CODEC = new MessageCodec();

    private final TimelineStore timelines;
    private final RecordStore records;

    HitReader(TimelineStore timelines, RecordStore records) {
        this.timelines = timelines;
        this.records = records;
    }

    /**
     * What was read.
     *
     * @param views of the hits that the viewer may see
     * @param stale hits that are no messages any more, for nobody
     */
    record Read(Map<Place, MessageView> views, List<Place> stale) {}

    /** @param memberships of the viewer, by conversation; empty for somebody who sees all */
    CompletableFuture<Read> read(
            AppId app, List<SortKey> hits, Optional<Map<String, Membership>> memberships, Deadline deadline) {
        Map<String, NavigableSet<SequenceId>> wanted = new HashMap<>();
        List<Place> places = new ArrayList<>();
        for (SortKey hit : hits) {
            places.add(new Place(hit.conversation(), hit.seq()));
            wanted.computeIfAbsent(hit.conversation(), name -> new TreeSet<>()).add(SequenceId.of(hit.seq()));
        }
        Map<Place, Entry> entries = new ConcurrentHashMap<>();
        Queue<Place> gone = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<?>> reads = new ArrayList<>();
        wanted.forEach((name, seqs) -> reads.add(entries(timeline(app, name), seqs, entries, gone, deadline)));
        CompletableFuture<Map<RecordKey, TimelineRecord>> changes =
                records.get(keys(app, places, memberships), deadline);
        reads.add(changes);
        return Calls.all(reads).thenApply(done -> {
            Merge merge = new Merge(app, changes.join(), memberships);
            places.forEach(place -> merge.take(place, entries.get(place), gone));
            return new Read(merge.views, List.copyOf(gone));
        });
    }

    private static TimelineId timeline(AppId app, String conversation) {
        return new TimelineId(app, TimelineFamily.CONVERSATION, conversation);
    }

    private CompletableFuture<@Nullable Void> entries(
            TimelineId timeline,
            NavigableSet<SequenceId> seqs,
            Map<Place, Entry> entries,
            Queue<Place> gone,
            Deadline deadline) {
        return Repetition.whileMore(
                () -> timelines.read(next(timeline, seqs), deadline).thenApply(page -> {
                    take(timeline.name(), page, seqs, entries, gone);
                    return !seqs.isEmpty();
                }));
    }

    private static ReadQuery next(TimelineId timeline, NavigableSet<SequenceId> seqs) {
        SequenceId from = seqs.first();
        SequenceId to = from;
        for (SequenceId seq : seqs) {
            if (seq.value() - to.value() > NEAR || seq.value() - from.value() >= ReadQuery.MAX_ENTRIES) {
                break;
            }
            to = seq;
        }
        return new ReadQuery(
                timeline, from, to, Direction.FORWARD, ReadQuery.MAX_ENTRIES, ReadQuery.DEFAULT_MAX_BYTES, to);
    }

    private static void take(
            String conversation,
            TimelinePage page,
            NavigableSet<SequenceId> wanted,
            Map<Place, Entry> entries,
            Queue<Place> gone) {
        for (Entry entry : page.entries()) {
            if (wanted.contains(entry.seq())) {
                entries.put(new Place(conversation, entry.seq().value()), entry);
            }
        }
        for (Gap gap : page.gaps()) {
            wanted.subSet(gap.from(), true, gap.to(), true)
                    .forEach(seq -> gone.add(new Place(conversation, seq.value())));
        }
        // At least the first is done with, whatever the page says.
        SequenceId done = page.next().plus(-1).max(wanted.first());
        wanted.headSet(done, true).clear();
    }

    /** What may have become of the messages, and whether the viewer has hidden them. */
    private static List<RecordKey> keys(AppId app, List<Place> places, Optional<Map<String, Membership>> memberships) {
        List<RecordKey> keys = new ArrayList<>();
        for (Place place : places) {
            TimelineId timeline = timeline(app, place.conversation());
            SequenceId seq = SequenceId.of(place.seq());
            keys.add(new RecordKey(timeline, RecordKind.CHANGE, MessageChange.editKey(seq)));
            keys.add(new RecordKey(timeline, RecordKind.CHANGE, MessageChange.takenBackKey(seq)));
            memberships
                    .map(all -> all.get(place.conversation()))
                    .ifPresent(membership -> keys.add(hidden(app, membership.user(), place)));
        }
        return keys;
    }

    private static RecordKey hidden(AppId app, UserId user, Place place) {
        return RecordKey.of(
                user.inbox(app), RecordKind.HIDDEN, KeyPart.of(place.conversation()), KeyPart.of(place.seq()));
    }

    /** Makes of entries and records what the viewer sees. */
    private static final class Merge {
        private final AppId app;
        private final Map<RecordKey, TimelineRecord> found;
        private final Optional<Map<String, Membership>> memberships;
        private final Map<Place, MessageChange> changes = new HashMap<>();
        private final Map<Place, MessageView> views = new HashMap<>();

        Merge(AppId app, Map<RecordKey, TimelineRecord> found, Optional<Map<String, Membership>> memberships) {
            this.app = app;
            this.found = found;
            this.memberships = memberships;
            for (TimelineRecord record : found.values()) {
                if (record.key().kind() == RecordKind.CHANGE) {
                    Place place = new Place(
                            record.key().owner().name(),
                            MessageDecoder.target(record).value());
                    changes.merge(place, CODEC.change(record), (a, b) -> a.takesBack() ? a : b);
                }
            }
        }

        void take(Place place, @Nullable Entry entry, Queue<Place> gone) {
            if (entry == null || isEvent(entry)) {
                return;
            }
            @Nullable MessageChange change = changes.get(place);
            if (change != null && change.takesBack()) {
                gone.add(place);
                return;
            }
            Optional<Membership> membership = memberships.map(all -> all.get(place.conversation()));
            if (memberships.isPresent() && !isSeen(place, membership)) {
                return;
            }
            boolean seesChange = change != null
                    && membership.map(one -> one.sees(change.at())).orElse(true);
            Entry shown = seesChange && change instanceof MessageChange.Edited edit ? edited(entry, edit) : entry;
            views.put(
                    place,
                    new MessageView(
                            shown,
                            Optional.empty(),
                            Optional.empty(),
                            seesChange ? Optional.ofNullable(change) : Optional.empty(),
                            false,
                            List.of(),
                            // Told by the entry before it, which a hit comes without.
                            false));
        }

        private boolean isSeen(Place place, Optional<Membership> membership) {
            return membership
                    .filter(one -> one.sees(SequenceId.of(place.seq())))
                    .filter(one -> !found.containsKey(hidden(app, one.user(), place)))
                    .isPresent();
        }

        private static boolean isEvent(Entry entry) {
            try {
                return CODEC.event(entry).isPresent();
            } catch (CorruptDataException | IllegalArgumentException e) {
                return false;
            }
        }

        private static Entry edited(Entry entry, MessageChange.Edited edit) {
            return new Entry(
                    entry.seq(),
                    entry.messageId(),
                    entry.sender(),
                    entry.clientMessageId(),
                    edit.kind(),
                    edit.payload(),
                    entry.serverTime(),
                    entry.counted());
        }
    }
}
